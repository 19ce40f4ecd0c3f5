//! How a command ends: exit codes, which `fiducie --help` explains, and errors that say what to do.

mod said;

use std::process::ExitCode;

use contracts::api::Problem;

use crate::app::Error;
use crate::text::Lang;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failed {
    Refused(String),
    Usage(String),
    Unreachable(String),
    NotFound(String),
    Internal(String),
    Setup(String),
    Busy(String),
    Waiting(String),
    /// A refusal that the command has already printed.
    Told,
    /// A faulty set-up that the command has already printed.
    ToldSetup,
    /// A node that is not ready, as the command has already printed.
    ToldBusy,
    /// A decision that would be made otherwise now, as the command has already printed.
    Otherwise,
    /// What the node answered.
    Answered(Box<Problem>),
}

impl Failed {
    /// What a use case said that ran in this process, without a node.
    pub fn of(error: Error, lang: Lang) -> Self {
        let text = error.text(lang);
        match error {
            Error::Malformed { .. } => Self::Usage(text),
            Error::Conflict(_) | Error::NotNow { .. } | Error::Left | Error::Stopped(_) => {
                Self::Refused(text)
            }
            Error::NotFound(_) => Self::NotFound(text),
            Error::Unavailable(_) => Self::Setup(text),
            _ => Self::Internal(text),
        }
    }

    pub fn code(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Told => 1,
            Self::Usage(_) => 2,
            Self::Unreachable(_) => 3,
            Self::NotFound(_) => 4,
            Self::Internal(_) => 5,
            Self::Setup(_) | Self::ToldSetup => 6,
            Self::Busy(_) | Self::ToldBusy => 7,
            Self::Waiting(_) => 8,
            Self::Otherwise => 9,
            Self::Answered(problem) => match problem.status {
                401 | 403 | 409 => 1,
                400 | 405 | 413 | 415 | 422 => 2,
                421 | 502 | 504 => 3,
                404 => 4,
                408 | 429 | 503 => 7,
                _ => 5,
            },
        }
    }

    /// One machine-readable object for `--json`.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Answered(problem) => serde_json::json!({ "error": problem }),
            other => serde_json::json!({ "error": { "detail": other.to_string(), "code": other.code() } }),
        }
    }
}

impl From<Failed> for ExitCode {
    fn from(failed: Failed) -> Self {
        Self::from(failed.code())
    }
}
