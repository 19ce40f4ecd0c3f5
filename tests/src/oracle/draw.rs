//! Random cases, drawn so that a good part of them permits.

use std::collections::BTreeMap;

use ontology::odrl::LEFT_OPERANDS;

use super::case::{Asked, Case, Constraint, Done, Duty, ODRL, Rule, Value};
use crate::random::Random;

const ACTIONS: [&str; 13] = [
    "use",
    "use",
    "use",
    "read",
    "read",
    "display",
    "play",
    "reproduce",
    "extract",
    "sell",
    "transfer",
    "http://example.org/act/placed",
    "http://example.org/act/nowhere",
];
const DUTIES: [&str; 3] = ["compensate", "attribute", "inform"];
const NAMES: [&str; 6] =
    ["urn:c:all", "urn:c:water", "urn:c:leaks", "urn:c:energy", "urn:c:alone", "urn:c:other"];
const TEXTS: [&str; 4] = ["fr", "en", "v1", "paper"];
const OWN: &str = "http://example.org/ns#own";

pub(super) fn case(random: &mut Random) -> Case {
    let permissions = 1 + random.below(3);
    let mut rules: Vec<Rule> = (0..permissions).map(|_| rule(random, false)).collect();
    rules.extend((0..random.below(5).saturating_sub(3)).map(|_| rule(random, true)));
    let pair = |one: &str, two: &str| (one.to_owned(), two.to_owned());
    let mut broader = std::collections::BTreeSet::from([
        pair("urn:c:water", "urn:c:all"),
        pair("urn:c:leaks", "urn:c:water"),
        pair("urn:c:energy", "urn:c:all"),
        pair("http://example.org/act/placed", &format!("{ODRL}read")),
    ]);
    if random.one_in(4) {
        broader.clear();
    }
    let mut part_of = std::collections::BTreeSet::new();
    for member in ["p0", "p1", "a0", "a1"] {
        if random.one_in(2) {
            part_of.insert(pair(&format!("urn:x:{member}"), &format!("urn:x:g{}", &member[..1])));
        }
    }
    if random.one_in(3) {
        part_of.insert(pair("urn:x:gp", "urn:x:gg"));
    }
    let names: Vec<String> =
        rules.iter().flat_map(|rule| &rule.duties).map(|duty| duty.name.clone()).collect();
    let counts = (!random.one_in(8)).then(|| rules.iter().map(|_| random.below(4)).collect());
    let mut told = Vec::new();
    for name in &names {
        if random.one_in(3) {
            told.push((name.clone(), pick(random, &["NonSet", "Fulfilled", "Violated"])));
        }
    }
    Case {
        strategy: pick(random, &[None, Some("perm"), Some("prohibit"), Some("invalid")]),
        asked: asked(random),
        part_of,
        broader,
        counts,
        reported: told.into_iter().collect(),
        done: (!random.one_in(5)).then(|| (0..random.below(4)).map(|_| done(random, &names)).collect()),
        rules,
    }
}

pub(super) fn rule(random: &mut Random, prohibition: bool) -> Rule {
    let refined = |random: &mut Random| {
        let count = u64::from(random.one_in(8));
        (0..count).map(|_| constraint(random, 1)).collect::<Vec<_>>()
    };
    let action = (!random.one_in(12)).then(|| (action(random), refined(random)));
    let scope = |random: &mut Random, kind: &str| {
        random.one_in(4).then(|| {
            let name = pick(random, &["0", "1", "g", "g", "gg"]);
            let name = match name {
                "g" => format!("urn:x:g{kind}"),
                "gg" => "urn:x:gg".to_owned(),
                number => format!("urn:x:{kind}{number}"),
            };
            (name, refined(random))
        })
    };
    let (target, party) = (scope(random, "a"), scope(random, "p"));
    let count = random.below(5).saturating_sub(2);
    let duty = |random: &mut Random| Duty {
        name: format!("urn:d:{}", random.number()),
        action: pick(random, &DUTIES),
        amount: random.one_in(2).then(|| 10 * (1 + i64::try_from(random.below(2)).unwrap())),
    };
    Rule {
        prohibition,
        action,
        target,
        party,
        constraints: (0..count).map(|_| constraint(random, 2)).collect(),
        duties: if prohibition || !random.one_in(4) { Vec::new() } else { vec![duty(random)] },
        strange: random.one_in(40),
    }
}

