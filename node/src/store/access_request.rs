//! Requests for access to datasets.

use contracts::access_request::{Role, Wanted};
use contracts::framework::Silence;
use contracts::id::{DatasetId, MemberId, OfferId, ParticipantId, Pid, RequestId};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads, to_json};
use super::{Error, Tx};
use crate::domain::access_request::{AccessRequest, Given, Review, Side, State};
use crate::domain::calendar::Deadline;
use crate::domain::time::Timestamp;

/// What no query asks for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    wanted: Wanted,
    signed: String,
    reviews: Vec<Asked>,
    due: Option<i64>,
    silence: Silence,
    offer: Option<OfferId>,
    negotiation: Option<Pid>,
    reasons: Vec<String>,
    appeal: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    role: Role,
    of: Option<ParticipantId>,
    given: Option<Answer>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    yes: bool,
    words: String,
    word: String,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, side, peer, dataset, state, version, created, updated, body FROM access_request \
             WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// One request, as this side keeps it.
    access_request(side: Side, id: &RequestId) -> Option<AccessRequest> = one;
    /// All, on every side, after the cursor `side id`.
    access_requests(page: &Page) -> Vec<AccessRequest> = list;
    /// What a peer asked for of the member, oldest first.
    access_requests_of(peer: &ParticipantId) -> Vec<AccessRequest> = by;
    /// Those in a state on a side.
    access_requests_in(side: Side, state: State) -> Vec<AccessRequest> = within;
}

async fn one(
    conn: &mut AnyConnection,
    member: &MemberId,
    side: Side,
    id: &RequestId,
) -> Result<Option<AccessRequest>, Error> {
    let query = sqlx::query(select!("side = $2 AND id = $3"));
    let query = query.bind(member.as_str()).bind(side.as_str()).bind(id.as_str());
    query.fetch_optional(conn).await?.map(of("access_request")).map(|row| read(&row)).transpose()
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<AccessRequest>, Error> {
    let sql = select!("side || ' ' || id > $2 ORDER BY side || ' ' || id LIMIT $3 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    read_all(query.fetch_all(conn).await?)
}

async fn by(
    conn: &mut AnyConnection,
    member: &MemberId,
    peer: &ParticipantId,
) -> Result<Vec<AccessRequest>, Error> {
    let sql = select!("side = 'owner' AND peer = $2 ORDER BY id");
    read_all(sqlx::query(sql).bind(member.as_str()).bind(peer.as_str()).fetch_all(conn).await?)
}

async fn within(
    conn: &mut AnyConnection,
    member: &MemberId,
    side: Side,
    state: State,
) -> Result<Vec<AccessRequest>, Error> {
    let query = sqlx::query(select!("side = $2 AND state = $3 ORDER BY id")).bind(member.as_str());
    read_all(query.bind(side.as_str()).bind(state.as_str()).fetch_all(conn).await?)
}

fn read_all(rows: Vec<sqlx::any::AnyRow>) -> Result<Vec<AccessRequest>, Error> {
    rows.into_iter().map(of("access_request")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<AccessRequest, Error> {
    let body: Body = row.json("body")?;
    let review = |asked: Asked| Review {
        role: asked.role,
        of: asked.of,
        given: asked.given.map(|a| Given { yes: a.yes, words: a.words, word: a.word }),
    };
    let dataset: DatasetId = row.dataset("dataset")?;
    if dataset != body.wanted.dataset {
        return Err(row.wrong("dataset"));
    }
    Ok(AccessRequest {
        id: row.request("id")?,
        side: row.one_of("side", Side::parse)?,
        peer: row.participant("peer")?,
        wanted: body.wanted,
        signed: body.signed,
        state: row.one_of("state", State::parse)?,
        reviews: body.reviews.into_iter().map(review).collect(),
        due: body.due.map(|at| Deadline(Timestamp(at))),
        silence: body.silence,
        offer: body.offer,
        negotiation: body.negotiation,
        reasons: body.reasons,
        appeal: body.appeal,
        created: row.time("created")?,
        updated: row.time("updated")?,
        row: row.int("version")?,
    })
}

fn body(request: &AccessRequest) -> Result<String, Error> {
    let review = |review: &Review| Asked {
        role: review.role,
        of: review.of.clone(),
        given: review.given.clone().map(|g| Answer { yes: g.yes, words: g.words, word: g.word }),
    };
    to_json(&Body {
        wanted: request.wanted.clone(),
        signed: request.signed.clone(),
        reviews: request.reviews.iter().map(review).collect(),
        due: request.due.map(|due| due.0.0),
        silence: request.silence,
        offer: request.offer.clone(),
        negotiation: request.negotiation.clone(),
        reasons: request.reasons.clone(),
        appeal: request.appeal.clone(),
    })
}

impl Tx<'_> {
    /// Keeps a request that begins.
    ///
    /// # Errors
    /// [`Error::Conflict`] if there is one of that name on this side.
    pub async fn insert_access_request(&mut self, new: &AccessRequest) -> Result<(), Error> {
        let sql = "INSERT INTO access_request (member, id, side, peer, dataset, state, version, created, updated, body) \
                   VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9) ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(new.id.to_string())
            .bind(new.side.as_str())
            .bind(new.peer.to_string())
            .bind(new.wanted.dataset.to_string())
            .bind(new.state.as_str())
            .bind(new.created.0)
            .bind(new.updated.0)
            .bind(body(new)?);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("access request")),
        }
    }

    /// Saves what of a request changes.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it changed meanwhile.
    pub async fn save_access_request(&mut self, kept: &AccessRequest) -> Result<(), Error> {
        let sql = "UPDATE access_request SET state = $1, updated = $2, body = $3, version = version + 1 \
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
            _ => Err(Error::Conflict("access request")),
        }
    }
}
