//! Datasets of others: imported, harvested, followed. They announce, never serve; their source stays upstream.

mod follow;
pub mod import;
pub mod pages;
pub mod run;
mod take;

use std::sync::Arc;

use contracts::harvest::{Fault, Report};
use contracts::id::DatasetId;

use super::catalogue::rows;
use super::{App, Error, Hosted};
use crate::domain::harvest::{Harvested, Kind, Source};
use crate::graph::import::Bounds;
use crate::search::{Found, From, Question};
use crate::text::{Lang, say};

/// Most faults, and warnings, that a report keeps.
const REPORTED: usize = 100;

/// A source that the operator configured for a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured {
    pub name: String,
    pub kind: Kind,
    /// Address of a catalogue; DID of a member of the federation.
    pub url: String,
    /// Seconds between two readings; 0: on command only.
    pub every_s: u64,
}

/// The sources configured for a member.
pub fn configured(app: &App, hosted: &Hosted) -> Vec<Configured> {
    let first = app.members.all().first().is_some_and(|first| first.id() == hosted.id());
    let is_its = |name: &str| name == hosted.member.name || name.is_empty() && first;
    let catalogues =
        app.config.harvest.iter().filter(|source| is_its(&source.member)).map(|source| Configured {
            name: source.name.clone(),
            kind: Kind::Catalogue,
            url: source.url.clone(),
            every_s: source.every_s,
        });
    let federation = &app.config.federation;
    let members =
        federation.members.iter().filter(|did| is_its(&federation.member) && *did != hosted.did().as_str());
    let feeds = members.map(|did| Configured {
        name: did.clone(),
        kind: Kind::Feed,
        url: did.clone(),
        every_s: federation.every_s,
    });
    catalogues.chain(feeds).collect()
}

/// The sources of a member: those configured, and those that were read before.
pub async fn sources(app: &App, hosted: &Hosted) -> Result<Vec<(Source, u64)>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let mut all = reader.harvest_sources().await?;
    for configured in configured(app, hosted) {
        if !all.iter().any(|source| source.name == configured.name) {
            all.push(fresh(configured.name, configured.kind, configured.url));
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = Vec::with_capacity(all.len());
    for source in all {
        let (count, _) = reader.harvest_state(&source.name).await?;
        out.push((source, count));
    }
    Ok(out)
}

/// A page of datasets of others, of one source or of all, and where the next begins.
pub async fn records(
    app: &App,
    hosted: &Hosted,
    source: &str,
    after: &str,
    limit: usize,
) -> Result<(Vec<Harvested>, Option<String>), Error> {
    let mut page = app.store.read(hosted.id()).await?.harvested(source, after, rows(limit + 1)).await?;
    let more = page.len() > limit;
    page.truncate(limit);
    let next = page.last().filter(|_| more).map(|kept| kept.record.origin.clone());
    Ok((page, next))
}

/// Forgets a source and everything that came from it.
///
/// # Errors
/// [`Error::NotFound`] when nothing was ever read from it.
pub async fn forget(app: &App, hosted: &Hosted, name: &str) -> Result<(), Error> {
    let source = name.to_owned();
    let dropped = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move { Ok::<_, Error>(tx.drop_harvest_source(&source).await?) })
    });
    if !dropped.await?.value {
        return Err(Error::NotFound("source"));
    }
    app.search.drop_copies(hosted.id(), name, &[]);
    Ok(())
}

/// Datasets read at once after a start.
const STEP: usize = 500;

/// Makes what is kept of others findable, after a start.
///
/// # Errors
/// The store failed.
pub(super) async fn index(app: &App, hosted: &Hosted) -> Result<(), Error> {
    let mut after = Some(String::new());
    while let Some(from) = after {
        let (page, next) = records(app, hosted, "", &from, STEP).await?;
        page.iter().for_each(|kept| app.search.put_copy(hosted.id(), &kept.source, &kept.record));
        after = next;
    }
    Ok(())
}

/// What is found among datasets of others: hits from `skip` on, and where each came from.
///
/// # Errors
/// The search could not be run.
pub async fn search(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    question: Question,
    page: (usize, usize),
) -> Result<(Found, Vec<Option<From>>), Error> {
    let (app, hosted, now) = (Arc::clone(app), Arc::clone(hosted), app.now());
    let found =
        tokio::task::spawn_blocking(move || app.search.find_copies(hosted.id(), &question, now, page));
    found.await.map_err(|e| Error::Internal(format!("searching: {e}")))
}

fn fresh(name: String, kind: Kind, url: String) -> Source {
    let tried = crate::domain::time::Timestamp(0);
    Source { name, kind, url, cursor: None, tried, succeeded: None, fault: None, report: Report::default() }
}

fn bounds(app: &App) -> Bounds {
    Bounds { records: app.config.limits.harvested, ..Bounds::default() }
}

/// A document that cannot be read, said to who sent it.
fn refused(fault: &Fault) -> Error {
    let place = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let what = match &fault.found {
        Some(found) => format!("{}: {found}", reason(&fault.code, Lang::En)),
        None => reason(&fault.code, Lang::En).to_owned(),
    };
    let said = say("malformed.graph").with("line", place(fault.line)).with("column", place(fault.column));
    Error::malformed(said.with("what", what), "body")
}

/// Whether an IRI names a dataset of the member itself, withdrawn ones included.
fn is_own(reading: &crate::graph::Reading<'_>, hosted: &Hosted, iri: &str) -> bool {
    DatasetId::parse(iri).is_ok_and(|id| reading.entry(hosted.id(), &id).is_some())
}

/// What a fault's code says to persons.
pub fn reason(code: &str, lang: Lang) -> &'static str {
    let key = match code {
        "syntax" => "harvest.syntax",
        "remote-context" => "harvest.remote-context",
        "not-utf8" => "harvest.not-utf8",
        "too-deep" => "harvest.too-deep",
        "too-large" => "harvest.too-large",
        "too-many-blank-nodes" => "harvest.too-many-blank-nodes",
        "too-many-triples" => "harvest.too-many-triples",
        "too-many-records" => "harvest.too-many-records",
        "duplicate" => "harvest.duplicate",
        "broken" => "harvest.broken",
        "no-title" => "harvest.no-title",
        "no-iri" => "harvest.no-iri",
        "bad-iri" | "long-name" | "base" => "harvest.bad-iri",
        "iri-mended" => "harvest.iri-mended",
        "look-alike" => "harvest.look-alike",
        "future" => "harvest.future",
        "date" => "harvest.date",
        "size" => "harvest.size",
        "text" => "harvest.text",
        "no-address" => "harvest.no-address",
        _ => "harvest.other",
    };
    crate::text::get(lang, key)
}
