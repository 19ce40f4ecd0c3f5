//! Requests for access to datasets: asked by one member, decided at the owner by opinions that are asked for, each until a
//! deadline; a yes becomes a negotiation that concludes by itself.

mod ask;
mod conclude;
mod opinion;
mod receive;
mod round;
mod say;
mod settle;

use contracts::id::RequestId;

use super::membership::{Voice, both};
use super::{App, Error, Hosted};
use crate::domain::access_request::{AccessRequest, NotCounted, Side};
use crate::store::Page;

pub use ask::ask;
pub(crate) use ask::not_taken;
pub(crate) use conclude::{begun, granted, used};
pub use opinion::opine;
pub use receive::{WordMessage, receive};
pub use round::round;
pub(crate) use say::ASKED;

/// All requests of the member, on every side, after the cursor `side id`.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<AccessRequest>, Error> {
    Ok(app.store.read(hosted.id()).await?.access_requests(page).await?)
}

/// One request: as the owner keeps it where this member is that.
pub async fn get(app: &App, hosted: &Hosted, id: &RequestId) -> Result<AccessRequest, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    for side in [Side::Owner, Side::Reviewer, Side::Asker] {
        if let Some(found) = reader.access_request(side, id).await? {
            return Ok(found);
        }
    }
    Err(Error::NotFound("access request"))
}

fn not_counted(why: NotCounted) -> Error {
    use crate::text::say;
    Error::Conflict(match why {
        NotCounted::Closed => say("trust.request-closed"),
        NotCounted::NotAsked => say("trust.request-not-asked"),
        NotCounted::Twice => say("trust.request-twice"),
    })
}
