//! Publishing a version: read whole, signed, kept, recorded.

use contracts::contract::identity_digest;
use contracts::format::{DigestAlg, FormatError, Instant, V1};
use contracts::framework::{
    Draft, FileType, FrameworkDocument, FrameworkFile, FrameworkType, Publisher, Words,
};
use contracts::id::FrameworkId;
use contracts::jcs;
use policies::framework::read_draft;
use serde_json::Value;

use super::{MOST, Shown, faulty, internal, shown, unread};
use crate::app::peer::refused;
use crate::app::{App, Error, Hosted};
use crate::domain::event::FrameworkEvent;
use crate::domain::framework::{Framework, Standing};
use crate::domain::time::Timestamp;
use crate::identity::document::did_document;
use crate::identity::framework::sign_framework;
use crate::identity::keys::Purpose;
use crate::identity::random;
use crate::text::say;

const DAY: i64 = 86_400;

/// Signs a draft and keeps it as a version of the member's own framework.
///
/// # Errors
/// [`Error::Faulty`] with everything that is wrong with it; [`Error::NotAllowed`] for a version of somebody else's
/// framework; [`Error::Conflict`] for one that is not newer than the last.
pub async fn publish(app: &App, hosted: &Hosted, draft: &Value) -> Result<Shown, Error> {
    let draft = read_draft(draft).map_err(|faults| faulty(&faults))?;
    let now = app.now();
    let id = draft.id.clone().unwrap_or_else(|| FrameworkId::from_uuid(random::uuid_v7(now)));
    let mut reader = app.store.read(hosted.id()).await?;
    let before = reader.framework(&id).await?;
    if reader.count_frameworks().await? >= MOST {
        return Err(Error::Conflict(say("trust.many").with("most", MOST)));
    }
    if let Some(other) = before.iter().find(|one| one.standing == Standing::Imported) {
        return Err(refused(app, "trust.not-ours", &[("publisher", other.publisher.as_str())]));
    }
    if let Some(origin) = &draft.derived_from {
        let held = reader.framework(&origin.id).await?;
        if !held.iter().any(|one| one.version == origin.version && one.digest == origin.digest) {
            return Err(refused(app, "trust.origin-unknown", &[("origin", origin.id.as_str())]));
        }
    }
    drop(reader);
    let last = before.last().cloned().map(shown).transpose()?;
    let document = document(hosted, draft.clone(), id, last.as_ref(), now)?;
    let bytes = document.canonical().map_err(internal)?;
    let file = FrameworkFile {
        kind: FileType::File,
        v: V1,
        charter: draft.charter,
        identity: serde_json::to_value(did_document(&hosted.member, &hosted.keys(), now))
            .map_err(internal)?,
        signature: sign_framework(&bytes, &hosted.keys().current(Purpose::Sign, now)?.signer, now)?,
        framework: document,
    };
    let whole = file.canonical().map_err(internal)?;
    // What we publish is what others read: judged by their own reader before anybody sees it.
    policies::framework::read_file(&whole).map_err(unread)?;
    let kept = Framework {
        id: file.framework.id.clone(),
        version: file.framework.version,
        standing: Standing::Published,
        publisher: hosted.did().clone(),
        digest: jcs::sha256_b64url(&bytes),
        adopted: None,
        created: now,
        file: String::from_utf8(whole).map_err(internal)?,
    };
    keep(app, hosted, kept, FrameworkEvent::Published, before).await
}

/// Keeps a version that is not here, and says so in the log; `judged`: the versions that were here when it was judged.
pub(super) async fn keep(
    app: &App,
    hosted: &Hosted,
    kept: Framework,
    what: FrameworkEvent,
    judged: Vec<Framework>,
) -> Result<Shown, Error> {
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                if tx.framework(&kept.id).await? != judged {
                    return Err(crate::store::Error::Conflict("framework").into());
                }
                tx.insert_framework(&kept).await?;
                tx.record(kept.event(what));
                Ok::<_, Error>(kept)
            })
        })
        .await?;
    shown(saved.value)
}

fn document(
    hosted: &Hosted,
    draft: Draft,
    id: FrameworkId,
    last: Option<&Shown>,
    now: Timestamp,
) -> Result<FrameworkDocument, Error> {
    let at = Instant::from_seconds(now.seconds());
    let mut earliest = at;
    if let Some(last) = last {
        let framework = &last.file.framework;
        if draft.version <= framework.version {
            let said = say("trust.not-newer").with("version", draft.version).with("last", framework.version);
            return Err(Error::Conflict(said));
        }
        // The notice is what the members accepted: that of the version they have.
        let notice = i64::from(framework.parts.governance.notice_days).saturating_mul(DAY);
        earliest = Instant::from_seconds(now.plus_seconds(notice).seconds());
    }
    let in_force = draft.in_force.unwrap_or(earliest);
    if in_force < earliest {
        let said = say("trust.notice").with("earliest", earliest);
        return Err(Error::malformed(said, "/inForce"));
    }
    let identity =
        serde_json::to_value(did_document(&hosted.member, &hosted.keys(), now)).map_err(internal)?;
    let document = FrameworkDocument {
        kind: FrameworkType::Framework,
        v: V1,
        alg: DigestAlg::Sha256,
        id,
        version: draft.version,
        name: draft.name,
        about: draft.about,
        publisher: Publisher {
            did: hosted.did().clone(),
            name: hosted.member.name.clone(),
            identity: identity_digest(&identity).map_err(internal)?,
        },
        derived_from: draft.derived_from,
        previous: last.map(|last| last.kept.digest.clone()),
        published_at: at,
        in_force,
        sunset: draft.sunset,
        parts: draft.parts,
        charter: Words {
            fr: jcs::sha256_b64url(draft.charter.fr.as_bytes()),
            en: jcs::sha256_b64url(draft.charter.en.as_bytes()),
        },
    };
    document.check().map_err(|FormatError { at, what }| {
        Error::malformed(say("trust.altered").with("what", what), format!("/{at}"))
    })?;
    Ok(document)
}
