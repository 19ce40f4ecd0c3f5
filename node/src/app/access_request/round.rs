//! What time does to requests: nobody answered until the deadline; and what was granted becomes a negotiation.

use std::sync::Arc;

use super::conclude::conclude;
use super::settle::settle;
use super::{App, Error, Hosted, Voice};
use crate::domain::access_request::{Side, State};

/// Seconds between two attempts to begin the negotiation of what was granted.
const AGAIN: i64 = 60;

/// Decides what is over at the owner; begins to negotiate what was granted to who asked.
pub async fn round(app: &Arc<App>, hosted: &Arc<Hosted>) -> Result<(), Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let now = app.now();
    let open = reader.access_requests_in(Side::Owner, State::Open).await?;
    let granted = reader.access_requests_in(Side::Asker, State::Granted).await?;
    drop(reader);
    if open.iter().any(|one| one.outcome(now).is_some()) {
        let voice = Voice::of(app, hosted)?;
        app.store
            .write(hosted.id(), move |tx| {
                Box::pin(async move {
                    for one in tx.access_requests_in(Side::Owner, State::Open).await? {
                        if one.outcome(voice.now).is_some() {
                            settle(tx, &voice, one, None).await?;
                        }
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    for one in granted.into_iter().filter(|one| one.negotiation.is_none()) {
        // At once when it is heard of, then from time to time.
        let heard = one.reasons.is_empty();
        if heard || one.updated.plus_seconds(AGAIN) <= now {
            conclude(app, hosted, one).await?;
        }
    }
    Ok(())
}
