//! A policy, a request and a state of the world, as plain values.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;

/// A policy of atomic rules with what it is asked.
#[derive(Debug, Clone)]
pub struct Case {
    pub strategy: Option<&'static str>,
    pub rules: Vec<Rule>,
    pub asked: Asked,
    pub part_of: BTreeSet<(String, String)>,
    pub broader: BTreeSet<(String, String)>,
    /// Uses so far of each rule, by its place; `None`: nobody looked.
    pub counts: Option<Vec<u64>>,
    /// State of duties that somebody reported.
    pub reported: BTreeMap<String, &'static str>,
    pub done: Option<Vec<Done>>,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub prohibition: bool,
    pub action: Option<(String, Vec<Constraint>)>,
    pub target: Option<(String, Vec<Constraint>)>,
    pub party: Option<(String, Vec<Constraint>)>,
    pub constraints: Vec<Constraint>,
    pub duties: Vec<Duty>,
    /// With a property that nobody knows.
    pub strange: bool,
}

#[derive(Debug, Clone)]
pub struct Duty {
    pub name: String,
    pub action: &'static str,
    pub amount: Option<i64>,
}

#[derive(Debug, Clone)]
pub enum Constraint {
    One { left: String, operator: &'static str, right: Vec<Value> },
    Many { logic: &'static str, parts: Vec<Constraint> },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Tenths.
    Number(i64),
    /// Minutes since the beginning of 2027; a date is a whole day.
    Time {
        minute: i64,
        date: bool,
    },
    Name(String),
    Text(&'static str),
}

/// What is asked, and what is known about it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub action: String,
    pub party: Option<String>,
    pub target: Option<String>,
    pub minute: Option<i64>,
    pub features: BTreeMap<String, Vec<Value>>,
    pub of_action: BTreeMap<String, Vec<Value>>,
    pub of_party: BTreeMap<String, Vec<Value>>,
    pub of_asset: BTreeMap<String, Vec<Value>>,
}

/// Something that was done before.
#[derive(Debug, Clone)]
pub struct Done {
    pub action: &'static str,
    pub amount: Option<i64>,
    pub minute: i64,
    pub duty: Option<String>,
}

/// What a policy came to: whether it permits, and each rule by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub permitted: bool,
    pub rules: Vec<Option<bool>>,
}

pub const ODRL: &str = "http://www.w3.org/ns/odrl/2/";

impl Case {
    /// Counts what occurs.
    pub fn count(&self, seen: &mut BTreeMap<String, u64>) {
        let mut add = |name: &str| *seen.entry(name.to_owned()).or_default() += 1;
        for rule in &self.rules {
            let parts = [&rule.action, &rule.target, &rule.party];
            let refinements = parts.into_iter().flatten().flat_map(|(_, refinements)| refinements);
            rule.constraints.iter().chain(refinements).for_each(|one| one.names(&mut add));
        }
    }

    /// Whether a rule has a property that nobody knows.
    pub fn is_strange(&self) -> bool {
        self.rules.iter().any(|rule| rule.strange)
    }

    /// Takes away one thing that is known.
    pub fn forget(&mut self, random: &mut Random) {
        let asked = &mut self.asked;
        match random.below(8) {
            0 => asked.minute = None,
            1 => asked.party = None,
            2 => asked.target = None,
            3 => self.counts = None,
            4 => {
                let features = [&mut asked.of_action, &mut asked.of_party, &mut asked.of_asset];
                features.into_iter().for_each(BTreeMap::clear);
                asked.features.clear();
            }
            5 => self.done = None,
            _ => {
                asked.features.pop_first();
            }
        }
    }

    /// Gives parties, assets and groups other names.
    pub fn rename(&mut self) {
        let other = |name: &mut String| {
            if let Some(local) = name.strip_prefix("urn:x:") {
                *name = format!("https://other.example/{local}");
            }
        };
        for rule in &mut self.rules {
            [&mut rule.target, &mut rule.party].into_iter().flatten().for_each(|(name, _)| other(name));
        }
        [&mut self.asked.party, &mut self.asked.target].into_iter().flatten().for_each(other);
        let pairs = std::mem::take(&mut self.part_of).into_iter();
        self.part_of = pairs
            .map(|(mut one, mut two)| {
                other(&mut one);
                other(&mut two);
                (one, two)
            })
            .collect();
    }

    /// Puts the rules, with their counters, in another order.
    pub fn turn(&mut self, by: usize) {
        self.rules.rotate_left(by);
        if let Some(counts) = &mut self.counts {
            counts.rotate_left(by);
        }
    }
}

impl Constraint {
    fn names(&self, add: &mut impl FnMut(&str)) {
        match self {
            Constraint::One { left, operator, .. } => {
                add(left.strip_prefix(ODRL).unwrap_or(left));
                add(operator);
            }
            Constraint::Many { logic, parts } => {
                add(logic);
                parts.iter().for_each(|part| part.names(add));
            }
        }
    }
}
