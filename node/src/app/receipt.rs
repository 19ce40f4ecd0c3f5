//! Receipts: the consumer's signed word on what it received, many under one signature.
//!
//! The consumer writes a receipt in the same write as the reception. What gathered while the last batch was being
//! signed makes the next one: no timer. The provider verifies, keeps and records each once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contracts::format::V1;
use contracts::id::ParticipantId;
use contracts::receipt::{FileType, Receipt, ReceiptFile};
use serde::{Deserialize, Serialize};

use super::peer::{Answer, Caller, MessageKey, once, outgoing_body};
use super::{App, Error, Hosted};
use crate::domain::event::{Access, AccessEvent, Event, Reference};
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::process::Role;
use crate::identity::keys::Purpose;
use crate::identity::proof::signer_of;
use crate::identity::receipt::{check_receipt, sign_receipts, verify_batch};
use crate::text::say;
use crate::workers::{Stop, stopped};

/// Most receipts in one message: about 400 kB of JSON.
pub const MOST: usize = 256;

/// Wait before receipts that could not be signed are tried again.
const RETRY: Duration = Duration::from_secs(60);

/// Body of `POST <base>/peer/v1/receipts`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptsMessage {
    /// Compact JWS over the batch.
    pub batch: String,
    pub receipts: Vec<Proven>,
}

/// A receipt with its place in the batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proven {
    pub receipt: Receipt,
    pub index: u64,
    pub proof: Vec<String>,
}

/// Answer to receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Recorded {
    recorded: usize,
    /// References of exchanges that are not known here, or not between these two.
    unknown: Vec<String>,
}

/// The signed receipt of an exchange as a file (`*.receipt.json`): ours, or the one that was sent to us.
///
/// # Errors
/// [`Error::NotFound`] also while it waits to be signed.
pub async fn file(app: &App, hosted: &Hosted, reference: &Reference) -> Result<Vec<u8>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    for role in [Role::Consumer, Role::Provider] {
        let found = reader.receipt(reference, role).await?;
        if let Some(row) = found.filter(|row| row.state != "waiting") {
            let value: serde_json::Value = serde_json::from_str(&row.body)
                .map_err(|e| Error::Internal(format!("stored receipt {}: {e}", reference.0)))?;
            return contracts::jcs::canonical_value(&value).map_err(|e| Error::Internal(e.to_string()));
        }
    }
    Err(Error::NotFound("receipt"))
}

