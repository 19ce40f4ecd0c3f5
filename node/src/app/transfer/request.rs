//! Consumer: asking for the data of a contract, to be fetched or to be sent to us.

use std::sync::Arc;

use contracts::dsp::transfer::{HTTP_PULL, HTTP_PUSH};
use contracts::id::{AgreementId, Pid};

use super::{act, wire};
use crate::app::peer::refused as refusal;
use crate::app::plane::{self, Told};
use crate::app::{App, Error, Hosted, access, cosigning, room, statement};
use crate::dataplane::path;
use crate::domain::event::TransferEvent;
use crate::domain::plane::{Ask, DataPlane};
use crate::domain::process::Role;
use crate::domain::transfer::{Destination, MessageKind, State, Transfer};
use crate::identity::random;
use crate::text::say;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub agreement: AgreementId,
    pub purpose: Option<String>,
    pub way: Way,
    /// Another data plane of the member that takes the bytes, by name.
    pub plane: Option<String>,
}

/// How the bytes come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// We fetch them when we like.
    Pull,
    /// The provider sends them; `to` is a name below the folder for received data, by default the transfer's.
    Push { to: Option<String> },
}

/// Name below the folder for received data, unless another was given.
pub fn name(transfer: &Pid) -> String {
    transfer.segment().replace([':', '/'], "-")
}

/// Asks the provider to start a transfer.
pub async fn request(app: &Arc<App>, hosted: &Arc<Hosted>, wanted: Wanted) -> Result<Transfer, Error> {
    let now = app.now();
    let mut reader = app.store.read(hosted.id()).await?;
    let found = reader.agreement(&wanted.agreement).await?.ok_or(Error::NotFound("contract"))?;
    drop(reader);
    if found.role != Role::Consumer {
        return Err(refusal(app, "refusal.own-contract", &[]));
    }
    access::standing(app, &found, now)?;
    let pid = Pid::from_uuid(random::uuid_v7(now));
    let format = if wanted.way == Way::Pull { HTTP_PULL } else { HTTP_PUSH };
    let plane = plane::taking(app, hosted, wanted.plane.as_deref(), format)?;
    let local = plane == DataPlane::Local;
    let destination = match wanted.way {
        Way::Pull | Way::Push { to: None } if !local => None,
        Way::Pull => None,
        Way::Push { .. } if !local => {
            return Err(Error::malformed(say("malformed.plane-name"), "/to"));
        }
        Way::Push { to } => {
            let name = to.unwrap_or_else(|| name(&pid));
            free(app, &name)?;
            Some(Destination::Received(name))
        }
    };
    let transfer = Transfer {
        pid,
        role: Role::Consumer,
        peer: found.peer.clone(),
        peer_pid: None,
        callback: found.callback.clone(),
        agreement: found.id.clone(),
        dataset: found.dataset.clone(),
        format: format.to_owned(),
        purpose: wanted.purpose,
        statements: statement::ours(app, hosted).await?,
        binding: None,
        address: None,
        destination,
        signaled: None,
        plane,
        state: State::Requested,
        // Another data plane makes ready first.
        unacknowledged: local.then_some(MessageKind::Request),
        needs_person: false,
        version: 0,
        created: now,
        updated: now,
    };
    let (app2, hosted2) = (Arc::clone(app), Arc::clone(hosted));
    act::write(app, hosted, move |tx| {
        Box::pin(async move {
            room::transfer(&app2, tx).await?;
            if let Some(reasons) = cosigning::refusal(&app2, tx, &hosted2, None).await? {
                return Err(Error::NotAllowed { reasons });
            }
            let mut saved = tx.insert_transfer(transfer).await?;
            tx.record(saved.event(TransferEvent::Requested));
            match plane::ask(&app2, &hosted2, tx, &mut saved, Ask::Prepare, None, now).await? {
                Told::Done(sink) => {
                    tx.enqueue(wire::request(&saved, &hosted2.member.dsp_base(), sink, now)?).await?;
                    Ok(saved)
                }
                Told::Later => Ok(tx.save_transfer(saved).await?),
            }
        })
    })
    .await
}

/// What is pushed may not meet a file that is there already.
fn free(app: &App, name: &str) -> Result<(), Error> {
    path::check(name).map_err(|e| Error::malformed(say("malformed.relative-name").with("what", e), "/to"))?;
    match app.config.path(&app.config.data.received).join(name).exists() {
        true => Err(Error::Conflict(say("conflict.received").with("name", name))),
        false => Ok(()),
    }
}
