//! All members of a node at one instant into one encrypted file; back from it; and over into another database.

pub mod carry;
pub mod restore;

use std::io::Write;

use contracts::archive::{Access, Backed, Backup, Kind, Line};
use contracts::format::{Instant, V1};

use super::Error;
use super::archive::write::{Out, manifest};
use crate::domain::time::Timestamp;
use crate::identity::seal::MasterSecret;
use crate::store::Store;

/// What is in a backup, or was restored from one.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Kept {
    pub members: Vec<KeptMember>,
    pub rows: u64,
}

#[derive(Debug, Clone, serde::Serialize)]
pub struct KeptMember {
    pub did: String,
    pub name: String,
    /// Entries of its log.
    pub entries: u64,
}

/// Writes a backup of the database, beside the node that may be using it: everything as it is at one instant.
///
/// # Errors
/// [`Error::Unavailable`] when the file or the database cannot be used.
pub async fn backup(
    url: &str,
    node: &MasterSecret,
    archive: &MasterSecret,
    access: Vec<Access>,
    to: impl Write,
    now: Timestamp,
) -> Result<Kept, Error> {
    let mut snapshot = Store::snapshot(url, now).await?;
    let stored = snapshot.members.clone();
    let mut out = Out::new(to, Kind::NodeBackup, node, archive)?;
    let (made, count) = (Instant::from_seconds(now.seconds()), stored.len() as u64);
    out.line(&Line::Backup(Backup { v: V1, schema: Store::schema(), made, members: count, access }))?;
    let mut members = Vec::with_capacity(stored.len());
    for stored in stored {
        let member = stored.member;
        let head = snapshot.of(&member.id).log_head().await?.ok_or(Error::NotFound("log"))?;
        out.line(&Line::Member(Backed {
            manifest: manifest(&member, &head, now),
            created: stored.created.0,
            retired: stored.retired.map(|at| at.0),
        }))?;
        out.tables(&mut snapshot, &member.id).await?;
        members.push(KeptMember { did: member.did.to_string(), name: member.name, entries: head.size });
    }
    Ok(Kept { members, rows: out.end()? })
}
