//! Reading members' logs: entries, bodies, the head, and the nodes that proofs are made of.

use std::ops::Range;
use std::sync::Arc;

use contracts::api::scope::Scope;
use contracts::id::{AgreementId, MemberId};
use contracts::tlog::{self, Hash, Node};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::found::Kind;
use super::row::{Row, int, of, reads};
use super::{Error, Reader, Store, Tx, opening};
use crate::domain::event::Reference;
use crate::domain::time::Timestamp;
use crate::identity::cipher::Cipher;
use crate::log::entry::{Body, Facts};
use crate::log::tree::{TILE, TILE_LEVELS};

/// A log's newest signed state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    pub root: Hash,
    pub at: Timestamp,
    /// Signed note (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

/// An entry; `body` and `facts` are absent when erased, `facts` also when there was no decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub index: u64,
    pub at: Timestamp,
    pub kind: String,
    pub leaf: Vec<u8>,
    pub leaf_hash: Hash,
    pub body: Option<Body>,
    pub facts: Option<Facts>,
}

impl Entry {
    /// A field in clear, as far as it was not erased.
    pub fn open(&self, field: &str) -> Option<&str> {
        Some(self.body.as_ref()?.fields.get(field)?.value.as_str())
    }
    pub fn is_in(&self, scope: &Scope) -> bool {
        scope.lets(self.at.seconds(), |field| self.open(field))
    }
}

impl Store {
    /// Entries from an index on, at most so many: known, or read.
    pub async fn entries(&self, member: &MemberId, from: u64, most: usize) -> Result<Vec<Arc<Entry>>, Error> {
        match self.shared.found.tails.from(member, from, most) {
            Some(known) => Ok(known),
            None => {
                Ok(self.read(member).await?.entries(from, most).await?.into_iter().map(Arc::new).collect())
            }
        }
    }
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT e.idx, e.at, e.kind, e.leaf, e.leaf_hash, b.body, b.opening_key, k.sealed, f.salt, f.facts \
             FROM log_entry e LEFT JOIN entry_body b ON b.member = e.member AND b.idx = e.idx \
             LEFT JOIN opening_key k ON k.member = b.member AND k.kid = b.opening_key \
             LEFT JOIN decision_facts f ON f.member = e.member AND f.idx = e.idx WHERE e.member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// The head of the member's log; `None` before the first entry.
    log_head() -> Option<Head> = head;
    /// Roots of subtrees, as ranges of leaves within the log.
    log_roots(ranges: &[Range<u64>]) -> Vec<Hash> = roots;
    /// Leaves and their hashes as stored, from an index on: for checking the whole log.
    leaves(from: u64, most: usize) -> Vec<(Vec<u8>, Hash)> = leaves;
    /// Hashes at a tile level (level 0: leaf hashes; above: roots of complete tiles of the level below), all of them.
    tile_hashes(level: u32, range: Range<u64>) -> Vec<Hash> = hashes;
    /// A complete tile as stored: its root and hashes.
    log_tile(level: u32, index: u64) -> Option<(Hash, Vec<u8>)> = tile;
    /// How far a consumer of the member's events has read.
    event_cursor(consumer: &str) -> u64 = cursor;
}

async fn head(conn: &mut AnyConnection, member: &MemberId) -> Result<Option<Head>, Error> {
    let query = sqlx::query("SELECT member, size, root, at, checkpoint FROM log_head WHERE member = $1");
    let Some(row) = query.bind(member.as_str()).fetch_optional(conn).await?.map(of("log_head")) else {
        return Ok(None);
    };
    Ok(Some(Head {
        size: row.count("size")?,
        root: row.hash("root")?,
        at: row.time("at")?,
        checkpoint: row.text("checkpoint")?,
    }))
}

impl Reader {
    /// Entries from an index on, at most so many.
    pub async fn entries(&mut self, from: u64, most: usize) -> Result<Vec<Entry>, Error> {
        let query =
            sqlx::query(select!("e.idx >= $2 ORDER BY e.idx LIMIT $3 + 0")).bind(self.member.to_string());
        let rows = query.bind(int(from)?).bind(int(most as u64)?).fetch_all(&mut *self.conn).await?;
        self.opened(rows)
    }

    /// One entry.
    pub async fn entry(&mut self, index: u64) -> Result<Option<Entry>, Error> {
        let query = sqlx::query(select!("e.idx = $2")).bind(self.member.to_string()).bind(int(index)?);
        let rows = query.fetch_all(&mut *self.conn).await?;
        Ok(self.opened(rows)?.pop())
    }

    /// The entries of one exchange.
    pub async fn entries_of_reference(&mut self, reference: &Reference) -> Result<Vec<Entry>, Error> {
        let query = sqlx::query(select!("e.reference = $2 ORDER BY e.idx")).bind(self.member.to_string());
        let rows = query.bind(reference.0.as_str()).fetch_all(&mut *self.conn).await?;
        self.opened(rows)
    }

    /// The entries about one agreement, from an index on, at most so many. Those whose body was erased are not found.
    pub async fn entries_of_agreement(
        &mut self,
        agreement: &AgreementId,
        from: u64,
        most: usize,
    ) -> Result<Vec<Entry>, Error> {
        let query = sqlx::query(select!(
            "b.agreement = $2 AND e.idx >= $3 AND (b.opening_key IS NULL OR k.kid IS NOT NULL) ORDER BY e.idx LIMIT $4 + 0"
        ));
        let query = query.bind(self.member.to_string()).bind(agreement.as_str()).bind(int(from)?);
        let rows = query.bind(int(most as u64)?).fetch_all(&mut *self.conn).await?;
        self.opened(rows)
    }

