//! A document in DCAT, given once by the operator.

use bytes::Bytes;
use contracts::harvest::Report;

use super::take::{Taken, take};
use super::{App, Error, Hosted, bounds, configured, fresh, pages, refused};
use crate::domain::harvest::Kind;
use crate::graph::import::{Records, Wire, read, records};
use crate::text::say;

/// Where a document comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Name of the source that it is kept under: the same name again replaces what it brought.
    pub name: String,
    /// What relative IRIs in it are relative to, and what it is said to come from.
    pub base: String,
    /// Its syntax, where that is known.
    pub wire: Option<Wire>,
}

/// Takes in a document.
///
/// # Errors
/// [`Error::Malformed`] with line and column when it cannot be read at all, or holds no dataset.
pub async fn import(app: &App, hosted: &Hosted, origin: Origin, body: Bytes) -> Result<Report, Error> {
    named(app, hosted, &origin.name)?;
    let _alone = app.harvesting.lock().await;
    let size = body.len() as u64;
    let found = parsed(app, &origin, body).await?;
    let source = fresh(origin.name, Kind::Import, origin.base);
    take(app, hosted, source, whole(found, size)?).await
}

/// Takes in a catalogue from an address, once: all its pages.
///
/// # Errors
/// [`Error::Peer`] when it cannot be had; as [`import`].
pub async fn from_url(app: &App, hosted: &Hosted, name: &str, url: &str) -> Result<Report, Error> {
    named(app, hosted, name)?;
    let _alone = app.harvesting.lock().await;
    let (found, bytes) = pages::all(app, url).await?;
    let source = fresh(name.to_owned(), Kind::Import, url.to_owned());
    take(app, hosted, source, whole(found, bytes)?).await
}

/// The name is one, and no configured source's.
fn named(app: &App, hosted: &Hosted, name: &str) -> Result<(), Error> {
    let plain = !name.trim().is_empty() && name.len() <= 200 && !name.chars().any(char::is_control);
    if !plain || name.starts_with("did:") {
        return Err(Error::malformed(say("malformed.source-name"), "name"));
    }
    match configured(app, hosted).iter().any(|source| source.name == name) {
        true => Err(Error::Conflict(say("conflict.source").with("name", name))),
        false => Ok(()),
    }
}

/// Reads a document beside the requests.
pub(super) async fn parsed(app: &App, origin: &Origin, body: Bytes) -> Result<Records, Error> {
    let (bounds, now, origin) = (bounds(app), app.now(), origin.clone());
    let parsed = tokio::task::spawn_blocking(move || {
        let wire = origin.wire.unwrap_or_else(|| Wire::of_content(&body));
        let document = read(&body, wire, &origin.base, bounds)?;
        Ok(records(&document, &String::from_utf8_lossy(&body), &origin.base, bounds, now))
    });
    let parsed = parsed.await.map_err(|e| Error::Internal(format!("reading a catalogue: {e}")))?;
    parsed.map_err(|refusal: crate::graph::import::Refused| refused(&refusal.0))
}

/// All that a source has. One of which nothing is to be taken is refused: what is known of it stays.
pub(super) fn whole(found: Records, bytes: u64) -> Result<Taken, Error> {
    if found.is_none() {
        return Err(match found.faults.first() {
            Some(fault) => refused(fault),
            None => Error::malformed(say("malformed.no-dataset"), "body"),
        });
    }
    let quarantined = found.faults.iter().filter(|fault| fault.record.is_some()).count() as u64;
    let report = Report {
        found: found.records.len() as u64 + quarantined,
        quarantined,
        bytes,
        faults: found.faults,
        warnings: found.warnings,
        ..Report::default()
    };
    let records = found.records.into_iter().map(|record| (record, None)).collect();
    Ok(Taken { records, left_out: found.left_out, deleted: Vec::new(), whole: !found.partial, report })
}
