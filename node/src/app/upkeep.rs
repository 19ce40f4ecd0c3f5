//! What a node does for its members from time to time, asked by nobody.

use std::sync::Arc;
use std::time::Duration;

use super::statement::renew;
use super::{App, Error, Hosted, duty, retention, twins};
use crate::workers::{Stop, stopped};

/// Seconds between two rounds; the first is at the start.
const EVERY: Duration = Duration::from_secs(3600);

/// Runs until the node stops.
pub async fn run(app: Arc<App>, mut stop: Stop) {
    loop {
        for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
            let member = hosted.id();
            if let Err(error) = renew::renew(&app, &hosted).await {
                tracing::warn!(%error, %member, "the member's statement is not renewed; declare it again");
            }
            if let Err(error) = duty::round::round(&app, &hosted).await {
                tracing::warn!(%error, %member, "duties are not looked at; tried again later");
            }
            if let Err(error) = twins::round(&app, &hosted).await {
                tracing::warn!(%error, %member, "twins of the log are not compared; tried again later");
            }
            if let Err(error) = retention::round(&app, &hosted).await {
                tracing::warn!(%error, %member, "what is older than the log's retention is still shown");
            }
            match forget(&app, &hosted).await {
                Ok(0) => {}
                Ok(count) => tracing::debug!(%member, count, "first answers and ended pulls forgotten"),
                Err(error) => {
                    tracing::warn!(%error, %member, "first answers and ended pulls are not forgotten yet")
                }
            }
        }
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// First answers and ended pulls older than twice the time for which a message is repeated: nobody asks for them any
/// more.
async fn forget(app: &App, hosted: &Hosted) -> Result<u64, Error> {
    let kept = i64::try_from(app.config.limits.give_up_s).unwrap_or(i64::MAX).saturating_mul(2);
    let before = app.now().plus_seconds(-kept);
    let written = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                Ok::<_, Error>(tx.forget_answers(before).await? + tx.forget_pulls(before).await?)
            })
        })
        .await?;
    Ok(written.value)
}
