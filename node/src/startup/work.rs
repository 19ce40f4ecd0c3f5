//! What runs beside the requests: recovery at the start, then the workers of the outbox, the pushes and the receipts.

use std::sync::Arc;

use super::StartError;
use crate::app::epoch::stand;
use crate::app::{
    App, access, calendar, cosigning, harvest, plane, presentation, pulls, pushes, receipt, upkeep,
};
use crate::peer::deliver;
use crate::workers::Workers;

/// Asks what others hold of the logs, and closes what was in flight when the process died. Before anything is served, so
/// that nothing new is taken for old.
pub async fn recover(app: &App) -> Result<(), StartError> {
    for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
        let failed = |e: crate::app::Error| StartError::Recovery(e.to_string());
        if stand::settle(app, &hosted).await.map_err(failed)?.hold.is_some() {
            continue;
        }
        let open = access::open_ones(app, &hosted).await.map_err(failed)?;
        let orphans = access::recover(app, &hosted, open).await.map_err(failed)?;
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
    workers.start("epochs", stand::run(Arc::clone(app), workers.stop_signal()));
    workers.start("harvests", harvest::run::run_all(Arc::clone(app), workers.stop_signal()));
    workers.start("upkeep", upkeep::run(Arc::clone(app), workers.stop_signal()));
    workers.start("statuses", presentation::watch::run(Arc::clone(app), workers.stop_signal()));
    workers.start("calendar", calendar::run(Arc::clone(app), workers.stop_signal()));
    workers.start("cosignatures", cosigning::run(Arc::clone(app), workers.stop_signal()));
    workers.start("pushes", pushes::run(Arc::clone(app), workers.stop_signal()));
    workers.start("pulls", pulls::resume(Arc::clone(app), workers.stop_signal()));
    if !app.config.data_planes.is_empty() {
        workers.start("data planes", plane::watch::run(Arc::clone(app), workers.stop_signal()));
    }
    workers.start("receipts", receipt::run(Arc::clone(app), workers.stop_signal()));
}
