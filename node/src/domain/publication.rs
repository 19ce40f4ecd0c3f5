//! From a description as written to a revision that can be stored: policies judged, offers named.

use contracts::dataset::{Description, Fault, OfferDraft, Remedy, Rule};
use contracts::id::OfferId;
use contracts::odrl::{Offer as CatalogueOffer, Policy};
use ontology::Lang;
use ontology::rung::Rung;
use policies::{Compiled, Facts, Foresight, Request};
use serde_json::Value;

use super::dataset::{Described, Offer, table};

/// Reads a description and compiles its policies.
///
/// # Errors
/// Every fault of the description and of each policy, together.
pub fn read(value: &Value) -> Result<Description, Vec<Fault>> {
    let draft = value.get("draft") == Some(&Value::Bool(true));
    let rung = value.get("rung").and_then(Value::as_str).and_then(Rung::parse).filter(|_| !draft);
    let (mut faults, mut compiled) = (Vec::new(), Vec::new());
    for (at, policy) in contracts::dataset::offers(value) {
        compiled.extend(judge(&at, policy, rung, &mut faults).map(|one| (at, one)));
    }
    match Description::read(value) {
        Ok(description) => {
            let table = table::of(&description);
            for (at, policy) in &compiled {
                // Columns or areas that the table, as it is described, cannot give.
                let unmet = policies::view::unmet(policy, table.as_ref());
                faults.extend(unmet.into_iter().map(|fault| of_policy(at, fault)));
            }
            if faults.is_empty() { Ok(description) } else { Err(faults) }
        }
        Err(mut all) => {
            all.append(&mut faults);
            Err(all)
        }
    }
}

/// The policy as it is decided by, if it may be offered under this rung.
fn judge(at: &str, policy: &Value, rung: Option<Rung>, faults: &mut Vec<Fault>) -> Option<Compiled> {
    let mut offer = policy.clone();
    if let Some(members) = offer.as_object_mut() {
        // An identifier may still be missing: it is given when the offer is stored.
        members.entry("@id").or_insert_with(|| "urn:uuid:00000000-0000-0000-0000-000000000000".into());
        members.entry("@type").or_insert_with(|| "Offer".into());
    }
    let parsed = match CatalogueOffer::try_from(offer) {
        Ok(parsed) => parsed,
        Err(error) => {
            let said = error.to_string();
            faults.push(Fault::new(at, Some(policy), Remedy::Policy { fr: said.clone(), en: said }));
            return None;
        }
    };
    let compiled = match policies::signable(&parsed) {
        Ok(compiled) => compiled,
        Err(found) => {
            faults.extend(found.into_iter().map(|fault| of_policy(at, fault)));
            return None;
        }
    };
    // Named partners are those whom the policies name: a stranger must certainly be refused.
    if rung == Some(Rung::PartenairesNommes) {
        let stranger = Facts { recipient: Some("did:web:nobody.invalid".into()), ..Facts::default() };
        let request = Request { target: None, ..Request::read("") };
        if policies::foresee(&compiled, &request, &stranger) != Foresight::Never {
            faults.push(Fault::rule(at, Some(policy), Rule::NamedPartners));
        }
    }
    Some(compiled)
}

fn of_policy(at: &str, fault: policies::Fault) -> Fault {
    let said = |lang| policies::explain::fault(&fault, lang);
    let remedy = Remedy::Policy { fr: said(Lang::Fr), en: said(Lang::En) };
    Fault { field: format!("{at}{}", fault.pointer), remedy, value: fault.found }
}

/// Gives every offer its identifier and its form as shown. An offer that says the same as one of the revision
/// before keeps its identifier, so that who saw it can still ask for it.
///
/// # Errors
/// A policy that is none; [`read`] has refused those.
pub fn describe(
    mut description: Description,
    before: Option<&Described>,
    mut draw: impl FnMut() -> OfferId,
) -> Result<Described, String> {
    let mut left: Vec<&Offer> = before.map(|described| described.offers.iter().collect()).unwrap_or_default();
    let given: Vec<OfferId> = description.offers.iter().filter_map(|draft| draft.id.clone()).collect();
    left.retain(|offer| !given.contains(&offer.id));
    for draft in &mut description.offers {
        let normal = normal(&draft.policy)?;
        let same = |offer: &&Offer| offer.term == draft.term && without_id(&offer.policy) == normal;
        let id = match &draft.id {
            Some(id) => id.clone(),
            None => match left.iter().position(same) {
                Some(at) => left.remove(at).id.clone(),
                None => draw(),
            },
        };
        *draft = OfferDraft { id: Some(id), policy: normal, term: draft.term.clone() };
    }
    Described::stored(description).ok_or_else(|| "an offer is no object".to_owned())
}

/// The form of the protocol's schema: lists where lists are expected, no bare number or boolean as right operand.
fn normal(policy: &Value) -> Result<Value, String> {
    let policy = Policy::try_from(policy.clone()).map_err(|error| error.to_string())?;
    let mut value = policy.to_value();
    quote_operands(&mut value);
    Ok(value)
}

fn quote_operands(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(quote_operands),
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), &*member) {
                    ("rightOperand", Value::Number(_) | Value::Bool(_)) => {
                        *member = member.to_string().into()
                    }
                    _ => quote_operands(member),
                }
            }
        }
        _ => {}
    }
}

