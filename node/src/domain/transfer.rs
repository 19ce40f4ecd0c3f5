//! The transfer process machine, both roles (Dataspace Protocol 2025-1, section 9.1).

use contracts::id::{AgreementId, DatasetId, ParticipantId, Pid};

use super::event::{Event, TransferEvent};
use super::plane::DataPlane;
use super::time::Timestamp;

pub use super::negotiation::{Termination, WaitsFor};
pub use super::process::{Direction, Refusal, Role};

/// Where a transfer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Requested,
    Started,
    Suspended { by_us: bool, reason: Option<String> },
    Completed,
    Terminated(Termination),
}

/// How the consumer proves its right at each data request (provider side).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// DPoP (RFC 9449): thumbprint of the key that signed the transfer request.
    Key { thumbprint: String },
    /// A short-lived bearer token, for foreign peers and by configuration only.
    Bearer,
}

/// A data address as the protocol carries it, without its wire form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub endpoint: String,
    /// The access token; never written to a log.
    pub token: String,
    /// `dpop`, `bearer`, or `none`: the token as it stands.
    pub scheme: String,
}

/// Where the bytes of a push go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Provider: what the consumer named in its request.
    Sink(Sink),
    /// Consumer: a name below the folder for received data.
    Received(String),
}

/// A data flow as the control plane that drives it names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signaled {
    pub process: String,
    pub profile: String,
}

/// An address that takes bytes over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sink {
    pub endpoint: String,
    /// `POST` or `PUT`.
    pub method: String,
    /// The field that authorises, with its value; never written to a log.
    pub authorization: Option<(String, String)>,
    /// Says how much it holds and goes on from there.
    pub resumable: bool,
}

