//! Whether bytes may come in under a transfer.

use std::time::Duration;

use contracts::id::Pid;
use tokio::time::{Instant, timeout_at};

use crate::app::{App, Error, Hosted, access};
use crate::domain::process::Role;
use crate::domain::transfer::{Destination, StateKind, Transfer};
use crate::identity::token::DataClaims;

/// How long bytes that come before the message that starts their transfer wait for it.
const EARLY: Duration = Duration::from_secs(10);

/// The transfer of a token, once it is started. A provider may send before its message has come.
pub(super) async fn started(
    app: &App,
    hosted: &Hosted,
    claims: &DataClaims,
) -> Result<(Transfer, String), Error> {
    let until = Instant::now() + EARLY;
    let mut commits = app.store.events(hosted.id());
    loop {
        commits.mark_unchanged();
        let found = app.store.transfer(hosted.id(), &claims.tp).await?;
        let (transfer, name) = found
            .filter(|t| t.peer == claims.sub && t.agreement == claims.agr && t.role == Role::Consumer)
            .and_then(|t| match &t.destination {
                Some(Destination::Received(name)) => Some((t.clone(), name.clone())),
                Some(Destination::Sink(_)) | None => None,
            })
            .ok_or(Error::NotFound("transfer"))?;
        let early = transfer.state.kind() == StateKind::Requested;
        if !early {
            return Ok((transfer, name));
        }
        if !matches!(timeout_at(until, commits.changed()).await, Ok(Ok(()))) {
            return Err(Error::Busy { limit: "the transfer has not started", retry_after: 5 });
        }
    }
}

/// Whether bytes may come in under a transfer now.
pub(super) async fn allowed(app: &App, hosted: &Hosted, pid: &Pid) -> Result<(), Error> {
    let transfer = app.store.transfer(hosted.id(), pid).await?.ok_or(Error::NotFound("transfer"))?;
    let agreement = app.store.agreement(hosted.id(), &transfer.agreement).await?;
    let agreement = agreement.ok_or(Error::NotFound("contract"))?;
    access::standing(app, &agreement, app.now())?;
    match transfer.state.kind() {
        StateKind::Started => Ok(()),
        other => {
            let expected = "a transfer in state STARTED".into();
            Err(Error::NotNow { state: other.as_str().to_owned(), expected })
        }
    }
}
