//! What the semantics say, read aloud. `None` is unknown.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::case::{Answer, Asked, Case, Constraint, Duty, ODRL, Rule, Value};

/// Who includes whom among the actions that are drawn.
pub(super) const PARENTS: [(&str, &str); 9] = [
    ("read", "use"),
    ("play", "use"),
    ("display", "play"),
    ("reproduce", "use"),
    ("extract", "reproduce"),
    ("sell", "transfer"),
    ("compensate", "use"),
    ("attribute", "use"),
    ("inform", "use"),
];

pub(super) fn judge(case: &Case) -> Answer {
    let rules: Vec<Option<bool>> =
        case.rules.iter().enumerate().map(|(at, rule)| self::rule(case, at, rule)).collect();
    let mut permission = false;
    let mut prohibition = false;
    for (rule, verdict) in case.rules.iter().zip(&rules) {
        if rule.prohibition {
            prohibition |= *verdict != Some(false);
        } else {
            permission |= *verdict == Some(true);
        }
    }
    Answer { permitted: permission && (!prohibition || case.strategy == Some("perm")), rules }
}

fn rule(case: &Case, at: usize, rule: &Rule) -> Option<bool> {
    let asked = &case.asked;
    let mut all = Vec::new();
    if rule.strange {
        all.push(None);
    }
    if let Some((action, refinements)) = &rule.action {
        all.push(acts(case, action, &asked.action, rule.prohibition));
        all.extend(refinements.iter().map(|one| refined(case, one, &asked.of_action)));
    }
    if let Some((target, refinements)) = &rule.target {
        all.push(asked.target.as_ref().map(|own| up(own, &case.part_of).contains(target)));
        all.extend(refinements.iter().map(|one| refined(case, one, &asked.of_asset)));
    }
    if let Some((party, refinements)) = &rule.party {
        all.push(asked.party.as_ref().map(|own| up(own, &case.part_of).contains(party)));
        all.extend(refinements.iter().map(|one| refined(case, one, &asked.of_party)));
    }
    for one in &rule.constraints {
        all.push(constraint(case, one, &|left| known(case, at, left)));
    }
    for duty in &rule.duties {
        all.push(self::duty(case, duty));
    }
    and(&all)
}

