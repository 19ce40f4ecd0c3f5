//! `[duties]`: when one is reminded of a duty of a contract, and what follows when it is not done.

use serde::{Deserialize, Serialize};

/// Days around the deadline of a duty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Duties {
    /// Days before it at which both sides are reminded.
    pub remind_days: u32,
    /// Days after it at which a provider suspends the transfers of the contract; 0 never does.
    pub suspend_days: u32,
    /// Days after it at which a provider lists publicly that it was not done; 0 never does.
    pub list_days: u32,
}

impl Default for Duties {
    fn default() -> Self {
        Self { remind_days: 30, suspend_days: 30, list_days: 0 }
    }
}
