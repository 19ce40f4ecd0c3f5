//! The contract negotiation machine, both roles (Dataspace Protocol 2025-1, section 7.1).
//!
//! A transition takes the negotiation and gives the next one with its event, or a [`Refusal`]; nothing else changes a state.

use contracts::id::{AgreementId, DatasetId, OfferId, ParticipantId, Pid};

use super::event::{Event, NegotiationEvent};
use super::time::Timestamp;

use super::process::REFUSED_BY_PEER;
pub use super::process::{Direction, Refusal, Role};

/// What is being negotiated: an offer of a dataset, verbatim, and the dataset as it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub dataset: DatasetId,
    pub offer: OfferId,
    /// The offer as JSON, as it travelled.
    pub policy: String,
    /// Revision and digest of the dataset's description as shown; absent from peers that show none.
    pub shown: Option<Shown>,
    /// When a contract on these terms ends, as the provider published it; the consumer learns it from the contract.
    pub until: Option<Timestamp>,
}

/// A dataset's description at the moment of the negotiation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub revision: i64,
    /// base64url SHA-256 of the canonical public description.
    pub digest: String,
}

/// Where a negotiation stands; data only in the states that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Requested,
    Offered,
    Accepted,
    Agreed(AgreementId),
    Verified(AgreementId),
    Finalized(AgreementId),
    Terminated(Termination),
}

/// Who ended it and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Termination {
    pub by_us: bool,
    pub code: Option<String>,
    pub reason: Option<String>,
}

/// A negotiation as one side holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Negotiation {
    /// Our name for it.
    pub pid: Pid,
    pub role: Role,
    pub peer: ParticipantId,
    /// The peer's name for it, once known.
    pub peer_pid: Option<Pid>,
    /// The peer's DSP base address.
    pub callback: String,
    pub terms: Terms,
    pub state: State,
    /// Signed statements the peer made about itself (compact JWS), recorded as declared.
    pub statements: Vec<String>,
    /// Our last message that the peer has not acknowledged yet, by name.
    pub unacknowledged: Option<MessageKind>,
    /// A person of this member must act before it goes on.
    pub needs_person: bool,
    /// Counts the saves; a save names the version it replaces.
    pub version: i64,
    pub created: Timestamp,
    pub updated: Timestamp,
}

/// A negotiation message, without its wire form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Request(Terms),
    Offer(Terms),
    Accepted,
    Agreement(AgreementId),
    Verification,
    Finalized,
    Termination { code: Option<String>, reason: Option<String> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageKind {
    Request,
    Offer,
    Accepted,
    Agreement,
    Verification,
    Finalized,
    Termination,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StateKind {
    Requested,
    Offered,
    Accepted,
    Agreed,
    Verified,
    Finalized,
    Terminated,
}

/// What a transition gives: the next state and what is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub next: Negotiation,
    pub event: Event,
}

impl Negotiation {
    /// The peer's message, received now.
    pub fn receive(self, message: Message, at: Timestamp) -> Result<Step, Refusal> {
        let sender = self.role.other();
        self.step(message, sender, Direction::Received, at)
    }

    /// Our own message, sent now.
    pub fn send(self, message: Message, at: Timestamp) -> Result<Step, Refusal> {
        let sender = self.role;
        let kind = message.kind();
        let mut step = self.step(message, sender, Direction::Sent, at)?;
        step.next.unacknowledged = Some(kind);
        Ok(step)
    }

    /// The peer refused our last message for good: this side ends, whatever the diagram says of who may end it.
    pub fn broken(self, reason: &str, at: Timestamp) -> Self {
        let termination = Termination {
            by_us: true,
            code: Some(REFUSED_BY_PEER.to_owned()),
            reason: Some(reason.to_owned()),
        };
        Self {
            state: State::Terminated(termination),
            unacknowledged: None,
            needs_person: false,
            updated: at,
            ..self
        }
    }

    fn step(
        self,
        message: Message,
        sender: Role,
        direction: Direction,
        at: Timestamp,
    ) -> Result<Step, Refusal> {
        let from = self.state.kind();
        transition(Some(from), message.kind(), sender, direction).ok_or_else(|| Refusal::NotNow {
            state: from.as_str(),
            expected: expected(Some(from), sender, direction),
        })?;
        let mut next = self;
        next.needs_person = false;
        if direction == Direction::Received {
            // The peer went on: it has our last message, whether or not its answer reached us.
            next.unacknowledged = None;
        }
        next.updated = at;
        next.state = match (message, next.state) {
            (Message::Request(terms), _) => {
                next.terms = terms;
                State::Requested
            }
            (Message::Offer(terms), _) => {
                next.terms = terms;
                State::Offered
            }
            (Message::Accepted, _) => State::Accepted,
            (Message::Agreement(id), _) => State::Agreed(id),
            (Message::Verification, State::Agreed(id)) => State::Verified(id),
            (Message::Finalized, State::Verified(id)) => State::Finalized(id),
            (Message::Termination { code, reason }, _) => {
                State::Terminated(Termination { by_us: direction == Direction::Sent, code, reason })
            }
            (Message::Verification | Message::Finalized, state) => {
                return Err(Refusal::NotNow {
                    state: state.kind().as_str(),
                    expected: expected(Some(from), sender, direction),
                });
            }
        };
        let event = next.event();
        Ok(Step { next, event })
    }

    /// The event of having entered the present state.
    pub fn event(&self) -> Event {
        Event::Negotiation {
            what: match self.state {
                State::Requested => NegotiationEvent::Requested,
                State::Offered => NegotiationEvent::Offered,
                State::Accepted => NegotiationEvent::Accepted,
                State::Agreed(_) => NegotiationEvent::Agreed,
                State::Verified(_) => NegotiationEvent::Verified,
                State::Finalized(_) => NegotiationEvent::Finalized,
                State::Terminated(_) => NegotiationEvent::Terminated,
            },
            negotiation: self.pid.clone(),
            peer: self.peer.clone(),
            dataset: self.terms.dataset.clone(),
        }
    }

    /// Provider's and consumer's names for it; ours stands in for a peer's that is not known yet.
    pub fn pids(&self) -> (Pid, Pid) {
        let theirs = self.peer_pid.clone().unwrap_or_else(|| self.pid.clone());
        match self.role {
            Role::Provider => (self.pid.clone(), theirs),
            Role::Consumer => (theirs, self.pid.clone()),
        }
    }

    pub fn agreement(&self) -> Option<&AgreementId> {
        match &self.state {
            State::Agreed(id) | State::Verified(id) | State::Finalized(id) => Some(id),
            State::Requested | State::Offered | State::Accepted | State::Terminated(_) => None,
        }
    }

    /// What this negotiation waits for, as a sentence key for persons.
    pub fn waits_for(&self) -> WaitsFor {
        if self.unacknowledged.is_some() {
            return WaitsFor::Acknowledgement;
        }
        if self.needs_person {
            return WaitsFor::Person;
        }
        match (&self.state, self.role) {
            (State::Finalized(_) | State::Terminated(_), _) => WaitsFor::Nothing,
            (State::Requested | State::Accepted | State::Verified(_), Role::Consumer)
            | (State::Offered | State::Agreed(_), Role::Provider) => WaitsFor::Peer,
            (State::Requested | State::Accepted | State::Verified(_), Role::Provider)
            | (State::Offered | State::Agreed(_), Role::Consumer) => WaitsFor::Us,
        }
    }
}

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitsFor {
    Nothing,
    /// Our message is on its way: the peer has not answered it.
    Acknowledgement,
    /// The peer's next message.
    Peer,
    /// An automatic act of this node.
    Us,
    /// A person of this member.
    Person,
}

impl WaitsFor {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Acknowledgement => "acknowledgement",
            Self::Peer => "peer",
            Self::Us => "node",
            Self::Person => "person",
        }
    }
}

