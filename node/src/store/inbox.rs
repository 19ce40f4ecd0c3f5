//! First answers: a message received again gets the answer it got first.

use std::sync::Arc;

use contracts::id::ParticipantId;

use super::row::of;
use super::script::Statement;
use super::{Error, Tx};
use crate::domain::time::Timestamp;

/// The first answer to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct First {
    sender: ParticipantId,
    message: String,
    status: u16,
    body: String,
}

impl Tx<'_> {
    /// A process of ours has begun: nobody can have written to it yet.
    pub(super) fn no_answers(&mut self, process: &str) {
        self.batch.changes.answers.written(&self.member, process, Some(&Arc::default()));
    }

    fn answers(&self, process: &str) -> Option<Arc<Vec<First>>> {
        self.batch.changes.answers.get(&self.batch.known.answers, &self.member, process)
    }

    /// Status and body answered to this message before, if any.
    pub async fn first_answer(
        &mut self,
        sender: &ParticipantId,
        process: &str,
        message: &str,
    ) -> Result<Option<(u16, String)>, Error> {
        if let Some(answers) = self.answers(process) {
            let first = answers.iter().find(|first| first.sender == *sender && first.message == message);
            return Ok(first.map(|first| (first.status, first.body.clone())));
        }
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
        if let Some(mut answers) = self.answers(process) {
            Arc::make_mut(&mut answers).push(First {
                sender: sender.clone(),
                message: message.to_owned(),
                status,
                body: body.to_owned(),
            });
            self.batch.changes.answers.written(&self.member, process, Some(&answers));
        }
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
