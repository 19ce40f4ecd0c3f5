//! A node back from its backup, in an empty database of either kind: everything is checked and kept, or nothing is.

use std::io::Read;

use contracts::archive::{Access, Backed, Kind, Line};

use super::{Kept, KeptMember};
use crate::app::Error;
use crate::app::archive::check::check;
use crate::app::archive::read::{Lines, damaged};
use crate::app::archive::{known_schema, member};
use crate::domain::time::Timestamp;
use crate::identity::seal::MasterSecret;
use crate::store::{self, Import, Store, Stored};
use crate::text::say;

/// What a backup gave back.
pub struct Restored {
    pub kept: Kept,
    /// How the node's commands reach its members.
    pub access: Vec<Access>,
}

/// Puts all members of a backup into a database that holds none. Nothing is added to their logs.
///
/// # Errors
/// [`Error::Malformed`] for a backup that is damaged, cut off, tampered with, or under another secret;
/// [`Error::Conflict`] if the database is not empty.
pub async fn restore(
    url: &str,
    from: impl Read,
    archive: &MasterSecret,
    node: &MasterSecret,
    now: Timestamp,
) -> Result<Restored, Error> {
    let mut lines = Lines::new(from, Kind::NodeBackup, archive)?;
    let Line::Backup(backup) = lines.read()? else { return Err(damaged("it does not begin as one")) };
    known_schema(backup.schema)?;
    let mut import = Store::import(url, now).await?;
    match put(&mut import, &mut lines, backup.members, archive, node).await {
        Ok(kept) => {
            import.commit().await?;
            Ok(Restored { kept, access: backup.access })
        }
        Err(error) => {
            import.undo().await;
            Err(error)
        }
    }
}

async fn put<R: Read>(
    import: &mut Import,
    lines: &mut Lines<R>,
    count: u64,
    archive: &MasterSecret,
    node: &MasterSecret,
) -> Result<Kept, Error> {
    empty(import).await?;
    let mut members = Vec::new();
    let mut line = lines.read()?;
    while let Line::Member(Backed { manifest, created, retired }) = line {
        let member = member(&manifest)?;
        let (created, retired) = (Timestamp(created), retired.map(Timestamp));
        let restored = Some(import.reader().now());
        import.member(&Stored { member: member.clone(), created, retired, restored }).await?;
        line = lines.fill(import, &member.id, archive, node).await?;
        let entries = check(import, &member, &manifest.checkpoint, node).await?;
        members.push(KeptMember { did: member.did.to_string(), name: member.name, entries });
    }
    let rows = lines.ended(&line)?;
    if members.len() as u64 != count {
        return Err(damaged(format!("{} members of {count}", members.len())));
    }
    import.counted().await?;
    Ok(Kept { members, rows })
}

/// Two nodes in one database would not be told apart afterwards.
pub(super) async fn empty(import: &mut Import) -> Result<(), Error> {
    import.must_be_empty().await.map_err(|error| match error {
        store::Error::Conflict(table) => Error::Conflict(say("conflict.not-empty").with("table", table)),
        other => other.into(),
    })
}