/// The table of section 7.1. `None` as a state is "no negotiation yet".
///
/// Terminations are received leniently (the text: at any state) and sent by the diagram only.
pub fn transition(
    from: Option<StateKind>,
    message: MessageKind,
    sender: Role,
    direction: Direction,
) -> Option<StateKind> {
    use MessageKind as M;
    use Role::{Consumer, Provider};
    use StateKind as S;
    match (from, message, sender) {
        (None | Some(S::Offered), M::Request, Consumer) => Some(S::Requested),
        (None | Some(S::Requested), M::Offer, Provider) => Some(S::Offered),
        (Some(S::Offered), M::Accepted, Consumer) => Some(S::Accepted),
        (Some(S::Requested | S::Accepted), M::Agreement, Provider) => Some(S::Agreed),
        (Some(S::Agreed), M::Verification, Consumer) => Some(S::Verified),
        (Some(S::Verified), M::Finalized, Provider) => Some(S::Finalized),
        (Some(S::Requested | S::Offered), M::Termination, _) => Some(S::Terminated),
        (Some(S::Accepted | S::Verified), M::Termination, Provider)
        | (Some(S::Agreed), M::Termination, Consumer) => Some(S::Terminated),
        (Some(S::Accepted | S::Verified), M::Termination, Consumer)
        | (Some(S::Agreed), M::Termination, Provider) => {
            (direction == Direction::Received).then_some(S::Terminated)
        }
        _ => None,
    }
}

fn expected(from: Option<StateKind>, sender: Role, direction: Direction) -> Vec<&'static str> {
    MessageKind::ALL
        .into_iter()
        .filter(|m| transition(from, *m, sender, direction).is_some())
        .map(MessageKind::as_str)
        .collect()
}

impl Message {
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Request(_) => MessageKind::Request,
            Self::Offer(_) => MessageKind::Offer,
            Self::Accepted => MessageKind::Accepted,
            Self::Agreement(_) => MessageKind::Agreement,
            Self::Verification => MessageKind::Verification,
            Self::Finalized => MessageKind::Finalized,
            Self::Termination { .. } => MessageKind::Termination,
        }
    }
}

impl MessageKind {
    pub const ALL: [Self; 7] = [
        Self::Request,
        Self::Offer,
        Self::Accepted,
        Self::Agreement,
        Self::Verification,
        Self::Finalized,
        Self::Termination,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Offer => "offer",
            Self::Accepted => "accepted",
            Self::Agreement => "agreement",
            Self::Verification => "verification",
            Self::Finalized => "finalized",
            Self::Termination => "termination",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }
}

impl State {
    pub fn kind(&self) -> StateKind {
        match self {
            Self::Requested => StateKind::Requested,
            Self::Offered => StateKind::Offered,
            Self::Accepted => StateKind::Accepted,
            Self::Agreed(_) => StateKind::Agreed,
            Self::Verified(_) => StateKind::Verified,
            Self::Finalized(_) => StateKind::Finalized,
            Self::Terminated(_) => StateKind::Terminated,
        }
    }
}

impl StateKind {
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Offered,
        Self::Accepted,
        Self::Agreed,
        Self::Verified,
        Self::Finalized,
        Self::Terminated,
    ];
    /// As the protocol writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Offered => "OFFERED",
            Self::Accepted => "ACCEPTED",
            Self::Agreed => "AGREED",
            Self::Verified => "VERIFIED",
            Self::Finalized => "FINALIZED",
            Self::Terminated => "TERMINATED",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
    pub fn is_final(self) -> bool {
        matches!(self, Self::Finalized | Self::Terminated)
    }
}