fn without_id(policy: &Value) -> Value {
    let mut policy = policy.clone();
    if let Some(members) = policy.as_object_mut() {
        members.remove("@id");
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dataset::{Asker, Content, Revision, Visibility, Withheld};
    use crate::domain::time::Timestamp;
    use contracts::id::{DatasetId, ParticipantId};
    use serde_json::json;

    fn written(rung: &str, recipient: &str) -> Value {
        let mut value = json!({
            "title": "Volumes", "description": "Volumes distribués.", "theme": "ENVI",
            "location": {"kind": "commune", "code": "35238"}, "format": "CSV", "granularity": {"level": "bassin"},
            "frequency": "DAILY", "producer": {"name": "Eau"}, "status": "interet_general", "licence": "LO-2.0",
            "rung": rung,
        });
        let members = value.as_object_mut().unwrap();
        if !matches!(rung, "existence_seule" | "invisible") {
            members.insert("source".into(), json!({"file": "volumes.csv"}));
            members.insert(
                "offers".into(),
                json!([{"policy": {"permission": {"action": "use", "constraint": {
                "leftOperand": "recipient", "operator": "isAnyOf", "rightOperand": [recipient]}}}}]),
            );
        }
        value
    }

    fn revision(rung: &str) -> Revision {
        let mut next = 0;
        let draw = || {
            next += 1;
            OfferId::parse(format!("urn:o:{next}")).unwrap()
        };
        let described = describe(read(&written(rung, "did:web:epci.example")).unwrap(), None, draw).unwrap();
        Revision {
            dataset: DatasetId::parse("urn:d").unwrap(),
            number: 1,
            digest: String::new(),
            at: Timestamp(0),
            issued: Timestamp(0),
            content: Content::Described(Box::new(described)),
        }
    }

    /// Each rung: what a stranger, a named partner and the member may know, and whether bytes can leave.
    #[test]
    fn the_ladder() {
        use Visibility::{Existence, Full, Nothing};
        let named = ParticipantId::did("did:web:epci.example").unwrap();
        let other = ParticipantId::did("did:web:other.example").unwrap();
        for (rung, anonymous, stranger, partner, bytes) in [
            ("ouvert", Full, Full, Full, Ok(())),
            ("ouvert_identifie", Full, Full, Full, Ok(())),
            ("agregat_public", Full, Full, Full, Err(Withheld::Query)),
            ("membres_du_cadre", Full, Full, Full, Err(Withheld::Framework)),
            ("partenaires_nommes", Existence, Existence, Full, Ok(())),
            ("requete_sure", Full, Full, Full, Err(Withheld::Query)),
            ("existence_seule", Existence, Existence, Existence, Err(Withheld::Rung)),
            ("invisible", Nothing, Nothing, Nothing, Err(Withheld::Rung)),
        ] {
            let revision = revision(rung);
            let now = Timestamp(0);
            assert_eq!(revision.seen(Asker::Anonymous, now).0, anonymous, "{rung}");
            assert_eq!(revision.seen(Asker::Participant(&other), now).0, stranger, "{rung}");
            assert_eq!(revision.seen(Asker::Participant(&named), now).0, partner, "{rung}");
            assert_eq!(revision.seen(Asker::Member, now).0, Full, "{rung}");
            assert_eq!(revision.described().unwrap().source(now).map(drop), bytes, "{rung}");
        }
    }

    #[test]
    fn an_embargo_ends() {
        let mut value = written("ouvert", "did:web:epci.example");
        value["embargo"] = json!("1970-01-02");
        let described = describe(read(&value).unwrap(), None, || OfferId::parse("o").unwrap()).unwrap();
        assert_eq!(described.source(Timestamp(0)), Err(Withheld::Embargo));
        assert!(described.source(Timestamp::from_seconds(86_400)).is_ok());
    }

    #[test]
    fn policies_are_judged_with_the_rest() {
        let mut value = written("partenaires_nommes", "did:web:epci.example");
        value.as_object_mut().unwrap().remove("title");
        value["offers"] = json!([
            {"policy": {"permission": [{"action": "use", "constraint": [
                {"leftOperand": "weather", "operator": "eq", "rightOperand": "sun"}]}]}},
            {"policy": {"permission": [{"action": "use"}]}},
            {"policy": {"permission": [{"action": "use"}], "target": "urn:x"}},
            {"policy": {}},
        ]);
        let faults = read(&value).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert!(fields.contains(&"/title"), "{fields:?}");
        assert!(
            fields.iter().any(|field| field.starts_with("/offers/0/policy/permission/0/constraint/0")),
            "{fields:?}"
        );
        assert!(faults.contains(&Fault::rule(
            "/offers/1/policy",
            value.pointer("/offers/1/policy"),
            Rule::NamedPartners
        )));
        assert!(fields.contains(&"/offers/2/policy") && fields.contains(&"/offers/3/policy"), "{fields:?}");
    }

    #[test]
    fn an_unchanged_offer_keeps_its_identifier() {
        let first = revision("ouvert");
        let before = first.described().unwrap();
        let mut value = written("ouvert", "did:web:epci.example");
        value["offers"].as_array_mut().unwrap().push(json!({"policy": {"permission": [{"action": "use",
            "constraint": [{"leftOperand": "count", "operator": "lteq", "rightOperand": 5}]}]}}));
        let after = describe(read(&value).unwrap(), Some(before), || OfferId::parse("new").unwrap()).unwrap();
        assert_eq!(after.offers[0], before.offers[0]);
        assert_eq!(after.offers[1].id.as_str(), "new");
        assert_eq!(after.offers[1].policy["permission"][0]["constraint"][0]["rightOperand"], "5");
        // The stored form reads back to the same description.
        let stored = serde_json::to_value(&after.description).unwrap();
        assert_eq!(Description::read(&stored).unwrap(), after.description);
    }
}
