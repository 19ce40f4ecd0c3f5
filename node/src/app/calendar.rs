//! What the clock decides, asked by nobody: votes that close, use cases and audits that end, requests that nobody answered.

use std::sync::Arc;
use std::time::Duration;

use super::{App, Error, Hosted, access_request, question, use_case};
use crate::workers::{Stop, stopped};

/// Between two looks: what ends is over at once for whoever decides by its date; who goes on meanwhile is stopped within
/// this time.
const EVERY: Duration = Duration::from_secs(2);

/// Runs until the node stops.
pub async fn run(app: Arc<App>, mut stop: Stop) {
    loop {
        for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
            if let Err(error) = round(&app, &hosted).await {
                tracing::warn!(%error, member = %hosted.id(), "what the clock decides is not done; tried again");
            }
        }
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Once: everything whose time is over.
///
/// # Errors
/// Those of the store.
pub async fn round(app: &Arc<App>, hosted: &Arc<Hosted>) -> Result<(), Error> {
    question::round(app, hosted).await?;
    use_case::round(app, hosted).await?;
    access_request::round(app, hosted).await
}
