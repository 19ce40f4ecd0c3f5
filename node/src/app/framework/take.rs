//! Taking a version that somebody else published: nothing of it counts before its publisher is known to have signed it.

use policies::framework::read_file;

use super::publish::keep;
use super::{MOST, Shown, internal, shown, unread};
use crate::app::peer::refused;
use crate::app::{App, Error, Hosted};
use crate::domain::event::FrameworkEvent;
use crate::domain::framework::{Framework, Standing};
use crate::identity::framework::verify_framework;
use crate::text::say;

/// Keeps a published file, in canonical form. Again: the same answer, and nothing new in the log.
///
/// # Errors
/// [`Error::Malformed`] or [`Error::Faulty`] for a file that is altered or at fault; [`Error::NotAllowed`] for one that its
/// publisher did not sign, or that somebody else publishes under the name of a framework that is here;
/// [`Error::Conflict`] for one older than what the member follows, or another one under a version that is here.
pub async fn take(app: &App, hosted: &Hosted, bytes: &[u8]) -> Result<Shown, Error> {
    let file = read_file(bytes).map_err(unread)?;
    let framework = &file.framework;
    let publisher = framework.publisher.did.clone();
    let now = app.now();
    let identity = app.resolver.resolve(&publisher).await?;
    if let Err(error) = verify_framework(&file, &identity, Some(now)) {
        let what = error.to_string();
        return Err(refused(app, "trust.unsigned", &[("publisher", publisher.as_str()), ("what", &what)]));
    }
    let digest = framework.digest().map_err(internal)?;
    let mut reader = app.store.read(hosted.id()).await?;
    let held = reader.framework(&framework.id).await?;
    let count = reader.count_frameworks().await?;
    drop(reader);
    if let Some(other) = held.iter().find(|one| one.publisher != publisher) {
        let values = [("publisher", publisher.as_str()), ("known", other.publisher.as_str())];
        return Err(refused(app, "trust.stranger", &values));
    }
    if let Some(same) = held.iter().find(|one| one.version == framework.version) {
        return match same.digest == digest {
            true => shown(same.clone()),
            false => Err(Error::Conflict(say("trust.twice").with("version", framework.version))),
        };
    }
    let followed = held.iter().filter(|one| one.adopted.is_some()).map(|one| one.version).max();
    if let Some(followed) = followed.filter(|followed| framework.version < *followed) {
        let said = say("trust.older").with("version", framework.version).with("followed", followed);
        return Err(Error::Conflict(said));
    }
    // Ours that are not here: somebody signed in our name, or an older state of this node came back.
    if publisher == *hosted.did() {
        return Err(Error::Conflict(say("trust.own").with("version", framework.version)));
    }
    if count >= MOST {
        return Err(Error::Conflict(say("trust.many").with("most", MOST)));
    }
    let kept = Framework {
        id: framework.id.clone(),
        version: framework.version,
        standing: Standing::Imported,
        publisher,
        digest,
        adopted: None,
        created: now,
        file: String::from_utf8(bytes.to_vec()).map_err(internal)?,
    };
    keep(app, hosted, kept, FrameworkEvent::Imported, held).await
}