/// A transfer process as one side holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    pub pid: Pid,
    pub role: Role,
    pub peer: ParticipantId,
    pub peer_pid: Option<Pid>,
    /// The peer's DSP base address.
    pub callback: String,
    pub agreement: AgreementId,
    pub dataset: DatasetId,
    pub format: String,
    /// The purpose the consumer stated, an IRI.
    pub purpose: Option<String>,
    /// The consumer's signed statements about itself (compact JWS), as declared with the request.
    pub statements: Vec<String>,
    /// Provider: how the consumer proves possession.
    pub binding: Option<Binding>,
    /// Consumer: where and with what token to fetch, once started.
    pub address: Option<Address>,
    /// Of a push; a pull has none.
    pub destination: Option<Destination>,
    /// Another control plane drives it (Data Plane Signaling): `callback` is that one's address.
    pub signaled: Option<Signaled>,
    /// What moves its bytes.
    pub plane: DataPlane,
    pub state: State,
    pub unacknowledged: Option<MessageKind>,
    pub needs_person: bool,
    pub version: i64,
    pub created: Timestamp,
    pub updated: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    Request,
    Start { address: Option<Address> },
    Suspension { reason: Option<String> },
    Completion,
    Termination { code: Option<String>, reason: Option<String> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MessageKind {
    Request,
    Start,
    Suspension,
    Completion,
    Termination,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StateKind {
    Requested,
    Started,
    Suspended,
    Completed,
    Terminated,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub next: Transfer,
    pub event: Event,
}

impl Transfer {
    /// The peer's message, received now.
    ///
    /// Where a suspension crosses a resumption, the suspension stands, in whatever order they arrive: nobody resumes, and
    /// no resumption is heard, before our own suspension is acknowledged; and who hears a suspension before its own
    /// resumption is acknowledged says one too (see [`Self::suspends_too`]), for its resumption is still on the way.
    pub fn receive(self, message: Message, at: Timestamp) -> Result<Step, Refusal> {
        let sender = self.role.other();
        let unheard = self.unacknowledged;
        let from = match (&message, &self.state) {
            (Message::Completion | Message::Termination { .. }, _) => self.heard(),
            (Message::Start { .. }, _) if self.suspends_unheard() => {
                return Err(Refusal::Crossing(MessageKind::Suspension.as_str()));
            }
            // Both suspended: nothing changes.
            (Message::Suspension { .. }, State::Suspended { by_us: true, .. }) => {
                let (next, event) = (self.clone(), self.event(TransferEvent::Suspended));
                return Ok(Step { next, event });
            }
            _ => self.state.kind(),
        };
        let is_suspension = message.kind() == MessageKind::Suspension;
        let mut step = self.step(from, message, sender, Direction::Received, at)?;
        if is_suspension && unheard == Some(MessageKind::Start) {
            step.next.unacknowledged = Some(MessageKind::Suspension);
            if let State::Suspended { by_us, .. } = &mut step.next.state {
                *by_us = true;
            }
        }
        Ok(step)
    }

    /// Suspended by us, and the peer has not acknowledged it.
    pub fn suspends_unheard(&self) -> bool {
        let unheard = self.unacknowledged == Some(MessageKind::Suspension);
        unheard && self.state.kind() == StateKind::Suspended
    }

    /// Whether what was just received makes us say a suspension of our own.
    pub fn suspends_too(&self, before: StateKind) -> bool {
        let suspended = matches!(self.state, State::Suspended { by_us: true, .. });
        before == StateKind::Started && suspended && self.unacknowledged == Some(MessageKind::Suspension)
    }

    /// Our own message, sent now.
    pub fn send(self, message: Message, at: Timestamp) -> Result<Step, Refusal> {
        if message.kind() == MessageKind::Start && self.suspends_unheard() {
            let expected = vec!["the peer's acknowledgement of the suspension"];
            return Err(Refusal::NotNow { state: self.state.kind().as_str(), expected });
        }
        let sender = self.role;
        let (from, kind) = (self.state.kind(), message.kind());
        let mut step = self.step(from, message, sender, Direction::Sent, at)?;
        step.next.unacknowledged = Some(kind);
        Ok(step)
    }

    /// Our last message was refused for good: it ends, whatever that message said.
    pub fn broken(self, code: &str, reason: &str, at: Timestamp) -> Result<Step, Refusal> {
        let (from, sender) = (self.heard(), self.role);
        let message = Message::Termination { code: Some(code.to_owned()), reason: Some(reason.to_owned()) };
        let mut step = self.step(from, message, sender, Direction::Sent, at)?;
        step.next.unacknowledged = Some(MessageKind::Termination);
        Ok(step)
    }

    /// Where it stands for a peer that has not heard of our completion: its own last word may have crossed ours, and
    /// both sides have to end alike.
    fn heard(&self) -> StateKind {
        match (&self.state, self.unacknowledged) {
            (State::Completed, Some(MessageKind::Completion)) => StateKind::Started,
            _ => self.state.kind(),
        }
    }

    fn step(
        self,
        from: StateKind,
        message: Message,
        sender: Role,
        direction: Direction,
        at: Timestamp,
    ) -> Result<Step, Refusal> {
        transition(Some(from), message.kind(), sender).ok_or_else(|| Refusal::NotNow {
            state: from.as_str(),
            expected: MessageKind::ALL
                .into_iter()
                .filter(|m| transition(Some(from), *m, sender).is_some())
                .map(MessageKind::as_str)
                .collect(),
        })?;
        let mut next = self;
        next.needs_person = false;
        if direction == Direction::Received {
            next.unacknowledged = None;
        }
        next.updated = at;
        let by_us = direction == Direction::Sent;
        let mut what = TransferEvent::Requested;
        next.state = match message {
            Message::Request => State::Requested,
            Message::Start { address } => {
                what = if from == StateKind::Suspended {
                    TransferEvent::Resumed
                } else {
                    TransferEvent::Started
                };
                if direction == Direction::Received && address.is_some() {
                    next.address = address;
                }
                State::Started
            }
            Message::Suspension { reason } => {
                what = TransferEvent::Suspended;
                // What was to be resumed is not to be.
                next.plane.forget();
                State::Suspended { by_us, reason }
            }
            Message::Completion => {
                what = TransferEvent::Completed;
                State::Completed
            }
            Message::Termination { code, reason } => {
                what = TransferEvent::Terminated;
                State::Terminated(Termination { by_us, code, reason })
            }
        };
        let event = next.event(what);
        Ok(Step { next, event })
    }

    /// Provider: where to push now, if bytes may flow and the consumer knows it.
    pub fn pushes_to(&self) -> Option<&Sink> {
        match (&self.destination, &self.state, self.unacknowledged) {
            (Some(Destination::Sink(sink)), State::Started, None) => Some(sink),
            _ => None,
        }
    }

    /// Consumer, started: the provider says where to fetch from now on. EDC does so after a resumption of ours, which
    /// its old token does not outlive.
    pub fn renewed(mut self, address: Option<Address>, at: Timestamp) -> Step {
        self.address = address;
        self.updated = at;
        let event = self.event(TransferEvent::Resumed);
        Step { next: self, event }
    }

    pub fn event(&self, what: TransferEvent) -> Event {
        Event::Transfer {
            what,
            transfer: self.pid.clone(),
            agreement: self.agreement.clone(),
            peer: self.peer.clone(),
            dataset: self.dataset.clone(),
            plane: self.plane.name().map(str::to_owned),
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

    pub fn waits_for(&self) -> WaitsFor {
        if self.unacknowledged.is_some() {
            return WaitsFor::Acknowledgement;
        }
        if self.needs_person {
            return WaitsFor::Person;
        }
        match (self.state.kind(), self.role) {
            (StateKind::Completed | StateKind::Terminated, _) => WaitsFor::Nothing,
            // Our own side: its data plane.
            _ if self.plane.asked().is_some() => WaitsFor::Us,
            (StateKind::Requested, Role::Provider) => WaitsFor::Us,
            (StateKind::Requested, Role::Consumer) => WaitsFor::Peer,
            (StateKind::Started, role) => match (role, &self.destination) {
                (Role::Consumer, None) | (Role::Provider, Some(_)) => WaitsFor::Us,
                (Role::Provider, None) | (Role::Consumer, Some(_)) => WaitsFor::Peer,
            },
            (StateKind::Suspended, _) => WaitsFor::Person,
        }
    }
}

/// The table of section 9.1. `None` as a state is "no transfer yet".
pub fn transition(from: Option<StateKind>, message: MessageKind, sender: Role) -> Option<StateKind> {
    use MessageKind as M;
    use StateKind as S;
    match (from, message, sender) {
        (None, M::Request, Role::Consumer) => Some(S::Requested),
        (Some(S::Requested), M::Start, Role::Provider) | (Some(S::Suspended), M::Start, _) => {
            Some(S::Started)
        }
        (Some(S::Started), M::Suspension, _) => Some(S::Suspended),
        (Some(S::Started), M::Completion, _) => Some(S::Completed),
        (Some(S::Requested | S::Started | S::Suspended), M::Termination, _) => Some(S::Terminated),
        _ => None,
    }
}

impl Message {
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Request => MessageKind::Request,
            Self::Start { .. } => MessageKind::Start,
            Self::Suspension { .. } => MessageKind::Suspension,
            Self::Completion => MessageKind::Completion,
            Self::Termination { .. } => MessageKind::Termination,
        }
    }
}

impl MessageKind {
    pub const ALL: [Self; 5] =
        [Self::Request, Self::Start, Self::Suspension, Self::Completion, Self::Termination];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Start => "start",
            Self::Suspension => "suspension",
            Self::Completion => "completion",
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
            Self::Started => StateKind::Started,
            Self::Suspended { .. } => StateKind::Suspended,
            Self::Completed => StateKind::Completed,
            Self::Terminated(_) => StateKind::Terminated,
        }
    }
}

impl StateKind {
    pub const ALL: [Self; 5] =
        [Self::Requested, Self::Started, Self::Suspended, Self::Completed, Self::Terminated];
    /// As the protocol writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::Started => "STARTED",
            Self::Suspended => "SUSPENDED",
            Self::Completed => "COMPLETED",
            Self::Terminated => "TERMINATED",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Terminated)
    }
}
