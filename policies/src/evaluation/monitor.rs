//! A policy against a log of events: was everything allowed, and is everything that had to be done, done?
//!
//! An event is allowed by a permission whose duties were fulfilled before it. A duty that was not is settled later by
//! being done after all, together with every consequence; an infringed prohibition, by every remedy after it; an
//! obligation that was not fulfilled in time, by being done late together with every consequence after its end.

use std::collections::BTreeMap;

use time::OffsetDateTime;

use super::duty::{self, Bearing, DutyState, performs};
use super::{Event, Outcome, World, evaluate};
use crate::decision::Verdict::Satisfied;
use crate::facts::Facts;
use crate::model::{Policy, Rule, RuleKind, Strategy};

/// What a log came to.
#[derive(Debug, Clone)]
pub struct Observed<'a> {
    /// One for each event, in the order of time.
    pub events: Vec<Use<'a>>,
    pub obligations: Vec<Obliged<'a>>,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Use<'a> {
    pub event: &'a Event,
    /// The permission under which it was done.
    pub permission: Option<&'a Rule>,
    /// Duties that were not fulfilled before, and are settled since.
    pub late: Vec<&'a Rule>,
    /// Prohibitions that it infringed.
    pub infringed: Vec<Infringed<'a>>,
}

#[derive(Debug, Clone)]
pub struct Infringed<'a> {
    pub prohibition: &'a Rule,
    /// Every remedy was done after it, and there is one.
    pub remedied: bool,
}

/// An obligation of the policy.
#[derive(Debug, Clone)]
pub struct Obliged<'a> {
    pub rule: &'a Rule,
    pub state: DutyState,
    /// Fulfilled, or done late with every consequence.
    pub settled: bool,
}

impl Use<'_> {
    pub fn allowed(&self) -> bool {
        self.permission.is_some() && self.infringed.iter().all(|one| one.remedied)
    }
}

impl Observed<'_> {
    /// Every event was allowed, and everything that had to be done is settled.
    pub fn valid(&self) -> bool {
        self.events.iter().all(Use::allowed) && self.obligations.iter().all(|one| one.settled)
    }
}

/// Follows a log, whatever the order of its events.
pub fn monitor<'a>(policy: &'a Policy, events: &'a [Event], world: &World) -> Observed<'a> {
    let mut sorted: Vec<&'a Event> = events.iter().collect();
    sorted.sort_by_key(|event| event.at);
    let log = Log { events: &sorted, world };
    let mut counts = world.facts.counts.clone().unwrap_or_default();
    let mut uses = Vec::with_capacity(sorted.len());
    for (at, event) in sorted.iter().copied().enumerate() {
        uses.push(log.event(policy, at, event, &mut counts));
    }
    let end = world.facts.now.max(sorted.last().and_then(|event| event.at));
    let obligations = policy.obligations.iter().map(|rule| log.obligation(rule, end)).collect();
    Observed { events: uses, obligations }
}

struct Log<'a, 'w> {
    events: &'w [&'a Event],
    world: &'w World,
}

