//! Epochs of members' logs: where each but the first begins, and what of the one before is known to be lost.

use contracts::id::{MemberId, ParticipantId};
use sqlx::AnyConnection;

use super::row::{int, of, reads};
use super::{Error, Tx};
use crate::domain::time::Timestamp;

/// An epoch that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// From 2.
    pub number: u64,
    /// Entries of the log when it was opened.
    pub size: u64,
    pub at: Timestamp,
    /// Last checkpoint of the epoch before, as it was signed.
    pub ended: String,
    /// Newest checkpoint of the epoch before that others hold, and that the log does not lead to.
    pub lost: Option<String>,
}

reads! {
    /// The epochs that were opened, in their order.
    epochs() -> Vec<Epoch> = all;
    /// When the member came back from a backup, while its partners have not all been asked.
    restored() -> Option<Timestamp> = restored;
}

async fn all(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<Epoch>, Error> {
    let sql = "SELECT epoch, size, at, ended, lost FROM log_epoch WHERE member = $1 ORDER BY epoch";
    let rows = sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?;
    let read = |row: super::row::Row| {
        Ok(Epoch {
            number: row.count("epoch")?,
            size: row.count("size")?,
            at: row.time("at")?,
            ended: row.text("ended")?,
            lost: row.opt_text("lost")?,
        })
    };
    rows.into_iter().map(of("log_epoch")).map(read).collect()
}

async fn restored(conn: &mut AnyConnection, member: &MemberId) -> Result<Option<Timestamp>, Error> {
    let query = sqlx::query("SELECT member, restored FROM member WHERE member = $1").bind(member.as_str());
    let row = query.fetch_optional(conn).await?.map(of("member"));
    row.map_or(Ok(None), |row| row.opt_time("restored"))
}

impl Tx<'_> {
    /// Opens an epoch: what was restored is judged by that.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it is open.
    pub async fn open_epoch(&mut self, epoch: &Epoch) -> Result<(), Error> {
        let sql = "INSERT INTO log_epoch (member, epoch, size, at, ended, lost) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(int(epoch.number)?)
            .bind(int(epoch.size)?)
            .bind(epoch.at.0)
            .bind(epoch.ended.as_str())
            .bind(epoch.lost.as_deref());
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => {}
            _ => return Err(Error::Conflict("log_epoch")),
        }
        // What was cosigned of the former epoch says nothing of this one.
        let query = sqlx::query("DELETE FROM cosigned WHERE member = $1").bind(self.member.to_string());
        query.execute(self.writing().await?).await?;
        self.settle_restored().await
    }

    /// Nobody holds more of the member's log than was restored.
    pub async fn settle_restored(&mut self) -> Result<(), Error> {
        let query = sqlx::query("UPDATE member SET restored = NULL WHERE member = $1");
        query.bind(self.member.to_string()).execute(self.writing().await?).await?;
        Ok(())
    }

    /// A peer's log begins a new epoch: what was settled with it is compared anew.
    pub async fn compare_anew(&mut self, peer: &ParticipantId) -> Result<(), Error> {
        let sql = "UPDATE twin_check SET ours = 0, theirs = 0 WHERE member = $1 AND agreement IN \
                   (SELECT id FROM agreement WHERE member = $1 AND peer = $2)";
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(peer.as_str());
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
