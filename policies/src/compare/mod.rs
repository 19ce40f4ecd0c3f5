//! Two policies side by side, before anybody signs: what both permit, and whether one is within the other.
//!
//! A policy becomes a formula over its clauses ([`formula`]), and three questions are asked of the formulas: can both be
//! met by one access, is the second within the first, is the first within the second. The search for an answer
//! ([`search`]) opens every alternative and looks at the clauses on each operand together ([`axis`]), as intervals
//! ([`range`]), as sets of values that are tried one by one ([`own`]), or as concepts ([`concept`]). Where one step of
//! that cannot be told, neither can the answer: unknown is always allowed, a wrong yes or no never.
//!
//! An access has one value, or none, for each operand.

mod axis;
mod clause;
mod concept;
mod contradiction;
mod cross;
mod formula;
mod key;
mod own;
mod range;
mod search;
mod silence;
mod subject;

use std::collections::{BTreeMap, BTreeSet};

use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::model::Policy;
use crate::rdf::Term;

pub use clause::{Clause, Finding, FindingKey, Said};
use formula::{Formula, Side};
use search::{Found, Search};
use silence::silences;

/// What is known of concepts that are not this program's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// What is broader than each.
    pub broader: BTreeMap<String, BTreeSet<String>>,
    /// Sets of concepts of which no two have anything in common.
    pub distinct: Vec<BTreeSet<String>>,
}

impl Knowledge {
    /// Whether anything is said of a concept.
    fn tells(&self, term: &Term) -> bool {
        let Term::NamedNode(node) = term else { return false };
        let name = node.as_str();
        self.broader.contains_key(name)
            || self.broader.values().any(|above| above.contains(name))
            || self.distinct.iter().any(|set| set.contains(name))
    }
}

/// How the second policy stands to the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Relation {
    /// Both permit something, and neither is within the other.
    Compatible,
    /// Nothing that one permits is permitted by the other.
    Conflict,
    /// The second permits nothing that the first refuses.
    Refines,
    /// The second permits all that the first permits, and more.
    Subsumed,
    Unknown,
}

/// The answers to three questions, and what they rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Whether one access can be permitted by both. Unknown too where both speak of something, and one is silent on
    /// what the other says.
    pub together: Verdict,
    /// Whether the first permits nothing that the second refuses.
    pub first_within: Verdict,
    /// Whether the second permits nothing that the first refuses.
    pub second_within: Verdict,
    /// Clauses that decided, or that leave it open.
    pub findings: Vec<Finding>,
}

impl Comparison {
    /// The three answers as one.
    pub fn relation(&self) -> Relation {
        if self.together == Unsatisfied {
            Relation::Conflict
        } else if self.second_within == Satisfied {
            Relation::Refines
        } else if self.first_within == Satisfied {
            Relation::Subsumed
        } else if self.together == Satisfied && self.second_within == Unsatisfied {
            Relation::Compatible
        } else {
            Relation::Unknown
        }
    }
}

/// Compares the second policy (a request) with the first one (an offer, or somebody's own policy).
pub fn compare(first: &Policy, second: &Policy, knowledge: &Knowledge) -> Comparison {
    let (one, two) = (Formula::of(first, Side::First), Formula::of(second, Side::Second));
    let both = Search::new(knowledge).run(&[&one, &two]);
    // Each permission counts its own uses, and what they come to together is looked at by nobody.
    let several = |policy: &Policy| policy.permissions.len() > 1;
    let counted = (several(first) || several(second)) && first.rules().chain(second.rules()).any(key::counts);
    let beyond = |inner, outer, formulas: [&Formula<'_>; 2]| {
        if key::within(inner, outer) {
            return Found::NOTHING;
        }
        let mut found = Search::new(knowledge).run(&formulas);
        if counted && found.verdict == Unsatisfied {
            found.verdict = Unknown;
        }
        found
    };
    let beyond_second = beyond(first, second, [&one, &two.negated()]);
    let beyond_first = beyond(second, first, [&two, &one.negated()]);
    let mut compared = Comparison {
        together: both.verdict,
        first_within: !beyond_second.verdict,
        second_within: !beyond_first.verdict,
        findings: Vec::new(),
    };
    let silent = silences(first, second);
    if compared.together == Satisfied && !silent.is_empty() {
        compared.together = Unknown;
    }
    let told = match compared.relation() {
        Relation::Conflict => both.apart,
        Relation::Refines => Vec::new(),
        Relation::Subsumed | Relation::Compatible => beyond_first.beyond,
        Relation::Unknown => {
            let open = both.open.into_iter().chain(beyond_first.open).chain(beyond_first.beyond);
            silent.into_iter().chain(open).collect()
        }
    };
    for finding in told {
        if !compared.findings.contains(&finding) {
            compared.findings.push(finding);
        }
    }
    compared
}

/// Whether an access can meet the policy at all.
pub fn realizable(policy: &Policy, knowledge: &Knowledge) -> Verdict {
    Search::new(knowledge).run(&[&Formula::of(policy, Side::First)]).verdict
}