pub(super) fn constraint(random: &mut Random, depth: u64) -> Constraint {
    if depth > 0 && random.one_in(4) {
        let logic = pick(random, &ontology::odrl::LOGIC);
        let parts = (0..1 + random.below(3)).map(|_| constraint(random, depth - 1)).collect();
        return Constraint::Many { logic, parts };
    }
    let left = operand(random);
    let kind = kind(&left);
    let concepts = matches!(kind, Kind::Name | Kind::Text);
    let operator = match (concepts, random.below(5)) {
        (true, _) => {
            pick(random, &["eq", "neq", "isA", "isPartOf", "hasPart", "isAnyOf", "isNoneOf", "isAllOf"])
        }
        (false, 0) => pick(random, &["eq", "neq", "isAnyOf", "isNoneOf", "isAllOf"]),
        (false, _) => pick(random, &["lt", "lteq", "gt", "gteq"]),
    };
    let many = matches!(operator, "isAnyOf" | "isNoneOf" | "isAllOf") || random.one_in(20);
    let count = if many { 1 + random.below(3) } else { 1 };
    let mut right = Vec::new();
    for _ in 0..count {
        let value = value(random, &left);
        // A graph says nothing twice.
        if !right.contains(&value) {
            right.push(value);
        }
    }
    Constraint::One { left, operator, right }
}

fn operand(random: &mut Random) -> String {
    match random.below(8) {
        0 | 1 => format!("{ODRL}dateTime"),
        2 => format!("{ODRL}count"),
        3 => OWN.to_owned(),
        _ => format!("{ODRL}{}", pick(random, &LEFT_OPERANDS)),
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Time,
    Name,
    Text,
}

fn kind(left: &str) -> Kind {
    match left.strip_prefix(ODRL).unwrap_or(left) {
        "dateTime" | "absoluteTemporalPosition" | "relativeTemporalPosition" => Kind::Time,
        "purpose" | "spatial" | "industry" | "product" | "recipient" | "virtualLocation" | "event" => {
            Kind::Name
        }
        "language" | "media" | "fileFormat" | "version" | "device" | "system" | "systemDevice"
        | "deliveryChannel" | "unitOfCount" => Kind::Text,
        _ => Kind::Number,
    }
}

fn value(random: &mut Random, left: &str) -> Value {
    match kind(left) {
        // Halves of small numbers, so that many are equal.
        Kind::Number => Value::Number(5 * i64::try_from(random.below(9)).unwrap()),
        Kind::Time => {
            let (date, minute) = (random.one_in(2), minute(random));
            Value::Time { minute: if date { minute - minute.rem_euclid(1440) } else { minute }, date }
        }
        Kind::Name => Value::Name(pick(random, &NAMES).to_owned()),
        Kind::Text => Value::Text(pick(random, &TEXTS)),
    }
}

/// Noon and midnight of a few days.
fn minute(random: &mut Random) -> i64 {
    720 * i64::try_from(random.below(8)).unwrap()
}

fn asked(random: &mut Random) -> Asked {
    let party = (!random.one_in(16)).then(|| format!("urn:x:p{}", random.below(2)));
    let target = (!random.one_in(16)).then(|| format!("urn:x:a{}", random.below(2)));
    Asked {
        action: if random.one_in(4) { action(random) } else { format!("{ODRL}read") },
        party,
        target,
        minute: (!random.one_in(16)).then(|| minute(random)),
        features: features(random, 6),
        of_action: features(random, 2),
        of_party: features(random, 2),
        of_asset: features(random, 2),
    }
}

/// Most operands have one value; some have two, or none that is known. The clock and the counter are known elsewhere.
fn features(random: &mut Random, share: u64) -> BTreeMap<String, Vec<Value>> {
    let lefts = LEFT_OPERANDS.iter().map(|name| format!("{ODRL}{name}")).chain([OWN.to_owned()]);
    let mut found = BTreeMap::new();
    for left in lefts.filter(|left| !left.ends_with("/dateTime") && !left.ends_with("/count")) {
        if random.below(8) < share {
            let values = (0..1 + u64::from(random.one_in(8))).map(|_| value(random, &left)).collect();
            found.insert(left, values);
        }
    }
    found
}

fn done(random: &mut Random, names: &[String]) -> Done {
    let named = !names.is_empty() && random.one_in(2);
    Done {
        action: pick(random, &DUTIES),
        amount: (!random.one_in(3)).then(|| 10 * (1 + i64::try_from(random.below(2)).unwrap())),
        minute: minute(random),
        duty: named.then(|| names[index(random, names.len())].clone()),
    }
}

fn action(random: &mut Random) -> String {
    let name = pick(random, &ACTIONS);
    if name.contains(':') { name.to_owned() } else { format!("{ODRL}{name}") }
}

pub(super) fn index(random: &mut Random, length: usize) -> usize {
    usize::try_from(random.below(u64::try_from(length).unwrap())).unwrap()
}

fn pick<T: Copy>(random: &mut Random, from: &[T]) -> T {
    from[index(random, from.len())]
}
