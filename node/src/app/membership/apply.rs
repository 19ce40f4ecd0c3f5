//! Applying for membership of a framework that this member has read.

use contracts::id::{FrameworkId, ParticipantId};
use contracts::membership::{Application, Said};

use super::say::{APPLICATION, Voice, send, word};
use super::{App, Error, Hosted, current, has_ended, internal};
use crate::domain::event::MembershipEvent;
use crate::domain::framework::Standing;
use crate::domain::membership::{Held, Membership, Side, State};
use crate::domain::time::Timestamp;
use crate::store::Tx;
use crate::text::say;

/// Signs an application and puts it on its way to who runs the framework, which must be here: nobody applies under rules
/// that they have not taken.
///
/// # Errors
/// [`Error::Malformed`] for an application that cannot be read; [`Error::Conflict`] for a framework that has ended, is this
/// member's own, or under which an application is on its way.
pub async fn apply(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    application: Application,
) -> Result<Membership, Error> {
    application.check().map_err(|e| {
        Error::malformed(say("trust.member-malformed").with("what", e.what), format!("/{}", e.at))
    })?;
    let now = app.now();
    let versions = app.store.read(hosted.id()).await?.framework(framework).await?;
    if versions.iter().any(|one| one.standing == Standing::Published) {
        return Err(Error::Conflict(say("trust.member-own-framework")));
    }
    let file = current(versions, now)?;
    if has_ended(&file, now) {
        return Err(Error::Conflict(say("trust.ended")));
    }
    let operator = file.framework.publisher.did.clone();
    let voice = Voice::of(app, hosted)?;
    let version = file.framework.version;
    let said = Said::Application(application.clone());
    let signed = word(&voice, framework, version, hosted.did(), said)?;
    let new = Membership {
        framework: framework.clone(),
        version,
        side: Side::Applicant,
        operator: operator.clone(),
        applicant: hosted.did().clone(),
        state: State::Sent,
        appealed: false,
        held: held(application, signed.clone()),
        created: now,
        updated: now,
        row: 1,
    };
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                // One at a time: what comes back without a name is then about this one.
                if !tx.applications_to(&operator).await?.is_empty() {
                    return Err(Error::Conflict(say("trust.member-waits").with("operator", &operator)));
                }
                tx.begin_membership(&new).await?;
                tx.record(new.event(MembershipEvent::Applied));
                send(tx, &operator, APPLICATION, signed).await?;
                Ok::<_, Error>(new)
            })
        })
        .await?;
    get(app, hosted, saved.value).await
}

/// The operator did not take an application, whatever its rules say: it is refused, for the reason that was given, and may
/// be made again.
pub(crate) async fn not_taken(
    tx: &mut Tx<'_>,
    operator: &ParticipantId,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    for found in tx.applications_to(operator).await? {
        let (mut next, event) = found.heard(State::Refused, vec![reason.to_owned()]);
        next.updated = now;
        tx.save_membership(&next).await?;
        tx.record(event);
    }
    Ok(())
}

async fn get(app: &App, hosted: &Hosted, new: Membership) -> Result<Membership, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let found = reader.membership(&new.framework, new.side, &new.applicant).await?;
    found.ok_or_else(|| internal("a membership that was begun is not there"))
}

/// What is kept of an application.
pub(super) fn held(application: Application, signed: String) -> Held {
    let siren = application
        .siren
        .or_else(|| application.siret.as_deref().and_then(|siret| siret.get(..9)).map(str::to_owned));
    Held {
        kind: application.kind,
        name: application.name,
        siren,
        siret: application.siret,
        application: signed,
        charter: None,
        reasons: Vec::new(),
        place: application.place,
        law: application.law,
        labels: application.labels,
    }
}
