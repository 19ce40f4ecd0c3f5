//! What keeps a push from its end, and whether it is worth another attempt.

use crate::app::Error;
use crate::dataplane::ready::Fault;
use crate::dataplane::source::SourceError;
use crate::domain::event::Ending;
use crate::peer::{SendError, Told};
use crate::text::{self, Lang};

/// Why bytes were not, or not all, taken.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    #[error("the sink answered {}: {}", .0.status, .0.detail)]
    Refused(Told),
    #[error("stopped: {}", .0.as_str())]
    Stopped(Ending),
    #[error("the source cannot be read: {0}")]
    Source(#[from] SourceError),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error("the sink took no more bytes, or did not answer in time")]
    TimedOut,
    #[error("the sink answered before it had taken everything")]
    Early,
    #[error("{0}")]
    Address(String),
    #[error(transparent)]
    App(#[from] Error),
}

impl PushError {
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Refused(told) => told.retry_after,
            Self::App(Error::Busy { retry_after, .. }) => Some(*retry_after),
            _ => None,
        }
    }

    /// Code and reason with which the transfer ends; `Err` with the cause when a later attempt may succeed.
    /// `resumable`: the sink speaks for the transfer, and 409 is a state that its messages will tell us.
    pub fn end(&self, resumable: bool, lang: Lang) -> Result<(&'static str, String), String> {
        let why = self.to_string();
        let failed = || Ok(("push-failed", text::fill(lang, "push.failed", &[("why", &why)])));
        match self {
            // 416: it holds something else than it said, and is asked again.
            Self::Refused(told) if resumable && told.status == 409 => Err(why),
            Self::Refused(told) if matches!(told.status, 408 | 416 | 425 | 429 | 500..=599) => Err(why),
            Self::Refused(_) | Self::Address(_) => failed(),
            Self::Send(error) if !error.is_transient() => failed(),
            Self::App(Error::NotAllowed { reasons }) => Ok(("policy", reasons.join(" "))),
            Self::App(error) if error.is_refusal() && !matches!(error, Error::NotNow { .. }) => failed(),
            Self::Stopped(_)
            | Self::Source(_)
            | Self::Send(_)
            | Self::TimedOut
            | Self::Early
            | Self::App(_) => Err(why),
        }
    }
}

impl From<Fault> for PushError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Withheld(error) => Self::App(error),
            Fault::Source(error) => Self::Source(error),
            Fault::Range(error) => Self::Address(error.to_string()),
        }
    }
}