/// Consumer: signs what waits and puts it in the outbox; says how many receipts left. Call until it says 0.
pub async fn send_waiting(app: &App, hosted: &Arc<Hosted>) -> Result<usize, Error> {
    let now = app.now();
    let waiting = app.store.read(hosted.id()).await?.receipts_waiting(MOST as i64).await?;
    let mut by_peer: BTreeMap<String, (ParticipantId, Vec<Receipt>)> = BTreeMap::new();
    for row in waiting {
        let receipt: Receipt = serde_json::from_str(&row.body)
            .map_err(|e| Error::Internal(format!("stored receipt {}: {e}", row.reference.0)))?;
        by_peer.entry(row.peer.to_string()).or_insert_with(|| (row.peer, Vec::new())).1.push(receipt);
    }
    let mut sent = 0;
    for (peer, receipts) in by_peer.into_values() {
        let keys = hosted.keys();
        let key = keys.current(Purpose::Sign, now)?.clone();
        sent += receipts.len();
        let signing = move || sign_receipts(receipts, &key.signer, now, Some(key.public.jwk()));
        let files = tokio::task::spawn_blocking(signing)
            .await
            .map_err(|e| Error::Internal(format!("signing receipts: {e}")))??;
        let message = message(&peer, &files)?;
        let kept = files.iter().map(outgoing_body).collect::<Result<Vec<_>, _>>()?;
        app.store
            .write(hosted.id(), move |tx| {
                Box::pin(async move {
                    for (file, body) in files.iter().zip(&kept) {
                        tx.receipt_signed(&Reference(file.receipt.reference.clone()), body).await?;
                    }
                    tx.enqueue(message).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    Ok(sent)
}

/// Signs and sends receipts as they come, until the node stops; those of a process that died at the start.
pub async fn run(app: Arc<App>, mut stop: Stop) {
    loop {
        for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
            loop {
                match send_waiting(&app, &hosted).await {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(%error, member = %hosted.id(), "receipts: tried again later");
                        break;
                    }
                }
            }
        }
        tokio::select! {
            () = app.receipts.notified() => {}
            // What could not be signed or written before.
            () = tokio::time::sleep(RETRY) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

fn message(peer: &ParticipantId, files: &[ReceiptFile]) -> Result<Outgoing, Error> {
    let base = contracts::did::base_url(peer.as_str())
        .map_err(|e| Error::Internal(format!("provider that takes receipts: {e}")))?;
    let batch = files.first().map(|f| f.batch.clone()).unwrap_or_default();
    let receipts = files
        .iter()
        .map(|f| Proven { receipt: f.receipt.clone(), index: f.index, proof: f.proof.clone() })
        .collect();
    Ok(Outgoing {
        process: Process::Receipts(peer.clone()),
        peer: peer.clone(),
        kind: "receipts",
        url: format!("{}/peer/v1/receipts", base.as_str().trim_end_matches('/')),
        body: outgoing_body(&ReceiptsMessage { batch, receipts })?,
    })
}

/// Provider: verifies and records a batch. A batch with one wrong receipt is refused as a whole.
pub async fn receive(
    app: &App,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: ReceiptsMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    if message.receipts.is_empty() || message.receipts.len() > MOST {
        let count = say("malformed.receipts").with("count", message.receipts.len()).with("most", MOST);
        return Err(Error::malformed(count, "/receipts"));
    }
    let now = app.now();
    let own = hosted.did().clone();
    let identity = caller.identity.clone();
    let checking = move || {
        let batch = verify_batch(&message.batch, &identity, Some(now))
            .map_err(|e| Error::malformed(say("malformed.batch").with("what", e), "/batch"))?;
        let ReceiptsMessage { batch: jws, receipts } = message;
        // Kept with the key, so that the receipt can be verified later without its signer.
        let kid = signer_of(&jws).map(|(_, kid)| kid).unwrap_or_default();
        let key = identity.any_key(&kid).map(|key| key.jwk().clone());
        let mut files = Vec::with_capacity(receipts.len());
        for (i, Proven { receipt, index, proof }) in receipts.into_iter().enumerate() {
            let (kind, batch_jws) = (FileType::File, jws.clone());
            let file = ReceiptFile { kind, v: V1, receipt, index, proof, batch: batch_jws, key: key.clone() };
            let wrong = |what: String| {
                Error::malformed(say("malformed.receipt").with("what", what), format!("/receipts/{i}"))
            };
            check_receipt(&file, &batch, &identity).map_err(|e| wrong(e.to_string()))?;
            if file.receipt.provider != own {
                return Err(wrong(format!("a receipt for {}", file.receipt.provider)));
            }
            files.push((outgoing_body(&file)?, file.receipt));
        }
        Ok(files)
    };
    // Many hashes and a signature: off the thread that serves.
    let files = tokio::task::spawn_blocking(checking)
        .await
        .map_err(|e| Error::Internal(format!("verifying receipts: {e}")))??;
    let peer = caller.did.clone();
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let (mut recorded, mut unknown) = (0, Vec::new());
            for (body, receipt) in files {
                let reference = Reference(receipt.reference.clone());
                let known = tx.delivery(&reference, Role::Provider).await?.filter(|d| {
                    d.peer == peer
                        && d.agreement == receipt.agreement
                        && d.transfer == receipt.transfer
                        && receipt.bytes <= d.at_most
                });
                let Some(delivery) = known else {
                    unknown.push(receipt.reference);
                    continue;
                };
                recorded += 1;
                if !tx.insert_receipt(&reference, Role::Provider, &peer, "verified", &body).await? {
                    continue;
                }
                tx.record(Event::Access(Access {
                    what: AccessEvent::Acknowledged { bytes: receipt.bytes, sha256: hex_of(&receipt.sha256) },
                    reference,
                    transfer: delivery.transfer,
                    agreement: Some(delivery.agreement),
                    dataset: Some(delivery.dataset),
                    peer: delivery.peer,
                }));
            }
            Ok(Answer { status: 200, body: outgoing_body(&Recorded { recorded, unknown })? })
        })
    })
    .await
}

/// Entries write digests in hexadecimal, receipts in base64url; the receipt's form was checked before.
fn hex_of(base64url: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(base64url).map(hex::encode).unwrap_or_default()
}
