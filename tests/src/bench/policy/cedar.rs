//! The same twenty conditions in Cedar: policies parsed beforehand, one set for each contract, facts drawn anew for each
//! request, purposes and places as entities in their hierarchies.

use policies::{Facts, FirstUse};
use serde_json::{Map, Value, json};

use super::{CHARTER, recipient, seconds, target};
use crate::judges::Judges;
use crate::random::Random;

const YEAR: i64 = 365 * 86_400;

fn policies(number: usize) -> String {
    let partner = |number| format!("Party::{}", Value::from(recipient(number)));
    let [own, next, last] = [number, number + 1, number + 2].map(partner);
    let day = |text: &str| seconds(text);
    format!(
        r#"permit(principal, action in Action::"use", resource == Asset::{asset}) when {{
            [{next}, {own}].contains(principal) && ![{last}].contains(principal)
            && context.purpose in Purpose::"eau_assainissement"
            && !(context.purpose in [Purpose::"recherche", Purpose::"usage_commercial"])
            && context.place in Place::"EU" && !(context.place in [Place::"US", Place::"CN"])
            && context.law in Place::"EEA" && !(context.law in Place::"US")
            && context.now >= {from} && context.now < {until}
            && !(context.now >= {never} && context.now < {after})
            && context.now <= context.first_use + {span}
            && context.used < 1000000
            && context.charter == {charter}
            && (context.major > 2 || (context.major == 2 && context.minor >= 0))
            && (context.purpose in Purpose::"recherche" || context.place in [Place::"EU", Place::"CH"])
            && ((context.now < {from} && !(context.law in Place::"EU"))
                || (!(context.now < {from}) && context.law in Place::"EU"))
            && (context.now >= {from} && !(context.purpose in Purpose::"recherche"))
        }};
        forbid(principal, action in Action::"distribute", resource == Asset::{asset});"#,
        asset = Value::from(target(number)),
        from = day("2027-01-01"),
        until = day("2030-01-01"),
        never = day("2030-07-14"),
        after = day("2030-07-15"),
        span = 3 * YEAR,
        charter = Value::from(CHARTER),
    )
}

/// Purposes, places and actions with what they are in.
fn entities() -> Value {
    let entity = |kind: &str, id: &str, parents: &[&str]| {
        let parents: Vec<Value> = parents.iter().map(|id| json!({"type": kind, "id": id})).collect();
        json!({"uid": {"type": kind, "id": id}, "attrs": {}, "parents": parents})
    };
    let mut all: Vec<Value> = ontology::purpose::Purpose::all()
        .map(|purpose| entity("Purpose", purpose.concept().id, purpose.concept().broader))
        .collect();
    let places: [(&str, &[&str]); 6] = [
        ("EU", &["EEA"]),
        ("EEA", &[]),
        ("FR", &["EU"]),
        ("FR-35", &["FR"]),
        ("DE", &["EU"]),
        ("IT", &["EU"]),
    ];
    all.extend(places.map(|(place, above)| entity("Place", place, above)));
    all.extend([entity("Action", "read", &["use"]), entity("Action", "distribute", &["use"])]);
    Value::from(all)
}

/// Microseconds of each decision.
pub(super) fn times(judges: &mut Judges, contracts: usize, decisions: usize, random: &mut Random) -> Value {
    let requests: Vec<Value> = (0..decisions).map(|_| request(contracts, random)).collect();
    let sets: Vec<String> = (0..contracts).map(policies).collect();
    judges.ask(&json!({"ask": "cedar", "contracts": sets, "entities": entities(), "requests": requests}))
}

fn request(contracts: usize, random: &mut Random) -> Value {
    let uid = |kind: &str, id: &str| format!("{kind}::{}", Value::from(id));
    let number = usize::try_from(random.below(contracts as u64)).unwrap();
    let facts = super::facts(number, random);
    let mut context: Map<String, Value> =
        numbers(&facts).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    for (name, kind, id) in [
        ("purpose", "Purpose", facts.purpose.as_deref().unwrap()),
        ("place", "Place", facts.processing_place.as_ref().unwrap().value.as_str()),
        ("law", "Place", facts.governing_law.as_ref().unwrap().value.as_str()),
    ] {
        context.insert(name.to_owned(), json!({"entity": uid(kind, id)}));
    }
    context.insert("charter".to_owned(), CHARTER.into());
    json!({
        "contract": number, "context": context, "principal": uid("Party", &recipient(number)),
        "action": uid("Action", "read"), "resource": uid("Asset", &target(number)),
    })
}

fn numbers(facts: &Facts) -> [(&'static str, i64); 5] {
    let Some(FirstUse::At(first)) = facts.first_use else { panic!("no first use") };
    let version = &facts.charters.as_ref().unwrap()[0].version;
    let (major, minor) = version.split_once('.').unwrap();
    let used = facts.counts.as_ref().unwrap()["/permission/0"];
    [
        ("now", facts.now.unwrap().unix_timestamp()),
        ("first_use", first.unix_timestamp()),
        ("used", i64::try_from(used).unwrap()),
        ("major", major.parse().unwrap()),
        ("minor", minor.parse().unwrap()),
    ]
}
