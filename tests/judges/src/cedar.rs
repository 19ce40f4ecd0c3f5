//! Cedar.

use std::hint::black_box;
use std::time::Instant;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request, RestrictedExpression,
};
use serde_json::Value;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn uid(value: &Value) -> EntityUid {
    text(value).parse().unwrap_or_else(|e| panic!("{e}: {value}"))
}

fn policies(value: &Value) -> PolicySet {
    text(value).parse().unwrap_or_else(|e| panic!("{e}\n{}", text(value)))
}

fn entities(value: &Value) -> Entities {
    Entities::from_json_value(value.clone(), None).unwrap()
}

/// One request under policies of its own.
pub fn decide(asked: &Value) -> bool {
    let context = Context::from_json_value(asked["context"].clone(), None).unwrap();
    let [principal, action, resource] = ["principal", "action", "resource"].map(|part| uid(&asked[part]));
    let request = Request::new(principal, action, resource, context, None).unwrap();
    let (policies, entities) = (policies(&asked["policies"]), entities(&asked["entities"]));
    Authorizer::new().is_authorized(&request, &policies, &entities).decision() == Decision::Allow
}

/// A fact as an application holds it before it asks.
enum Fact {
    Name(EntityUid),
    Number(i64),
    Text(String),
}

fn fact(value: &Value) -> Fact {
    match (value.as_i64(), value["entity"].as_str()) {
        (Some(number), _) => Fact::Number(number),
        (None, Some(name)) => Fact::Name(name.parse().unwrap()),
        (None, None) => Fact::Text(text(value).to_owned()),
    }
}

fn expression(fact: Fact) -> RestrictedExpression {
    match fact {
        Fact::Name(name) => RestrictedExpression::new_entity_uid(name),
        Fact::Number(number) => RestrictedExpression::new_long(number),
        Fact::Text(text) => RestrictedExpression::new_string(text),
    }
}

/// Microseconds of each request: policies and entities were parsed before, the request is built from its facts and decided.
pub fn times(asked: &Value) -> Vec<f64> {
    let contracts: Vec<PolicySet> = asked["contracts"].as_array().unwrap().iter().map(policies).collect();
    let (entities, authorizer) = (entities(&asked["entities"]), Authorizer::new());
    let one = |request: &Value| {
        let contract = usize::try_from(request["contract"].as_u64().unwrap()).unwrap();
        let [principal, action, resource] = ["principal", "action", "resource"].map(|part| uid(&request[part]));
        let context = request["context"].as_object().unwrap();
        let facts: Vec<(String, Fact)> = context.iter().map(|(name, value)| (name.clone(), fact(value))).collect();
        let begun = Instant::now();
        let context = facts.into_iter().map(|(name, value)| (name, expression(value)));
        let context = Context::from_pairs(context).unwrap();
        let request = Request::new(principal, action, resource, context, None).unwrap();
        let answer = black_box(authorizer.is_authorized(&request, &contracts[contract], &entities));
        let time = begun.elapsed();
        assert_eq!(answer.decision(), Decision::Allow, "{:?}", answer.diagnostics());
        time.as_secs_f64() * 1e6
    };
    asked["requests"].as_array().unwrap().iter().map(one).collect()
}
