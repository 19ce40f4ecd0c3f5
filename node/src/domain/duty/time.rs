//! What time does to a duty.

use super::{Duty, Measure, State, Step};
use crate::domain::calendar::{Calendar, Deadline, Phase};
use crate::domain::event::DutyEvent;
use crate::domain::process::Role;
use crate::domain::time::Timestamp;

impl Duty {
    /// As it is at an instant; `first` is the first delivery under its agreement. The same instant changes nothing twice.
    pub fn at(mut self, first: Option<Timestamp>, now: Timestamp, calendar: Calendar) -> Step {
        let mut happened = Vec::new();
        if let (None, Some(after), Some(first)) = (self.deadline, &self.after, first) {
            let end = policies::owed::later(after, first.to_date());
            self.deadline = end.map(|end| Deadline(Timestamp::from_date(end)));
        }
        let Some(deadline) = self.deadline.filter(|_| self.state.is_open()) else {
            return Step { next: self, events: Vec::new() };
        };
        let (state, told) = match (deadline.phase(now, calendar.remind), self.state) {
            (Phase::Near, State::Pending) => (State::Due, Some(DutyEvent::Due)),
            (Phase::Passed, State::Pending | State::Due) => (State::Overdue, Some(DutyEvent::Overdue)),
            (_, same) => (same, None),
        };
        self.state = state;
        happened.extend(told);
        if self.state == State::Overdue && self.measure == Measure::None {
            self.measure = Measure::Told;
        }
        // Only whom it is owed to does more than tell.
        if self.state == State::Overdue && self.role == Role::Provider {
            let over = |since: Option<i64>| since.is_some_and(|seconds| deadline.passed_by(seconds, now));
            if self.measure < Measure::Suspended && over(calendar.suspend) {
                self.measure = Measure::Suspended;
                happened.push(DutyEvent::Suspended);
            }
            if self.measure < Measure::Listed && over(calendar.list) {
                self.measure = Measure::Listed;
                happened.push(DutyEvent::Listed);
            }
        }
        let events = happened.into_iter().map(|what| self.event(what)).collect();
        Step { next: self, events }
    }

    /// Whether no transfer of its contract may start.
    pub fn suspends(&self) -> bool {
        self.state == State::Overdue && self.measure >= Measure::Suspended
    }
}
