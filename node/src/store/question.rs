//! Questions to bodies, their ballots, and who holds the seats.

use contracts::ballot::{Choice, Question};
use contracts::id::{FrameworkId, MemberId, ParticipantId, QuestionId};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads, to_json};
use super::{Error, Tx};
use crate::domain::question::{Asked, Counted};
use crate::domain::tally::Outcome;
use crate::domain::time::Timestamp;

/// A seat and who holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub body: String,
    pub seat: String,
    pub holder: ParticipantId,
    pub since: Timestamp,
}

reads! {
    /// One question.
    question(id: &QuestionId) -> Option<Asked> = one;
    /// Questions of a framework in the order of their identifiers, after a cursor.
    questions(framework: &FrameworkId, page: &Page) -> Vec<Asked> = list;
    /// Questions that are not answered.
    open_questions() -> Vec<Asked> = unanswered;
    /// The ballots of a question, by seat.
    ballots(question: &QuestionId) -> Vec<Counted> = ballots_of;
    /// Who holds the seats of a framework's bodies.
    seats(framework: &FrameworkId) -> Vec<Seat> = seats_of;
}

async fn one(conn: &mut AnyConnection, member: &MemberId, id: &QuestionId) -> Result<Option<Asked>, Error> {
    let sql = "SELECT id, outcome, body FROM question WHERE member = $1 AND id = $2";
    let row = sqlx::query(sql).bind(member.as_str()).bind(id.as_str()).fetch_optional(conn).await?;
    row.map(of("question")).map(|row| read(&row)).transpose()
}

async fn list(
    conn: &mut AnyConnection,
    member: &MemberId,
    framework: &FrameworkId,
    page: &Page,
) -> Result<Vec<Asked>, Error> {
    let sql = "SELECT id, outcome, body FROM question WHERE member = $1 AND framework = $2 AND id > $3 \
               ORDER BY id LIMIT $4 + 0";
    let query = sqlx::query(sql).bind(member.as_str()).bind(framework.as_str());
    let rows = query.bind(page.after()).bind(page.limit()).fetch_all(conn).await?;
    rows.into_iter().map(of("question")).map(|row| read(&row)).collect()
}

async fn unanswered(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<Asked>, Error> {
    let sql = "SELECT id, outcome, body FROM question WHERE member = $1 AND outcome IS NULL ORDER BY id";
    let rows = sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(of("question")).map(|row| read(&row)).collect()
}

async fn ballots_of(
    conn: &mut AnyConnection,
    member: &MemberId,
    question: &QuestionId,
) -> Result<Vec<Counted>, Error> {
    let sql = "SELECT seat, holder, choice, at, ballot FROM ballot WHERE member = $1 AND question = $2 ORDER BY seat";
    let rows = sqlx::query(sql).bind(member.as_str()).bind(question.as_str()).fetch_all(conn).await?;
    let read = |row: Row| {
        Ok(Counted {
            seat: row.text("seat")?,
            holder: row.participant("holder")?,
            choice: row.one_of("choice", Choice::parse)?,
            at: row.time("at")?,
            ballot: row.text("ballot")?,
        })
    };
    rows.into_iter().map(of("ballot")).map(read).collect()
}

async fn seats_of(
    conn: &mut AnyConnection,
    member: &MemberId,
    framework: &FrameworkId,
) -> Result<Vec<Seat>, Error> {
    let sql =
        "SELECT body, seat, holder, since FROM seat WHERE member = $1 AND framework = $2 ORDER BY body, seat";
    let rows = sqlx::query(sql).bind(member.as_str()).bind(framework.as_str()).fetch_all(conn).await?;
    let read = |row: Row| {
        Ok(Seat {
            body: row.text("body")?,
            seat: row.text("seat")?,
            holder: row.participant("holder")?,
            since: row.time("since")?,
        })
    };
    rows.into_iter().map(of("seat")).map(read).collect()
}

fn read(row: &Row) -> Result<Asked, Error> {
    let question: Question = row.json("body")?;
    let outcome = row.opt_text("outcome")?;
    let outcome =
        outcome.map(|text| Outcome::parse(&text).ok_or_else(|| row.wrong("outcome"))).transpose()?;
    let digest = contracts::jcs::digest(&question).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Asked { question, digest, outcome })
}

impl Tx<'_> {
    pub async fn insert_question(&mut self, asked: &Asked) -> Result<(), Error> {
        let sql = "INSERT INTO question (member, id, framework, outcome, body) VALUES ($1, $2, $3, NULL, $4)";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(asked.question.id.to_string())
            .bind(asked.question.framework.to_string())
            .bind(to_json(&asked.question)?);
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Notes what a question came to.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it did before.
    pub async fn answer_question(&mut self, id: &QuestionId, outcome: Outcome) -> Result<(), Error> {
        let sql = "UPDATE question SET outcome = $1 WHERE member = $2 AND id = $3 AND outcome IS NULL";
        let query =
            sqlx::query(sql).bind(outcome.as_str()).bind(self.member.to_string()).bind(id.to_string());
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("question")),
        }
    }

    /// Keeps a ballot of a seat that has not spoken.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it has.
    pub async fn insert_ballot(&mut self, question: &QuestionId, counted: &Counted) -> Result<(), Error> {
        let sql = "INSERT INTO ballot (member, question, seat, holder, choice, at, ballot) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(question.to_string())
            .bind(counted.seat.clone())
            .bind(counted.holder.to_string())
            .bind(counted.choice.as_str())
            .bind(counted.at.0)
            .bind(counted.ballot.clone());
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("ballot")),
        }
    }

    /// Gives a seat to somebody.
    pub async fn appoint(&mut self, framework: &FrameworkId, seat: &Seat) -> Result<(), Error> {
        let sql = "INSERT INTO seat (member, framework, body, seat, holder, since) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (member, framework, body, seat) DO UPDATE SET holder = excluded.holder, \
                   since = excluded.since";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(framework.to_string())
            .bind(seat.body.clone())
            .bind(seat.seat.clone())
            .bind(seat.holder.to_string())
            .bind(seat.since.0);
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
