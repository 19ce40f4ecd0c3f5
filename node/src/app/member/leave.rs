//! A member leaves its host: from one commit on, nothing is written for it here.

use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, Error, Hosted};
use crate::domain::event::{Event, MemberEvent};
use crate::store::Store;

/// How long bytes in flight may take to stop and be recorded.
const PATIENCE: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(20);

/// Retires a member while the node runs: what is in flight is stopped and recorded first; what does not stop in time
/// is closed by the next host as "at most N bytes".
pub async fn retire(app: &App, hosted: &Arc<Hosted>) -> Result<(), Error> {
    hosted.set_left(true);
    app.flights.stop_member(hosted.id());
    let mut waited = Duration::ZERO;
    while app.flights.of_member(hosted.id()) > 0 && waited < PATIENCE {
        tokio::time::sleep(STEP).await;
        waited += STEP;
    }
    let retired = record(&app.store, hosted).await;
    if !matches!(retired, Ok(()) | Err(Error::Left)) {
        // Nothing was written: it stays.
        hosted.set_left(false);
    }
    retired
}

/// Retires a member of a store that no node serves.
pub async fn record(store: &Store, hosted: &Hosted) -> Result<(), Error> {
    store
        .write(hosted.id(), |tx| {
            Box::pin(async move {
                tx.record(Event::Member(MemberEvent::Retired));
                tx.retire_member().await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}
