//! What negotiations and transfers have in common.

use contracts::id::Pid;

/// Our side of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    Provider,
    Consumer,
}

impl Role {
    pub fn other(self) -> Self {
        match self {
            Self::Provider => Self::Consumer,
            Self::Consumer => Self::Provider,
        }
    }
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Consumer => "consumer",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Provider, Self::Consumer].into_iter().find(|r| r.as_str() == text)
    }
}

/// Code of a termination that a person decided.
pub const PERSON: &str = "person";
/// Code of a termination because the peer refused a message for good: the two sides differ.
pub const REFUSED_BY_PEER: &str = "refused-by-peer";

/// What an acknowledgement changed in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The message it answers is no longer on its way.
    pub pending: bool,
    /// It told the peer's name for the process, unknown so far.
    pub learnt: bool,
}

/// Takes the peer's acknowledgement into a process: whether `unacknowledged` is the message it answers says `answers`,
/// and a first answer names the peer's process.
pub fn heard<K: Copy>(
    unacknowledged: &mut Option<K>,
    peer_pid: &mut Option<Pid>,
    answers: impl Fn(K) -> bool,
    told: Option<Pid>,
) -> Heard {
    let heard =
        Heard { pending: unacknowledged.is_some_and(answers), learnt: peer_pid.is_none() && told.is_some() };
    if heard.pending {
        *unacknowledged = None;
    }
    if heard.learnt {
        *peer_pid = told;
    }
    heard
}

/// Which way a message goes, seen from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    Sent,
    Received,
}

/// Why a message does not move a process. The state stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not possible in state {state}; expected {}", expected.join(", "))]
    NotNow { state: &'static str, expected: Vec<&'static str> },
    /// It crosses a word of ours that the peer has not acknowledged: to be said again when it has.
    #[error("not before our own {0} is acknowledged; say it again")]
    Crossing(&'static str),
}
