//! A whole policy against a state of the world: the general form of [`crate::decide`].
//!
//! Decisions of the node are the special case in which the world is [`Facts`] and the policy was understood entirely;
//! they are taken on compiled policies, by the same checks, and tests compare both. Here are also refinements,
//! collections, duties with consequences and remedies, operands of profiles, and what was done before.

mod collection;
mod constraint;
mod duty;
mod feature;
pub mod monitor;
pub mod report;
mod rule;

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;

use crate::decision::Verdict::{self, Unknown, Unsatisfied};
use crate::facts::Facts;
use crate::instant::Interval;
use crate::model::{Policy, RuleKind, Strategy};
use crate::rdf::Term;
use crate::seen::Seen;

pub(crate) use collection::reaches;
pub use constraint::Checked;
pub(crate) use constraint::Place;
pub use duty::{DutyOutcome, DutyState};
pub use monitor::monitor;
pub use report::{report, report_text};
pub use rule::RuleOutcome;

/// Values by left operand.
pub type Features = BTreeMap<String, Feature>;

/// What is known of one left operand.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    pub values: Vec<Term>,
    pub unit: Option<String>,
}

/// An action that somebody asks to do, or did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Event {
    /// Name of the request, for reports.
    pub id: Option<String>,
    pub at: Option<OffsetDateTime>,
    /// The instant as it was written, for reports.
    pub clock: Option<Term>,
    /// IRI, or a name of ODRL in any spelling.
    pub action: Option<String>,
    pub party: Option<String>,
    pub target: Option<String>,
    pub features: Features,
    /// Of the action, the party and the asset: what refinements look at first.
    pub of_action: Features,
    pub of_party: Features,
    pub of_asset: Features,
    /// The duty that this was done for, by its name, when whoever recorded it says so.
    pub duty: Option<String>,
    /// All that there is to know was recorded: what has no value here has none, rather than one that nobody knows.
    pub complete: bool,
}

impl Event {
    /// The same at an instant, as it is written. What is no instant leaves the event without one.
    #[must_use]
    pub fn clocked(mut self, clock: Term) -> Event {
        let text = match &clock {
            Term::Literal(literal) => literal.value(),
            Term::NamedNode(_) | Term::BlankNode(_) => "",
        };
        self.at = Interval::parse(text).filter(|read| !read.is_date).map(|read| read.start);
        self.clock = Some(clock);
        self
    }
}

/// Everything else that an evaluation looks at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    /// What a node knows when it decides; used where no feature says it.
    pub facts: Facts,
    /// Members of collections: what each is part of.
    pub part_of: BTreeMap<String, BTreeSet<String>>,
    /// Concepts and actions of profiles: what is broader than each.
    pub broader: BTreeMap<String, BTreeSet<String>>,
    /// Duties that somebody else watches over, by name.
    pub duties: BTreeMap<String, Reported>,
    /// What was done before; `None`: nobody looked.
    pub done: Option<Vec<Event>>,
}

/// What a report says of a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Name of the report.
    pub report: String,
    pub state: DutyState,
}

/// What an evaluation came to.
#[derive(Debug, Clone)]
pub struct Outcome<'a> {
    pub policy: &'a Policy,
    pub event: &'a Event,
    pub now: Option<OffsetDateTime>,
    pub rules: Vec<RuleOutcome<'a>>,
    pub permitted: bool,
    /// A permission and a prohibition hold, and the policy says that it is void then (or says nothing).
    pub void: bool,
}

/// Where a constraint is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub event: &'a Event,
    pub facts: &'a Facts,
    /// The same facts, parsed.
    pub seen: &'a Seen<'a>,
    pub world: &'a World,
}

impl Scene<'_> {
    pub(crate) fn now(&self) -> Option<OffsetDateTime> {
        self.event.at.or(self.facts.now)
    }
}

/// Evaluates a policy for one request. Closed: without a permission that holds, nothing is permitted.
pub fn evaluate<'a>(policy: &'a Policy, event: &'a Event, world: &World) -> Outcome<'a> {
    // The instant of the request is the instant of the facts.
    let at = event.at.filter(|at| world.facts.now != Some(*at));
    let moved = at.map(|at| Facts { now: Some(at), ..world.facts.clone() });
    let facts = moved.as_ref().unwrap_or(&world.facts);
    let scene = Scene { event, facts, seen: &Seen::of(facts), world };
    let rules: Vec<RuleOutcome> = policy.rules().map(|one| rule::evaluate(policy, one, scene)).collect();
    let held = |kind: RuleKind| rules.iter().any(|one| one.rule.kind == kind && one.active());
    let (permission, prohibition) = (held(RuleKind::Permission), held(RuleKind::Prohibition));
    Outcome {
        policy,
        event,
        now: scene.now(),
        permitted: permission && (!prohibition || policy.strategy == Strategy::Permit),
        void: permission && prohibition && policy.strategy == Strategy::Invalid,
        rules,
    }
}

/// What counts where there are two values only: an unknown condition does not satisfy a permission, and does not
/// spare from a prohibition.
pub(crate) fn holds(kind: RuleKind, verdict: Verdict) -> bool {
    match kind {
        RuleKind::Prohibition => verdict != Unsatisfied,
        RuleKind::Permission
        | RuleKind::Obligation
        | RuleKind::Duty
        | RuleKind::Consequence
        | RuleKind::Remedy => verdict == Verdict::Satisfied,
    }
}

/// Nothing that was not understood, or unknown.
pub(crate) fn understood(unknown: &[String]) -> Verdict {
    if unknown.is_empty() { Verdict::Satisfied } else { Unknown }
}
