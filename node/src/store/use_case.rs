//! Use cases of trust frameworks.

use contracts::framework::{Phase, Version};
use contracts::id::{FrameworkId, MemberId, ParticipantId, QuestionId, UseCaseId};
use contracts::use_case::Proposal;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads, to_json};
use super::{Error, Tx};
use crate::domain::time::Timestamp;
use crate::domain::use_case::{Audited, Ending, Pending, Put, Side, State, UseCase};

/// What no query asks for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    version: Version,
    proposer: ParticipantId,
    ending: Option<String>,
    pending: Option<Asked>,
    since: i64,
    approved: bool,
    audit: Option<Audit>,
    proposal: Proposal,
    signed: String,
    reasons: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    to: Phase,
    put: Vec<(QuestionId, bool)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Audit {
    by: ParticipantId,
    until: i64,
    word: String,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, side, framework, operator, state, version, created, updated, body FROM use_case \
             WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// One use case, as this side keeps it.
    use_case(side: Side, id: &UseCaseId) -> Option<UseCase> = one;
    /// Use cases of a framework as its operator keeps them, after a cursor.
    use_cases(framework: &FrameworkId, page: &Page) -> Vec<UseCase> = of_framework;
    /// All, on either side, after the cursor `side id`.
    all_use_cases(page: &Page) -> Vec<UseCase> = list;
    /// Those of the member's frameworks that are not over.
    live_use_cases() -> Vec<UseCase> = live;
}

async fn one(
    conn: &mut AnyConnection,
    member: &MemberId,
    side: Side,
    id: &UseCaseId,
) -> Result<Option<UseCase>, Error> {
    let query = sqlx::query(select!("side = $2 AND id = $3"));
    let query = query.bind(member.as_str()).bind(side.as_str()).bind(id.as_str());
    query.fetch_optional(conn).await?.map(of("use_case")).map(|row| read(&row)).transpose()
}

async fn of_framework(
    conn: &mut AnyConnection,
    member: &MemberId,
    framework: &FrameworkId,
    page: &Page,
) -> Result<Vec<UseCase>, Error> {
    let sql = select!("framework = $2 AND side = 'operator' AND id > $3 ORDER BY id LIMIT $4 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(framework.as_str());
    read_all(query.bind(page.after()).bind(page.limit()).fetch_all(conn).await?)
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<UseCase>, Error> {
    let sql = select!("side || ' ' || id > $2 ORDER BY side || ' ' || id LIMIT $3 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    read_all(query.fetch_all(conn).await?)
}

async fn live(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<UseCase>, Error> {
    let sql = select!("side = 'operator' AND state <> 'abandonne' ORDER BY id");
    read_all(sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?)
}

fn read_all(rows: Vec<sqlx::any::AnyRow>) -> Result<Vec<UseCase>, Error> {
    rows.into_iter().map(of("use_case")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<UseCase, Error> {
    let body: Body = row.json("body")?;
    let ending = body.ending.as_deref().map(|text| Ending::parse(text).ok_or_else(|| row.wrong("body")));
    let pending = body.pending.map(|asked| Pending {
        to: asked.to,
        put: asked.put.into_iter().map(|(question, yes)| Put { question, yes }).collect(),
    });
    let state = State::parse(&row.text("state")?, ending.transpose()?, pending);
    Ok(UseCase {
        id: row.use_case("id")?,
        framework: row.framework("framework")?,
        version: body.version,
        side: row.one_of("side", Side::parse)?,
        operator: row.participant("operator")?,
        proposer: body.proposer,
        state: state.ok_or_else(|| row.wrong("state"))?,
        since: Timestamp(body.since),
        approved: body.approved,
        audit: body.audit.map(|a| Audited { by: a.by, until: Timestamp(a.until), word: a.word }),
        proposal: body.proposal,
        signed: body.signed,
        reasons: body.reasons,
        created: row.time("created")?,
        updated: row.time("updated")?,
        row: row.int("version")?,
    })
}

fn body(case: &UseCase) -> Result<String, Error> {
    let pending = case.state.pending().map(|pending| Asked {
        to: pending.to,
        put: pending.put.iter().map(|put| (put.question.clone(), put.yes)).collect(),
    });
    let audit = case.audit.clone().map(|a| Audit { by: a.by, until: a.until.0, word: a.word });
    to_json(&Body {
        version: case.version,
        proposer: case.proposer.clone(),
        ending: case.state.ending().map(|ending| ending.as_str().to_owned()),
        pending,
        since: case.since.0,
        approved: case.approved,
        audit,
        proposal: case.proposal.clone(),
        signed: case.signed.clone(),
        reasons: case.reasons.clone(),
    })
}

impl Tx<'_> {
    /// Keeps a use case that begins.
    ///
    /// # Errors
    /// [`Error::Conflict`] if there is one of that name on this side.
    pub async fn insert_use_case(&mut self, new: &UseCase) -> Result<(), Error> {
        let sql = "INSERT INTO use_case (member, id, side, framework, operator, state, version, created, updated, body) \
                   VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(new.id.to_string())
            .bind(new.side.as_str())
            .bind(new.framework.to_string())
            .bind(new.operator.to_string())
            .bind(new.state.as_str())
            .bind(new.created.0)
            .bind(new.updated.0)
            .bind(body(new)?);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("use case")),
        }
    }

    /// Saves what of a use case changes.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it changed meanwhile.
    pub async fn save_use_case(&mut self, kept: &UseCase) -> Result<(), Error> {
        let sql = "UPDATE use_case SET state = $1, updated = $2, body = $3, version = version + 1 \
                   WHERE member = $4 AND side = $5 AND id = $6 AND version = $7";
        let query = sqlx::query(sql)
            .bind(kept.state.as_str())
            .bind(kept.updated.0)
            .bind(body(kept)?)
            .bind(self.member.to_string())
            .bind(kept.side.as_str())
            .bind(kept.id.to_string())
            .bind(kept.row);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("use case")),
        }
    }
}
