//! Opening a member's keys at start, and replacing one while it serves.

use std::sync::Arc;

use crate::app::{App, Error, Hosted};
use crate::domain::event::{Event, MemberEvent};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::identity::keys::{KeyError, Keyring, Purpose};
use crate::identity::seal::MasterSecret;
use crate::store::{LogKey, Store};

/// Opens the keys of a stored member, and gives the store the one that signs its log.
pub async fn open(
    store: &Store,
    member: Member,
    secret: &MasterSecret,
    now: Timestamp,
) -> Result<Hosted, Error> {
    let mut reader = store.read(&member.id).await?;
    let (rows, epoch) = (reader.keys().await?, reader.epochs().await?.len() as u64 + 1);
    drop(reader);
    let keys = Keyring::open(&member, secret, &rows).map_err(key_fault)?;
    let log_key = LogKey::of(member.log_origin(epoch), &keys, now)
        .ok_or_else(|| Error::Internal("no log key is valid now".into()))?;
    store.set_log_key(member.id.clone(), log_key);
    let hosted = Hosted::in_epoch(member, keys, epoch);
    hosted.set_left(store.retired().await?.contains(hosted.id()));
    Ok(hosted)
}

/// Replaces the key of a purpose. What the old one signed stays verifiable.
pub async fn rotate(
    app: &App,
    hosted: &Arc<Hosted>,
    secret: &MasterSecret,
    purpose: Purpose,
) -> Result<(), Error> {
    let now = app.now();
    let rotation = hosted.keys().rotate(&hosted.member, purpose, secret, now).map_err(key_fault)?;
    let (added, retired) = (rotation.added, rotation.retired);
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                for old in &retired {
                    tx.retire_key(old).await?;
                    tx.record(Event::Member(MemberEvent::KeyRetired { kid: old.kid.clone() }));
                }
                tx.insert_key(&added).await?;
                tx.record(Event::Member(MemberEvent::KeyAdded { kid: added.kid.clone() }));
                Ok::<_, Error>(())
            })
        })
        .await?;
    if let Some(log_key) = LogKey::of(hosted.log_origin(), &rotation.keyring, now) {
        app.store.set_log_key(hosted.id().clone(), log_key);
    }
    hosted.set_keys(rotation.keyring);
    Ok(())
}

/// A key that is missing, does not open or cannot be made is our fault.
pub(super) fn key_fault(error: KeyError) -> Error {
    Error::Internal(error.to_string())
}
