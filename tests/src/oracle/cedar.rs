//! The permit/forbid core judged by Cedar: other people's engine decides the same policy on the same facts. Cedar's logic
//! has two values: a case is asked only where nothing in it is unknown to the naive reading.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::case::{Case, Constraint, ODRL, Rule, Value};
use super::naive::{self, PARENTS};

/// What Cedar is asked; `None` where the case is beyond what both languages say.
pub(super) fn question(case: &Case) -> Option<Json> {
    if case.strategy == Some("perm") || !naive::judge(case).rules.iter().all(Option::is_some) {
        return None;
    }
    let core = |rule: &Rule| {
        let parts = [&rule.action, &rule.target, &rule.party];
        rule.duties.is_empty() && parts.into_iter().flatten().all(|(_, refinements)| refinements.is_empty())
    };
    let asked_about = used(case);
    let single = known(case, &asked_about).all(|(_, values)| values.len() == 1);
    let (party, target) = (case.asked.party.as_ref()?, case.asked.target.as_ref()?);
    if !single || !case.rules.iter().all(core) {
        return None;
    }
    let policies: String = case.rules.iter().enumerate().map(|(at, rule)| self::rule(at, rule)).collect();
    Some(json!({
        "ask": "decide", "policies": policies, "entities": entities(case), "context": context(case, &asked_about),
        "principal": entity("Party", party), "action": entity("Action", &case.asked.action),
        "resource": entity("Asset", target),
    }))
}

fn entity(kind: &str, name: &str) -> String {
    format!("{kind}::{}", Json::from(name))
}

fn rule(at: usize, rule: &Rule) -> String {
    let effect = if rule.prohibition { "forbid" } else { "permit" };
    let mut all = vec!["true".to_owned()];
    if let Some((action, _)) = &rule.action {
        let own = entity("Action", action);
        // A prohibition is also touched by a request that includes what is prohibited.
        all.push(match rule.prohibition {
            true => format!("(action in {own} || {own} in action)"),
            false => format!("action in {own}"),
        });
    }
    for (what, kind, scope) in [("resource", "Asset", &rule.target), ("principal", "Party", &rule.party)] {
        if let Some((name, _)) = scope {
            all.push(format!("{what} in {}", entity(kind, name)));
        }
    }
    all.extend(rule.constraints.iter().map(|one| constraint(at, one)));
    format!("{effect}(principal, action, resource) when {{ {} }};\n", all.join(" && "))
}

fn constraint(at: usize, one: &Constraint) -> String {
    match one {
        Constraint::One { left, operator, right } => {
            let key = key(at, left);
            format!("(context has {key} && {})", compared(&key, operator, right))
        }
        Constraint::Many { logic, parts } => {
            let parts: Vec<String> = parts.iter().map(|part| constraint(at, part)).collect();
            match *logic {
                "or" => format!("({})", parts.join(" || ")),
                "xone" => {
                    let only = |own: usize| {
                        let each = parts.iter().enumerate();
                        let each =
                            each.map(|(n, part)| if n == own { part.clone() } else { format!("!{part}") });
                        format!("({})", each.collect::<Vec<_>>().join(" && "))
                    };
                    let all: Vec<String> = (0..parts.len()).map(only).collect();
                    format!("({})", all.join(" || "))
                }
                _ => format!("({})", parts.join(" && ")),
            }
        }
    }
}

/// The name of an operand in the context; each rule has its counter.
fn key(at: usize, left: &str) -> String {
    let local = left.strip_prefix(ODRL).unwrap_or("own");
    if local == "count" { format!("count{at}") } else { local.to_owned() }
}

fn compared(key: &str, operator: &str, right: &[Value]) -> String {
    let own = format!("context.{key}");
    let equal = |one: &Value| match one {
        Value::Time { .. } => {
            let (first, last) = span(one);
            format!("({own}.first >= {first} && {own}.last <= {last})")
        }
        one => format!("{own} == {}", literal(one)),
    };
    let any = |test: &dyn Fn(&Value) -> String| right.iter().map(test).collect::<Vec<_>>().join(" || ");
    let every = |test: &dyn Fn(&Value) -> String| right.iter().map(test).collect::<Vec<_>>().join(" && ");
    match operator {
        "eq" | "isAnyOf" => format!("({})", any(&equal)),
        "neq" | "isNoneOf" => format!("!({})", any(&equal)),
        "isAllOf" => format!("({})", every(&equal)),
        "isA" | "isPartOf" => format!("({})", any(&|one| format!("{own} in {}", literal(one)))),
        "hasPart" => format!("({})", every(&|one| format!("{} in {own}", literal(one)))),
        limit => format!("({})", every(&|one| self::limit(&own, limit, one))),
    }
}

