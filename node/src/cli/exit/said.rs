//! A failure as persons read it.

use std::fmt::{Display, Formatter, Result};

use super::Failed;

impl Display for Failed {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Refused(text)
            | Self::Usage(text)
            | Self::Unreachable(text)
            | Self::NotFound(text)
            | Self::Internal(text)
            | Self::Setup(text)
            | Self::Busy(text)
            | Self::Waiting(text) => f.write_str(text),
            Self::Told | Self::ToldSetup | Self::ToldBusy | Self::Otherwise => Ok(()),
            Self::Answered(problem) => {
                f.write_str(&problem.title)?;
                if let Some(detail) = problem.detail.as_ref().filter(|_| problem.reasons.is_empty()) {
                    write!(f, ": {detail}")?;
                }
                if let Some(at) = &problem.at {
                    write!(f, " ({at})")?;
                }
                for reason in &problem.reasons {
                    write!(f, "\n  - {reason}")?;
                }
                for fault in &problem.faults {
                    write!(f, "\n  {} = {}: {}", fault.field, fault.value, fault.remedy)?;
                }
                Ok(())
            }
        }
    }
}
