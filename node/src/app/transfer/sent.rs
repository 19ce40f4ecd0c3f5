//! What the peer's answer to one of our messages does to its transfer.

use contracts::id::Pid;

use super::{load, save, wire};
use crate::app::Error;
use crate::app::plane::{self, Notice};
use crate::domain::process::{Heard, PERSON, REFUSED_BY_PEER, heard};
use crate::domain::time::Timestamp;
use crate::domain::transfer::{MessageKind, State, StateKind};
use crate::store::Tx;

/// The peer acknowledged our message. Says whether a push may begin.
pub(crate) async fn acknowledged(
    tx: &mut Tx<'_>,
    pid: &Pid,
    kind: &str,
    peer_pid: Option<Pid>,
) -> Result<bool, Error> {
    let mut transfer = load(tx, pid).await?;
    let Heard { pending, learnt } =
        heard(&mut transfer.unacknowledged, &mut transfer.peer_pid, |m| m.as_str() == kind, peer_pid);
    if learnt
        && let State::Terminated(end) = &transfer.state
        && end.by_us
    {
        // Ended before the peer had a name for it: now it can be told.
        let code = end.code.as_deref().unwrap_or(PERSON);
        let message =
            wire::termination(&transfer, code, end.reason.as_deref().unwrap_or_default(), tx.now())?;
        transfer.unacknowledged = Some(MessageKind::Termination);
        tx.save_transfer(transfer).await?;
        tx.enqueue(message).await?;
        return Ok(false);
    }
    let begins = pending && transfer.pushes_to().is_some();
    if pending || learnt {
        tx.save_transfer(transfer).await?;
    }
    Ok(begins)
}

/// The peer refused our message for good: the two sides differ, so it ends here and there.
pub(crate) async fn refused(
    tx: &mut Tx<'_>,
    pid: &Pid,
    kind: &str,
    reason: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let mut transfer = load(tx, pid).await?;
    if transfer.unacknowledged.is_none_or(|m| m.as_str() != kind) {
        return Ok(());
    }
    if transfer.state.kind() == StateKind::Terminated {
        // Our last word met one that was already there.
        transfer.unacknowledged = None;
        tx.save_transfer(transfer).await?;
        return Ok(());
    }
    let tell = transfer.peer_pid.is_some();
    let step = transfer.broken(REFUSED_BY_PEER, reason, now)?;
    let message = wire::termination(&step.next, REFUSED_BY_PEER, reason, now)?;
    plane::tell(tx, &step.next, Notice::Terminate(Some(reason.to_owned()))).await?;
    let mut saved = save(tx, step).await?;
    if tell {
        tx.enqueue(message).await?;
    } else {
        saved.unacknowledged = None;
        tx.save_transfer(saved).await?;
    }
    Ok(())
}
