//! Members of frameworks, as their operators list them.

use contracts::id::{FrameworkId, MemberId};
use contracts::membership::DirectoryEntry;
use sqlx::AnyConnection;

use super::row::{of, reads, to_json};
use super::{Error, Tx};
use crate::domain::time::Timestamp;

reads! {
    /// The members of a framework as they were last read, by DID.
    directory(framework: &FrameworkId) -> Vec<DirectoryEntry> = list;
}

async fn list(
    conn: &mut AnyConnection,
    member: &MemberId,
    framework: &FrameworkId,
) -> Result<Vec<DirectoryEntry>, Error> {
    let sql = "SELECT did, body FROM directory_entry WHERE member = $1 AND framework = $2 ORDER BY did";
    let rows = sqlx::query(sql).bind(member.as_str()).bind(framework.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(of("directory_entry")).map(|row| row.json("body")).collect()
}

impl Tx<'_> {
    /// Keeps a directory in the place of the one before.
    pub async fn put_directory(
        &mut self,
        framework: &FrameworkId,
        entries: &[DirectoryEntry],
        at: Timestamp,
    ) -> Result<(), Error> {
        let member = self.member.to_string();
        let conn = self.writing().await?;
        let sql = "DELETE FROM directory_entry WHERE member = $1 AND framework = $2";
        sqlx::query(sql).bind(member.as_str()).bind(framework.as_str()).execute(&mut *conn).await?;
        for entry in entries {
            let sql = "INSERT INTO directory_entry (member, framework, did, seen, body) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (member, framework, did) DO UPDATE SET body = excluded.body";
            let query = sqlx::query(sql).bind(member.as_str()).bind(framework.as_str());
            let query = query.bind(entry.did.as_str()).bind(at.0).bind(to_json(entry)?);
            query.execute(&mut *conn).await?;
        }
        Ok(())
    }
}
