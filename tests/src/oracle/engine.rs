//! A case as Turtle, and the engine's answer to it.

use std::collections::BTreeMap;
use std::fmt::Write;

use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode};
use policies::evaluation::{DutyState, Event, Feature, Features, Reported, World, evaluate};
use policies::rdf::Term;
use policies::{Facts, Verdict, model};

use super::case::{Answer, Case, Constraint, ODRL, Rule, Value};
use crate::conformance::odrl::forms;

/// The policy of a case.
pub(super) fn turtle(case: &Case) -> String {
    let mut text = format!("@prefix odrl: <{ODRL}> .\n@prefix xsd: <{}> .\n", ontology::vocab::XSD);
    text.push_str("<urn:p> a odrl:Set");
    if let Some(strategy) = case.strategy {
        let _ = write!(text, " ; odrl:conflict odrl:{strategy}");
    }
    for (at, rule) in case.rules.iter().enumerate() {
        let kind = if rule.prohibition { "prohibition" } else { "permission" };
        let _ = write!(text, " ;\n odrl:{kind} <urn:r:{at}>");
    }
    text.push_str(" .\n");
    case.rules.iter().enumerate().for_each(|(at, rule)| self::rule(&mut text, at, rule));
    text
}

fn rule(text: &mut String, at: usize, rule: &Rule) {
    let _ = write!(text, "<urn:r:{at}> odrl:uid <urn:r:{at}>");
    if rule.strange {
        text.push_str(" ; <http://example.org/ns#strange> 1");
    }
    if let Some((name, refinements)) = &rule.action {
        if refinements.is_empty() {
            let _ = write!(text, " ; odrl:action <{name}>");
        } else {
            let value = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value";
            let _ = write!(text, " ; odrl:action [ <{value}> <{name}>{} ]", refined(refinements));
        }
    }
    for (property, scope) in [("target", &rule.target), ("assignee", &rule.party)] {
        if let Some((name, refinements)) = scope {
            if refinements.is_empty() {
                let _ = write!(text, " ; odrl:{property} <{name}>");
            } else {
                let _ = write!(text, " ; odrl:{property} [ odrl:source <{name}>{} ]", refined(refinements));
            }
        }
    }
    rule.constraints.iter().for_each(|one| {
        let _ = write!(text, " ; odrl:constraint {}", constraint(one));
    });
    for duty in &rule.duties {
        let _ = write!(text, " ; odrl:duty <{}> .\n<{}> odrl:action ", duty.name, duty.name);
        let amount = duty.amount.map(|amount| {
            let right = Value::Number(amount);
            Constraint::One { left: format!("{ODRL}payAmount"), operator: "eq", right: vec![right] }
        });
        let value = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value";
        let _ = write!(text, "[ <{value}> odrl:{}{} ]", duty.action, refined(amount.as_slice()));
    }
    text.push_str(" .\n");
}

fn refined(refinements: &[Constraint]) -> String {
    refinements.iter().map(|one| format!(" ; odrl:refinement {}", constraint(one))).collect()
}

fn constraint(one: &Constraint) -> String {
    match one {
        Constraint::One { left, operator, right } => {
            // Order and spelling of values differ from constraint to constraint.
            let right: Vec<String> = right
                .iter()
                .enumerate()
                .map(|(at, value)| term(value, left.len() + at).to_string())
                .collect();
            format!(
                "[ odrl:leftOperand <{left}> ; odrl:operator odrl:{operator} ; odrl:rightOperand {} ]",
                right.join(", ")
            )
        }
        Constraint::Many { logic, parts } => {
            let parts: Vec<String> = parts.iter().map(constraint).collect();
            format!("[ odrl:{logic} ( {} ) ]", parts.join(" "))
        }
    }
}

/// A value in one of its spellings.
fn term(value: &Value, spelling: usize) -> Term {
    let typed = |text: String, datatype: NamedNode| Term::from(Literal::new_typed_literal(text, datatype));
    let plain = |text: String| Term::from(Literal::new_simple_literal(text));
    match value {
        Value::Number(tenths) => {
            let text = format!("{}.{}", tenths / 10, tenths % 10);
            match (tenths % 10, spelling % 3) {
                (0, 0) => typed((tenths / 10).to_string(), xsd::INTEGER.into_owned()),
                (_, 1) => typed(text, xsd::DECIMAL.into_owned()),
                (0, _) => typed(format!("0{}", tenths / 10), xsd::INTEGER.into_owned()),
                _ => typed(text, xsd::DOUBLE.into_owned()),
            }
        }
        Value::Time { minute, date } => {
            let (day, rest) = (1 + minute.div_euclid(1440), minute.rem_euclid(1440));
            match (date, spelling % 3) {
                (true, 0) => plain(format!("2027-01-{day:02}")),
                (true, _) => typed(format!("2027-01-{day:02}Z"), xsd::DATE.into_owned()),
                (false, 0) => plain(format!("2027-01-{day:02}T{:02}:00:00", rest / 60)),
                (false, 1) => {
                    let hour = rest / 60 + 2;
                    typed(format!("2027-01-{day:02}T{hour:02}:00:00.000+02:00"), xsd::DATE_TIME.into_owned())
                }
                _ => typed(format!("2027-01-{day:02}T{:02}:00:00Z", rest / 60), xsd::DATE_TIME.into_owned()),
            }
        }
        Value::Name(name) => NamedNode::new_unchecked(name).into(),
        Value::Text(text) => plain((*text).to_owned()),
    }
}

