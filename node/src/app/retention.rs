//! For how long a log shows its entries: by `[log] retention_months`, no other way (C2SP tlog-tiles, "Pruning").
//!
//! Older bundles and tiles are refused, not deleted, so that a period set wrongly can be mended and a witness far behind
//! still gets its proof. What opens the entries of a year is erased once all of the year is older.

use contracts::tlog::retention::Retention;

use super::{App, Error, Hosted};
use crate::domain::event::Event;
use crate::domain::time::Timestamp;

/// What the log says of itself.
pub async fn retention(app: &App, hosted: &Hosted) -> Result<Retention, Error> {
    let Some(months) = months(app) else { return Ok(Retention::default()) };
    let minimum_index = app.store.read(hosted.id()).await?.minimum_index().await?;
    Ok(Retention { retention: Some(format!("P{months}M")), minimum_index })
}

/// Moves the minimum to the first entry that is to be shown, and erases what opens those of years before. Gives whether
/// something was erased.
pub async fn round(app: &App, hosted: &Hosted) -> Result<bool, Error> {
    let Some(months) = months(app) else { return Ok(false) };
    let since = app.now().minus_months(months);
    let mut reader = app.store.read(hosted.id()).await?;
    let (before, now) = (reader.minimum_index().await?, reader.first_entry_since(since).await?);
    drop(reader);
    let years = app.store.read(hosted.id()).await?.opening_years_before(year(since)).await?;
    if before == now && years.is_empty() {
        return Ok(false);
    }
    let erased = !years.is_empty();
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.set_minimum_index(now).await?;
                for year in years {
                    tx.erase_year(year).await?;
                    tx.record(Event::Erased { year, ground: format!("log.retention_months = {months}") });
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    if erased && let Err(error) = app.store.scrub().await {
        tracing::warn!(%error, "the database has not let go of an erased key yet");
    }
    Ok(erased)
}

fn months(app: &App) -> Option<u32> {
    Some(app.config.log.retention_months).filter(|months| *months > 0)
}

fn year(at: Timestamp) -> i64 {
    i64::from(at.to_date().year())
}
