//! First answers: a message received again gets the answer it got first.

use contracts::id::ParticipantId;

use super::row::of;
use super::script::Statement;
use super::{Error, Tx};
use crate::domain::time::Timestamp;

impl Tx<'_> {
    /// Status and body answered to this message before, if any.
    pub async fn first_answer(
        &mut self,
        sender: &ParticipantId,
        process: &str,
        message: &str,
    ) -> Result<Option<(u16, String)>, Error> {
        let sql = "SELECT message, status, body FROM inbox \
                   WHERE member = $1 AND sender = $2 AND process = $3 AND message = $4";
        let query =
            sqlx::query(sql).bind(self.member.to_string()).bind(sender.as_str()).bind(process).bind(message);
        let Some(row) = query.fetch_optional(self.reading().await?).await?.map(of("inbox")) else {
            return Ok(None);
        };
        let status = u16::try_from(row.int("status")?).map_err(|_| row.wrong("status"))?;
        Ok(Some((status, row.text("body")?)))
    }

    /// Keeps the first answer to a message that has none yet, as [`Self::first_answer`] said.
    pub fn remember_answer(
        &mut self,
        sender: &ParticipantId,
        process: &str,
        message: &str,
        status: u16,
        body: &str,
    ) {
        let sql = "INSERT INTO inbox (member, sender, process, message, status, body, at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let values = [
            self.member.as_str().into(),
            sender.as_str().into(),
            process.into(),
            message.into(),
            i64::from(status).into(),
            body.into(),
            self.at.0.into(),
        ];
        self.later(Statement::new(sql, values));
    }

    /// Forgets answers older than this; says how many.
    pub async fn forget_answers(&mut self, before: Timestamp) -> Result<u64, Error> {
        let query = sqlx::query("DELETE FROM inbox WHERE member = $1 AND at < $2");
        let query = query.bind(self.member.to_string()).bind(before.0);
        Ok(query.execute(self.writing().await?).await?.rows_affected())
    }
}
