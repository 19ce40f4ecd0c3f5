//! What the peer's answer to one of our messages does to its negotiation.

use contracts::id::Pid;

use super::{load, wire};
use crate::app::{Error, contract};
use crate::domain::negotiation::{MessageKind, State, StateKind};
use crate::domain::process::{Heard, PERSON, REFUSED_BY_PEER, heard};
use crate::domain::time::Timestamp;
use crate::store::Tx;

/// The peer acknowledged our message: it is no longer on its way, and a first answer names the peer's process.
pub(crate) async fn acknowledged(
    tx: &mut Tx<'_>,
    pid: &Pid,
    kind: &str,
    peer_pid: Option<Pid>,
) -> Result<(), Error> {
    let mut negotiation = load(tx, pid).await?;
    let Heard { pending, learnt } =
        heard(&mut negotiation.unacknowledged, &mut negotiation.peer_pid, |m| m.as_str() == kind, peer_pid);
    if learnt
        && let State::Terminated(end) = &negotiation.state
        && end.by_us
    {
        // Ended before the peer had a name for it: now it can be told.
        let code = end.code.as_deref().unwrap_or(PERSON);
        let message =
            wire::termination(&negotiation, code, end.reason.as_deref().unwrap_or_default(), tx.now())?;
        negotiation.unacknowledged = Some(MessageKind::Termination);
        tx.save_negotiation(negotiation).await?;
        tx.enqueue(message).await?;
        return Ok(());
    }
    if pending || learnt {
        tx.save_negotiation(negotiation).await?;
    }
    Ok(())
}

/// The peer refused our message for good: the two sides differ, so it ends here and there.
pub(crate) async fn refused(
    tx: &mut Tx<'_>,
    pid: &Pid,
    kind: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let mut negotiation = load(tx, pid).await?;
    if negotiation.unacknowledged.is_none_or(|m| m.as_str() != kind) {
        // It went on meanwhile.
        return Ok(());
    }
    if negotiation.state.kind() == StateKind::Terminated {
        // Our last word met one that was already there, or what we ended was never begun there.
        negotiation.unacknowledged = None;
        tx.save_negotiation(negotiation).await?;
        return Ok(());
    }
    let agreement = negotiation.agreement().cloned();
    let tell = negotiation.peer_pid.is_some();
    let next = negotiation.broken(reason, now);
    let message = wire::termination(&next, REFUSED_BY_PEER, reason, now)?;
    tx.record(next.event());
    tx.save_negotiation(next).await?;
    contract::abandon(tx, agreement).await?;
    if tell {
        tx.enqueue(message).await?;
    }
    Ok(())
}
