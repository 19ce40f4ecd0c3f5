//! A member that comes with its archive: everything is checked and kept, or nothing is.

use std::io::{BufRead, BufReader, Read};

use contracts::api::token::Role;
use contracts::archive::{Line, Manifest};
use contracts::did;
use contracts::tlog::note::{Checkpoint, Note};
use url::Url;

use super::export::reseal;
use super::keys;
use crate::app::Error;
use crate::app::token::draw;
use crate::domain::dataset::Revision;
use crate::domain::event::{Event, MemberEvent};
use crate::domain::member::Member;
use crate::domain::source::Source;
use crate::domain::time::Timestamp;
use crate::identity::keys::{Keyring, Purpose};
use crate::identity::pieces::Opener;
use crate::identity::seal::MasterSecret;
use crate::log::verify;
use crate::store::{self, Import, Store};
use crate::text::say;

/// Longest line of an archive: no row of ours comes near it.
const LINE: u64 = 64 << 20;

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
    let mut lines = Lines::new(from, archive)?;
    let Line::Manifest(manifest) = lines.next()? else { return Err(damaged("it does not begin as one")) };
    if manifest.schema > Store::schema() {
        let newer = say("malformed.newer-archive").with("schema", manifest.schema);
        return Err(Error::malformed(newer, "archive"));
    }
    let member = member(&manifest)?;
    let mut import = Store::import(url, &member, now).await?;
    let filled = fill(&mut import, &mut lines, &member, archive, node).await;
    let checked = match filled {
        Ok(rows) => check(&mut import, &member, &manifest, node).await.map(|entries| (entries, rows)),
        Err(error) => Err(error),
    };
    match checked {
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
                tx.record(Event::Member(MemberEvent::TokenIssued { role: token.role.as_str().to_owned() }));
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

fn damaged(what: impl std::fmt::Display) -> Error {
    Error::malformed(say("malformed.archive").with("what", what), "archive")
}

fn member(manifest: &Manifest) -> Result<Member, Error> {
    let base_url = Url::parse(&manifest.base_url).map_err(damaged)?;
    // The identity of a did:web is its address: another one would be somebody else's.
    if did::from_base_url(&base_url).ok().as_ref() != Some(&manifest.did) {
        return Err(damaged("its address is not that of its DID"));
    }
    let (id, did, name) = (manifest.member.clone(), manifest.did.clone(), manifest.name.clone());
    Ok(Member { id, did, name, base_url })
}

async fn fill<R: Read>(
    import: &mut Import,
    lines: &mut Lines<R>,
    member: &Member,
    archive: &MasterSecret,
    node: &MasterSecret,
) -> Result<u64, Error> {
    let (mut table, mut rows) = (None, 0);
    loop {
        match lines.next()? {
            Line::Manifest(_) => return Err(damaged("it begins twice")),
            Line::Table { name, columns } => {
                let known =
                    store::table(&name).ok_or_else(|| damaged(format!("table {name} is not known")))?;
                import.table(known, &columns).await.map_err(broken)?;
                table = Some(known);
            }
            Line::Row(mut row) => {
                let known = table.ok_or_else(|| damaged("a row without table"))?;
                reseal(known, &mut row, &member.id, archive, node).map_err(|e| match e {
                    Error::Internal(what) => damaged(what),
                    other => other,
                })?;
                import.row(row).await.map_err(broken)?;
                rows += 1;
            }
            Line::End { rows: said } if said == rows => {
                import.end().await.map_err(broken)?;
                return lines.ended().map(|()| rows);
            }
            Line::End { rows: said } => return Err(damaged(format!("{rows} rows of {said}"))),
        }
    }
}

/// What a row that does not fit means.
fn broken(error: store::Error) -> Error {
    match error {
        store::Error::Internal(_) | store::Error::NotFound(_) | store::Error::Conflict(_) => damaged(error),
        other => other.into(),
    }
}

/// The keys open, the log is whole, ends where the manifest says, and its last word is that the member left.
async fn check(
    import: &mut Import,
    member: &Member,
    manifest: &Manifest,
    node: &MasterSecret,
) -> Result<u64, Error> {
    let reader = import.reader();
    let keys = Keyring::open(member, node, &reader.keys().await?).map_err(damaged)?;
    let log: Vec<_> = keys.keys().iter().filter(|k| k.purpose == Purpose::Log).map(|k| &*k.public).collect();
    let size = verify::verify(reader, &log).await.map_err(damaged)?;
    let head = reader.log_head().await?.ok_or_else(|| damaged("it has no log"))?;
    let note = Note::parse(&manifest.checkpoint).map_err(damaged)?;
    let told = Checkpoint::parse(&note.text).map_err(damaged)?;
    if (told.size, told.root) != (head.size, head.root) {
        return Err(damaged("its log is not the one its manifest states"));
    }
    match reader.entry(size.saturating_sub(1)).await? {
        Some(last) if last.kind == Event::Member(MemberEvent::Retired).kind() => Ok(size),
        _ => Err(damaged("the member did not leave its former host: its log may go on there")),
    }
}

/// The lines of an archive.
struct Lines<R: Read> {
    opener: BufReader<Opener<BufReader<R>>>,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    fn new(from: R, secret: &MasterSecret) -> Result<Self, Error> {
        let opener = Opener::new(BufReader::new(from), secret).map_err(damaged)?;
        Ok(Self { opener: BufReader::new(opener), line: Vec::new() })
    }

    fn next(&mut self) -> Result<Line, Error> {
        self.line.clear();
        self.opener.by_ref().take(LINE).read_until(b'\n', &mut self.line).map_err(damaged)?;
        serde_json::from_slice(&self.line).map_err(damaged)
    }

    /// Nothing comes after the last line.
    fn ended(&mut self) -> Result<(), Error> {
        if self.opener.fill_buf().map_err(damaged)?.is_empty() {
            Ok(())
        } else {
            Err(damaged("it goes on after its end"))
        }
    }
}
