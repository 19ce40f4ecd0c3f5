//! Asked in lines of JSON on standard input, answers in lines of JSON on standard output.

mod cedar;
mod rego;

use std::io::{BufRead, Write};

use serde_json::{Value, json};

fn main() {
    let (input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    for line in input.lines() {
        let asked: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let answer = match asked["ask"].as_str() {
            Some("decide") => json!({"allow": cedar::decide(&asked)}),
            Some("cedar") => json!({"times": cedar::times(&asked)}),
            Some("rego") => json!({"times": rego::times(&asked)}),
            other => panic!("asked {other:?}"),
        };
        writeln!(output, "{answer}").unwrap();
        output.flush().unwrap();
    }
}
