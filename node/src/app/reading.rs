//! Reading the log is itself recorded: who read what, with which right, and why; before the answer is given.
//!
//! One entry for each request, whatever the page holds, so that a whole log of n entries is read with n/page entries
//! more. A page that only tells of earlier readings is not recorded: otherwise whoever follows the log would make it
//! grow for ever by reading it.

use std::sync::Arc;

use super::{App, Error, Hosted};
use crate::domain::event::{Event, Reading};
use crate::store::Entry;

/// The kind of the entries that tell of readings.
pub const KIND: &str = "log.read";

/// Who reads: a holder of a token of the member, or a peer.
#[derive(Debug, Clone)]
pub struct Who {
    /// Identifier of the token, or DID of the peer.
    pub id: String,
    /// Role of the token, or `peer`.
    pub role: &'static str,
    /// What bounds the reading; empty for nothing.
    pub scope: String,
    /// Why: what the token was made for.
    pub reason: String,
}

/// Records that something of the log was read.
pub async fn record(app: &App, hosted: &Hosted, who: &Who, read: String) -> Result<(), Error> {
    // Nothing is written any more for a member that left, nor while its log is held; what is there can be read by its own
    // people, who must see it to decide.
    if hosted.has_left() || hosted.standing().hold.is_some() {
        return Ok(());
    }
    let event = Event::LogRead(Reading {
        reader: who.id.clone(),
        role: who.role.to_owned(),
        scope: who.scope.clone(),
        read,
        reason: who.reason.clone(),
    });
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.record(event);
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}

/// As [`record`], of a page of entries.
pub async fn record_page(
    app: &App,
    hosted: &Hosted,
    who: &Who,
    what: &str,
    page: &[Arc<Entry>],
) -> Result<(), Error> {
    match (page.first(), page.last()) {
        (Some(first), Some(last)) if page.iter().any(|entry| entry.kind != KIND) => {
            record(app, hosted, who, format!("{what} {}-{}", first.index, last.index)).await
        }
        _ => Ok(()),
    }
}
