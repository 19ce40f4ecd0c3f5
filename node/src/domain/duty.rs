//! A duty of an agreement: what is to be done, until when, and what became of it. The consumer of the data owes it; both
//! members hold it, and each watches the clock by itself.

mod time;

use contracts::duty::Said;
use contracts::id::{AgreementId, DatasetId, ParticipantId};

use super::agreement::Agreement;
use super::calendar::Deadline;
use super::event::{DutyEvent, Event, OfDuty};
use super::process::{Refusal, Role};
use super::time::Timestamp;

/// Where a duty stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Owed, and not to be done soon.
    Pending,
    Due,
    Overdue,
    Fulfilled,
    Waived,
}

/// How far the creditor went because it is overdue; never back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    None,
    Told,
    Suspended,
    Listed,
}

/// A signed notice of what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub said: Said,
    pub by: ParticipantId,
    pub words: String,
    pub document: Option<String>,
    pub at: Timestamp,
    /// Compact JWS.
    pub notice: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    pub agreement: AgreementId,
    /// JSON pointer of the obligation in the agreement's policy.
    pub pointer: String,
    /// From 1: which time it is, when it is to be done again.
    pub occurrence: u32,
    /// Our role: the consumer owes it, the provider is owed it.
    pub role: Role,
    pub peer: ParticipantId,
    pub dataset: DatasetId,
    /// ODRL action.
    pub action: String,
    pub deadline: Option<Deadline>,
    /// How long after the first delivery it may take (ISO 8601), until that dates it.
    pub after: Option<String>,
    /// How long after this time the next one is (ISO 8601).
    pub every: Option<String>,
    pub state: State,
    pub measure: Measure,
    pub evidence: Option<Evidence>,
    pub version: i64,
}

/// A duty with what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub next: Duty,
    pub events: Vec<Event>,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Due, Self::Overdue, Self::Fulfilled, Self::Waived];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Fulfilled => "fulfilled",
            Self::Waived => "waived",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Due | Self::Overdue)
    }
}

impl Measure {
    pub const ALL: [Self; 4] = [Self::None, Self::Told, Self::Suspended, Self::Listed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Told => "told",
            Self::Suspended => "suspended",
            Self::Listed => "listed",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.as_str() == text)
    }
}

impl Duty {
    /// What an agreement obliges to, when both have signed it.
    pub fn of(agreement: &Agreement, owed: policies::Owed) -> Self {
        let at = |instant| Deadline(Timestamp::from_date(instant));
        let first =
            owed.every.as_deref().and_then(|every| policies::owed::later(every, agreement.created.to_date()));
        Self {
            agreement: agreement.id.clone(),
            pointer: owed.pointer,
            occurrence: 1,
            role: agreement.role,
            peer: agreement.peer.clone(),
            dataset: agreement.dataset.clone(),
            action: owed.action.to_owned(),
            deadline: first.or(owed.until).map(at),
            after: owed.after,
            every: owed.every,
            state: State::Pending,
            measure: Measure::None,
            evidence: None,
            version: 0,
        }
    }

    /// The next time that it is to be done: once this one is settled, or its deadline passed, as long as the agreement lasts.
    pub fn next(&self, ended: Option<Timestamp>) -> Option<Self> {
        let (every, Deadline(last)) = (self.every.as_deref()?, self.deadline?);
        if self.state == State::Pending || self.state == State::Due || ended.is_some_and(|end| end <= last) {
            return None;
        }
        let deadline = policies::owed::later(every, last.to_date())?;
        Some(Self {
            occurrence: self.occurrence.saturating_add(1),
            deadline: Some(Deadline(Timestamp::from_date(deadline))),
            state: State::Pending,
            measure: Measure::None,
            evidence: None,
            version: 0,
            ..self.clone()
        })
    }

    /// Its place among the obligations.
    pub fn number(&self) -> u32 {
        self.pointer.rsplit('/').next().and_then(|last| last.parse().ok()).unwrap_or_default()
    }

    /// It is done, or waived. Who owes it says that it is done, whom it is owed to that it is waived; what was overdue may
    /// still be done.
    ///
    /// # Errors
    /// It is settled already.
    pub fn settle(mut self, evidence: Evidence) -> Result<Step, Refusal> {
        let peers = evidence.by == self.peer;
        // Both may say something at once: that it was done counts.
        let late = self.state == State::Waived && evidence.said == Said::Fulfilled && peers;
        if !self.state.is_open() && !late {
            return Err(Refusal::NotNow {
                state: self.state.as_str(),
                expected: vec!["pending", "due", "overdue"],
            });
        }
        let (state, what) = match (evidence.said, peers) {
            (Said::Fulfilled, false) => (State::Fulfilled, DutyEvent::Fulfilled),
            (Said::Fulfilled, true) => (State::Fulfilled, DutyEvent::FulfilledByPeer),
            (Said::Waived, false) => (State::Waived, DutyEvent::Waived),
            (Said::Waived, true) => (State::Waived, DutyEvent::WaivedByPeer),
        };
        self.state = state;
        self.evidence = Some(evidence);
        let events = vec![self.event(what)];
        Ok(Step { next: self, events })
    }

    /// Whether this is for us to say: what we owe is for us to do, what we are owed for us to waive.
    pub fn ours_to_say(&self, said: Said) -> bool {
        (said == Said::Fulfilled) == (self.role == Role::Consumer)
    }

    fn event(&self, what: DutyEvent) -> Event {
        let notice = self.evidence.as_ref().map(|e| contracts::jcs::sha256_b64url(e.notice.as_bytes()));
        Event::Duty(OfDuty {
            what,
            agreement: self.agreement.clone(),
            peer: self.peer.clone(),
            dataset: self.dataset.clone(),
            duty: self.pointer.clone(),
            due: self.deadline.map(|deadline| deadline.0.rfc3339()),
            notice,
        })
    }
}

#[cfg(test)]
mod tests;
