//! The feed of a member of the federation: read whole the first time, followed from where it ended afterwards.

use std::collections::{BTreeMap, BTreeSet};

use contracts::harvest::{Record, Report};
use contracts::id::ParticipantId;
use contracts::{did, jcs};

use super::take::{Taken, take};
use super::{App, Error, Hosted, bounds, reason};
use crate::domain::harvest::Source;
use crate::graph::import::{FeedPage, feed};
use crate::identity::feed::verify_page;
use crate::text::Lang;

/// Most pages followed at once: the rest follows next time.
const PAGES: usize = 2_000;
/// Oldest seal that is believed, in seconds.
const FRESH: i64 = 3_600;

/// Brings the copy of a member's catalogue in step with its feed.
///
/// # Errors
/// [`Error::Peer`] when a page cannot be had, is not sealed by that member, or cannot be read.
pub(super) async fn follow(app: &App, hosted: &Hosted, mut source: Source) -> Result<Report, Error> {
    let failed = |what: String| Error::Peer { peer: source.url.clone(), what };
    let peer = ParticipantId::did(source.url.as_str()).map_err(|e| failed(e.to_string()))?;
    let base = did::base_url(peer.as_str()).map_err(|e| failed(e.to_string()))?;
    let start = format!("{}/catalog/feed", base.as_str().trim_end_matches('/'));
    let cursor = source.cursor.clone().filter(|cursor| is_of(cursor, &start));
    let whole = cursor.is_none();
    let mut next = cursor.unwrap_or_else(|| start.clone());
    let mut newest: BTreeMap<String, Option<(Record, String)>> = BTreeMap::new();
    let (mut report, mut left_out, mut pages) = (Report::default(), BTreeSet::new(), 0);
    let resume = loop {
        pages += 1;
        let (page, bytes) = one(app, &peer, &next).await?;
        report.bytes += bytes;
        for fault in page.faults.iter().filter_map(|fault| fault.record.as_deref()) {
            left_out.insert(crate::graph::import::key(fault));
            report.quarantined += 1;
        }
        report.faults.extend(page.faults);
        report.warnings.extend(page.warnings);
        newest.extend(page.deleted.into_iter().map(|origin| (origin, None)));
        newest.extend(
            page.records.into_iter().map(|(record, graph)| (record.origin.clone(), Some((record, graph)))),
        );
        if newest.len() > bounds(app).records {
            return Err(failed(format!("it has more than {} datasets", bounds(app).records)));
        }
        match page.next.filter(|following| is_of(following, &start) && *following != next) {
            Some(following) if pages < PAGES => next = following,
            // Half of a first reading would look as if the rest were gone.
            Some(_) if whole => return Err(failed(format!("it has more than {PAGES} pages"))),
            Some(following) => break Some(following),
            None => break page.resume.filter(|resume| is_of(resume, &start)),
        }
    };
    let (mut records, mut deleted) = (Vec::new(), Vec::new());
    for (origin, state) in newest {
        match state {
            Some((record, graph)) => records.push((record, Some(graph))),
            None => deleted.push(origin),
        }
    }
    report.found = records.len() as u64 + report.quarantined;
    source.cursor = resume;
    take(app, hosted, source, Taken { records, left_out, deleted, whole, report }).await
}

/// A place of this feed, and no other address.
fn is_of(address: &str, start: &str) -> bool {
    address.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('?'))
        && address.len() < 4_096
}

/// A page, once it is known to be that member's.
async fn one(app: &App, peer: &ParticipantId, url: &str) -> Result<(FeedPage, u64), Error> {
    let failed = |what: String| Error::Peer { peer: peer.to_string(), what };
    let answer = app.client.fetch(url, "application/trig", app.config.limits.import_bytes).await;
    let answer = answer.map_err(|e| failed(e.to_string()))?;
    if answer.status != 200 {
        return Err(failed(format!("its feed: status {}", answer.status)));
    }
    let seal = answer.seal.ok_or_else(|| failed("its feed has no seal".into()))?;
    let (_, kid) = crate::identity::proof::signer_of(&seal).map_err(|e| failed(format!("seal: {e}")))?;
    let identity = app.resolver.with_key(peer, &kid).await?;
    let sealed =
        verify_page(&seal, &identity, app.now()).map_err(|e| failed(format!("seal of its feed: {e}")))?;
    let is_fresh = sealed.at.seconds() >= app.now().seconds() - FRESH;
    if sealed.page != url || sealed.digest != jcs::sha256_b64url(&answer.body) || !is_fresh {
        return Err(failed("the seal of its feed is of another page or time".into()));
    }
    let (bounds, now, base, size) = (bounds(app), app.now(), url.to_owned(), answer.body.len() as u64);
    let read = tokio::task::spawn_blocking(move || feed(&answer.body, &base, bounds, now)).await;
    let read = read.map_err(|e| Error::Internal(format!("reading a feed: {e}")))?;
    let page = read.map_err(|refusal| failed(format!("its feed: {}", reason(&refusal.0.code, Lang::En))))?;
    Ok((page, size))
}
