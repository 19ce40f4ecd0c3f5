//! `/log` and `/events`: what happened to this member, in order.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer, Path};
use contracts::api::log::{
    ConsistencyQuery, ConsistencyView, EntryView, EventView, EventsQuery, ExtractQuery, InclusionQuery,
    InclusionView,
};
use contracts::api::{Page, PageQuery, Problem};

use super::{page, rows};
use crate::app::log::{self, About};
use crate::app::{App, Error, contract as agreements, reading};
use crate::domain::event::Reference;
use crate::http::Failure;
use crate::http::auth::{Auditor, Reader};
use crate::http::body::Query;
use crate::http::log::newest;
use crate::store::{Entry, Page as Rows};
use crate::text::say;

/// Longest wait for events, in seconds.
const LONGEST_WAIT: u64 = 60;

/// Lists entries by index. `cursor` is the index of the first entry wanted.
#[utoipa::path(get, path = "/api/v1/log/entries", tag = "log", params(PageQuery),
    responses((status = 200, body = Page<EntryView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn entries(
    app: Data<App>,
    caller: Reader,
    query: Query<PageQuery>,
) -> Result<Answer<Page<EntryView>>, Failure> {
    let from = first(query.0.cursor.as_deref())?;
    let rows = rows(&app, query.0)?;
    let found = log::entries(&app, &caller.hosted, from, rows.limit).await?;
    reading::record_page(&app, &caller.hosted, &caller.who(None), "entries", given(&found, &rows)).await?;
    Ok(page(found, &rows, |e| (e.index + 1).to_string(), |e| view(e)))
}

/// Entries about one contract or one exchange with their proofs, as a file that `fiducie verify` checks anywhere.
#[utoipa::path(get, path = "/api/v1/log/extract", tag = "log", params(ExtractQuery),
    responses((status = 200, body = Object, description = "Canonical JSON"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn extract(
    app: Data<App>,
    caller: Reader,
    query: Query<ExtractQuery>,
) -> Result<HttpResponse, Failure> {
    let about = match query.0 {
        ExtractQuery { reference: Some(reference), contract: None } => About::Exchange(Reference(reference)),
        ExtractQuery { reference: None, contract: Some(contract) } => {
            About::Contract(agreements::named(&app, &caller.hosted, &contract).await?.id)
        }
        _ => {
            return Err(Error::malformed(say("malformed.extract"), "reference, contract").into());
        }
    };
    let bytes = log::extract(&app, &caller.hosted, &about).await?;
    let what = match &about {
        About::Exchange(reference) => format!("extract of exchange {}", reference.0),
        About::Contract(agreement) => format!("extract of contract {agreement}"),
    };
    reading::record(&app, &caller.hosted, &caller.who(None), what).await?;
    Ok(HttpResponse::Ok().content_type("application/json").body(bytes))
}

/// The newest signed state of the log (C2SP signed note).
#[utoipa::path(get, path = "/api/v1/log/checkpoint", tag = "log",
    responses((status = 200, body = String, content_type = "text/plain"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn checkpoint(app: Data<App>, caller: Reader) -> Result<HttpResponse, Failure> {
    newest(&app, &caller.hosted).await
}

/// An entry with the proof that it is in the log (C2SP tlog-proof); `fiducie verify` and other readers check it
/// anywhere. The entry's bytes are its extra data.
#[utoipa::path(get, path = "/api/v1/log/entries/{index}/proof", tag = "log", params(("index" = u64, Path)),
    responses((status = 200, body = String, content_type = "text/plain"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn proof(app: Data<App>, caller: Auditor, index: Path<String>) -> Result<HttpResponse, Failure> {
    let index = number(&index, "path")?;
    log::within(&app, &caller.hosted, index, caller.token.scope.as_ref()).await?;
    let proof = log::prove(&app, &caller.hosted, index).await?;
    reading::record(&app, &caller.hosted, &caller.who(None), format!("proof of entry {index}")).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(proof.write()))
}

/// Proof that an entry is in the log when it had `size` entries, or has now.
#[utoipa::path(get, path = "/api/v1/log/proofs/inclusion", tag = "log", params(InclusionQuery),
    responses((status = 200, body = InclusionView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn inclusion(
    app: Data<App>,
    caller: Auditor,
    query: Query<InclusionQuery>,
) -> Result<Answer<InclusionView>, Failure> {
    let InclusionQuery { index, size } = query.0;
    Ok(Answer(log::inclusion(&app, &caller.hosted, index, size).await?))
}

/// Proof that the log of `first` entries is the beginning of that of `second` entries, or of today's.
#[utoipa::path(get, path = "/api/v1/log/proofs/consistency", tag = "log", params(ConsistencyQuery),
    responses((status = 200, body = ConsistencyView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn consistency(
    app: Data<App>,
    caller: Auditor,
    query: Query<ConsistencyQuery>,
) -> Result<Answer<ConsistencyView>, Failure> {
    let ConsistencyQuery { first, second } = query.0;
    Ok(Answer(log::consistency(&app, &caller.hosted, first, second).await?))
}

/// What happened, in clear, from a cursor on; waits up to `wait` seconds for the first one.
#[utoipa::path(get, path = "/api/v1/events", tag = "log", params(EventsQuery),
    responses((status = 200, body = Page<EventView>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn events(
    app: Data<App>,
    caller: Reader,
    query: Query<EventsQuery>,
) -> Result<Answer<Page<EventView>>, Failure> {
    let EventsQuery { cursor, limit, wait } = query.0;
    let from = first(cursor.as_deref())?;
    let rows = rows(&app, PageQuery { cursor, limit })?;
    let end = tokio::time::Instant::now() + Duration::from_secs(wait.unwrap_or(0).min(LONGEST_WAIT));
    let found = log::awaited(&app, &caller.hosted, from, rows.limit, end).await?;
    reading::record_page(&app, &caller.hosted, &caller.who(None), "events", given(&found, &rows)).await?;
    let mut events = page(found, &rows, |e| (e.index + 1).to_string(), |e| event(e));
    // The next cursor is always known: what comes later continues it.
    let after = events.items.last().map_or(from, |e| e.index + 1);
    events.next = Some(after.to_string());
    Ok(events)
}

/// Of the rows that were read, those that the page gives.
fn given<'a>(found: &'a [Arc<Entry>], rows: &Rows) -> &'a [Arc<Entry>] {
    &found[..found.len().min(rows.limit.saturating_sub(1))]
}

fn first(cursor: Option<&str>) -> Result<u64, Error> {
    cursor.map_or(Ok(0), |c| number(c, "cursor"))
}

pub(super) fn number(text: &str, at: &str) -> Result<u64, Error> {
    // Databases count to 2^63 - 1.
    let number = text.parse().ok().filter(|n| i64::try_from(*n).is_ok());
    number.ok_or_else(|| Error::malformed(say("malformed.index").with("found", text), at))
}

fn view(entry: &Entry) -> EntryView {
    EntryView {
        index: entry.index,
        at: entry.at.rfc3339(),
        kind: entry.kind.clone(),
        leaf: String::from_utf8_lossy(&entry.leaf).into_owned(),
        leaf_hash: hex::encode(entry.leaf_hash),
        body: entry.body.as_ref().and_then(|b| serde_json::to_value(&b.fields).ok()),
        facts: entry.facts.as_ref().and_then(|f| serde_json::from_str(&f.json).ok()),
    }
}

fn event(entry: &Entry) -> EventView {
    let fields = entry.body.as_ref().map(|b| &b.fields);
    EventView {
        index: entry.index,
        at: entry.at.rfc3339(),
        kind: entry.kind.clone(),
        fields: fields.map(|f| f.iter().map(|(name, o)| (name.clone(), o.value.clone())).collect()),
    }
}
