//! Whether another program may give the bytes of a transfer: decided here, since it asks nobody before each byte.

use crate::app::access::{self, Use, Verdict};
use crate::app::{App, Error, catalogue, peer};
use crate::domain::time::Timestamp;
use crate::domain::transfer::Transfer;
use crate::identity::peer::PeerIdentity;
use crate::store::Tx;

/// Provider: the reasons why not, decided from what holds at this moment.
pub(crate) async fn refusal(
    app: &App,
    tx: &mut Tx<'_>,
    transfer: &Transfer,
    identity: &PeerIdentity,
    now: Timestamp,
) -> Result<Option<Vec<String>>, Error> {
    let agreement = tx.agreement(&transfer.agreement).await?.ok_or(Error::NotFound("contract"))?;
    let what = Use { agreement: &agreement, transfer, identity, counted: false };
    let verdict = access::decide(app, tx, &what, now).await?;
    unservable(app, tx, transfer, &verdict).await
}

/// The reasons why its contract gives no right any more: signatures, revocation, term.
pub(crate) async fn stands(
    app: &App,
    tx: &mut Tx<'_>,
    transfer: &Transfer,
    now: Timestamp,
) -> Result<Option<Vec<String>>, Error> {
    let agreement = tx.agreement(&transfer.agreement).await?.ok_or(Error::NotFound("contract"))?;
    access::standing(app, &agreement, now).map_or_else(reasons, |()| Ok(None))
}

/// As [`refusal`], from a verdict: what this node's own data plane would find out at each delivery counts too.
pub(crate) async fn unservable(
    app: &App,
    tx: &mut Tx<'_>,
    transfer: &Transfer,
    verdict: &Verdict,
) -> Result<Option<Vec<String>>, Error> {
    if let Some(reasons) = verdict.refused() {
        return Ok(Some(reasons));
    }
    let Some(name) = transfer.plane.name() else { return Ok(None) };
    if verdict.counts() {
        return reasons(peer::refused(app, "refusal.plane-counts", &[("name", name)]));
    }
    let held = tx.dataset_source(&transfer.dataset).await?.ok_or(Error::NotFound("dataset"))?;
    match catalogue::leaves(app, held.source.map(drop)) {
        Ok(()) => Ok(None),
        Err(error) => reasons(error),
    }
}

fn reasons(error: Error) -> Result<Option<Vec<String>>, Error> {
    match error {
        Error::NotAllowed { reasons } => Ok(Some(reasons)),
        other => Err(other),
    }
}
