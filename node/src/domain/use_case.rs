//! A use case of a trust framework: from the idea to the test, to the confirmation, to the end; as the operator decides it,
//! and as its parties hear of it.

mod clock;

use contracts::framework::{Phase, UseCases, Version};
use contracts::id::{FrameworkId, ParticipantId, QuestionId, UseCaseId};
use contracts::use_case::Proposal;

use super::event::{Event, OfUseCase, UseCaseEvent};
use super::time::Timestamp;

/// Where a use case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// As its proposer knows it, until the operator answers.
    Sent,
    /// In a phase that is not the last.
    At {
        phase: Phase,
        pending: Option<Pending>,
    },
    Over(Ending),
}

/// What bodies are asked: the step is taken when all say yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub to: Phase,
    pub put: Vec<Put>,
}

/// A question to one body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    pub question: QuestionId,
    /// It said yes; who says no ends the step.
    pub yes: bool,
}

/// Why it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The rules do not allow it: it never was an idea of the framework.
    Refused,
    /// By who proposed it.
    Abandoned,
    /// By vote.
    Withdrawn,
    /// It came to its end date.
    Ended,
    /// It was tested for as long as the framework allows, and not confirmed.
    TestOver,
}

/// Which side of it this member is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Operator,
    /// Who proposed it, or whom it gives data to.
    Party,
}

/// An ethical audit that was passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    pub by: ParticipantId,
    pub until: Timestamp,
    /// As it was signed (compact JWS).
    pub word: String,
}

/// What happens to a use case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Bodies are asked for a step.
    Ask(Pending),
    /// One of them answered.
    Answered {
        question: QuestionId,
        yes: bool,
    },
    Audited(Audited),
    /// Who proposed it ends it.
    Abandon,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseCase {
    pub id: UseCaseId,
    pub framework: FrameworkId,
    /// Under which version it was proposed.
    pub version: Version,
    pub side: Side,
    pub operator: ParticipantId,
    pub proposer: ParticipantId,
    pub state: State,
    /// Since when it is in its phase.
    pub since: Timestamp,
    /// Whether data may be used for it, as it was last found.
    pub approved: bool,
    pub audit: Option<Audited>,
    pub proposal: Proposal,
    /// As it was proposed (compact JWS).
    pub signed: String,
    /// Why it stands where it stands.
    pub reasons: Vec<String>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub row: i64,
}

/// That this cannot happen now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNow {
    pub state: &'static str,
    pub expected: &'static str,
}

impl State {
    /// As it is stored and shown: a phase, or that it waits to be one.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::At { phase, .. } => phase.as_str(),
            Self::Over(_) => Phase::Abandonne.as_str(),
        }
    }

    /// Rebuilt from what is stored, or heard.
    pub fn parse(text: &str, ending: Option<Ending>, pending: Option<Pending>) -> Option<Self> {
        match (text, ending, pending) {
            ("sent", None, None) => Some(Self::Sent),
            (_, Some(ending), None) if text == Phase::Abandonne.as_str() => Some(Self::Over(ending)),
            (_, None, pending) => {
                let phase = Phase::parse(text).filter(|phase| *phase != Phase::Abandonne)?;
                Some(Self::At { phase, pending })
            }
            _ => None,
        }
    }

    pub fn phase(&self) -> Option<Phase> {
        match self {
            Self::Sent => None,
            Self::At { phase, .. } => Some(*phase),
            Self::Over(_) => Some(Phase::Abandonne),
        }
    }

    pub fn ending(&self) -> Option<Ending> {
        match self {
            Self::Over(ending) => Some(*ending),
            Self::Sent | Self::At { .. } => None,
        }
    }

    pub fn pending(&self) -> Option<&Pending> {
        match self {
            Self::At { pending, .. } => pending.as_ref(),
            Self::Sent | Self::Over(_) => None,
        }
    }
}