    fn opened(&self, rows: Vec<AnyRow>) -> Result<Vec<Entry>, Error> {
        let openings = self.openings.as_deref();
        rows.into_iter().map(of("log_entry")).map(|row| read(&row, openings)).collect()
    }
}

async fn leaves(
    conn: &mut AnyConnection,
    member: &MemberId,
    from: u64,
    most: usize,
) -> Result<Vec<(Vec<u8>, Hash)>, Error> {
    let sql = "SELECT idx, leaf, leaf_hash FROM log_entry WHERE member = $1 AND idx >= $2 ORDER BY idx LIMIT $3 + 0";
    let query = sqlx::query(sql).bind(member.as_str()).bind(int(from)?).bind(int(most as u64)?);
    let rows = query.fetch_all(conn).await?.into_iter().map(of("log_entry"));
    rows.map(|row| Ok((row.bytes("leaf")?, row.hash("leaf_hash")?))).collect()
}

async fn roots(
    conn: &mut AnyConnection,
    member: &MemberId,
    ranges: &[Range<u64>],
) -> Result<Vec<Hash>, Error> {
    let mut roots = Vec::with_capacity(ranges.len());
    for range in ranges {
        let mut hashes = Vec::new();
        for node in tlog::cover(range.clone()) {
            hashes.push(node_hash(conn, member, node).await?);
        }
        roots.push(tlog::fold(&hashes).unwrap_or_else(tlog::empty_root));
    }
    Ok(roots)
}

/// A complete node: the root over hashes of one tile level, which lie in one tile.
async fn node_hash(conn: &mut AnyConnection, member: &MemberId, node: Node) -> Result<Hash, Error> {
    let (level, below) = (node.level / TILE_LEVELS, node.level % TILE_LEVELS);
    let (first, count) = (node.index << below, 1_u64 << below);
    debug_assert!(count < TILE as u64);
    Ok(tlog::root(&hashes(conn, member, level, first..first + count).await?))
}

async fn hashes(
    conn: &mut AnyConnection,
    member: &MemberId,
    level: u32,
    range: Range<u64>,
) -> Result<Vec<Hash>, Error> {
    let sql = if level == 0 {
        "SELECT idx, leaf_hash AS hash FROM log_entry WHERE member = $1 AND idx >= $2 AND idx < $3 AND $4 = 0 \
         ORDER BY idx"
    } else {
        "SELECT idx, root AS hash FROM log_tile WHERE member = $1 AND idx >= $2 AND idx < $3 AND level = $4 - 1 \
         ORDER BY idx"
    };
    let query = sqlx::query(sql).bind(member.as_str()).bind(int(range.start)?).bind(int(range.end)?);
    let rows = query.bind(i64::from(level)).fetch_all(conn).await?;
    let hashes: Vec<Hash> =
        rows.into_iter().map(of("log_entry")).map(|row| row.hash("hash")).collect::<Result<_, _>>()?;
    if hashes.len() as u64 == range.end - range.start {
        Ok(hashes)
    } else {
        Err(Error::Inconsistency { table: "log_entry", column: "idx", id: range.start.to_string() })
    }
}

async fn tile(
    conn: &mut AnyConnection,
    member: &MemberId,
    level: u32,
    index: u64,
) -> Result<Option<(Hash, Vec<u8>)>, Error> {
    let sql = "SELECT idx, root, hashes FROM log_tile WHERE member = $1 AND level = $2 AND idx = $3";
    let query = sqlx::query(sql).bind(member.as_str()).bind(i64::from(level)).bind(int(index)?);
    let row = query.fetch_optional(conn).await?.map(of("log_tile"));
    row.map(|row| Ok((row.hash("root")?, row.bytes("hashes")?))).transpose()
}

pub(super) async fn cursor(
    conn: &mut AnyConnection,
    member: &MemberId,
    consumer: &str,
) -> Result<u64, Error> {
    let query = sqlx::query("SELECT consumer, idx FROM event_cursor WHERE member = $1 AND consumer = $2");
    let row = query.bind(member.as_str()).bind(consumer).fetch_optional(conn).await?.map(of("event_cursor"));
    row.map_or(Ok(0), |row| row.count("idx"))
}

impl Tx<'_> {
    /// Erases clear values and salts of an entry, and what its decision looked at. The leaf stays, and says nothing.
    pub async fn erase_entry(&mut self, index: u64) -> Result<(), Error> {
        let (member, index) = (self.member.to_string(), int(index)?);
        self.changes(Kind::Entries);
        let conn = self.writing().await?;
        for sql in [
            "DELETE FROM entry_body WHERE member = $1 AND idx = $2",
            "DELETE FROM decision_facts WHERE member = $1 AND idx = $2",
        ] {
            sqlx::query(sql).bind(member.as_str()).bind(index).execute(&mut *conn).await?;
        }
        Ok(())
    }

    /// Says how far a consumer of the member's events has read.
    pub async fn set_event_cursor(&mut self, consumer: &str, index: u64) -> Result<(), Error> {
        let sql = "INSERT INTO event_cursor (member, consumer, idx) VALUES ($1, $2, $3) \
                   ON CONFLICT (member, consumer) DO UPDATE SET idx = excluded.idx";
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(consumer).bind(int(index)?);
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}

fn read(row: &Row, openings: Option<&Cipher>) -> Result<Entry, Error> {
    let (body, facts) = opening::read(row, openings)?;
    Ok(Entry {
        index: row.count("idx")?,
        at: row.time("at")?,
        kind: row.text("kind")?,
        leaf: row.bytes("leaf")?,
        leaf_hash: row.hash("leaf_hash")?,
        body,
        facts,
    })
}
