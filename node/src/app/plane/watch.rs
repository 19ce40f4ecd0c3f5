//! What other data planes give is decided again from time to time: a right that has ended ends the transfer.

use std::sync::Arc;
use std::time::Duration;

use super::{refusal, stands};
use crate::app::transfer::{act, load};
use crate::app::{App, Error, Hosted};
use crate::domain::plane::DataPlane;
use crate::domain::process::Role;
use crate::domain::transfer::{StateKind, Transfer};
use crate::store::Page;
use crate::workers::{Stop, stopped};

/// Between two rounds; the first is at the start.
const EVERY: Duration = Duration::from_secs(60);
/// Transfers read at a time.
const MOST: usize = 500;

/// Runs until the node stops.
pub async fn run(app: Arc<App>, mut stop: Stop) {
    loop {
        for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
            if let Err(error) = round(&app, &hosted).await {
                tracing::warn!(%error, member = %hosted.id(), "data planes: rights not looked at, tried again later");
            }
        }
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Looks at every transfer that another data plane gives.
pub(crate) async fn round(app: &Arc<App>, hosted: &Arc<Hosted>) -> Result<(), Error> {
    let mut page = Page::first(MOST);
    loop {
        let found = app.store.read(hosted.id()).await?.transfers(Some(StateKind::Started), &page).await?;
        for transfer in found.iter().filter(|t| t.role == Role::Provider && t.plane != DataPlane::Local) {
            if let Err(error) = one(app, hosted, transfer).await {
                tracing::warn!(%error, transfer = %transfer.pid, "data planes: a right was not looked at");
            }
        }
        let Some(last) = found.last().filter(|_| found.len() == MOST) else { return Ok(()) };
        page.after = Some(last.pid.to_string());
    }
}

async fn one(app: &Arc<App>, hosted: &Arc<Hosted>, transfer: &Transfer) -> Result<(), Error> {
    // Without it, the contract itself is looked at all the same.
    let identity = app.resolver.resolve(&transfer.peer).await;
    let (app2, pid, now) = (Arc::clone(app), transfer.pid.clone(), app.now());
    act::write(app, hosted, move |tx| {
        Box::pin(async move {
            let transfer = load(tx, &pid).await?;
            if transfer.state.kind() != StateKind::Started {
                return Ok(transfer);
            }
            let refused = match identity {
                Ok(identity) => refusal(&app2, tx, &transfer, &identity, now).await?,
                Err(_) => stands(&app2, tx, &transfer, now).await?,
            };
            match refused {
                Some(reasons) => act::end(tx, transfer, "policy", &reasons.join(" "), now).await,
                None => Ok(transfer),
            }
        })
    })
    .await
    .map(drop)
}
