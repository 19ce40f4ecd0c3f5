//! Pages of the catalogue as RDF, and single datasets: what an asker may see, written out.

use std::collections::HashMap;

use contracts::id::DatasetId;
use ontology::rung::Rung;

use crate::app::{App, Error, Hosted};
use crate::domain::dataset::{Asker, Revision};
use crate::graph::{self, Format, Position, Slice, Subset, Triples, describe};
use crate::views::Shown;

/// How often a page that changes while it is written is begun again.
const TRIES: usize = 5;

/// Which page of a member's catalogue.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub subset: Subset,
    pub from: Option<Position>,
    pub limit: usize,
    /// By what changed last, and no more than one page.
    pub newest_first: bool,
}

/// Which datasets are on a page for this asker.
///
/// # Errors
/// [`Error::Busy`] while the catalogue is read after a start.
pub fn page(app: &App, hosted: &Hosted, asker: Asker<'_>, wanted: &Wanted) -> Result<Slice, Error> {
    let Wanted { subset, from, limit, newest_first } = wanted;
    if *newest_first {
        return app.graph.recent(&hosted.member.id, asker, *subset, *limit, app.now()).map_err(failed);
    }
    app.graph.slice(&hosted.member.id, asker, *subset, from.as_ref(), *limit, app.now()).map_err(failed)
}

/// One dataset for this asker.
///
/// # Errors
/// [`Error::NotFound`] also for what it may not know of; [`Error::Busy`] while the catalogue is read after a start.
pub fn dataset(app: &App, hosted: &Hosted, asker: Asker<'_>, id: &DatasetId) -> Result<Slice, Error> {
    let found = app.graph.one(&hosted.member.id, id, asker, app.now()).map_err(failed)?;
    found.ok_or(Error::NotFound("dataset"))
}

/// The descriptions of a page that `choose` finds, as this asker may know them.
///
/// # Errors
/// As `choose`; the store.
pub async fn described(
    app: &App,
    hosted: &Hosted,
    asker: Asker<'_>,
    subset: Subset,
    choose: impl Fn() -> Result<Slice, Error>,
) -> Result<(Slice, Vec<Shown>), Error> {
    let slice = choose()?;
    let mut reader = app.store.read(hosted.id()).await?;
    let mut shown = Vec::with_capacity(slice.seen.len());
    for seen in &slice.seen {
        let revision = match seen.changed {
            true => reader.dataset_at(&seen.dataset, slice.at).await?,
            false => reader.dataset_revision(&seen.dataset, seen.revision).await?,
        };
        let Some(revision) = revision.filter(|revision| is_in(revision, subset)) else { continue };
        let since = if seen.changed { revision.at } else { seen.since };
        shown.extend(Shown::of(revision, asker, seen.parts.visibility, app.now(), since));
    }
    Ok((slice, shown))
}

fn is_in(revision: &Revision, subset: Subset) -> bool {
    !subset.open || revision.described().is_some_and(|d| d.description.exposed() == Rung::Ouvert)
}

/// Writes a page that `choose` finds, within what `around` puts around its datasets. Chosen anew when a dataset changes
/// in between.
///
/// # Errors
/// As `choose`; [`Error::Busy`] when it changes too often; the store.
pub async fn write(
    app: &App,
    hosted: &Hosted,
    asker: Asker<'_>,
    format: Format,
    subset: Subset,
    choose: impl Fn() -> Result<Slice, Error>,
    around: impl Fn(&Slice, &[&DatasetId]) -> Triples,
) -> Result<(Slice, Vec<u8>), Error> {
    for _ in 0..TRIES {
        let slice = choose()?;
        let older = older(app, hosted, asker, subset, &slice).await?;
        let is_there = |seen: &&graph::Seen| !seen.changed || older.contains_key(&seen.dataset);
        let ids: Vec<&DatasetId> = slice.seen.iter().filter(is_there).map(|seen| &seen.dataset).collect();
        let around = around(&slice, &ids);
        match app.graph.write(&hosted.member.id, &slice, &older, &around, format) {
            Err(graph::Error::Changed) => {}
            written => return Ok((slice, written.map_err(failed)?)),
        }
    }
    Err(failed(graph::Error::NotReady))
}

/// What has changed since the catalogue that a page is of, as it was then.
async fn older(
    app: &App,
    hosted: &Hosted,
    asker: Asker<'_>,
    subset: Subset,
    slice: &Slice,
) -> Result<HashMap<DatasetId, Triples>, Error> {
    let mut found = HashMap::new();
    let changed: Vec<_> = slice.seen.iter().filter(|seen| seen.changed).collect();
    if changed.is_empty() {
        return Ok(found);
    }
    let mut reader = app.store.read(hosted.id()).await?;
    for seen in changed {
        let Some(then) = reader.dataset_at(&seen.dataset, slice.at).await? else { continue };
        if !is_in(&then, subset) {
            continue;
        }
        let at_most = seen.parts.visibility;
        if let Some(triples) = describe::revision(&hosted.member, &then, asker, at_most, app.now()) {
            found.insert(seen.dataset.clone(), triples);
        }
    }
    Ok(found)
}

fn failed(error: graph::Error) -> Error {
    match error {
        graph::Error::NotReady | graph::Error::Changed => Error::Busy { limit: "catalogue", retry_after: 1 },
        graph::Error::Write(error) => Error::Internal(error.to_string()),
    }
}
