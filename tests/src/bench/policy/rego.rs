//! The same twenty conditions in Rego, by regorus: compiled beforehand, one policy for each contract, the input built anew
//! for each request, purposes and places as sets of what each is in.

use policies::FirstUse;
use serde_json::{Value, json};

use super::{CHARTER, recipient, seconds, target};
use crate::judges::Judges;
use crate::random::Random;

fn policy(number: usize) -> String {
    let text = |name: String| Value::from(name);
    format!(
        r#"package contract
        import rego.v1
        default allow := false
        allow if {{
            permitted
            not prohibited
        }}
        prohibited if input.action in {{"distribute"}}
        early if input.now < {from}
        european if "EU" in data.places[input.law]
        one if {{ early; not european }}
        one if {{ not early; european }}
        either if "recherche" in data.purposes[input.purpose]
        either if "EU" in data.places[input.place]
        either if "CH" in data.places[input.place]
        version if input.major > 2
        version if {{ input.major == 2; input.minor >= 0 }}
        never if {{ input.now >= {never}; input.now < {after} }}
        permitted if {{
            input.action in {{"use", "read"}}
            input.target == {asset}
            input.recipient in {{{next}, {own}}}
            not input.recipient in {{{last}}}
            "eau_assainissement" in data.purposes[input.purpose]
            not "recherche" in data.purposes[input.purpose]
            not "usage_commercial" in data.purposes[input.purpose]
            "EU" in data.places[input.place]
            not "US" in data.places[input.place]
            not "CN" in data.places[input.place]
            "EEA" in data.places[input.law]
            not "US" in data.places[input.law]
            input.now >= {from}
            input.now < {until}
            not never
            input.now <= input.first_use + {span}
            input.used < 1000000
            input.charter == {charter}
            version
            either
            one
            not early
        }}"#,
        asset = text(target(number)),
        own = text(recipient(number)),
        next = text(recipient(number + 1)),
        last = text(recipient(number + 2)),
        from = seconds("2027-01-01"),
        until = seconds("2030-01-01"),
        never = seconds("2030-07-14"),
        after = seconds("2030-07-15"),
        span = 3 * 365 * 86_400,
        charter = text(CHARTER.to_owned()),
    )
}

/// What each purpose and each place is in, itself among it.
fn hierarchies() -> Value {
    use ontology::Relation;
    use ontology::purpose::Purpose;
    let above = |own: Purpose| -> Vec<&str> {
        let all = Purpose::all().filter(|other| own.relation(*other) == Relation::Within);
        all.map(|other| other.concept().id).collect()
    };
    let purposes: serde_json::Map<String, Value> =
        Purpose::all().map(|own| (own.concept().id.to_owned(), json!(above(own)))).collect();
    json!({"purposes": purposes, "places": {
        "FR": ["FR", "EU", "EEA"], "FR-35": ["FR-35", "FR", "EU", "EEA"], "DE": ["DE", "EU", "EEA"], "IT": ["IT", "EU", "EEA"]}})
}

/// Microseconds of each decision.
pub(super) fn times(judges: &mut Judges, contracts: usize, decisions: usize, random: &mut Random) -> Value {
    let requests: Vec<Value> = (0..decisions).map(|_| request(contracts, random)).collect();
    let policies: Vec<String> = (0..contracts).map(policy).collect();
    judges.ask(&json!({"ask": "rego", "contracts": policies, "data": hierarchies(), "requests": requests}))
}

fn request(contracts: usize, random: &mut Random) -> Value {
    let number = usize::try_from(random.below(contracts as u64)).unwrap();
    let facts = super::facts(number, random);
    let Some(FirstUse::At(first)) = facts.first_use else { panic!("no first use") };
    let version = &facts.charters.as_ref().unwrap()[0].version;
    let (major, minor) = version.split_once('.').unwrap();
    json!({"contract": number, "input": {
        "action": "read", "target": target(number), "recipient": facts.recipient, "purpose": facts.purpose,
        "place": facts.processing_place.as_ref().unwrap().value, "law": facts.governing_law.as_ref().unwrap().value,
        "now": facts.now.unwrap().unix_timestamp(), "first_use": first.unix_timestamp(),
        "used": facts.counts.as_ref().unwrap()["/permission/0"], "charter": CHARTER,
        "major": major.parse::<i64>().unwrap(), "minor": minor.parse::<i64>().unwrap(),
    }})
}
