//! May this agreement give these bytes now? One answer for every data request, recorded before the first byte.

mod attested;
mod decide;
pub(crate) mod facts;
pub mod unproven;
mod view;

use std::sync::Arc;

use contracts::id::{ParticipantId, Pid};
use policies::View;

pub use decide::standing;
pub(crate) use decide::{Use, Verdict, decide, not_understood, sentences};
pub use view::Opening;
use view::Stop;

use super::{App, Error, Hosted, catalogue, transfer};
use crate::domain::agreement::Agreement;
use crate::domain::delivery::{Closed, Delivery};
use crate::domain::event::{Access, AccessEvent, Ending, Event, Record};
use crate::domain::process::Role;
use crate::domain::source::Source;
use crate::domain::time::Timestamp;
use crate::domain::transfer::{Binding, Destination, Transfer};
use crate::identity::random;
use crate::identity::token::{DataClaims, TokenError};

/// Where the bytes are that a data token or a push points to, before anything is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub source: Source,
    pub revision: i64,
    /// What leaves of it; `None`: the whole.
    pub view: Option<View>,
}

/// Who wants bytes to leave, and by what right they ask.
#[derive(Debug, Clone)]
pub enum By {
    /// The consumer, with a data token that was verified.
    Token {
        claims: DataClaims,
        /// Thumbprint of the key whose possession was proven; `None` for a bearer.
        thumbprint: Option<String>,
        /// The proof's identifier and the end of its validity: used once.
        proof: Option<(String, Timestamp)>,
    },
    /// This node, to the sink that the consumer named in its request.
    Push { transfer: Pid, peer: ParticipantId },
}

impl By {
    fn transfer(&self) -> &Pid {
        match self {
            Self::Token { claims, .. } => &claims.tp,
            Self::Push { transfer, .. } => transfer,
        }
    }
    fn peer(&self) -> &ParticipantId {
        match self {
            Self::Token { claims, .. } => &claims.sub,
            Self::Push { peer, .. } => peer,
        }
    }
}

/// Bytes that are to leave.
#[derive(Debug, Clone)]
pub struct Asked {
    pub by: By,
    /// Path within a folder, empty for a file.
    pub path: String,
    pub first: u64,
    /// Bytes from `first` that could leave.
    pub at_most: u64,
    /// What was opened; nothing when it could not be.
    pub target: Option<Target>,
}

/// A right to send bytes, recorded and on disk.
#[derive(Debug, Clone)]
pub struct Granted {
    pub delivery: Delivery,
    /// Index of the opening entry in the member's log.
    pub entry: u64,
}

/// Finds what a token points to. A token of another party or member finds nothing; why a dataset gives nothing is told
/// by [`open`], which decides.
pub async fn find(app: &App, hosted: &Hosted, claims: &DataClaims) -> Result<Target, Error> {
    let transfer = app.store.transfer(hosted.id(), &claims.tp).await?;
    let transfer = transfer
        .filter(|t| t.peer == claims.sub && t.agreement == claims.agr && t.role == Role::Provider)
        .ok_or(Error::NotFound("transfer"))?;
    catalogue::source(app, hosted, &transfer.dataset).await
}

