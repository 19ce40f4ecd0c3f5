//! What negotiations and transfers have in common.

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
}
