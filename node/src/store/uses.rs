//! Deliveries counted, for those who may know no more.

use contracts::id::MemberId;
use ontology::rung::Rung;
use sqlx::AnyConnection;

use super::Error;
use super::row::{Row, of, reads};

/// What left under one transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uses {
    pub dataset: String,
    /// Of the dataset now; `None` when it is not known any more.
    pub rung: Option<Rung>,
    pub peer: String,
    pub purpose: Option<String>,
    pub deliveries: u64,
    pub bytes: u64,
}

reads! {
    /// What this member delivered, transfer by transfer.
    uses() -> Vec<Uses> = by_transfer;
}

async fn by_transfer(conn: &mut AnyConnection, member: &MemberId) -> Result<Vec<Uses>, Error> {
    // An aggregate of a whole number is not one on every engine.
    let sql = "SELECT d.dataset AS dataset, d.peer AS peer, MAX(h.rung) AS rung, MAX(t.body) AS body, \
               COUNT(*) AS n, CAST(COALESCE(SUM(d.bytes), 0) AS BIGINT) AS bytes FROM delivery d \
               LEFT JOIN dataset h ON h.member = d.member AND h.id = d.dataset \
               LEFT JOIN transfer t ON t.member = d.member AND t.pid = d.transfer \
               WHERE d.member = $1 AND d.role = 'provider' AND d.closed IS NOT NULL \
               GROUP BY d.dataset, d.peer, d.transfer ORDER BY d.dataset, d.peer";
    let rows = sqlx::query(sql).bind(member.as_str()).fetch_all(conn).await?;
    rows.into_iter().map(of("delivery")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<Uses, Error> {
    let body: Option<serde_json::Value> = row.opt_text("body")?.map(|_| row.json("body")).transpose()?;
    let rung = row.opt_text("rung")?;
    Ok(Uses {
        dataset: row.text("dataset")?,
        rung: rung.map(|code| Rung::parse(&code).ok_or_else(|| row.wrong("rung"))).transpose()?,
        peer: row.text("peer")?,
        purpose: body.and_then(|body| Some(body.get("purpose")?.as_str()?.to_owned())),
        deliveries: row.count("n")?,
        bytes: row.count("bytes")?,
    })
}
