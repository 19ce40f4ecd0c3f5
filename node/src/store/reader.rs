//! Reads of committed rows, as one member. The functions are in the files of the nouns.

use contracts::id::MemberId;
use sqlx::AnyConnection;
use sqlx::any::Any;
use sqlx::pool::PoolConnection;

use super::Error;
use crate::domain::time::Timestamp;

/// A reading connection, given back when dropped.
pub struct Reader {
    pub(super) conn: PoolConnection<Any>,
    pub(super) member: MemberId,
    pub(super) at: Timestamp,
}

impl Reader {
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
