//! The consumer's receipts: one signature for many, each with the proof that it is among them.

use contracts::format::{Instant, V1};
use contracts::jwk::Jwk;
use contracts::receipt::{self, ReceiptBatch, ReceiptFile};

use super::peer::PeerIdentity;
use super::proof::{ProofError, not_future, read_document, same, sign_document, verify_document};
use super::signer::Signer;
use crate::domain::time::Timestamp;

/// Signs a batch of receipts and gives each receipt with its proof, ready to send. `key`: the signer's public key,
/// for files that must verify alone; a peer resolves it instead.
pub fn sign_receipts(
    receipts: Vec<receipt::Receipt>,
    signer: &Signer,
    at: Timestamp,
    key: Option<&Jwk>,
) -> Result<Vec<ReceiptFile>, ProofError> {
    let sealed = receipt::batch(&receipts, Instant::from_seconds(at.seconds()))?;
    let jws = sign_document(&sealed.batch, receipt::TYP, signer)?;
    let files =
        receipts.into_iter().zip(sealed.proofs).zip(0u64..).map(|((receipt, proof), index)| ReceiptFile {
            kind: receipt::FileType::File,
            v: V1,
            receipt,
            index,
            proof,
            batch: jws.clone(),
            key: key.cloned(),
        });
    Ok(files.collect())
}

/// Verifies the signature over a batch; then each receipt needs only [`check_receipt`].
pub fn verify_batch(
    jws: &str,
    identity: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<ReceiptBatch, ProofError> {
    let (batch, kid, parts) = read_document::<ReceiptBatch>(jws, receipt::TYP)?;
    verify_document(&parts, &kid, identity, batch.at.seconds())?;
    not_future(batch.at.seconds(), now)?;
    Ok(batch)
}

/// Checks that a receipt is the identity's own and in a batch verified before.
pub fn check_receipt(
    file: &ReceiptFile,
    batch: &ReceiptBatch,
    identity: &PeerIdentity,
) -> Result<(), ProofError> {
    same(identity.did(), &file.receipt.consumer)?;
    Ok(file.check_inclusion(batch)?)
}

/// Verifies one receipt with its batch.
pub fn verify_receipt(
    file: &ReceiptFile,
    identity: &PeerIdentity,
    now: Option<Timestamp>,
) -> Result<ReceiptBatch, ProofError> {
    let batch = verify_batch(&file.batch, identity, now)?;
    check_receipt(file, &batch, identity)?;
    Ok(batch)
}
