//! May this caller ever use this offer? For the catalogue: an offer is left out only when the answer is certainly no.

use ontology::action::Action;
use serde::{Deserialize, Serialize};

use crate::decide::{Run, touches};
use crate::decision::{RuleKind, Verdict};
use crate::evaluate::Mode;
use crate::facts::{Facts, Request};
use crate::policy::Compiled;
use crate::seen::Seen;

/// From now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Foresight {
    /// Whatever the caller does or declares, and whatever time passes: refused.
    Never,
    Maybe,
    /// Permitted, and nothing the caller can change or time can bring would refuse it.
    Always,
}

/// Looks ahead with what is known of the caller: its DID, and the time. Purpose, declarations, counts and duties can
/// still change and are unknown, whatever the facts say today; a recipient that is not in the list stays outside,
/// and a past date stays past.
pub fn foresee(policy: &Compiled, request: &Request, known: &Facts) -> Foresight {
    let Some(action) = Action::parse(&request.action) else { return Foresight::Never };
    let other = |expected: &Option<String>, found: &Option<String>| match (expected, found) {
        (Some(expected), Some(found)) => expected != found,
        _ => false,
    };
    if other(&policy.target, &request.target) || other(&policy.assignee, &known.recipient) {
        return Foresight::Never;
    }
    let seen = Seen::of(known);
    let mut run = Run { program: &policy.program, seen: &seen, mode: Mode::Ever, told: None };
    let mut ever = |kind: RuleKind, asked: &dyn Fn(Action) -> bool| -> Vec<Verdict> {
        let rules = policy.program.rules(kind).filter(|(_, rule)| asked(rule.action));
        rules.map(|(at, _)| run.rule(at)).collect()
    };
    let prohibited = ever(RuleKind::Prohibition, &|rule| touches(rule, action)).into_iter();
    let permitted = ever(RuleKind::Permission, &|rule| rule.covers(action)).into_iter();
    let open = permitted.max_by_key(|verdict| rank(*verdict)).unwrap_or(Verdict::Unsatisfied);
    let free = prohibited.map(|verdict| !verdict).fold(Verdict::Satisfied, Verdict::and);
    // An offer says nothing of the party it would be agreed with; until then, that it may be is all one can say.
    let named = policy.assignee.is_none() || known.recipient.is_some();
    match open.and(free) {
        Verdict::Satisfied if named => Foresight::Always,
        Verdict::Unsatisfied => Foresight::Never,
        _ => Foresight::Maybe,
    }
}

const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Unsatisfied => 0,
        Verdict::Unknown => 1,
        Verdict::Satisfied => 2,
    }
}
