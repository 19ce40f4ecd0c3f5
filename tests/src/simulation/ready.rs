//! How a story begins: nodes that are up, know each other, and have published something.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::model::Set;
use super::net::Sent;
use super::operation::Done;
use super::template::{START, did, host};
use super::world::{What, World};
use crate::flow::{PURPOSE, described};

/// Content of the small files and of the large ones, in bytes.
const SMALL: usize = 900;
const LARGE: usize = 600 << 10;

impl World {
    /// Starts all nodes and publishes one or two datasets at some of them.
    pub fn begin(&mut self) {
        let nodes = self.machines.len();
        for node in 0..nodes {
            self.start(node);
            let get = Sent {
                method: "GET".into(),
                host: host(node),
                path: "/.well-known/did.json".into(),
                headers: Vec::new(),
                body: Vec::new(),
            };
            let operation = self.machines[node].up().answer(get);
            let Some(Done::Answered(answer)) = self.ask(node, What::Other("identity"), operation) else {
                panic!("n{node} does not say who it is");
            };
            self.documents.lock().unwrap().insert(host(node), answer.body);
        }
        let providers: BTreeSet<usize> = (0..if self.is_day { 2 * nodes } else { 1 + nodes / 3 })
            .map(|_| self.random.below(nodes as u64) as usize)
            .collect();
        for provider in providers {
            for _ in 0..=self.random.below(2) {
                self.publish(provider);
            }
        }
        self.calm = true;
        for set in 0..self.model.sets.len() {
            // How far it is when the faults begin.
            let stage = self.random.below(5);
            if stage > 0 {
                self.negotiate(set);
                self.quiet();
            }
            let agreed = self.model.deals().find(|(_, deal)| deal.set == set).map(|(id, _)| id.clone());
            if let (Some(agreement), true) = (agreed, stage > 1) {
                self.open_transfer(&agreement);
                self.quiet();
            }
        }
        self.calm = false;
    }

    /// Everything that waits is sent.
    fn quiet(&mut self) {
        while (0..self.machines.len()).any(|node| self.send(node)) {}
    }

    fn publish(&mut self, provider: usize) {
        let nodes = self.machines.len() as u64;
        let recipient = (provider + 1 + self.random.below(nodes - 1) as usize) % nodes as usize;
        let number = self.model.sets.len();
        let bounded = !self.is_day;
        let bytes = if bounded && self.random.one_in(5) { LARGE } else { SMALL + number };
        let most = (bounded && self.random.one_in(2)).then(|| 1 + self.random.below(3));
        let until = (bounded && self.random.one_in(2))
            .then(|| START.0 + 3_600_000 * (1 + self.random.below(48) as i64));
        let file = format!("{number}.csv");
        let content = vec![b'a' + number as u8; bytes];
        std::fs::write(self.machines[provider].folder.join("data").join(&file), content).unwrap();
        let description = description(&file, &did(recipient), most, until);
        let operation = self.machines[provider].up().publish(description);
        let Some(Done::Dataset(id)) = self.ask(provider, What::Other("publish"), operation) else {
            panic!("n{provider} does not publish");
        };
        self.say(format!(
            "n{provider} d{number} for n{recipient}: {bytes} bytes, {most:?} uses, until {until:?}"
        ));
        self.model.sets.push(Set { id: id.to_string(), provider, recipient, most, until });
        self.datasets.push(id);
    }
}

/// A file for one recipient and one purpose, perhaps so many times, perhaps until an instant.
fn description(file: &str, recipient: &str, most: Option<u64>, until: Option<i64>) -> Value {
    let mut constraint = vec![
        json!({"leftOperand": "recipient", "operator": "eq", "rightOperand": recipient}),
        json!({"leftOperand": "purpose", "operator": "isA", "rightOperand": PURPOSE}),
    ];
    if let Some(most) = most {
        constraint.push(json!({"leftOperand": "count", "operator": "lteq", "rightOperand": most}));
    }
    if let Some(until) = until {
        let until = node::domain::time::Timestamp(until).rfc3339();
        let until = json!({"@value": until, "@type": "xsd:dateTime"});
        constraint.push(json!({"leftOperand": "dateTime", "operator": "lt", "rightOperand": until}));
    }
    described(json!({ "file": file }), json!([{ "action": "use", "constraint": constraint }]))
}
