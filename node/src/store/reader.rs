//! Reads of committed rows, as one member. The functions are in the files of the nouns.

use contracts::id::MemberId;
use sqlx::AnyConnection;
use sqlx::any::Any;
use sqlx::pool::PoolConnection;

use crate::domain::time::Timestamp;

/// A reading connection, given back when dropped.
pub struct Reader {
    pub(super) conn: PoolConnection<Any>,
    pub(super) member: MemberId,
    pub(super) now: Timestamp,
}

impl Reader {
    pub fn member(&self) -> &MemberId {
        &self.member
    }
    /// When the reader was taken.
    pub fn now(&self) -> Timestamp {
        self.now
    }
    pub(super) fn reading(&mut self) -> &mut AnyConnection {
        &mut self.conn
    }
}
