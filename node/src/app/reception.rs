//! Consumer: what was received is recorded under the name both members give to the exchange, with a receipt.

use contracts::format::{DigestAlg, Instant, V1};
use contracts::receipt::{Range, Receipt, ReceiptType};

use super::peer::outgoing_body;
use super::{App, Error, Hosted};
use crate::dataplane::digest::Digest;
use crate::dataplane::sink::Part;
use crate::domain::delivery::{Closed, Delivery};
use crate::domain::event::{Access, AccessEvent, Ending, Event, Reference};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::domain::transfer::Transfer;

/// Records a part's last exchange, once, and its receipt when the provider takes one.
pub async fn record(
    app: &App,
    hosted: &Hosted,
    transfer: &Transfer,
    path: &str,
    part: &Part,
    ending: Ending,
) -> Result<(), Error> {
    let Some(state) = &part.state else { return Ok(()) };
    let (bytes, digest) = part.exchanged();
    let exchange = &state.exchange;
    let delivery = Delivery {
        reference: Reference(exchange.reference.clone()),
        role: Role::Consumer,
        transfer: transfer.pid.clone(),
        agreement: transfer.agreement.clone(),
        dataset: transfer.dataset.clone(),
        peer: transfer.peer.clone(),
        path: path.to_owned(),
        first: exchange.first,
        at_most: state.total.saturating_sub(exchange.first),
        opened: Timestamp(exchange.opened),
        closed: Some(Closed { bytes, sha256: digest.hex(), ending, at: app.now() }),
    };
    received(app, hosted, transfer, delivery, digest, exchange.shared).await?;
    app.receipts.notify_one();
    Ok(())
}

/// Consumer: records what was received and, for a provider that takes receipts, the receipt to be signed.
async fn received(
    app: &App,
    hosted: &Hosted,
    transfer: &Transfer,
    delivery: Delivery,
    digest: Digest,
    wanted: bool,
) -> Result<(), Error> {
    let Some(Closed { bytes, sha256, ending, at }) = delivery.closed.clone() else {
        return Err(Error::Internal("a reception without end".into()));
    };
    let receipt = Receipt {
        kind: ReceiptType::Receipt,
        v: V1,
        alg: DigestAlg::Sha256,
        reference: delivery.reference.0.clone(),
        agreement: delivery.agreement.clone(),
        transfer: transfer.pids().0,
        provider: delivery.peer.clone(),
        consumer: hosted.did().clone(),
        range: (delivery.first > 0).then_some(Range { first: delivery.first, last: None }),
        bytes,
        sha256: digest.base64url(),
        at: Instant::from_seconds(at.seconds()),
    };
    let event = Event::Access(Access {
        what: AccessEvent::Received { bytes, sha256, ending },
        reference: delivery.reference.clone(),
        transfer: delivery.transfer.clone(),
        agreement: Some(delivery.agreement.clone()),
        dataset: Some(delivery.dataset.clone()),
        peer: delivery.peer.clone(),
    });
    let body = (wanted && bytes > 0).then(|| outgoing_body(&receipt)).transpose()?;
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                if tx.insert_delivery(&delivery).await? {
                    tx.record(event);
                    if let Some(body) = body {
                        tx.insert_receipt(
                            &delivery.reference,
                            Role::Consumer,
                            &delivery.peer,
                            "waiting",
                            &body,
                        )
                        .await?;
                    }
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}
