//! An issuer tells who holds its credentials that the status of one has changed, so that nobody goes on by what was.
//!
//! The notice says nothing that the status list does not say to everybody; who gets it looks at the list.

use std::sync::Arc;

use contracts::format::Instant;
use serde::{Deserialize, Serialize};

use super::{App, Error, Hosted};
use crate::app::peer::{Answer, Caller, outgoing_body, spend};
use crate::app::presentation::watch;
use crate::domain::credential::Issued;
use crate::domain::outgoing::{Outgoing, Process};
use crate::store::Tx;

/// Body of `POST <base>/peer/v1/statuses`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusMessage {
    /// The credential whose status changed.
    pub credential: String,
    pub at: Instant,
    /// Counts the changes of this credential, so that no two notices are the same.
    pub change: i64,
}

/// Tells every holder of the issuer's credentials; the one it is about, so that it does not show it beside good ones.
pub(super) async fn tell(tx: &mut Tx<'_>, issued: &Issued) -> Result<(), Error> {
    let message = StatusMessage {
        credential: issued.id.clone(),
        at: Instant::from_seconds(tx.now().seconds()),
        change: issued.version,
    };
    let body = outgoing_body(&message)?;
    for holder in tx.credential_holders().await? {
        // A holder without an address of our kind finds it out by itself.
        let Ok(base) = contracts::did::base_url(holder.as_str()) else { continue };
        tx.enqueue(Outgoing {
            process: Process::Peer(holder.clone()),
            peer: holder,
            kind: "status",
            url: format!("{}/peer/v1/statuses", base.as_str().trim_end_matches('/')),
            body: body.clone(),
        })
        .await?;
    }
    Ok(())
}

/// An issuer says that a status changed: `POST /peer/v1/statuses`. What it attests of our peers is looked at now.
///
/// # Errors
/// [`Error::Unresolved`] when its list cannot be had: it tells us again.
pub async fn receive(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    _message: StatusMessage,
) -> Result<Answer, Error> {
    // Before anything is fetched: a notice that is replayed makes no work. To be told twice changes nothing.
    spend(app, hosted, caller).await?;
    watch::round(app, hosted, Some(&caller.did)).await?;
    Ok(Answer { status: 200, body: "{}".into() })
}
