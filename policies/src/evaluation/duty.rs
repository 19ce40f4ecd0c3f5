//! Duties: whether they are due, done, and done in time.

use time::OffsetDateTime;

use super::constraint::{Checked, Place, check_all};
use super::feature::all;
use super::rule::matched;
use super::{Event, Reported, Scene, World};
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::facts::Facts;
use crate::model::{Constraint, Rule};
use crate::seen::Seen;

/// Where a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DutyState {
    /// Its conditions do not hold: it is not due.
    Inactive,
    /// Due, and neither done nor too late.
    NotSet,
    Fulfilled,
    Violated,
}

/// A duty with what it came to.
#[derive(Debug, Clone)]
pub struct DutyOutcome<'a> {
    pub duty: &'a Rule,
    pub state: DutyState,
    /// Name of the report that says so, when the state was reported.
    pub report: Option<String>,
    /// What says whether the duty is due at all.
    pub conditions: Vec<Checked<'a>>,
    /// Whether it stands in the way of the permission.
    pub met: Verdict,
}

/// Operands that say when something is to be done, rather than whether.
const TIMES: [&str; 4] = ["dateTime", "delayPeriod", "elapsedTime", "timeInterval"];

/// Which constraints of a duty bear on its performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearing {
    /// Those on time: the others said whether it is due.
    Times,
    All,
    /// All but those on time: done, be it late.
    Late,
}

/// A duty of a permission that somebody wants to use now.
pub(super) fn precondition<'a>(duty: &'a Rule, scene: Scene<'_>) -> DutyOutcome<'a> {
    let (times, conditions): (Vec<&Constraint>, Vec<&Constraint>) =
        duty.constraints.iter().partition(|one| on_time(one));
    let conditions: Vec<Checked> = conditions
        .into_iter()
        .flat_map(|one| check_all(std::slice::from_ref(one), Place::Rule, scene, &duty.pointer))
        .collect();
    let outcome =
        |state, report, met| DutyOutcome { duty, state, report, conditions: conditions.clone(), met };
    if let Some(Reported { report, state }) = scene.world.duties.get(&duty.id) {
        let met = if *state == DutyState::Violated { Unsatisfied } else { Satisfied };
        return outcome(*state, Some(report.clone()), met);
    }
    if recorded(duty, scene.facts) == Satisfied {
        return outcome(DutyState::Fulfilled, None, Satisfied);
    }
    if all(conditions.iter().map(Checked::verdict)) == Unsatisfied {
        return outcome(DutyState::Inactive, None, Satisfied);
    }
    let until = |event: &&Event| matches!((event.at, scene.now()), (Some(at), Some(now)) if at <= now);
    let done = scene.world.done.iter().flatten().filter(until);
    if done
        .map(|event| performs(duty, event, scene.world, Bearing::Times))
        .any(|verdict| verdict == Satisfied)
    {
        return outcome(DutyState::Fulfilled, None, Satisfied);
    }
    let looked = scene.world.done.is_some() || scene.facts.fulfilled.is_some();
    let over = scene.now().is_some_and(|now| deadline(times.into_iter()).is_some_and(|end| now > end));
    let state = if over { DutyState::Violated } else { DutyState::NotSet };
    outcome(state, None, if looked { Unsatisfied } else { Unknown })
}

/// Whether the node recorded the duty as done.
fn recorded(duty: &Rule, facts: &Facts) -> Verdict {
    crate::decide::recorded(&duty.pointer, facts)
}

/// Whether an event was the performance of a duty.
pub(super) fn performs(duty: &Rule, event: &Event, world: &World, bearing: Bearing) -> Verdict {
    if event.duty.as_ref().is_some_and(|named| *named != duty.id) {
        return Unsatisfied;
    }
    // The clock of the event, and nothing that is known of another moment.
    let facts = Facts { now: event.at, ..Facts::default() };
    let scene = Scene { event, facts: &facts, seen: &Seen::of(&facts), world };
    let outcome = matched(duty, scene);
    let bears = |one: &&Constraint| match bearing {
        Bearing::Times => on_time(one),
        Bearing::All => true,
        Bearing::Late => !on_time(one),
    };
    let constraints = duty.constraints.iter().filter(bears);
    let constraints =
        constraints.flat_map(|one| check_all(std::slice::from_ref(one), Place::Rule, scene, &duty.pointer));
    let met = all(constraints.map(|one| one.verdict()));
    outcome.verdict().and(met)
}

/// Whether a constraint says only when.
fn on_time(constraint: &Constraint) -> bool {
    let mut only = true;
    constraint.walk(&mut |one| match one {
        Constraint::Atomic(atomic) => {
            only &= ontology::vocab::odrl(&atomic.left).is_some_and(|left| TIMES.contains(&left));
        }
        Constraint::Unread(_) => only = false,
        Constraint::Logical(_) => {}
    });
    only
}

/// The last instant at which a duty is in time, when its joint conditions say one.
pub(super) fn deadline<'a>(constraints: impl Iterator<Item = &'a Constraint>) -> Option<OffsetDateTime> {
    constraints
        .filter_map(|one| match one {
            Constraint::Atomic(atomic) => atomic.test.as_ref()?.deadline(),
            Constraint::Logical(_) | Constraint::Unread(_) => None,
        })
        .min()
}