impl Ending {
    pub const ALL: [Self; 5] = [Self::Refused, Self::Abandoned, Self::Withdrawn, Self::Ended, Self::TestOver];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
            Self::Withdrawn => "withdrawn",
            Self::Ended => "ended",
            Self::TestOver => "test-over",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.as_str() == text)
    }
}

impl Side {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Party => "party",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Operator, Self::Party].into_iter().find(|side| side.as_str() == text)
    }
}

impl UseCase {
    /// What becomes of it.
    ///
    /// # Errors
    /// It cannot happen in this state.
    pub fn after(mut self, deed: Deed, now: Timestamp) -> Result<(Self, Event), NotNow> {
        let not = |state: &State, expected| Err(NotNow { state: state.as_str(), expected });
        let what = match (self.state.clone(), deed) {
            (State::At { phase, pending: None }, Deed::Ask(pending)) if phase.leads_to(pending.to) => {
                self.state = State::At { phase, pending: Some(pending) };
                UseCaseEvent::Asked
            }
            (state, Deed::Ask(_)) => {
                return not(&state, "a phase from which the step leads, and no vote open");
            }
            (State::At { phase, pending: Some(mut pending) }, Deed::Answered { question, yes }) => {
                let Some(put) = pending.put.iter_mut().find(|put| put.question == question) else {
                    return not(&self.state, "a step that waits for this answer");
                };
                put.yes = yes;
                if !yes {
                    self.state = State::At { phase, pending: None };
                    UseCaseEvent::StepRefused
                } else if pending.put.iter().all(|put| put.yes) {
                    self.state = entered(pending.to);
                    self.since = now;
                    UseCaseEvent::Moved
                } else {
                    self.state = State::At { phase, pending: Some(pending) };
                    UseCaseEvent::StepAdvised
                }
            }
            (state, Deed::Answered { .. }) => return not(&state, "a step that waits for this answer"),
            (State::At { .. }, Deed::Audited(audit)) => {
                self.audit = Some(audit);
                UseCaseEvent::Audited
            }
            (State::At { .. }, Deed::Abandon) => {
                self.state = State::Over(Ending::Abandoned);
                UseCaseEvent::Moved
            }
            (state, Deed::Audited(_) | Deed::Abandon) => return not(&state, "idee, test, confirme"),
        };
        let event = self.event(what);
        Ok((self, event))
    }

    /// What the operator says of it, as its parties hear it: what it says is what it is.
    pub fn heard(mut self, state: State, approved: bool, reasons: Vec<String>) -> (Self, Event) {
        self.state = state;
        self.approved = approved;
        self.reasons = reasons;
        let event = self.event(UseCaseEvent::Heard);
        (self, event)
    }

    /// Whether an audit is asked in a phase, by the step that leads to it.
    pub fn asks_audit(rules: &UseCases, phase: Phase) -> bool {
        rules.steps.iter().any(|step| step.to == phase && step.audit)
    }

    /// Whether the audit counts now.
    pub fn is_audited(&self, now: Timestamp) -> bool {
        self.audit.as_ref().is_some_and(|audit| now < audit.until)
    }

    /// From then on it is over.
    pub fn ends(&self) -> Timestamp {
        Timestamp::from_seconds(self.proposal.ends.seconds())
    }

    pub fn parties(&self) -> Vec<ParticipantId> {
        self.proposal.parties(&self.proposer)
    }

    pub fn event(&self, what: UseCaseEvent) -> Event {
        Event::UseCase(OfUseCase {
            what,
            case: self.id.clone(),
            framework: self.framework.clone(),
            peer: match self.side {
                Side::Operator => self.proposer.clone(),
                Side::Party => self.operator.clone(),
            },
            phase: self.state.as_str(),
            digest: contracts::jcs::sha256_b64url(self.signed.as_bytes()),
        })
    }
}

/// A use case that enters a phase by vote.
fn entered(phase: Phase) -> State {
    match phase {
        Phase::Abandonne => State::Over(Ending::Withdrawn),
        phase => State::At { phase, pending: None },
    }
}

#[cfg(test)]
mod tests;
