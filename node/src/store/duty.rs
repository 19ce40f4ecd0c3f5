//! Duties of agreements.

use contracts::duty::Said;
use contracts::id::{AgreementId, DatasetId, MemberId, ParticipantId};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads, to_json};
use super::{Error, Tx};
use crate::domain::calendar::Deadline;
use crate::domain::duty::{Duty, Evidence, Measure, State};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;

/// What no query asks for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    dataset: DatasetId,
    action: String,
    after: Option<String>,
    every: Option<String>,
    evidence: Option<Kept>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    said: Said,
    by: ParticipantId,
    words: String,
    document: Option<String>,
    at: i64,
    notice: String,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT agreement, pointer, occurrence, role, peer, state, measure, due, version, body FROM duty WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// The duties of an agreement, in the order of their pointers.
    duties_of(agreement: &AgreementId) -> Vec<Duty> = of_agreement;
    /// All duties by agreement and pointer, after the cursor `agreement pointer occurrence`.
    duties(page: &Page) -> Vec<Duty> = list;
    /// Those that are neither fulfilled nor waived.
    open_duties() -> Vec<Duty> = open;
    /// Those that are listed publicly.
    listed_duties() -> Vec<Duty> = listed;
    /// When the first delivery under an agreement that let bytes out was opened.
    first_delivery(agreement: &AgreementId) -> Option<Timestamp> = first;
}

async fn of_agreement(
    conn: &mut AnyConnection,
    member: &MemberId,
    agreement: &AgreementId,
) -> Result<Vec<Duty>, Error> {
    let query = sqlx::query(select!("agreement = $2 ORDER BY pointer, occurrence"));
    read_all(query.bind(member.as_str()).bind(agreement.as_str()).fetch_all(conn).await?)
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<Duty>, Error> {
    let sql = select!(
        "agreement || ' ' || pointer || ' ' || occurrence > $2 ORDER BY agreement || ' ' || pointer || ' ' || occurrence LIMIT $3 + 0"
    );
    let query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    read_all(query.fetch_all(conn).await?)
}

async fn open(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<Duty>, Error> {
    let sql = select!("state IN ('pending', 'due', 'overdue') ORDER BY agreement, pointer, occurrence");
    read_all(sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?)
}

async fn listed(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<Duty>, Error> {
    let sql =
        select!("state = 'overdue' AND measure = 'listed' ORDER BY due, agreement, pointer, occurrence");
    read_all(sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?)
}

async fn first(
    conn: &mut AnyConnection,
    member: &MemberId,
    agreement: &AgreementId,
) -> Result<Option<Timestamp>, Error> {
    let sql = "SELECT MIN(opened) AS first FROM delivery \
               WHERE member = $1 AND agreement = $2 AND at_most > 0 AND (closed IS NULL OR bytes > 0)";
    let query = sqlx::query(sql).bind(member.as_str()).bind(agreement.as_str());
    of("delivery")(query.fetch_one(conn).await?).opt_time("first")
}

fn read_all(rows: Vec<sqlx::any::AnyRow>) -> Result<Vec<Duty>, Error> {
    rows.into_iter().map(of("duty")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<Duty, Error> {
    let body: Body = row.json("body")?;
    Ok(Duty {
        agreement: row.agreement("agreement")?,
        pointer: row.text("pointer")?,
        occurrence: u32::try_from(row.int("occurrence")?).map_err(|_| row.wrong("occurrence"))?,
        role: row.one_of("role", Role::parse)?,
        peer: row.participant("peer")?,
        dataset: body.dataset,
        action: body.action,
        deadline: row.opt_time("due")?.map(Deadline),
        after: body.after,
        every: body.every,
        state: row.one_of("state", State::parse)?,
        measure: row.one_of("measure", Measure::parse)?,
        evidence: body.evidence.map(|kept| Evidence {
            said: kept.said,
            by: kept.by,
            words: kept.words,
            document: kept.document,
            at: Timestamp(kept.at),
            notice: kept.notice,
        }),
        version: row.int("version")?,
    })
}

fn body(duty: &Duty) -> Result<String, Error> {
    to_json(&Body {
        dataset: duty.dataset.clone(),
        action: duty.action.clone(),
        after: duty.after.clone(),
        every: duty.every.clone(),
        evidence: duty.evidence.as_ref().map(|e| Kept {
            said: e.said,
            by: e.by.clone(),
            words: e.words.clone(),
            document: e.document.clone(),
            at: e.at.0,
            notice: e.notice.clone(),
        }),
    })
}

impl Tx<'_> {
    /// Adds a duty; `false` if it is there already.
    pub async fn insert_duty(&mut self, duty: &Duty) -> Result<bool, Error> {
        let (member, body) = (self.member.to_string(), body(duty)?);
        let sql = "INSERT INTO duty (agreement, member, pointer, role, peer, state, measure, due, version, body, occurrence) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql).bind(duty.agreement.as_str()).bind(member.as_str());
        let query = query.bind(duty.pointer.as_str()).bind(duty.role.as_str()).bind(duty.peer.as_str());
        let query = query.bind(duty.state.as_str()).bind(duty.measure.as_str());
        let query = query.bind(duty.deadline.map(|deadline| deadline.0.0)).bind(body);
        let query = query.bind(i64::from(duty.occurrence));
        Ok(query.execute(self.writing().await?).await?.rows_affected() > 0)
    }

    /// Saves what of a duty changes.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it changed meanwhile.
    pub async fn save_duty(&mut self, duty: &Duty) -> Result<(), Error> {
        let (member, body) = (self.member.to_string(), body(duty)?);
        let sql = "UPDATE duty SET state = $1, measure = $2, due = $3, body = $4, version = version + 1 \
                   WHERE member = $5 AND agreement = $6 AND pointer = $7 AND version = $8 AND occurrence = $9";
        let query = sqlx::query(sql).bind(duty.state.as_str()).bind(duty.measure.as_str());
        let query = query.bind(duty.deadline.map(|deadline| deadline.0.0)).bind(body).bind(member.as_str());
        let query = query.bind(duty.agreement.as_str()).bind(duty.pointer.as_str()).bind(duty.version);
        let query = query.bind(i64::from(duty.occurrence));
        match query.execute(self.writing().await?).await?.rows_affected() {
            0 => Err(Error::Conflict("duty")),
            _ => Ok(()),
        }
    }
}