/// Decides and records in one write. The answer is given when the entry is on disk.
pub async fn open(app: &Arc<App>, hosted: &Arc<Hosted>, asked: Asked) -> Result<Opening, Error> {
    let now = app.now();
    let identity = app.resolver.resolve(asked.by.peer()).await.map_err(|e| Error::unresolved(&e))?;
    let reference = random::reference(now);
    let app2 = app.clone();
    let committed = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                if let By::Token { claims, proof: Some((proof, until)), .. } = &asked.by
                    && !tx.use_once(claims.sub.as_str(), proof, *until).await?
                {
                    return Ok(Err(Error::Unauthenticated(TokenError::Replayed)));
                }
                let transfer = transfer::load_for(tx, asked.by.transfer(), asked.by.peer()).await?;
                let agreement =
                    tx.shared_agreement(&transfer.agreement).await?.ok_or(Error::NotFound("contract"))?;
                let access = |what| Access {
                    what,
                    reference: reference.clone(),
                    transfer: transfer.pid.clone(),
                    agreement: Some(agreement.id.clone()),
                    dataset: Some(transfer.dataset.clone()),
                    peer: transfer.peer.clone(),
                };
                let (opened, refused) =
                    (access(AccessEvent::Opened { first: asked.first }), access(AccessEvent::Refused));
                // A revocation has ended the transfer too; the decision below says why, the state would not.
                let flowing = if agreement.revoked.is_some() { Ok(()) } else { moment(&transfer) };
                if let Err(error) = possession(&transfer, &asked.by).and(flowing) {
                    tx.record(Event::Access(refused));
                    return Ok(Err(error));
                }
                // The rung and the embargo may have changed since the source was opened.
                let held = match catalogue::held(&app2, tx.dataset_source(&transfer.dataset).await?) {
                    Ok(held) => held,
                    Err(error) => {
                        tx.record(Event::Access(refused));
                        return Ok(Err(error));
                    }
                };
                if asked.target.as_ref().is_some_and(|opened| !opened.same(&held)) {
                    let why = "the dataset was published anew meanwhile; ask again";
                    return Err(Stop::Failed(Error::Unavailable(why.into())));
                }
                let what = Use {
                    agreement: &agreement,
                    transfer: &transfer,
                    identity: &identity,
                    counted: asked.at_most > 0,
                };
                let verdict = decide(&app2, tx, &what, now).await?;
                if let Some(reasons) = verdict.refused() {
                    tx.record(Record { event: Event::Access(refused), decision: verdict.record() });
                    return Ok(Err(Error::NotAllowed { reasons }));
                }
                // Another part than the contract gives is not sent: nothing of this write is kept.
                if asked.target.as_ref().and_then(|opened| opened.view.as_ref()) != verdict.view() {
                    return Err(Stop::Other(verdict.view().cloned()));
                }
                for (counter, amount) in verdict.takes() {
                    tx.take_count(&agreement.id, &counter, amount, &reference.0).await?;
                }
                if agreement.first_use.is_none() {
                    tx.save_agreement(Agreement { first_use: Some(now), ..agreement.as_ref().clone() })
                        .await?;
                }
                let delivery = Delivery {
                    reference,
                    role: Role::Provider,
                    transfer: transfer.pid.clone(),
                    agreement: agreement.id.clone(),
                    dataset: transfer.dataset.clone(),
                    peer: transfer.peer.clone(),
                    path: asked.path,
                    first: asked.first,
                    at_most: asked.at_most,
                    opened: now,
                    closed: None,
                };
                tx.insert_delivery(&delivery).await?;
                tx.record(Record { event: Event::Access(opened), decision: verdict.record() });
                Ok::<_, Stop>(Ok(delivery))
            })
        })
        .await;
    let committed = match committed {
        Ok(committed) => committed,
        Err(Stop::Other(view)) => return Ok(Opening::Other(view)),
        Err(Stop::Failed(error)) => return Err(error),
    };
    let delivery = committed.value?;
    let entry = committed.entries.last().map_or(0, |e| e.index);
    Ok(Opening::Granted(Box::new(Granted { delivery, entry })))
}

/// Records what was really handed over, after the last byte.
pub async fn close(
    app: &App,
    hosted: &Hosted,
    delivery: &Delivery,
    bytes: u64,
    sha256: &str,
    ending: Ending,
) -> Result<(), Error> {
    let closed = Closed { bytes, sha256: sha256.to_owned(), ending, at: app.now() };
    let event = Event::Access(Access {
        what: AccessEvent::Closed { bytes, sha256: sha256.to_owned(), ending },
        ..of(delivery)
    });
    let (reference, agreement) = (delivery.reference.clone(), delivery.agreement.clone());
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                if tx.close_delivery(&reference, &closed) {
                    tx.record(event);
                    // What never began is no use.
                    if closed.bytes == 0 {
                        tx.give_back_all(&agreement, &reference.0).await?;
                    }
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}

/// What is open. At the start: what was open when the process died.
pub async fn open_ones(app: &App, hosted: &Hosted) -> Result<Vec<Delivery>, Error> {
    Ok(app.store.read(hosted.id()).await?.open_deliveries().await?)
}

/// What was open when the process died is closed as "at most N bytes".
pub async fn recover(app: &App, hosted: &Hosted, orphans: Vec<Delivery>) -> Result<usize, Error> {
    let now = app.now();
    let committed = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                for delivery in &orphans {
                    let closed = Closed {
                        bytes: delivery.at_most,
                        sha256: String::new(),
                        ending: Ending::Broken,
                        at: now,
                    };
                    tx.close_delivery(&delivery.reference, &closed);
                    tx.record(Event::Access(Access {
                        what: AccessEvent::Orphaned { at_most: delivery.at_most },
                        ..of(delivery)
                    }));
                }
                Ok::<_, Error>(orphans.len())
            })
        })
        .await?;
    Ok(committed.value)
}

fn of(delivery: &Delivery) -> Access {
    Access {
        what: AccessEvent::Refused,
        reference: delivery.reference.clone(),
        transfer: delivery.transfer.clone(),
        agreement: Some(delivery.agreement.clone()),
        dataset: Some(delivery.dataset.clone()),
        peer: delivery.peer.clone(),
    }
}

/// The token's right is bound to who proved the key; a push goes to nobody but its own sink.
fn possession(transfer: &Transfer, by: &By) -> Result<(), Error> {
    match (by, &transfer.binding, &transfer.destination) {
        (By::Token { thumbprint: Some(proven), .. }, Some(Binding::Key { thumbprint }), None)
            if thumbprint == proven =>
        {
            Ok(())
        }
        (By::Token { thumbprint: None, .. }, Some(Binding::Bearer), None) => Ok(()),
        (By::Push { .. }, None, Some(Destination::Sink(_))) => Ok(()),
        _ => Err(Error::Unauthenticated(TokenError::OtherKey)),
    }
}

fn moment(transfer: &Transfer) -> Result<(), Error> {
    if transfer::act::flowing(transfer) {
        return Ok(());
    }
    Err(Error::NotNow {
        state: transfer.state.kind().as_str().to_owned(),
        expected: "a transfer in state STARTED".into(),
    })
}
