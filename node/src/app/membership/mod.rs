//! Memberships of trust frameworks: applied for by one member, decided at another, each side with its own record. What they
//! say to each other is signed, kept, and sent like every other message.

mod act;
mod apply;
pub mod credential;
mod directory;
mod receive;
mod say;
mod sign;

use contracts::format::Instant;
use contracts::framework::{FrameworkFile, Words};
use contracts::id::{FrameworkId, ParticipantId};

use super::{App, Error, Hosted};
use crate::domain::framework::{Framework, Standing};
use crate::domain::membership::{Membership, NotNow, Side, State};
use crate::domain::time::Timestamp;
use crate::store::{Page, Tx};
use crate::text;

pub use act::{Act, act, exclude};
pub use apply::apply;
pub(crate) use apply::not_taken;
pub use directory::{directory, listed, refresh};
pub use receive::{WordMessage, receive};
pub(crate) use receive::{kept, step};
pub(crate) use say::{APPLICATION, Voice};
pub use sign::{appeal, leave, sign_charter};

/// All memberships of the member, on either side, after the cursor `framework side applicant`; each with the identifier of
/// its credential.
pub async fn list(
    app: &App,
    hosted: &Hosted,
    page: &Page,
) -> Result<Vec<(Membership, Option<String>)>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let found = reader.all_memberships(page).await?;
    credential::named(&mut reader, found).await
}

/// One membership: as the operator, of the member named; as a member, its own.
pub async fn get(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    applicant: &ParticipantId,
) -> Result<Membership, Error> {
    let side = if applicant == hosted.did() { Side::Applicant } else { Side::Operator };
    let found = app.store.read(hosted.id()).await?.membership(framework, side, applicant).await?;
    found.ok_or(Error::NotFound("membership"))
}

/// The version of a framework whose rules count at an instant: the newest in force.
pub(crate) fn current(versions: Vec<Framework>, now: Timestamp) -> Result<FrameworkFile, Error> {
    let mut best = None;
    for kept in versions {
        let file = FrameworkFile::parse(kept.file.as_bytes()).map_err(internal)?;
        if file.framework.in_force <= Instant::from_seconds(now.seconds()) {
            best = Some(file);
        }
    }
    best.ok_or(Error::NotFound("framework"))
}

/// As [`current`], of a framework that this member runs.
pub(crate) async fn own(
    tx: &mut Tx<'_>,
    framework: &FrameworkId,
    now: Timestamp,
) -> Result<FrameworkFile, Error> {
    let mut versions = tx.framework(framework).await?;
    versions.retain(|one| one.standing == Standing::Published);
    current(versions, now)
}

/// Whether somebody is a member of a framework that this member runs; who runs it is one of its own.
pub(crate) async fn is_member(
    tx: &mut Tx<'_>,
    operator: &ParticipantId,
    framework: &FrameworkId,
    who: &ParticipantId,
) -> Result<bool, Error> {
    if who == operator {
        return Ok(true);
    }
    let found = tx.membership(framework, Side::Operator, who).await?;
    Ok(found.is_some_and(|found| found.state == State::Member))
}

/// Whether a framework has ended.
pub(crate) fn has_ended(file: &FrameworkFile, now: Timestamp) -> bool {
    file.framework.sunset.is_some_and(|sunset| sunset.seconds() <= now.seconds())
}

fn not_now(refused: NotNow) -> Error {
    Error::NotNow { state: refused.state.into(), expected: refused.expected.into() }
}

/// Why: a body said no.
pub(crate) fn voted(body: &Words) -> String {
    both("trust.member-voted", &[("body", &body.fr)])
}

/// Reasons are said in both languages: who reads them is not asked which.
pub(crate) fn both(key: &'static str, values: &[(&str, &str)]) -> String {
    let said = [text::Lang::Fr, text::Lang::En].map(|lang| text::fill(lang, key, values));
    said.join(" / ")
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}
