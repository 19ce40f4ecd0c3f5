//! Keeping the RDF projection in step with the store.

use std::sync::Arc;
use std::time::Duration;

use super::rows;
use crate::app::{App, Error, Hosted};
use crate::domain::dataset::Revision;
use crate::store::Reader;
use crate::workers::{Stop, stopped};

/// Datasets read at once while rebuilding.
const STEP: usize = 200;
/// Revisions of a dataset that are read besides its newest one.
const HISTORY: i64 = 1_000;

/// Takes in a committed revision.
pub(super) fn follow(app: &App, hosted: &Hosted, revision: &Revision) {
    app.search.put(hosted.id(), revision);
    app.graph.put(&hosted.member, revision);
}

/// Reads every member's catalogue into the projection, in the background after start, then waits for the end of the
/// node. Failures are tried again: until then the projection's routes answer 503.
pub async fn project(app: Arc<App>, mut stop: Stop) {
    let mut pause = Duration::from_millis(200);
    while let Err(error) = rebuild(&app).await {
        tracing::warn!(%error, "the catalogue as RDF cannot be rebuilt yet");
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(Duration::from_secs(30));
    }
    stopped(&mut stop).await;
}

/// Reads every member's catalogue into the projection; ready afterwards.
///
/// # Errors
/// The store or the projection failed.
pub async fn rebuild(app: &Arc<App>) -> Result<(), Error> {
    for hosted in app.members.all() {
        add(app, &hosted).await?;
    }
    app.graph.set_ready();
    Ok(())
}

/// Reads one member's catalogue into the projection.
///
/// # Errors
/// The store or the projection failed.
pub async fn add(app: &Arc<App>, hosted: &Arc<Hosted>) -> Result<(), Error> {
    crate::app::harvest::index(app, hosted).await?;
    let mut after = None;
    loop {
        // The reader is given back between steps: others are waiting for it.
        let mut reader = app.store.read(hosted.id()).await?;
        let page = reader.datasets(after.as_ref(), rows(STEP)).await?;
        let full = page.len() == STEP;
        after = page.last().map(|revision| revision.dataset.clone());
        let mut histories = Vec::new();
        for head in page.iter().filter(|head| head.number > 1) {
            histories.push(history(&mut reader, head).await?);
        }
        drop(reader);
        let (app, member) = (Arc::clone(app), hosted.member.clone());
        let put = tokio::task::spawn_blocking(move || {
            for revision in &page {
                app.search.put(&member.id, revision);
                if revision.number == 1 {
                    app.graph.put(&member, revision);
                }
            }
            histories.iter().for_each(|revisions| app.graph.replay(&member, revisions));
        });
        put.await.map_err(|e| Error::Internal(e.to_string()))?;
        if !full {
            return Ok(());
        }
    }
}

/// The revisions of a dataset, oldest first; of a long history the newest.
async fn history(reader: &mut Reader, head: &Revision) -> Result<Vec<Revision>, Error> {
    let mut out = Vec::new();
    for number in (head.number - HISTORY).max(1)..=head.number {
        out.extend(reader.dataset_revision(&head.dataset, number).await?);
    }
    Ok(out)
}
