//! A catalogue at an address, page by page.

use std::collections::BTreeSet;

use url::Url;

use super::{App, Error, bounds, reason};
use crate::graph::import::{Records, Wire, key, read, records};
use crate::text::Lang;

/// Most pages followed.
const PAGES: usize = 2_000;
/// What is asked for, the most compact first.
const ACCEPT: &str = "text/turtle, application/n-triples;q=0.9, application/rdf+xml;q=0.8, application/ld+json;q=0.7, application/trig;q=0.6";

/// All datasets of a catalogue, and how many bytes were read. Pages are followed at the host of the first one only:
/// no other address in the data is ever called.
///
/// # Errors
/// [`Error::Peer`] when one of its pages cannot be had or read: half a catalogue would look as if the rest were gone.
pub(super) async fn all(app: &App, address: &str) -> Result<(Records, u64), Error> {
    let failed = |what: String| Error::Peer { peer: address.to_owned(), what };
    let first = Url::parse(address).map_err(|e| failed(e.to_string()))?;
    let (mut out, mut bytes, mut next) = (Records::default(), 0_u64, Some(first.clone()));
    let (mut read_pages, mut origins) = (BTreeSet::new(), BTreeSet::new());
    while let Some(url) = next.take() {
        if !read_pages.insert(url.to_string()) {
            break;
        }
        if read_pages.len() > PAGES {
            return Err(failed(format!("it has more than {PAGES} pages")));
        }
        let most = app.config.limits.import_bytes;
        let answer = app.client.fetch(url.as_str(), ACCEPT, most).await.map_err(|e| failed(e.to_string()))?;
        if answer.status != 200 {
            return Err(failed(format!("status {} for {url}", answer.status)));
        }
        bytes += answer.body.len() as u64;
        let wire = answer
            .content_type
            .as_deref()
            .and_then(Wire::of_media_type)
            .or_else(|| Wire::of_name(url.path()));
        let (bounds, now, base) = (bounds(app), app.now(), url.to_string());
        let page = tokio::task::spawn_blocking(move || {
            let wire = wire.unwrap_or_else(|| Wire::of_content(&answer.body));
            let document = read(&answer.body, wire, &base, bounds)?;
            let found = records(&document, &String::from_utf8_lossy(&answer.body), &base, bounds, now);
            Ok::<_, crate::graph::import::Refused>((found, document.next_page()))
        });
        let page = page.await.map_err(|e| Error::Internal(format!("reading a catalogue: {e}")))?;
        let (found, following) = page.map_err(|refusal| {
            let fault = refusal.0;
            let (line, column) = (fault.line.unwrap_or(0), fault.column.unwrap_or(0));
            let found = fault.found.unwrap_or_default();
            failed(format!("{url}, line {line}, column {column}: {} {found}", reason(&fault.code, Lang::En)))
        })?;
        add(&mut out, found, &mut origins);
        if out.records.len() > bounds.records {
            return Err(failed(format!("it has more than {} datasets", bounds.records)));
        }
        next = following.and_then(|text| url.join(&text).ok()).filter(|next| next.origin() == first.origin());
    }
    Ok((out, bytes))
}

/// Puts a page to those before it. What came on one of them already is not a second dataset.
fn add(out: &mut Records, page: Records, origins: &mut BTreeSet<String>) {
    out.records.extend(page.records.into_iter().filter(|record| origins.insert(key(&record.origin))));
    out.faults.extend(page.faults);
    out.warnings.extend(page.warnings);
    out.left_out.extend(page.left_out);
    out.partial |= page.partial;
}
