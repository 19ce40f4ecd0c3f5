//! Status lists of others: fetched, verified, compared with what was seen of them, kept a short while.

use std::time::Duration;

use contracts::dcp::credential::{Credential, Form};
use contracts::dcp::rules::{self, Refusal, Seen};
use contracts::dcp::status::{self, StatusEntry, StatusList};
use contracts::id::ParticipantId;

use super::{App, Error, Hosted, refused};
use crate::domain::credential::Attested;
use crate::domain::time::Timestamp;
use crate::identity::credential::{Claims, Use};
use crate::identity::token::LEEWAY;
use crate::store::SeenList;

/// Largest list read, in bytes of its JWT: a list of the largest size that does not compress.
const MAX_LIST: usize = 4 << 20;

/// How old a status list may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Age {
    /// One fetched since is looked at without asking for a newer one.
    since: Timestamp,
    /// One fetched since is looked at when a newer one cannot be had.
    cut_off: Option<Timestamp>,
}

impl Age {
    /// As the configuration says.
    pub(super) fn configured(app: &App) -> Self {
        let before = |seconds: u64| app.now().plus_seconds(-i64::try_from(seconds).unwrap_or(i64::MAX));
        let settings = &app.config.credentials;
        Self { since: before(settings.status_s), cut_off: Some(before(settings.patience_s)) }
    }

    /// Fetched since, without exception.
    pub(super) fn since(since: Timestamp) -> Self {
        Self { since, cut_off: None }
    }
}

/// Whether what was attested of a peer still counts: its validity, and its status by lists of a certain age.
///
/// # Errors
/// [`Error::Unauthenticated`] with what does not count any more; [`Error::Unresolved`] when the list cannot be had.
pub(super) async fn still(app: &App, hosted: &Hosted, attested: &Attested, age: Age) -> Result<(), Error> {
    let (from, until) = (attested.from.seconds(), attested.until.map(|until| until.seconds()));
    rules::valid(from, until, app.now().seconds(), LEEWAY).map_err(|e| refused(&e))?;
    for entry in &attested.status {
        check(app, hosted, entry, &attested.issuer, age).await?;
    }
    Ok(())
}

/// Whether the member's own credential still counts, as far as its issuer can be asked.
pub(crate) async fn counts(app: &App, hosted: &Hosted, credential: &Credential) -> bool {
    for entry in &credential.status {
        let looked = check(app, hosted, entry, &credential.issuer, Age::configured(app)).await;
        if matches!(looked, Err(Error::Unauthenticated(_))) {
            return false;
        }
    }
    true
}

/// Whether the bit of a credential is clear, and when the list that says so was fetched. A list that cannot be had says
/// nothing; the one before is good for a stated time.
pub(super) async fn check(
    app: &App,
    hosted: &Hosted,
    entry: &StatusEntry,
    issuer: &ParticipantId,
    age: Age,
) -> Result<Timestamp, Error> {
    let seen = app.store.read(hosted.id()).await?.seen_list(&entry.list).await?;
    let seen = seen.filter(|seen| seen.issuer == *issuer && seen.fetched <= app.now());
    if let Some(seen) = seen.as_ref().filter(|seen| seen.fetched > age.since) {
        return clear(entry, seen);
    }
    let list = match (fetch(app, &entry.list, issuer).await, &seen, age.cut_off) {
        (Err(Error::Unresolved(what)), Some(seen), Some(oldest)) if seen.fetched > oldest => {
            tracing::warn!(what, "the list seen before is believed for a while");
            return clear(entry, seen);
        }
        (fetched, ..) => fetched?,
    };
    let before = seen.filter(|seen| seen.purpose == list.purpose);
    let before = before.map(|seen| Seen { stated: seen.stated, bits: seen.bits });
    let (least, now) = (app.leniency.least_bits(), app.now());
    let judged = rules::check_list(&list, issuer, least, before.as_ref(), now.seconds(), LEEWAY);
    judged.map_err(|refusal| {
        if refusal == Refusal::RolledBack {
            tracing::warn!(list = entry.list, %issuer, "a status list went back: credentials in it do not count");
        }
        refused(&refusal)
    })?;
    let kept = SeenList {
        list: entry.list.clone(),
        issuer: list.issuer.clone(),
        purpose: list.purpose,
        stated: list.stated,
        fetched: now,
        bits: list.bits.clone(),
    };
    let keep = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move { Ok::<_, Error>(tx.put_seen_list(&kept).await?) })
    });
    keep.await?;
    rules::check_status(entry, &list).map_err(|e| refused(&e))?;
    Ok(now)
}

fn clear(entry: &StatusEntry, seen: &SeenList) -> Result<Timestamp, Error> {
    let known = StatusList {
        issuer: seen.issuer.clone(),
        purpose: seen.purpose,
        stated: seen.stated,
        from: i64::MIN,
        until: None,
        bits: seen.bits.clone(),
    };
    rules::check_status(entry, &known).map_err(|e| refused(&e))?;
    Ok(seen.fetched)
}

async fn fetch(app: &App, address: &str, issuer: &ParticipantId) -> Result<StatusList, Error> {
    let unreachable = |what: String| Error::Unresolved(format!("the status list of {issuer}: {what}"));
    let got = app.client.get(address, None, MAX_LIST);
    let got = tokio::time::timeout(Duration::from_secs(app.config.credentials.answer_s), got).await;
    let answer = match got {
        Err(_) => return Err(unreachable("no answer in time".into())),
        Ok(Err(e)) if e.is_transient() => return Err(unreachable(e.to_string())),
        Ok(Err(e)) => return Err(refused(&e)),
        Ok(Ok(answer)) if answer.is_transient() => {
            return Err(unreachable(format!("status {}", answer.status)));
        }
        Ok(Ok(answer)) if !answer.is_success() => {
            return Err(refused(&format!("its status list is not to be had: status {}", answer.status)));
        }
        Ok(Ok(answer)) => answer,
    };
    let text = std::str::from_utf8(&answer.body).map_err(|e| refused(&e))?.trim();
    if app.leniency.unsigned_lists && text.starts_with('{') {
        let model: serde_json::Value = serde_json::from_str(text).map_err(|e| refused(&e))?;
        let claims = serde_json::json!({ "vc": model });
        return status::read(&claims, Form::Loose).map_err(|e| refused(&e));
    }
    let claims = Claims::parse(text, MAX_LIST).map_err(|e| refused(&e))?;
    let kid = claims.kid(issuer).map_err(|e| refused(&e))?;
    let identity = app.resolver.with_key(issuer, &kid).await.map_err(|e| match e.is_passing() {
        true => unreachable(e.to_string()),
        false => refused(&e),
    })?;
    claims.verify(&identity, Use::Assert, app.now().seconds()).map_err(|e| refused(&e))?;
    status::read(&claims.value, Form::Exact).map_err(|e| refused(&e))
}
