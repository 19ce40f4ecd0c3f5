//! Rego, by regorus.

use std::hint::black_box;
use std::time::Instant;

use regorus::{CompiledPolicy, Engine, Value};

type Json = serde_json::Value;

/// Microseconds of each request: policies were compiled before with their data, the input is one of its own values.
pub fn times(asked: &Json) -> Vec<f64> {
    let data = asked["data"].to_string();
    let compiled = |policy: &Json| -> CompiledPolicy {
        let mut engine = Engine::new();
        engine.add_policy("contract.rego".to_owned(), policy.as_str().unwrap().to_owned()).unwrap();
        engine.add_data(Value::from_json_str(&data).unwrap()).unwrap();
        engine.compile_with_entrypoint(&"data.contract.allow".into()).unwrap()
    };
    let contracts: Vec<CompiledPolicy> = asked["contracts"].as_array().unwrap().iter().map(compiled).collect();
    let one = |request: &Json| {
        let contract = usize::try_from(request["contract"].as_u64().unwrap()).unwrap();
        let input = Value::from_json_str(&request["input"].to_string()).unwrap();
        let begun = Instant::now();
        let answer = black_box(contracts[contract].eval_with_input(input)).unwrap();
        let time = begun.elapsed();
        assert_eq!(answer, Value::from(true));
        time.as_secs_f64() * 1e6
    };
    asked["requests"].as_array().unwrap().iter().map(one).collect()
}
