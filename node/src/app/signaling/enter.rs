//! Entering a data flow: decided like a transfer that a peer asks for, saved with its events.

use std::sync::Arc;

use contracts::dps::{PROFILE_PULL, PROFILE_PUSH};
use contracts::dsp::transfer::{DataAddress, HTTP_PULL};
use tokio::task::JoinHandle;

use crate::app::access::{self, Use};
use crate::app::peer::refused;
use crate::app::transfer::{act, save, wire};
use crate::app::{App, Error, Hosted, room};
use crate::domain::event::{Record, TransferEvent};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::domain::transfer::{Binding, Message, MessageKind, Transfer};
use crate::identity::peer::PeerIdentity;
use crate::identity::resolve::ResolveError;
use crate::identity::token::{Grant, issue_data};
use crate::text::say;

type Entered = (Transfer, Option<DataAddress>);

/// How the consumer proves its right to fetch: signaling knows bearer tokens only, and the configuration allows them.
pub(super) fn binding(app: &App, role: Role, format: &str) -> Result<Option<Binding>, Error> {
    match (role, format == HTTP_PULL) {
        (Role::Provider, true) if app.config.contracts.foreign_bearer => Ok(Some(Binding::Bearer)),
        (Role::Provider, true) => Err(refused(app, "refusal.bearer", &[])),
        (Role::Provider, false) | (Role::Consumer, _) => Ok(None),
    }
}

/// Enters it when the counterparty is known, and tells the control plane what became of it.
pub(super) async fn later(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    transfer: Transfer,
    looking: JoinHandle<Result<Arc<PeerIdentity>, ResolveError>>,
) -> Result<(), Error> {
    let found = looking.await.map_err(|e| Error::Internal(e.to_string()))?;
    let kept = transfer.clone();
    let entered = match found {
        Ok(identity) => enter(app, hosted, transfer, identity, true).await.map(|_| ()),
        Err(error) => Err(error.into()),
    };
    let Err(error) = entered else { return Ok(()) };
    let Some(signaled) = kept.signaled.clone() else { return Err(error) };
    let message = wire::callback(&kept, &signaled, MessageKind::Termination, None)?;
    app.store
        .write(hosted.id(), move |tx| Box::pin(async move { Ok::<_, Error>(tx.enqueue(message).await?) }))
        .await?;
    Err(error)
}

/// Decides and saves; with `later`, what is answered otherwise is sent.
pub(super) async fn enter(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    transfer: Transfer,
    identity: Arc<PeerIdentity>,
    later: bool,
) -> Result<Entered, Error> {
    let (app2, hosted2, now) = (Arc::clone(app), Arc::clone(hosted), app.now());
    let job = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            let agreement = tx
                .agreement(&transfer.agreement)
                .await?
                .filter(|a| {
                    a.peer == transfer.peer && a.role == transfer.role && a.dataset == transfer.dataset
                })
                .ok_or_else(|| Error::malformed(say("malformed.no-agreement"), "/agreementId"))?;
            room::transfer(&app2, tx).await?;
            let what =
                Use { agreement: &agreement, transfer: &transfer, identity: &identity, counted: false };
            let verdict = access::decide(&app2, tx, &what, now).await?;
            let mut saved = tx.insert_transfer(transfer).await?;
            tx.record(Record { event: saved.event(TransferEvent::Requested), decision: verdict.record() });
            let kind = match saved.role {
                Role::Provider => {
                    if let Some(reasons) = verdict.refused() {
                        let reason = Some(reasons.join(" "));
                        let ended = Message::Termination { code: Some("policy".into()), reason };
                        save(tx, saved.receive(ended, now)?).await?;
                        return Ok(Err(Error::NotAllowed { reasons }));
                    }
                    let mut step = saved.send(Message::Start { address: None }, now)?;
                    step.next.unacknowledged = later.then_some(MessageKind::Start);
                    saved = save(tx, step).await?;
                    MessageKind::Start
                }
                Role::Consumer => {
                    access::standing(&app2, &agreement, now)?;
                    MessageKind::Request
                }
            };
            let address = address(&app2, &hosted2, &saved, now)?;
            if let (true, Some(signaled)) = (later, &saved.signaled) {
                tx.enqueue(wire::callback(&saved, signaled, kind, address.clone())?).await?;
            }
            Ok::<_, Error>(Ok((saved, address)))
        })
    });
    let (saved, address) = job.await?.value?;
    if !later {
        app.pushes.due(hosted.id(), &saved.pid);
    }
    Ok((saved, address))
}

/// Where bytes are fetched, or taken: from whose side that is.
pub(super) fn address(
    app: &App,
    hosted: &Hosted,
    transfer: &Transfer,
    now: Timestamp,
) -> Result<Option<DataAddress>, Error> {
    let profile = transfer.signaled.as_ref().map(|s| s.profile.as_str()).unwrap_or_default();
    let address = match transfer.role {
        Role::Provider => act::address(app, hosted, transfer, now)?,
        Role::Consumer => act::sink(app, hosted, transfer, now)?,
    };
    let Some(mut address) = address else { return Ok(None) };
    if profile == PROFILE_PUSH {
        address.endpoint_type = PROFILE_PUSH.into();
    }
    if profile != PROFILE_PULL {
        return Ok(Some(address));
    }
    address.endpoint_type = PROFILE_PULL.into();
    let audience = hosted.member.renewal();
    let grant = Grant {
        audience: &audience,
        party: &transfer.peer,
        agreement: &transfer.agreement,
        transfer: &transfer.pid,
        jkt: None,
        expires: now.plus_seconds(app.config.contracts.token_s),
    };
    let (token, _) = issue_data(&hosted.keys(), &grant, now)?;
    let life = app.config.contracts.bearer_s.to_string();
    Ok(Some(address.with(vec![("refreshToken", token), ("expiresIn", life), ("refreshEndpoint", audience)])))
}
