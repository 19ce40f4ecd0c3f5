//! What stands between a batch of writes and the disk. In the program nothing does; who opens a store as a library may
//! watch, fail or end the process there, as the simulation does (decision 0029).

use futures_util::future::BoxFuture;

use super::Error;
use crate::domain::outgoing::Queued;

/// Asked around every commit.
pub trait Commits: Send + Sync {
    /// All is decided and nothing is on disk; with an error nothing will be. `messages` are those it would release.
    fn before<'a>(&'a self, messages: &'a [Queued]) -> BoxFuture<'a, Result<(), Error>>;
    /// All is on disk and nobody was answered.
    fn after(&self) -> BoxFuture<'_, ()>;
}
