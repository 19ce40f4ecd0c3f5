//! Adopting a version: from then on its rules are the member's.

use contracts::framework::Version;
use contracts::id::FrameworkId;

use super::{Shown, get, shown};
use crate::app::{App, Error, Hosted};
use crate::domain::framework::NotAdopted;
use crate::domain::time::Timestamp;
use crate::text::say;

/// The member follows a version, the newest that is here when none is named. Again: nothing new in the log.
///
/// # Errors
/// [`Error::Conflict`] for one older than what the member follows, or a framework that has ended.
pub async fn adopt(
    app: &App,
    hosted: &Hosted,
    id: &FrameworkId,
    version: Option<Version>,
) -> Result<Shown, Error> {
    let found = get(app, hosted, id, version).await?;
    let sunset = found.file.framework.sunset.map(|at| Timestamp::from_seconds(at.seconds()));
    let now = app.now();
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let held = tx.framework(&found.kept.id).await?;
                let followed = held.iter().filter(|one| one.adopted.is_some()).map(|one| one.version).max();
                let ours = held.into_iter().find(|one| one.version == found.kept.version);
                let ours = ours.ok_or(Error::NotFound("framework"))?;
                let version = ours.version;
                let (next, event) = ours.adopt(followed, sunset, now).map_err(|no| match no {
                    NotAdopted::Ended => Error::Conflict(say("trust.ended")),
                    NotAdopted::Older { followed } => Error::Conflict(
                        say("trust.older").with("version", version).with("followed", followed),
                    ),
                })?;
                if let Some(event) = event {
                    tx.adopt_framework(&next).await?;
                    tx.record(event);
                }
                Ok::<_, Error>(next)
            })
        })
        .await?;
    shown(saved.value)
}
