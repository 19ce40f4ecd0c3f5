//! What runs beside the requests: recovery at the start, then the workers of the outbox, the pushes and the receipts.

use std::sync::Arc;

use super::StartError;
use crate::app::{App, access, cosigning, plane, pulls, pushes, receipt, upkeep};
use crate::peer::deliver;
use crate::workers::Workers;

/// Closes what was in flight when the process died. Before anything is served, so that nothing new is taken for old.
pub async fn recover(app: &App) -> Result<(), StartError> {
    for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
        let orphans = access::recover(app, &hosted).await.map_err(|e| StartError::Recovery(e.to_string()))?;
        if orphans > 0 {
            tracing::warn!(member = %hosted.id(), orphans, "deliveries cut by the end of the last process");
        }
    }
    Ok(())
}

/// Starts the workers, once members are known and the node listens: answers can come at once.
pub fn start(app: &Arc<App>, workers: &Workers) {
    if let Some(hints) = app.store.wakeups() {
        workers.start("outbox", deliver::run(Arc::clone(app), hints, workers.stop_signal()));
    }
    workers.start("upkeep", upkeep::run(Arc::clone(app), workers.stop_signal()));
    workers.start("cosignatures", cosigning::run(Arc::clone(app), workers.stop_signal()));
    workers.start("pushes", pushes::run(Arc::clone(app), workers.stop_signal()));
    workers.start("pulls", pulls::resume(Arc::clone(app), workers.stop_signal()));
    if !app.config.data_planes.is_empty() {
        workers.start("data planes", plane::watch::run(Arc::clone(app), workers.stop_signal()));
    }
    workers.start("receipts", receipt::run(Arc::clone(app), workers.stop_signal()));
}