fn features(known: &BTreeMap<String, Vec<Value>>) -> Features {
    let feature = |(left, values): (&String, &Vec<Value>)| {
        let values = values.iter().map(|value| term(value, left.len() + 2)).collect();
        (left.clone(), Feature { values, unit: None })
    };
    known.iter().map(feature).collect()
}

fn clock(minute: i64) -> Term {
    term(&Value::Time { minute, date: false }, 2)
}

fn policy(case: &Case) -> Result<model::Policy, String> {
    model::first(turtle(case).as_bytes()).map_err(|why| format!("{why:?}"))
}

/// The policy of a case as a form, and back; one that is not understood has none, and the clause is named.
pub(super) fn form(case: &Case) -> Result<(), String> {
    let policy = policy(case)?;
    match (policies::Form::of(&policy), case.is_strange()) {
        (Ok(form), false) => forms::judge(&policy, form),
        (Err(faults), true) if faults.iter().any(|fault| fault.found.ends_with("strange")) => Ok(()),
        (other, _) => Err(format!("a form of a strange policy, or none of a plain one: {other:?}")),
    }
}

pub(super) fn judge(case: &Case) -> Result<Answer, String> {
    let policy = policy(case)?;
    let asked = &case.asked;
    let mut event = Event {
        action: Some(asked.action.clone()),
        party: asked.party.clone(),
        target: asked.target.clone(),
        features: features(&asked.features),
        of_action: features(&asked.of_action),
        of_party: features(&asked.of_party),
        of_asset: features(&asked.of_asset),
        ..Event::default()
    };
    if let Some(minute) = asked.minute {
        event = event.clocked(clock(minute));
    }
    let world = world(case, &policy);
    let outcome = evaluate(&policy, &event, &world);
    let verdict = |at: usize| {
        let id = format!("urn:r:{at}");
        let rule = outcome.rules.iter().find(|one| one.rule.id == id).ok_or(id)?;
        Ok(match rule.verdict() {
            Verdict::Satisfied => Some(true),
            Verdict::Unsatisfied => Some(false),
            Verdict::Unknown => None,
        })
    };
    let rules = (0..case.rules.len()).map(verdict).collect::<Result<_, String>>()?;
    Ok(Answer { permitted: outcome.permitted, rules })
}

fn world(case: &Case, policy: &model::Policy) -> World {
    let mut world = World::default();
    for (low, high) in &case.part_of {
        world.part_of.entry(low.clone()).or_default().insert(high.clone());
    }
    for (low, high) in &case.broader {
        world.broader.entry(low.clone()).or_default().insert(high.clone());
    }
    for (duty, state) in &case.reported {
        let state = match *state {
            "Fulfilled" => DutyState::Fulfilled,
            "Violated" => DutyState::Violated,
            _ => DutyState::NotSet,
        };
        world.duties.insert(duty.clone(), Reported { report: "urn:report".to_owned(), state });
    }
    // Counters are known by the place of their rule among those of its kind.
    let used = |counts: &Vec<u64>| {
        let of = |rule: &model::Rule| {
            let at: usize = rule.id.trim_start_matches("urn:r:").parse().unwrap();
            (rule.pointer.clone(), counts.get(at).copied().unwrap_or(0))
        };
        policy.rules().map(of).collect()
    };
    world.facts = Facts { counts: case.counts.as_ref().map(used), ..Facts::default() };
    world.done = case.done.as_ref().map(|done| {
        let event = |one: &super::case::Done| {
            let amount = one.amount.map(|amount| {
                let value = term(&Value::Number(amount), 0);
                (format!("{ODRL}payAmount"), Feature { values: vec![value], unit: None })
            });
            let event = Event {
                action: Some(format!("{ODRL}{}", one.action)),
                duty: one.duty.clone(),
                of_action: amount.into_iter().collect(),
                ..Event::default()
            };
            event.clocked(clock(one.minute))
        };
        done.iter().map(event).collect()
    });
    world
}
