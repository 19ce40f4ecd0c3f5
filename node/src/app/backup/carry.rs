//! A whole node over into another database, from SQLite to PostgreSQL or back.

use futures_util::TryStreamExt;

use super::restore::empty;
use super::{Kept, KeptMember};
use crate::app::Error;
use crate::app::archive::check::check;
use crate::domain::time::Timestamp;
use crate::identity::seal::MasterSecret;
use crate::store::{Import, Snapshot, Store, TABLES};

/// Copies everything into an empty database, compares, and only then leaves the old one: no node starts there any more.
/// `name` is what the old one says of where it went.
///
/// # Errors
/// [`Error::Unavailable`] while a node runs on either; [`Error::Conflict`] if the target is not empty.
pub async fn carry(
    from: &str,
    to: &str,
    name: &str,
    node: &MasterSecret,
    now: Timestamp,
) -> Result<Kept, Error> {
    let mut old = Store::depart(from, now).await?;
    let mut new = match Store::import(to, now).await {
        Ok(new) => new,
        Err(error) => {
            old.stay().await;
            return Err(error.into());
        }
    };
    match copy(old.snapshot(), &mut new, node).await {
        Ok(kept) => match new.commit().await {
            // From here on both are whole and equal; a crash before the next line leaves the old one in use.
            Ok(()) => old.left(name).await.map(|()| kept).map_err(Error::from),
            Err(error) => {
                old.stay().await;
                Err(error.into())
            }
        },
        Err(error) => {
            new.undo().await;
            old.stay().await;
            Err(error)
        }
    }
}

/// Row by row; then counts, keys and logs are compared.
async fn copy(old: &mut Snapshot, new: &mut Import, node: &MasterSecret) -> Result<Kept, Error> {
    empty(new).await?;
    let mut members = Vec::new();
    for stored in old.members.clone() {
        new.member(&stored).await?;
        let member = &stored.member;
        for table in TABLES {
            let columns: Vec<String> = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
            new.table(table, &columns).await?;
            let mut rows = std::pin::pin!(old.rows(&member.id, table));
            while let Some(row) = rows.try_next().await? {
                new.row(row).await?;
            }
        }
        new.end().await?;
        let head = old.of(&member.id).log_head().await?.ok_or(Error::NotFound("log"))?;
        let entries = check(new, member, &head.checkpoint, node).await?;
        members.push(KeptMember { did: member.did.to_string(), name: member.name.clone(), entries });
    }
    Ok(Kept { members, rows: new.counted().await? })
}
