//! What time does to a use case.

use contracts::framework::{Phase, UseCases};

use super::{Ending, State, UseCase};
use crate::domain::event::{Event, UseCaseEvent};
use crate::domain::time::Timestamp;

const DAY: i64 = 86_400;

impl UseCase {
    /// Where it stands at an instant, by the rules of its framework: it may have come to its end, and what approved it may
    /// hold no more. With what happened, in the order it did.
    pub fn at(mut self, rules: &UseCases, now: Timestamp) -> (Self, Vec<Event>) {
        let mut events = Vec::new();
        if let Some(ending) = self.over(rules, now) {
            self.state = State::Over(ending);
            events.push(self.event(UseCaseEvent::Moved));
        }
        let approved = self.holds(rules, now);
        if approved != self.approved {
            self.approved = approved;
            let what = if approved { UseCaseEvent::Approved } else { UseCaseEvent::Lapsed };
            events.push(self.event(what));
        }
        (self, events)
    }

    /// Until when data may be used for it, as far as is known now.
    pub fn until(&self, rules: &UseCases) -> Timestamp {
        let Some(phase) = self.state.phase() else { return self.ends() };
        let audit = self.audit.as_ref().filter(|_| Self::asks_audit(rules, phase)).map(|audit| audit.until);
        let test = (phase == Phase::Test).then(|| self.test_ends(rules));
        [audit, test].into_iter().flatten().fold(self.ends(), Timestamp::min)
    }

    fn over(&self, rules: &UseCases, now: Timestamp) -> Option<Ending> {
        let State::At { phase, .. } = &self.state else { return None };
        match phase {
            _ if now >= self.ends() => Some(Ending::Ended),
            Phase::Test if now >= self.test_ends(rules) => Some(Ending::TestOver),
            _ => None,
        }
    }

    /// Data may be used in a test and when it is confirmed; where an audit is asked, as long as that counts.
    fn holds(&self, rules: &UseCases, now: Timestamp) -> bool {
        let State::At { phase: phase @ (Phase::Test | Phase::Confirme), .. } = &self.state else {
            return false;
        };
        now < self.ends() && (!Self::asks_audit(rules, *phase) || self.is_audited(now))
    }

    fn test_ends(&self, rules: &UseCases) -> Timestamp {
        self.since.plus_seconds(i64::from(rules.test_days).saturating_mul(DAY))
    }
}
