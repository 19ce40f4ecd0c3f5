//! A member that comes with its archive: everything is checked and kept, or nothing is.

use std::io::Read;

use contracts::api::token::Role;
use contracts::archive::{Kind, Line, Manifest};

use super::keys;
use crate::app::Error;
use crate::app::archive::check::check;
use crate::app::archive::read::{Lines, damaged};
use crate::app::archive::{known_schema, member};
use crate::app::token::draw;
use crate::domain::dataset::Revision;
use crate::domain::event::{Event, MemberEvent};
use crate::domain::member::Member;
use crate::domain::source::Source;
use crate::domain::time::Timestamp;
use crate::identity::seal::MasterSecret;
use crate::store::{Import, Store, Stored};

/// Datasets read at once.
const PAGE: i64 = 200;

/// What came.
#[derive(Debug, Clone)]
pub struct Imported {
    pub member: Member,
    /// Entries of its log.
    pub entries: u64,
    pub rows: u64,
}

/// Puts the member of an archive into a database that no node is using. Its log is recomputed before anything is kept.
///
/// # Errors
/// [`Error::Malformed`] for an archive that is damaged, cut off, tampered with, or under another secret;
/// [`Error::Conflict`] if the member, its DID or its address is here already.
pub async fn import(
    url: &str,
    from: impl Read,
    archive: &MasterSecret,
    node: &MasterSecret,
    now: Timestamp,
) -> Result<Imported, Error> {
    let mut lines = Lines::new(from, Kind::MemberArchive, archive)?;
    let Line::Manifest(manifest) = lines.read()? else { return Err(damaged("it does not begin as one")) };
    known_schema(manifest.schema)?;
    let member = member(&manifest)?;
    let mut import = Store::import(url, now).await?;
    match put(&mut import, &mut lines, (&member, &manifest), (archive, node), now).await {
        Ok((entries, rows)) => {
            import.commit().await?;
            Ok(Imported { member, entries, rows })
        }
        Err(error) => {
            import.undo().await;
            Err(error)
        }
    }
}

/// The rows, and that its last word is that it left.
async fn put<R: Read>(
    import: &mut Import,
    lines: &mut Lines<R>,
    (member, manifest): (&Member, &Manifest),
    (archive, node): (&MasterSecret, &MasterSecret),
    now: Timestamp,
) -> Result<(u64, u64), Error> {
    import.member(&Stored { member: member.clone(), created: now, retired: None, restored: None }).await?;
    let last = lines.fill(import, &member.id, archive, node).await?;
    let rows = lines.ended(&last)?;
    let size = check(import, member, &manifest.checkpoint, node).await?;
    match import.reader().entry(size.saturating_sub(1)).await? {
        Some(last) if last.kind == Event::Member(MemberEvent::Retired).kind() => Ok((size, rows)),
        _ => Err(damaged("the member did not leave its former host: its log may go on there")),
    }
}

/// A member settled at its new host.
pub struct Settled {
    /// An administrator's token, shown once.
    pub token: String,
    /// What its datasets are read from.
    pub sources: Vec<Source>,
}

/// The first words of the member at its new host: its log goes on, and its people get a token.
pub async fn settle(
    store: &Store,
    member: Member,
    node: &MasterSecret,
    now: Timestamp,
) -> Result<Settled, Error> {
    let hosted = keys::open(store, member, node, now).await?;
    let drawn = draw(Role::Admin, "import", None, now);
    let token = drawn.token;
    store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.record(Event::Member(MemberEvent::Adopted));
                tx.insert_api_token(&token).await?;
                tx.record(Event::Member(MemberEvent::TokenIssued {
                    role: token.role.as_str().to_owned(),
                    scope: String::new(),
                }));
                Ok::<_, Error>(())
            })
        })
        .await?;
    let (mut sources, mut after) = (Vec::new(), None);
    loop {
        let page = store.read(hosted.id()).await?.datasets(after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.dataset.clone());
        let described = page.iter().filter_map(Revision::described);
        sources.extend(described.filter_map(|d| d.source(now).ok()));
    }
    Ok(Settled { token: drawn.secret, sources })
}
