//! A token of the management API, as stored.

use contracts::api::token::Role;

use super::time::Timestamp;

/// Only the SHA-256 of the token is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: String,
    /// SHA-256 of the token, hexadecimal.
    pub hash: String,
    pub role: Role,
    pub label: String,
    pub created: Timestamp,
    pub expires: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
}