/// A name with all above it.
fn up(name: &str, pairs: &BTreeSet<(String, String)>) -> BTreeSet<String> {
    let mut all = BTreeSet::from([name.to_owned()]);
    loop {
        let more: Vec<String> = pairs
            .iter()
            .filter(|(low, high)| all.contains(low) && !all.contains(high))
            .map(|p| p.1.clone())
            .collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

fn acts(case: &Case, rule: &str, asked: &str, prohibition: bool) -> Option<bool> {
    let mut pairs = case.broader.clone();
    for (low, high) in PARENTS {
        pairs.insert((format!("{ODRL}{low}"), format!("{ODRL}{high}")));
    }
    let (above_asked, above_rule) = (up(asked, &pairs), up(rule, &pairs));
    if above_asked.contains(rule) || (prohibition && above_rule.contains(asked)) {
        return Some(true);
    }
    let top = |name: &str| name == format!("{ODRL}use") || name == format!("{ODRL}transfer");
    let placed = |above: &BTreeSet<String>| above.iter().any(|name| top(name));
    if top(rule) && !asked.starts_with(ODRL) && !placed(&above_asked) {
        return None;
    }
    if prohibition && !placed(&above_rule) {
        return None;
    }
    Some(false)
}

/// What is known of an operand of a rule.
fn known(case: &Case, at: usize, left: &str) -> Option<Vec<Value>> {
    if let Some(values) = case.asked.features.get(left) {
        return Some(values.clone());
    }
    match left.strip_prefix(ODRL) {
        Some("dateTime") => case.asked.minute.map(|minute| vec![Value::Time { minute, date: false }]),
        Some("count") => {
            let used = case.counts.as_ref()?.get(at).copied().unwrap_or(0);
            Some(vec![Value::Number(10 * (i64::try_from(used).unwrap() + 1))])
        }
        _ => None,
    }
}

fn refined(case: &Case, one: &Constraint, own: &BTreeMap<String, Vec<Value>>) -> Option<bool> {
    let asked: &Asked = &case.asked;
    constraint(case, one, &|left| own.get(left).or_else(|| asked.features.get(left)).cloned())
}

fn constraint(case: &Case, one: &Constraint, known: &dyn Fn(&str) -> Option<Vec<Value>>) -> Option<bool> {
    match one {
        Constraint::One { left, operator, right } => stands(case, operator, &known(left)?, right),
        Constraint::Many { logic, parts } => {
            let parts: Vec<Option<bool>> = parts.iter().map(|part| constraint(case, part, known)).collect();
            match *logic {
                "or" => or(&parts),
                "xone" => {
                    let yes = parts.iter().filter(|one| **one == Some(true)).count();
                    let open = parts.contains(&None);
                    if yes > 1 {
                        Some(false)
                    } else if open {
                        None
                    } else {
                        Some(yes == 1)
                    }
                }
                _ => and(&parts),
            }
        }
    }
}

fn stands(case: &Case, operator: &str, found: &[Value], right: &[Value]) -> Option<bool> {
    let every = |test: &dyn Fn(&Value) -> Option<bool>| and(&found.iter().map(test).collect::<Vec<_>>());
    let some = |test: &dyn Fn(&Value) -> Option<bool>| or(&found.iter().map(test).collect::<Vec<_>>());
    let listed = |own: &Value| or(&right.iter().map(|one| equal(own, one)).collect::<Vec<_>>());
    let limit = |test: &dyn Fn(&Value, &Value) -> Option<bool>| match right {
        [one] => every(&|own| test(own, one)),
        _ => None,
    };
    match operator {
        "eq" => every(&listed),
        "neq" => every(&listed).map(|yes| !yes),
        "isAnyOf" => some(&listed),
        "isNoneOf" => some(&listed).map(|yes| !yes),
        "isAllOf" => and(&right.iter().map(|one| some(&|own| equal(own, one))).collect::<Vec<_>>()),
        "isA" | "isPartOf" => {
            some(&|own| or(&right.iter().map(|one| within(case, own, one)).collect::<Vec<_>>()))
        }
        "hasPart" => and(&right.iter().map(|one| some(&|own| within(case, one, own))).collect::<Vec<_>>()),
        "lt" => limit(&|own, one| less(own, one, false)),
        "lteq" => limit(&|own, one| less(own, one, true)),
        "gt" => limit(&|own, one| more(own, one, false)),
        "gteq" => limit(&|own, one| more(own, one, true)),
        other => panic!("operator {other}"),
    }
}

/// First and last minute, the last with its fraction of a day.
fn span(minute: i64, date: bool) -> (i64, i64) {
    // A day ends just before the next one: half a minute is enough to tell.
    if date { (2 * minute, 2 * (minute + 1440) - 1) } else { (2 * minute, 2 * minute) }
}

fn equal(own: &Value, other: &Value) -> Option<bool> {
    match (own, other) {
        (Value::Time { minute: a, date: da }, Value::Time { minute: b, date: db }) => {
            let ((start, end), (first, last)) = (span(*a, *da), span(*b, *db));
            if start >= first && end <= last {
                Some(true)
            } else if end < first || start > last {
                Some(false)
            } else {
                None
            }
        }
        _ => Some(own == other),
    }
}

fn less(own: &Value, other: &Value, or_equal: bool) -> Option<bool> {
    match (own, other) {
        (Value::Number(a), Value::Number(b)) => Some(match a.cmp(b) {
            Ordering::Less => true,
            Ordering::Equal => or_equal,
            Ordering::Greater => false,
        }),
        (Value::Time { minute: a, date: da }, Value::Time { minute: b, date: db }) => {
            let ((start, end), (first, last)) = (span(*a, *da), span(*b, *db));
            let (sure, never) =
                if or_equal { (end <= last, start > last) } else { (end < first, start >= first) };
            if sure {
                Some(true)
            } else if never {
                Some(false)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Greater; of times, after all of the other one.
fn more(own: &Value, other: &Value, or_equal: bool) -> Option<bool> {
    let (Value::Time { minute: a, date: da }, Value::Time { minute: b, date: db }) = (own, other) else {
        return less(other, own, or_equal);
    };
    let ((start, end), (first, last)) = (span(*a, *da), span(*b, *db));
    let (sure, never) = if or_equal { (start >= first, end < first) } else { (start > last, end <= last) };
    if sure {
        Some(true)
    } else if never {
        Some(false)
    } else {
        None
    }
}

fn within(case: &Case, own: &Value, other: &Value) -> Option<bool> {
    let text = |value: &Value| match value {
        Value::Name(name) => name.clone(),
        Value::Text(text) => (*text).to_owned(),
        other => panic!("{other:?} is no concept"),
    };
    let (own, other) = (text(own), text(other));
    if up(&own, &case.broader).contains(&other) {
        return Some(true);
    }
    // Nobody said where it belongs.
    case.broader.iter().any(|(low, _)| *low == own).then_some(false)
}

fn duty(case: &Case, duty: &Duty) -> Option<bool> {
    if let Some(state) = case.reported.get(&duty.name) {
        return Some(*state != "Violated");
    }
    let done = case.done.as_ref()?;
    let now = case.asked.minute;
    let fits = done.iter().any(|done| {
        now.is_some_and(|now| done.minute <= now)
            && done.action == duty.action
            && duty.amount.is_none_or(|amount| done.amount == Some(amount))
            && done.duty.as_ref().is_none_or(|name| *name == duty.name)
    });
    Some(fits)
}

fn and(all: &[Option<bool>]) -> Option<bool> {
    if all.contains(&Some(false)) {
        Some(false)
    } else if all.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn or(all: &[Option<bool>]) -> Option<bool> {
    if all.contains(&Some(true)) {
        Some(true)
    } else if all.contains(&None) {
        None
    } else {
        Some(false)
    }
}
