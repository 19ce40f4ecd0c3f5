//! The boundary between control plane and data plane (Data Plane Signaling 1.0-RC3): a data plane is asked to prepare,
//! start and resume, and told of what happened.
//!
//! This node's own data plane does at once what it is asked, and decides each delivery (`app::access`). Another one is
//! asked by a message of the outbox; the transfer goes on when it has answered. Since nobody asks again before its
//! bytes, the decision is made before it starts or resumes, and again from time to time ([`watch`]).

mod heard;
mod right;
pub mod watch;
mod wire;

use contracts::dsp::transfer::{DataAddress, HTTP_PULL};
use contracts::id::DatasetId;

pub use heard::{Said, agreement, said};
pub(crate) use heard::{answered, unanswered};
pub(crate) use right::{refusal, stands, unservable};
pub use wire::destination;

use super::peer::refused;
use super::transfer::act;
use super::{App, Error, Hosted};
use crate::config::AttachedPlane;
use crate::domain::plane::{Ask, DataPlane};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::domain::transfer::{Binding, State, StateKind, Transfer};
use crate::store::Tx;
use crate::text::say;

/// What comes of asking.
#[derive(Debug)]
pub(crate) enum Told {
    /// It is done; with the address to pass on, if there is one.
    Done(Option<DataAddress>),
    /// The answer comes as a message.
    Later,
}

/// What a data plane is told; nothing waits for its answer.
#[derive(Debug, Clone)]
pub(crate) enum Notice {
    /// Consumer: the provider has started; a pull is given its address.
    Started(Option<DataAddress>),
    Suspend(Option<String>),
    Terminate(Option<String>),
    Completed,
}

/// The attached data planes of a member.
pub fn attached<'a>(app: &'a App, hosted: &'a Hosted) -> impl Iterator<Item = &'a AttachedPlane> {
    let own = |plane: &&AttachedPlane| plane.member.is_empty() || plane.member == hosted.member.name;
    app.config.data_planes.iter().filter(own)
}

/// The data plane of this name; `at` names it to the member's own people.
pub(crate) fn attached_as<'a>(
    app: &'a App,
    hosted: &'a Hosted,
    name: &str,
    at: &str,
) -> Result<&'a AttachedPlane, Error> {
    attached(app, hosted).find(|plane| plane.name == name).ok_or_else(|| {
        let known: Vec<_> = attached(app, hosted).map(|plane| plane.name.as_str()).collect();
        let unknown = say("malformed.data-plane").with("found", name).with("known", known.join(", "));
        Error::malformed(unknown, at)
    })
}

/// Provider: what gives the bytes of a dataset in this format.
pub(crate) async fn giving(
    app: &App,
    hosted: &Hosted,
    tx: &mut Tx<'_>,
    dataset: &DatasetId,
    format: &str,
) -> Result<DataPlane, Error> {
    let Some(name) = tx.dataset_source(dataset).await?.and_then(|held| held.plane) else {
        return Ok(DataPlane::Local);
    };
    // A peer is not told what there is.
    let plane = attached(app, hosted).find(|plane| plane.name == name);
    of(plane.ok_or_else(|| refused(app, "refusal.plane-gone", &[]))?, format)
}

/// Consumer: what takes the bytes, if a person names another one than the node's own.
pub(crate) fn taking(
    app: &App,
    hosted: &Hosted,
    named: Option<&str>,
    format: &str,
) -> Result<DataPlane, Error> {
    match named {
        None => Ok(DataPlane::Local),
        Some(name) => of(attached_as(app, hosted, name, "/data_plane")?, format),
    }
}

fn of(plane: &AttachedPlane, format: &str) -> Result<DataPlane, Error> {
    if plane.profile(format).is_none() {
        let other = say("malformed.plane-format").with("found", format);
        return Err(Error::malformed(other.with("known", plane.profiles.join(", ")), "/format"));
    }
    Ok(DataPlane::foreign(&plane.name))
}

/// Whether this side's data plane gives the address: the provider's of a pull, the consumer's of a push.
fn gives_address(transfer: &Transfer) -> bool {
    (transfer.role == Role::Provider) == (transfer.format == HTTP_PULL)
}

/// Asks a transfer's data plane, which must be permitted before; the transfer is to be saved after.
pub(crate) async fn ask(
    app: &App,
    hosted: &Hosted,
    tx: &mut Tx<'_>,
    transfer: &mut Transfer,
    ask: Ask,
    given: Option<DataAddress>,
    now: Timestamp,
) -> Result<Told, Error> {
    match (&mut transfer.plane, transfer.role) {
        (DataPlane::Local, Role::Provider) => Ok(Told::Done(act::address(app, hosted, transfer, now)?)),
        (DataPlane::Local, Role::Consumer) => Ok(Told::Done(act::sink(app, hosted, transfer, now)?)),
        (DataPlane::Foreign(plane), _) => {
            plane.asked = Some(ask);
            tx.enqueue(wire::ask(app, hosted, transfer, ask, given)?).await?;
            Ok(Told::Later)
        }
    }
}

/// Tells a transfer's data plane. What the node's own has in flight is stopped after the commit (`App::flights`).
pub(crate) async fn tell(tx: &mut Tx<'_>, transfer: &Transfer, notice: Notice) -> Result<(), Error> {
    match &transfer.plane {
        DataPlane::Foreign(plane) if plane.knows() => Ok(tx.enqueue(wire::notice(transfer, notice)?).await?),
        // It never heard of the flow.
        DataPlane::Foreign(_) | DataPlane::Local => Ok(()),
    }
}

/// The peer moved a transfer: its data plane follows. Gives the address that the peer waits for, if it does.
pub(crate) async fn follow(
    app: &App,
    hosted: &Hosted,
    tx: &mut Tx<'_>,
    (before, transfer): (StateKind, &mut Transfer),
    given: Option<DataAddress>,
    now: Timestamp,
) -> Result<Option<DataAddress>, Error> {
    let notice = match (before, &transfer.state) {
        (_, State::Requested) => return Ok(None),
        (StateKind::Requested, State::Started) => Notice::Started(given),
        (_, State::Started) => return resumed(app, hosted, tx, (before, transfer), given, now).await,
        (_, State::Suspended { reason, .. }) => Notice::Suspend(reason.clone()),
        (_, State::Completed) => Notice::Completed,
        (_, State::Terminated(end)) => Notice::Terminate(end.reason.clone()),
    };
    tell(tx, transfer, notice).await?;
    Ok(None)
}

async fn resumed(
    app: &App,
    hosted: &Hosted,
    tx: &mut Tx<'_>,
    (before, transfer): (StateKind, &mut Transfer),
    given: Option<DataAddress>,
    now: Timestamp,
) -> Result<Option<DataAddress>, Error> {
    let wanted = match (&transfer.plane, &transfer.binding) {
        // A consumer that resumes with a token of its own bearing waits for a new one (EDC). Not for this node to
        // insist: one that goes on with the old token refuses the message, and nothing follows.
        (DataPlane::Local, Some(Binding::Bearer)) => before == StateKind::Suspended,
        (DataPlane::Local, _) => false,
        (DataPlane::Foreign(plane), _) => plane.asked != Some(Ask::Resume),
    };
    if !wanted {
        return Ok(None);
    }
    let given = given.filter(|_| !gives_address(transfer));
    match ask(app, hosted, tx, transfer, Ask::Resume, given, now).await? {
        Told::Done(address) => Ok(address),
        Told::Later => Ok(None),
    }
}
