//! Metrics from committed events: counts by kind, woken by each commit.

use std::sync::Arc;

use super::{App, Hosted};
use crate::workers::{Stop, stopped};

/// Entries read at a time.
const MOST: usize = 500;

/// Counts a member's events from now on, when metrics go anywhere.
pub fn follow(app: &Arc<App>, hosted: Arc<Hosted>) {
    if !app.config.telemetry.otlp.is_empty() {
        app.workers.start("metrics", count(Arc::clone(app), hosted, app.workers.stop_signal()));
    }
}

/// Follows a member's log from where it stands now.
async fn count(app: Arc<App>, hosted: Arc<Hosted>, mut stop: Stop) {
    let mut sizes = app.store.events(hosted.id());
    let mut next = match app.store.read(hosted.id()).await {
        Ok(mut reader) => reader.log_head().await.ok().flatten().map_or(0, |head| head.size),
        Err(_) => 0,
    };
    loop {
        tokio::select! {
            () = stopped(&mut stop) => return,
            changed = sizes.changed() => if changed.is_err() { return stopped(&mut stop).await },
        }
        let size = *sizes.borrow_and_update();
        while next < size {
            let Ok(mut reader) = app.store.read(hosted.id()).await else { break };
            let Ok(entries) = reader.entries(next, MOST).await else { break };
            drop(reader);
            let Some(last) = entries.last() else { break };
            next = last.index + 1;
            for entry in &entries {
                app.metrics.committed(entry.kind.clone(), 1);
            }
        }
    }
}
