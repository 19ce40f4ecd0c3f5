//! Room for something new of a member: beyond a configured number the caller is told to come back.

use super::{App, Error};
use crate::store::Tx;
use crate::text::say;

/// Seconds after which a full list is worth asking again.
const RETRY: u32 = 30;

/// Room for one more negotiation and its messages. Processes under way may always send what ends them; only new ones
/// wait until messages have gone.
pub(crate) async fn negotiation(app: &App, tx: &mut Tx<'_>) -> Result<(), Error> {
    let limits = &app.config.limits;
    let (open, waiting) = tx.negotiations_open((limits.negotiations as u64, limits.outbox as u64)).await?;
    below(open, limits.negotiations, "limits.negotiations")?;
    below(waiting, limits.outbox, "limits.outbox")
}

/// Room for one more transfer and its messages.
pub(crate) async fn transfer(app: &App, tx: &mut Tx<'_>) -> Result<(), Error> {
    let limits = &app.config.limits;
    let (open, waiting) = tx.transfers_open((limits.transfers as u64, limits.outbox as u64)).await?;
    below(open, limits.transfers, "limits.transfers")?;
    below(waiting, limits.outbox, "limits.outbox")
}

/// Room for one more dataset.
pub(crate) async fn dataset(app: &App, tx: &mut Tx<'_>) -> Result<(), Error> {
    let held = tx.datasets_held().await?;
    below(held, app.config.limits.datasets, "limits.datasets")
}

/// Offers of one dataset.
pub(crate) fn offers(app: &App, count: usize) -> Result<(), Error> {
    let most = app.config.limits.offers;
    if count <= most {
        return Ok(());
    }
    Err(Error::malformed(say("malformed.offers").with("count", count).with("most", most), "/offers"))
}

fn below(count: u64, most: usize, limit: &'static str) -> Result<(), Error> {
    if count < most as u64 { Ok(()) } else { Err(Error::Busy { limit, retry_after: RETRY }) }
}
