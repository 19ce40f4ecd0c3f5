//! Gives the events of a commit their places in their members' logs, in the same transaction.

use std::collections::HashMap;

use contracts::id::MemberId;
use contracts::tlog::{self, Hash};
use sqlx::AnyConnection;

use super::batch::Pending;
use super::key::LogKeys;
use super::opening::{About, Key, Openings, What};
use super::row::{int, of, to_json};
use super::script::Statement;
use super::{Engine, Entry, EntryRef, Error};
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::log::entry::{self, Made};
use crate::log::tree::{Edge, TILE, Tile, depth, partial};

/// The right edges of the members' trees, as last committed. Forgotten whenever a commit fails.
#[derive(Default)]
pub(super) struct Sequencer {
    edges: HashMap<MemberId, Edge>,
    /// The entries of the present commit.
    pub(super) fresh: Vec<(MemberId, Entry)>,
}

struct New {
    index: i64,
    leaf_hash: Hash,
    /// Both sealed, by the key of this name.
    body: String,
    facts: Option<String>,
    kid: String,
    agreement: Option<String>,
    made: Made,
}

impl New {
    fn entry(self, at: Timestamp) -> Entry {
        let Made { leaf, body, facts, .. } = self.made;
        let (index, kind) = (self.index.unsigned_abs(), body.kind.clone());
        Entry { index, at, kind, leaf, leaf_hash: self.leaf_hash, body: Some(body), facts }
    }
}

impl Sequencer {
    pub(super) fn forget(&mut self) {
        self.edges.clear();
    }

    /// Appends events by statements added to `script`; gives each its entry, with the number of its write.
    pub(super) async fn append(
        &mut self,
        conn: &mut AnyConnection,
        (keys, openings): (&LogKeys, &Openings),
        engine: Engine,
        at: (Timestamp, i64),
        pending: &[Pending],
        script: &mut Vec<Statement>,
    ) -> Result<Vec<(usize, EntryRef)>, Error> {
        let (at, epoch) = at;
        self.fresh.clear();
        let mut members: Vec<&MemberId> = Vec::new();
        let mut by_member: HashMap<&MemberId, Vec<&Pending>> = HashMap::new();
        for event in pending {
            by_member.entry(&event.member).or_insert_with(|| {
                members.push(&event.member);
                Vec::new()
            });
            if let Some(events) = by_member.get_mut(&event.member) {
                events.push(event);
            }
        }
        let mut entries = Vec::with_capacity(pending.len());
        for member in members {
            let edge = match self.edges.remove(member) {
                Some(edge) => edge,
                None => load(conn, member).await?,
            };
            let before = edge.size();
            let events = by_member.remove(member).unwrap_or_default();
            let key = keys.get(member)?;
            let mut sealed_by = Vec::with_capacity(events.len());
            for event in &events {
                let about = About::new(member, event.record.event.subject(), at);
                sealed_by.push(openings.key(&mut *conn, key.openings(), &about, script).await?);
            }
            let events: Vec<_> = events.into_iter().zip(sealed_by).collect();
            let (edge, rows) = append(engine, member, edge, at, &events, &mut entries, script)?;
            self.fresh.extend(rows.into_iter().map(|row| (member.clone(), row.entry(at))));
            let checkpoint = key.sign(edge.size(), edge.root())?;
            script.push(head(member, before, &edge, epoch, at, &checkpoint)?);
            self.edges.insert(member.clone(), edge);
        }
        Ok(entries)
    }
}

