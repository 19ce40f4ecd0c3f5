//! Reads of committed rows, as one member. The functions are in the files of the nouns.

use std::sync::Arc;

use contracts::id::MemberId;
use sqlx::AnyConnection;
use sqlx::any::Any;
use sqlx::pool::PoolConnection;

use super::Error;
use crate::domain::time::Timestamp;
use crate::identity::cipher::Cipher;

/// A reading connection, given back when dropped.
pub struct Reader {
    pub(super) conn: PoolConnection<Any>,
    pub(super) member: MemberId,
    pub(super) at: Timestamp,
    /// What seals the keys of the member's openings, if its keys are open.
    pub(super) openings: Option<Arc<Cipher>>,
}

impl Reader {
    /// Opens what is sealed in the member's log from now on: for a database that no node has opened.
    pub fn open_with(&mut self, openings: &Arc<Cipher>) {
        self.openings = Some(Arc::clone(openings));
    }

    pub fn member(&self) -> &MemberId {
        &self.member
    }
    /// When the reader was taken.
    pub fn now(&self) -> Timestamp {
        self.at
    }
    // As of a write, so that both can be asked alike.
    pub(super) async fn reading(&mut self) -> Result<&mut AnyConnection, Error> {
        Ok(&mut self.conn)
    }
}
