//! Opening the part of a dataset that a contract gives.

use policies::View;

use super::{Granted, Target};
use crate::app::Error;
use crate::store;

/// What became of the asking.
#[derive(Debug, Clone)]
pub enum Opening {
    Granted(Box<Granted>),
    /// The contract gives another part than the one that was opened: this one, or the whole. Nothing was recorded; the
    /// caller opens it and asks again.
    Other(Option<View>),
}

/// Why an opening leaves nothing.
pub(super) enum Stop {
    Failed(Error),
    Other(Option<View>),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Target {
    /// Whether both are of one state of a dataset, whatever part of it.
    pub(super) fn same(&self, other: &Self) -> bool {
        (&self.source, self.revision) == (&other.source, other.revision)
    }
}