fn append(
    engine: Engine,
    member: &MemberId,
    mut edge: Edge,
    at: Timestamp,
    events: &[(&Pending, Key)],
    entries: &mut Vec<(usize, EntryRef)>,
    script: &mut Vec<Statement>,
) -> Result<(Edge, Vec<New>), Error> {
    let (mut rows, mut tiles) = (Vec::with_capacity(events.len()), Vec::new());
    for (event, key) in events {
        let made = entry::make(&event.record, at, random::bytes::<32>);
        let made = made.map_err(|e| Error::Internal(e.to_string()))?;
        let (index, leaf_hash) = (edge.size(), tlog::leaf_hash(&made.leaf));
        edge.push(leaf_hash, &mut tiles);
        entries.push((event.job, EntryRef { index, leaf_hash, at }));
        let agreement = made.body.fields.get("agreement").map(|opening| opening.value.clone());
        let index = int(index)?;
        let body = key.seal(index, What::Body, &to_json(&made.body)?)?;
        let facts = made
            .facts
            .as_ref()
            .map(|facts| key.seal(index, What::Facts, &format!("{} {}", facts.salt, facts.json)));
        let (kid, facts) = (key.kid.clone(), facts.transpose()?);
        rows.push(New { index, leaf_hash, body, kid, facts, agreement, made });
    }
    let start = "INSERT INTO log_entry (member, idx, at, kind, reference, leaf, leaf_hash)";
    script.extend(Statement::inserts(engine, start, "", &rows, |row| {
        Ok([
            member.as_str().into(),
            row.index.into(),
            at.0.into(),
            row.made.body.kind.as_str().into(),
            row.made.reference.clone().into(),
            row.made.leaf.as_slice().into(),
            row.leaf_hash.as_slice().into(),
        ])
    })?);
    let start = "INSERT INTO entry_body (member, idx, agreement, body, opening_key)";
    script.extend(Statement::inserts(engine, start, "", &rows, |row| {
        Ok([
            member.as_str().into(),
            row.index.into(),
            row.agreement.clone().into(),
            row.body.as_str().into(),
            row.kid.as_str().into(),
        ])
    })?);
    let facts: Vec<_> = rows.iter().filter_map(|row| Some((row.index, row.facts.as_ref()?))).collect();
    let start = "INSERT INTO decision_facts (member, idx, salt, facts)";
    script.extend(Statement::inserts(engine, start, "", &facts, |(index, facts)| {
        Ok([member.as_str().into(), (*index).into(), "".into(), facts.as_str().into()])
    })?);
    let start = "INSERT INTO log_tile (member, level, idx, root, hashes)";
    script.extend(Statement::inserts(engine, start, "", &tiles, |tile: &Tile| {
        let (level, index) = (i64::from(tile.level), int(tile.index)?);
        Ok([
            member.as_str().into(),
            level.into(),
            index.into(),
            tile.root.as_slice().into(),
            tile.hashes.as_slice().into(),
        ])
    })?);
    Ok((edge, rows))
}

/// Compare and swap: the log must be as this process left it, and nobody with a later lease have written; otherwise the
/// statement fails, and the commit with it.
fn head(
    member: &MemberId,
    before: u64,
    edge: &Edge,
    epoch: i64,
    at: Timestamp,
    checkpoint: &str,
) -> Result<Statement, Error> {
    let sql = if before == 0 {
        "INSERT INTO log_head (member, size, root, at, epoch, checkpoint) \
         VALUES ($1, CASE WHEN $7 = 0 THEN CAST($2 AS BIGINT) END, $3, $4, $5, $6)"
    } else {
        "UPDATE log_head SET size = CASE WHEN size = $7 AND epoch <= $5 THEN CAST($2 AS BIGINT) END, root = $3, at = $4, \
         epoch = $5, checkpoint = $6 WHERE member = $1"
    };
    let root = edge.root();
    let values = [
        member.as_str().into(),
        int(edge.size())?.into(),
        root.as_slice().into(),
        at.0.into(),
        epoch.into(),
        checkpoint.into(),
        int(before)?.into(),
    ];
    Ok(Statement::new(sql, values))
}

/// The right edge of a stored log, checked against its head.
async fn load(conn: &mut AnyConnection, member: &MemberId) -> Result<Edge, Error> {
    let head = sqlx::query("SELECT member, size, root FROM log_head WHERE member = $1").bind(member.as_str());
    let Some(head) = head.fetch_optional(&mut *conn).await?.map(of("log_head")) else {
        return Ok(Edge::default());
    };
    let size = head.count("size")?;
    let mut levels = Vec::new();
    for level in 0..depth(size) as u32 {
        let count = partial(size, level);
        let first = (size >> (8 * level)) - count;
        let sql = if level == 0 {
            "SELECT member, leaf_hash AS hash FROM log_entry WHERE member = $1 AND idx >= $2 AND $3 = 0 ORDER BY idx"
        } else {
            "SELECT member, root AS hash FROM log_tile WHERE member = $1 AND idx >= $2 AND level = $3 - 1 ORDER BY idx"
        };
        let rows = sqlx::query(sql).bind(member.as_str()).bind(int(first)?).bind(i64::from(level));
        let rows = rows.fetch_all(&mut *conn).await?;
        let hashes: Result<Vec<Hash>, Error> =
            rows.into_iter().map(of("log_entry")).map(|r| r.hash("hash")).collect();
        levels.push(hashes?);
    }
    debug_assert!(levels.iter().all(|hashes| hashes.len() < TILE));
    let edge = Edge::restore(size, levels).ok_or_else(|| head.wrong("size"))?;
    if edge.root() == head.hash("root")? { Ok(edge) } else { Err(head.wrong("root")) }
}
