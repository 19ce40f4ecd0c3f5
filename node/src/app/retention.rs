//! For how long a log shows its entries: by `[log] retention_months`, no other way (C2SP tlog-tiles, "Pruning").
//!
//! Older bundles and tiles are refused, not deleted, so that a period set wrongly can be mended and a witness far behind
//! still gets its proof. What opens the entries of a year is erased once all of the year is older.

use std::collections::BTreeSet;

use contracts::tlog::retention::Retention;

use super::{App, Error, Hosted, erasure};
use crate::domain::event::Event;

/// What the log says of itself.
pub async fn retention(app: &App, hosted: &Hosted) -> Result<Retention, Error> {
    let Some(months) = months(app) else { return Ok(Retention::default()) };
    let minimum_index = app.store.read(hosted.id()).await?.minimum_index().await?;
    Ok(Retention { retention: Some(format!("P{months}M")), minimum_index })
}

/// Moves the minimum to the first entry that is to be shown, and erases what opens those of years before.
pub async fn round(app: &App, hosted: &Hosted) -> Result<(), Error> {
    let Some(months) = months(app) else { return Ok(()) };
    let since = app.now().minus_months(months);
    let year = i64::from(since.to_date().year());
    let mut reader = app.store.read(hosted.id()).await?;
    let (before, now) = (reader.minimum_index().await?, reader.first_entry_since(since).await?);
    let openings = reader.openings_before(year).await?;
    drop(reader);
    if before == now && openings.is_empty() {
        return Ok(());
    }
    let erased = !openings.is_empty();
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.set_minimum_index(now).await?;
                let mut years = BTreeSet::new();
                for (year, subject) in openings {
                    tx.erase_openings(Some(&subject), year).await?;
                    years.insert(year);
                }
                for year in years {
                    tx.record(Event::Erased { year, ground: format!("log.retention_months = {months}") });
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    if erased {
        erasure::scrub(app).await;
    }
    Ok(())
}

fn months(app: &App) -> Option<u32> {
    Some(app.config.log.retention_months).filter(|months| *months > 0)
}
