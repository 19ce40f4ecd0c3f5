//! Contracts and transfers in the order they were first seen, so that a step of a long day looks at few of them.

use std::collections::BTreeMap;

/// How far back what has ended is looked for.
const TAIL: usize = 64;

#[derive(Debug, Default)]
pub struct Order {
    pub deals: Vec<String>,
    pub ways: Vec<String>,
    /// Those that may be gone on with.
    pub open_deals: Vec<String>,
    pub open_ways: Vec<String>,
    pub deals_of: BTreeMap<usize, usize>,
    pub ways_of: BTreeMap<String, usize>,
}

impl Order {
    pub fn deal(&mut self, id: &str, set: usize) {
        self.deals.push(id.to_owned());
        self.open_deals.push(id.to_owned());
        *self.deals_of.entry(set).or_default() += 1;
    }

    pub fn way(&mut self, pid: &str, agreement: &str) {
        self.ways.push(pid.to_owned());
        self.open_ways.push(pid.to_owned());
        *self.ways_of.entry(agreement.to_owned()).or_default() += 1;
    }
}

/// Drops what is over from the end of a list, from where it is chosen.
pub fn prune(names: &mut Vec<String>, is_over: impl Fn(&String) -> bool) {
    let mut tail = names.split_off(names.len().saturating_sub(TAIL));
    tail.retain(|name| !is_over(name));
    names.append(&mut tail);
}
