//! Constraints and refinements in their place.

use oxrdf::Literal;
use oxrdf::vocab::xsd;
use time::format_description::well_known::Rfc3339;

use super::feature::compare;
use super::{Feature, Features, Scene};
use crate::decision::Verdict::{self, Unknown, Unsatisfied};
use crate::evaluate::{Mode, combine};
use crate::model::{Atomic, Constraint, Logical, Unread};
use crate::operand::Operand;
use crate::rdf::Term;

/// What a constraint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Rule,
    Action,
    Party,
    Asset,
}

/// A constraint with what it came to.
#[derive(Debug, Clone)]
pub enum Checked<'a> {
    Atomic { atomic: &'a Atomic, found: Vec<Term>, verdict: Verdict },
    Logical { logical: &'a Logical, parts: Vec<Checked<'a>>, verdict: Verdict },
    Unread { unread: &'a Unread },
}

impl Checked<'_> {
    pub fn verdict(&self) -> Verdict {
        match self {
            Checked::Atomic { verdict, .. } | Checked::Logical { verdict, .. } => *verdict,
            Checked::Unread { .. } => Unknown,
        }
    }
}

pub(super) fn check_all<'a>(
    constraints: &'a [Constraint],
    place: Place,
    scene: Scene<'_>,
    counter: &str,
) -> Vec<Checked<'a>> {
    constraints.iter().map(|one| check(one, place, scene, counter)).collect()
}

fn check<'a>(constraint: &'a Constraint, place: Place, scene: Scene<'_>, counter: &str) -> Checked<'a> {
    match constraint {
        Constraint::Atomic(atomic) => {
            let (found, verdict) = self::atomic(atomic, place, scene, counter);
            Checked::Atomic { atomic, found, verdict }
        }
        Constraint::Logical(logical) => {
            let parts = check_all(&logical.parts, place, scene, counter);
            let verdict = combine(logical.operator, parts.iter().map(Checked::verdict));
            // Without parts nothing is said.
            let verdict = if parts.is_empty() { Unknown } else { verdict };
            Checked::Logical { logical, parts, verdict }
        }
        Constraint::Unread(unread) => Checked::Unread { unread },
    }
}

fn atomic(atomic: &Atomic, place: Place, scene: Scene<'_>, counter: &str) -> (Vec<Term>, Verdict) {
    let event = scene.event;
    let near: Option<&Features> = match place {
        Place::Rule => None,
        Place::Action => Some(&event.of_action),
        Place::Party => Some(&event.of_party),
        Place::Asset => Some(&event.of_asset),
    };
    let feature = near.and_then(|near| near.get(&atomic.left)).or_else(|| event.features.get(&atomic.left));
    let strange = !atomic.unknown.is_empty() || !atomic.references.is_empty();
    if let Some(Feature { values, unit }) = feature {
        let other_unit = matches!((unit, &atomic.unit), (Some(own), Some(wanted)) if own != wanted);
        if strange || other_unit {
            return (values.clone(), Unknown);
        }
        return (values.clone(), compare(atomic.operator, values, &atomic.right, scene.world));
    }
    // What refines an action, a party or an asset is said of these, not of the access.
    if place != Place::Rule || strange {
        return (Vec::new(), if strange { Unknown } else { absent(atomic, scene) });
    }
    let found: Vec<Term> = derived(&atomic.left, scene, counter).into_iter().collect();
    let verdict = match &atomic.test {
        Some(test) => test.verdict(scene.seen, counter, Mode::Now),
        None => compare(atomic.operator, &found, &atomic.right, scene.world),
    };
    let verdict = if found.is_empty() && verdict == Unknown { absent(atomic, scene) } else { verdict };
    (found, verdict)
}

/// A value that there is not stands to nothing as an operator says; where it should differ from one, nobody can say.
fn absent(atomic: &Atomic, scene: Scene<'_>) -> Verdict {
    if scene.event.complete && !atomic.operator.negated() { Unsatisfied } else { Unknown }
}

/// What the clock, the counters and the node's facts say of an operand.
fn derived(left: &str, scene: Scene<'_>, counter: &str) -> Option<Term> {
    let facts = scene.facts;
    let text = |text: &Option<String>| text.as_ref().map(|text| Literal::new_simple_literal(text).into());
    match Operand::parse(left)? {
        Operand::DateTime => match &scene.event.clock {
            Some(clock) => Some(clock.clone()),
            None => {
                let text = scene.now()?.format(&Rfc3339).ok()?;
                Some(Literal::new_typed_literal(text, xsd::DATE_TIME).into())
            }
        },
        // Which use this is, the first being 1.
        Operand::Count => {
            let used = facts.counts.as_ref()?.get(counter).copied().unwrap_or(0);
            Some(Literal::new_typed_literal(used.saturating_add(1).to_string(), xsd::INTEGER).into())
        }
        Operand::Purpose => text(&facts.purpose),
        Operand::Recipient => text(&facts.recipient),
        Operand::ProcessingPlace => text(&facts.processing_place.as_ref().map(|place| place.value.clone())),
        Operand::GoverningLaw => text(&facts.governing_law.as_ref().map(|law| law.value.clone())),
        Operand::CountOfAssignee | Operand::CountOfDataset => {
            let uses = facts.uses?;
            let assignee = Operand::parse(left)? == Operand::CountOfAssignee;
            let used = if assignee { uses.assignee } else { uses.dataset };
            Some(Literal::new_typed_literal(used.saturating_add(1).to_string(), xsd::INTEGER).into())
        }
        // Spans since an instant, and what has several values or none of its own.
        Operand::ElapsedTime
        | Operand::CharterVersion
        | Operand::DelayPeriod
        | Operand::TimeInterval
        | Operand::Columns
        | Operand::Territory
        | Operand::Contributors
        | Operand::Embargo
        | Operand::MemberKind
        | Operand::Label
        | Operand::UseCase
        | Operand::EthicalAudit
        | Operand::Reciprocity => None,
    }
}
