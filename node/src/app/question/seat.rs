//! Who holds the seats of bodies: named by the operator.

use contracts::id::{FrameworkId, ParticipantId};

use super::{App, Error, Hosted};
use crate::app::membership::own;
use crate::domain::tally::college;
use crate::store::Seat;
use crate::text::say;

/// The seats of a framework that somebody holds.
pub async fn seats(app: &App, hosted: &Hosted, framework: &FrameworkId) -> Result<Vec<Seat>, Error> {
    Ok(app.store.read(hosted.id()).await?.seats(framework).await?)
}

/// Gives a seat of a body to somebody, in the place of who had it.
///
/// # Errors
/// [`Error::Malformed`] for a seat that the framework does not have; [`Error::Conflict`] for who has another seat of the
/// same body: one voice each.
pub async fn appoint(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    body: &str,
    seat: &str,
    holder: ParticipantId,
) -> Result<Seat, Error> {
    let now = app.now();
    let (framework, body, seat) = (framework.clone(), body.to_owned(), seat.to_owned());
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let file = own(tx, &framework, now).await?;
                let found = file.framework.body(&body);
                if found.is_none_or(|found| college(found, &seat).is_none()) {
                    return Err(Error::malformed(say("trust.ballot-no-seat"), "/seat"));
                }
                let held = tx.seats(&framework).await?;
                if held.iter().any(|one| one.body == body && one.seat != seat && one.holder == holder) {
                    return Err(Error::Conflict(say("trust.ballot-two-seats").with("holder", &holder)));
                }
                let named = Seat { body, seat, holder, since: now };
                tx.appoint(&framework, &named).await?;
                Ok(named)
            })
        })
        .await?;
    Ok(saved.value)
}