fn limit(own: &str, operator: &str, one: &Value) -> String {
    let (first, last) = span(one);
    match (operator, one) {
        ("lt", Value::Time { .. }) => format!("{own}.last < {first}"),
        ("lteq", Value::Time { .. }) => format!("{own}.last <= {last}"),
        ("gt", Value::Time { .. }) => format!("{own}.first > {last}"),
        (_, Value::Time { .. }) => format!("{own}.first >= {first}"),
        ("lt", one) => format!("{own} < {}", literal(one)),
        ("lteq", one) => format!("{own} <= {}", literal(one)),
        ("gt", one) => format!("{own} > {}", literal(one)),
        (_, one) => format!("{own} >= {}", literal(one)),
    }
}

/// First and last half minute.
fn span(value: &Value) -> (i64, i64) {
    match value {
        Value::Time { minute, date: true } => (2 * minute, 2 * (minute + 1440) - 1),
        Value::Time { minute, date: false } => (2 * minute, 2 * minute),
        Value::Number(_) | Value::Name(_) | Value::Text(_) => (0, 0),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Number(tenths) => tenths.to_string(),
        Value::Name(name) => entity("Concept", name),
        Value::Text(text) => entity("Concept", text),
        Value::Time { .. } => String::new(),
    }
}

/// Operands that the rules look at.
fn used(case: &Case) -> BTreeSet<&str> {
    fn lefts<'a>(one: &'a Constraint, into: &mut BTreeSet<&'a str>) {
        match one {
            Constraint::One { left, .. } => drop(into.insert(left)),
            Constraint::Many { parts, .. } => parts.iter().for_each(|part| lefts(part, into)),
        }
    }
    let mut used = BTreeSet::new();
    case.rules.iter().flat_map(|rule| &rule.constraints).for_each(|one| lefts(one, &mut used));
    used
}

/// What is known of them.
fn known<'a>(case: &'a Case, used: &BTreeSet<&str>) -> impl Iterator<Item = (&'a String, &'a Vec<Value>)> {
    case.asked.features.iter().filter(|(left, _)| used.contains(left.as_str()))
}

fn context(case: &Case, used: &BTreeSet<&str>) -> Json {
    let mut context = Map::new();
    let value = |value: &Value| match value {
        Value::Number(tenths) => json!(tenths),
        Value::Name(name) => json!({"__entity": {"type": "Concept", "id": name}}),
        Value::Text(text) => json!({"__entity": {"type": "Concept", "id": text}}),
        Value::Time { .. } => {
            let (first, last) = span(value);
            json!({"first": first, "last": last})
        }
    };
    for (left, values) in known(case, used) {
        context.insert(key(0, left), value(&values[0]));
    }
    if let Some(minute) = case.asked.minute {
        context.insert("dateTime".to_owned(), value(&Value::Time { minute, date: false }));
    }
    for (at, used) in case.counts.iter().flatten().enumerate() {
        let which = 10 * (i64::try_from(*used).unwrap() + 1);
        context.insert(format!("count{at}"), json!(which));
    }
    Json::Object(context)
}

/// Everything that is in something else.
fn entities(case: &Case) -> Json {
    let mut all: BTreeMap<(&str, String), Vec<Json>> = BTreeMap::new();
    let mut within = |kind: &'static str, low: &str, high: &str| {
        let parent = json!({"type": kind, "id": high});
        all.entry((kind, low.to_owned())).or_default().push(parent);
    };
    for (low, high) in PARENTS {
        within("Action", &format!("{ODRL}{low}"), &format!("{ODRL}{high}"));
    }
    for (low, high) in &case.broader {
        within(if high.starts_with(ODRL) { "Action" } else { "Concept" }, low, high);
    }
    for (low, high) in &case.part_of {
        within("Party", low, high);
        within("Asset", low, high);
    }
    let each = all.into_iter().map(
        |((kind, id), parents)| json!({"uid": {"type": kind, "id": id}, "attrs": {}, "parents": parents}),
    );
    each.collect()
}
