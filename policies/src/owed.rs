//! What a signed policy obliges to, and until when.

use time::OffsetDateTime;

use crate::duration::Span;
use crate::policy::{Check, Compiled, Expr};

/// An obligation of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// JSON pointer in the policy.
    pub pointer: String,
    /// The ODRL action.
    pub action: &'static str,
    /// Its last instant, where the policy names it.
    pub until: Option<OffsetDateTime>,
    /// How long after the first use it may take, as ISO 8601 writes it.
    pub after: Option<String>,
    /// How long after the signature, and after each time, it is to be done again; `until` then ends it.
    pub every: Option<String>,
}

/// Obligations in the order of the policy.
pub fn owed(policy: &Compiled) -> Vec<Owed> {
    let one = |rule: &crate::policy::Rule| {
        let tests = rule.when.iter().filter_map(|part| match part {
            Expr::Test(test) => Some(test),
            Expr::Logic(_) => None,
        });
        let until = tests.clone().filter_map(|test| test.deadline()).min();
        let every = tests.clone().find(|test| test.check == Check::Every);
        let after = tests.clone().find(|test| matches!(test.check, Check::Elapsed(_)));
        Owed {
            pointer: rule.pointer.to_string(),
            action: rule.action.name(),
            until,
            every: every.map(|test| test.expected.to_string()),
            after: after.map(|test| test.expected.to_string()),
        }
    };
    policy.obligations.iter().map(one).collect()
}

/// The instant so long after another; nothing for what is no duration, or beyond the calendar.
pub fn later(span: &str, start: OffsetDateTime) -> Option<OffsetDateTime> {
    Span::parse(span)?.after(start)
}
