//! Use cases of trust frameworks: proposed by a member, decided by bodies at the operator, heard of by those whom they
//! give data to. What they say to each other is signed, kept, and sent like every other message.

mod act;
pub mod credential;
mod judge;
mod propose;
mod receive;
mod round;
mod say;
mod step;

use contracts::framework::Body;
use contracts::id::{FrameworkId, UseCaseId};

use super::membership::{Voice, both, voted};
use super::{App, Error, Hosted};
use crate::domain::framework::Standing;
use crate::domain::question::Counted;
use crate::domain::tally::Outcome;
use crate::domain::use_case::{NotNow, Side, UseCase};
use crate::identity::membership::ballot_words;
use crate::store::Page;

pub use act::{Act, act, audit, withdraw};
pub(crate) use propose::not_taken;
pub use propose::propose;
pub use receive::{WordMessage, receive};
pub use round::round;
pub(crate) use say::PROPOSAL;
pub(crate) use step::answered;

/// All use cases of the member, on either side, after the cursor `side id`.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<UseCase>, Error> {
    Ok(app.store.read(hosted.id()).await?.all_use_cases(page).await?)
}

/// One use case: as the operator keeps it where this member is that, else as a party.
pub async fn get(app: &App, hosted: &Hosted, id: &UseCaseId) -> Result<UseCase, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let found = match reader.use_case(Side::Operator, id).await? {
        Some(found) => Some(found),
        None => reader.use_case(Side::Party, id).await?,
    };
    found.ok_or(Error::NotFound("use case"))
}

/// A page of the use cases of a framework that this member runs, for everybody: approved, refused, and over.
///
/// # Errors
/// [`Error::NotFound`] for a framework of somebody else.
pub async fn public(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    page: &Page,
) -> Result<Vec<UseCase>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let versions = reader.framework(framework).await?;
    if !versions.iter().any(|one| one.standing == Standing::Published) {
        return Err(Error::NotFound("framework"));
    }
    Ok(reader.use_cases(framework, page).await?)
}

/// Why a body did not say yes: its name, and the words of who said no.
pub(crate) fn reasons(body: &Body, outcome: Outcome, counted: &[Counted]) -> Vec<String> {
    let names = [("body", body.name.fr.as_str())];
    let mut reasons = match outcome {
        Outcome::Yes => return Vec::new(),
        Outcome::No => vec![voted(&body.name)],
        Outcome::NoQuorum => vec![both("trust.case-no-quorum", &names)],
    };
    let against = counted.iter().filter(|one| one.choice == contracts::ballot::Choice::No);
    reasons.extend(against.filter_map(|one| ballot_words(&one.ballot)));
    reasons.truncate(contracts::use_case::MAX_ITEMS);
    reasons
}

fn not_now(refused: NotNow) -> Error {
    Error::NotNow { state: refused.state.into(), expected: refused.expected.into() }
}
