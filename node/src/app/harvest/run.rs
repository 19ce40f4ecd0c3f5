//! Reading configured sources again: on command, and from time to time.

use std::sync::Arc;
use std::time::Duration;

use contracts::harvest::Report;

use super::follow::follow;
use super::import::whole;
use super::take::{keep, take};
use super::{App, Configured, Error, Hosted, configured, fresh, pages};
use crate::domain::harvest::{Kind, Source};
use crate::workers::{Stop, stopped};

/// Reads one of the member's sources now.
///
/// # Errors
/// [`Error::NotFound`] when none is configured under that name; [`Error::Peer`] when it cannot be had: what is known of
/// it stays, with its date.
pub async fn run(app: &App, hosted: &Hosted, name: &str) -> Result<Report, Error> {
    let all = configured(app, hosted);
    let found = all.into_iter().find(|source| source.name == name).ok_or(Error::NotFound("source"))?;
    let _alone = app.harvesting.lock().await;
    let known = app.store.read(hosted.id()).await?.harvest_sources().await?;
    once(app, hosted, &found, known).await
}

/// Seconds between two looks at what is due.
const EVERY: Duration = Duration::from_secs(60);

/// Reads every member's sources when their time has come, until the node stops.
pub async fn run_all(app: Arc<App>, mut stop: Stop) {
    loop {
        if app.graph.is_ready() {
            for hosted in app.members.all().into_iter().filter(|hosted| !hosted.has_left()) {
                if let Err(error) = round(&app, &hosted).await {
                    tracing::warn!(member = %hosted.id(), %error, "sources of others are not read; tried again later");
                }
            }
        }
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Reads the member's sources whose time has come.
///
/// # Errors
/// The store failed; a source that cannot be read is noted with it.
pub async fn round(app: &App, hosted: &Hosted) -> Result<(), Error> {
    for source in configured(app, hosted).into_iter().filter(|source| source.every_s > 0) {
        let _alone = app.harvesting.lock().await;
        let known = app.store.read(hosted.id()).await?.harvest_sources().await?;
        let tried = known.iter().find(|known| known.name == source.name).map(|known| known.tried);
        let every = i64::try_from(source.every_s).unwrap_or(i64::MAX);
        if tried.is_some_and(|tried| tried.plus_seconds(every) > app.now()) {
            continue;
        }
        if let Err(error) = once(app, hosted, &source, known).await {
            tracing::warn!(source = source.name, %error, "a source is not read; tried again later");
        }
    }
    Ok(())
}

async fn once(app: &App, hosted: &Hosted, source: &Configured, known: Vec<Source>) -> Result<Report, Error> {
    let before = known.into_iter().find(|known| known.name == source.name && known.url == source.url);
    let state = before.unwrap_or_else(|| fresh(source.name.clone(), source.kind, source.url.clone()));
    let read = match source.kind {
        Kind::Import | Kind::Catalogue => catalogue(app, hosted, state.clone()).await,
        Kind::Feed => follow(app, hosted, state.clone()).await,
    };
    if let Err(error) = &read {
        let fault = Some(error.to_string().chars().take(500).collect());
        keep(app, hosted, Source { tried: app.now(), fault, ..state }).await?;
    }
    read
}

async fn catalogue(app: &App, hosted: &Hosted, state: Source) -> Result<Report, Error> {
    let (found, bytes) = pages::all(app, &state.url).await?;
    take(app, hosted, state, whole(found, bytes)?).await
}
