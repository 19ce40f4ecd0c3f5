//! Requests for credentials, on either side.

use contracts::id::{MemberId, ParticipantId};
use sqlx::AnyConnection;

use super::super::row::{Page, Row, of, reads};
use super::super::{Error, Tx};
use crate::domain::credential::{Request, RequestState, Side};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT id, theirs, peer, state, kinds, created FROM credential_request \
             WHERE member = $1 AND side = $2 AND ",
            $condition
        )
    };
}

reads! {
    /// A request by this side's name for it.
    credential_request(side: Side, id: &str) -> Option<Request> = by_id;
    /// A peer's request by the peer's name for it.
    credential_request_of(side: Side, peer: &ParticipantId, theirs: &str) -> Option<Request> = by_theirs;
    /// Requests in the order of their names.
    credential_requests(side: Side, page: &Page) -> Vec<Request> = list;
}

async fn by_id(
    conn: &mut AnyConnection,
    member: &MemberId,
    side: Side,
    id: &str,
) -> Result<Option<Request>, Error> {
    let query = sqlx::query(select!("id = $3")).bind(member.as_str()).bind(side.as_str()).bind(id);
    query.fetch_optional(conn).await?.map(of("credential_request")).map(|row| read(&row)).transpose()
}

async fn by_theirs(
    conn: &mut AnyConnection,
    member: &MemberId,
    side: Side,
    peer: &ParticipantId,
    theirs: &str,
) -> Result<Option<Request>, Error> {
    let sql = select!("peer = $3 AND theirs = $4 ORDER BY created DESC LIMIT 1");
    let query = sqlx::query(sql).bind(member.as_str()).bind(side.as_str());
    let row = query.bind(peer.as_str()).bind(theirs).fetch_optional(conn).await?;
    row.map(of("credential_request")).map(|row| read(&row)).transpose()
}

async fn list(
    conn: &mut AnyConnection,
    member: &MemberId,
    side: Side,
    page: &Page,
) -> Result<Vec<Request>, Error> {
    let sql = select!("id > $3 ORDER BY id LIMIT $4 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(side.as_str());
    let rows = query.bind(page.after()).bind(page.limit()).fetch_all(conn).await?;
    rows.into_iter().map(of("credential_request")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<Request, Error> {
    Ok(Request {
        id: row.text("id")?,
        theirs: row.text("theirs")?,
        peer: row.participant("peer")?,
        state: row.one_of("state", RequestState::parse)?,
        kinds: row.text("kinds")?,
        created: row.time("created")?,
    })
}

impl Tx<'_> {
    /// Keeps a request with what is known of it now.
    pub async fn put_credential_request(&mut self, side: Side, request: &Request) -> Result<(), Error> {
        let sql = "INSERT INTO credential_request (id, member, side, theirs, peer, state, kinds, created) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (member, side, id) DO UPDATE SET \
                   theirs = excluded.theirs, state = excluded.state, kinds = excluded.kinds";
        let query = sqlx::query(sql)
            .bind(request.id.clone())
            .bind(self.member.to_string())
            .bind(side.as_str())
            .bind(request.theirs.clone())
            .bind(request.peer.to_string())
            .bind(request.state.as_str())
            .bind(request.kinds.clone())
            .bind(request.created.0);
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