impl<'a> Log<'a, '_> {
    fn event(
        &self,
        policy: &'a Policy,
        at: usize,
        event: &'a Event,
        counts: &mut BTreeMap<String, u64>,
    ) -> Use<'a> {
        let facts = Facts { now: event.at, counts: Some(counts.clone()), ..self.world.facts.clone() };
        let before = self.events[..at].iter().chain(self.same_instant(at)).map(|event| (*event).clone());
        let world = World { facts, done: Some(before.collect()), ..self.world.clone() };
        let outcome = evaluate(policy, event, &world);
        let (permission, late) = self.permission(&outcome, at);
        if let Some(rule) = permission {
            let used = counts.entry(rule.pointer.clone()).or_default();
            *used = used.saturating_add(1);
        }
        let overridden = policy.strategy == Strategy::Permit && permission.is_some();
        let prohibitions = outcome.rules.iter().filter(|one| one.rule.kind == RuleKind::Prohibition);
        let infringed = prohibitions.filter(|one| one.active() && !overridden).map(|one| Infringed {
            prohibition: one.rule,
            remedied: self.all_after(&one.rule.remedies, event.at, at),
        });
        Use { event, permission, late, infringed: infringed.collect() }
    }

    /// The permission that was used: one that counts nothing if there is one, else the first.
    fn permission(&self, outcome: &Outcome<'a>, at: usize) -> (Option<&'a Rule>, Vec<&'a Rule>) {
        let mut chosen: Option<(&'a Rule, Vec<&'a Rule>)> = None;
        for one in outcome.rules.iter().filter(|one| one.rule.kind == RuleKind::Permission) {
            let unmet: Vec<&'a Rule> =
                one.duties.iter().filter(|duty| duty.met != Satisfied).map(|duty| duty.duty).collect();
            let mut without = one.clone();
            without.duties.clear();
            let settled = |duty: &&Rule| self.settled_after(duty, outcome.event.at, at);
            if without.verdict() != Satisfied || !unmet.iter().all(settled) {
                continue;
            }
            let better = match &chosen {
                None => true,
                Some((rule, _)) => counted(rule) && !counted(one.rule),
            };
            if better {
                chosen = Some((one.rule, unmet));
            }
        }
        chosen.map_or((None, Vec::new()), |(rule, late)| (Some(rule), late))
    }

    /// Events after one that were recorded at the same instant: nobody can say which was first.
    fn same_instant(&self, at: usize) -> impl Iterator<Item = &&'a Event> {
        let instant = self.events[at].at;
        self.events[at + 1..].iter().take_while(move |event| event.at == instant)
    }

    /// A duty that was not fulfilled before a use: done since, with every consequence.
    fn settled_after(&self, duty: &Rule, since: Option<OffsetDateTime>, at: usize) -> bool {
        !duty.consequences.is_empty()
            && self.done_after(duty, since, Some(at), Bearing::Late)
            && self.all_after(&duty.consequences, since, at)
    }

    /// Whether each of these was done after an event; there is at least one.
    fn all_after(&self, duties: &[Rule], since: Option<OffsetDateTime>, at: usize) -> bool {
        !duties.is_empty() && duties.iter().all(|duty| self.done_after(duty, since, Some(at), Bearing::All))
    }

    fn done_after(
        &self,
        duty: &Rule,
        since: Option<OffsetDateTime>,
        except: Option<usize>,
        bearing: Bearing,
    ) -> bool {
        self.events.iter().enumerate().any(|(at, event)| {
            Some(at) != except && event.at >= since && performs(duty, event, self.world, bearing) == Satisfied
        })
    }

    fn obligation(&self, rule: &'a Rule, end: Option<OffsetDateTime>) -> Obliged<'a> {
        let done =
            |bearing| self.events.iter().any(|event| performs(rule, event, self.world, bearing) == Satisfied);
        if done(Bearing::All) {
            return Obliged { rule, state: DutyState::Fulfilled, settled: true };
        }
        let deadline = duty::deadline(rule.constraints.iter());
        let over = matches!((deadline, end), (Some(deadline), Some(end)) if end > deadline);
        if !over {
            return Obliged { rule, state: DutyState::NotSet, settled: false };
        }
        let consequences = &rule.consequences;
        let answered = consequences.iter().all(|one| self.done_after(one, deadline, None, Bearing::All));
        let settled = !consequences.is_empty() && answered && done(Bearing::Late);
        Obliged { rule, state: DutyState::Violated, settled }
    }
}

/// Whether a use of the rule takes from a counter.
fn counted(rule: &Rule) -> bool {
    let mut counted = false;
    for constraint in &rule.constraints {
        constraint.walk(&mut |one| {
            if let crate::model::Constraint::Atomic(atomic) = one {
                counted |= ontology::vocab::odrl(&atomic.left) == Some("count");
            }
        });
    }
    counted
}
