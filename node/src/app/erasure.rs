//! Erasing what opens the entries about one person in one year: the log stays whole, and says nothing of them any more.

use super::{App, Error, Hosted};
use crate::domain::event::Event;
use crate::text::say;

/// Most characters of a ground.
const LONGEST: usize = 500;
/// No log is older.
const FIRST_YEAR: i64 = 2000;

/// Erases the key of a person (a participant, or who read the log) and year; `None` for the member itself. Proofs about
/// all entries stay as they were. Recorded with its ground, and without saying whom it was about.
///
/// Gives whether the database has let go of what it had of the key: if not, it will by itself, with time.
///
/// # Errors
/// [`Error::Malformed`] without a ground, or for a year that is not one; [`Error::NotFound`] when nothing was recorded.
pub async fn erase(
    app: &App,
    hosted: &Hosted,
    subject: Option<String>,
    year: i64,
    ground: String,
) -> Result<bool, Error> {
    let ground = ground.trim().to_owned();
    if ground.is_empty() || ground.chars().count() > LONGEST || ground.chars().any(char::is_control) {
        return Err(Error::malformed(say("malformed.erasure-ground").with("most", LONGEST), "ground"));
    }
    if !(FIRST_YEAR..=i64::from(app.now().to_date().year())).contains(&year) {
        return Err(Error::malformed(say("malformed.year").with("found", year), "year"));
    }
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                if !tx.erase_openings(subject.as_deref(), year).await? {
                    return Err(Error::NotFound("openings"));
                }
                tx.record(Event::Erased { year, ground });
                Ok(())
            })
        })
        .await?;
    Ok(scrub(app).await)
}

/// From here on nobody opens what was erased; the rest is what the database leaves lying about. Gives whether it let go.
pub(super) async fn scrub(app: &App) -> bool {
    let scrubbed = app.store.scrub().await;
    if let Err(error) = &scrubbed {
        tracing::warn!(%error, "the database has not let go of an erased key yet");
    }
    scrubbed.is_ok()
}
