//! The consumer's signed word on the bytes it received. Many receipts share one signature over a tree (RFC 9162).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::format::{DigestAlg, FormatError, Instant, V1, check_digest};
use crate::id::{AgreementId, ParticipantId, Pid};
use crate::jwk::Jwk;
use crate::{jcs, tlog};

/// `typ` of the signature over a batch.
pub const TYP: &str = "fiducie-receipt-batch+jws";
/// Most receipts under one signature.
pub const MAX_BATCH: u64 = 1 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ReceiptType {
    #[default]
    #[serde(rename = "fiducie-receipt")]
    Receipt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum BatchType {
    #[default]
    #[serde(rename = "fiducie-receipt-batch")]
    Batch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FileType {
    #[default]
    #[serde(rename = "fiducie-receipt-file")]
    File,
}

/// What one consumer received in one exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    #[serde(rename = "type")]
    pub kind: ReceiptType,
    pub v: V1,
    pub alg: DigestAlg,
    /// Name of the exchange in both members' logs: 128 bits in hexadecimal.
    pub reference: String,
    pub agreement: AgreementId,
    /// The provider's name of the transfer.
    pub transfer: Pid,
    pub provider: ParticipantId,
    pub consumer: ParticipantId,
    /// The part of the whole that was asked for; `null`: all of it.
    pub range: Option<Range>,
    /// Bytes received.
    pub bytes: u64,
    /// SHA-256 of these bytes, base64url.
    pub sha256: String,
    pub at: Instant,
}

/// First byte and, when bounded, last byte asked for (both included, as in RFC 9110, section 14.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub first: u64,
    pub last: Option<u64>,
}

impl Receipt {
    pub fn check(&self) -> Result<(), FormatError> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if self.reference.len() != 32 || !self.reference.bytes().all(hex) {
            return Err(FormatError::new("reference", "not 32 lower-case hexadecimal digits"));
        }
        if self.provider == self.consumer {
            return Err(FormatError::new("consumer", "the same participant on both sides"));
        }
        let mut numbers = vec![("bytes", self.bytes)];
        if let Some(range) = self.range {
            numbers.push(("range.first", range.first));
            numbers.extend(range.last.map(|last| ("range.last", last)));
            if range.last.is_some_and(|last| last < range.first) {
                return Err(FormatError::new("range.last", "before range.first"));
            }
        }
        if let Some((at, _)) = numbers.into_iter().find(|(_, n)| *n > jcs::MAX_INTEGER) {
            return Err(FormatError::new(at, "beyond 2^53 - 1"));
        }
        check_digest("sha256", &self.sha256)
    }

    /// The receipt's leaf hash in its batch.
    pub fn leaf(&self) -> Result<tlog::Hash, FormatError> {
        let bytes = jcs::canonical(self).map_err(|e| FormatError::new("", e.to_string()))?;
        Ok(tlog::leaf_hash(&bytes))
    }
}

/// Payload signed once for many receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptBatch {
    #[serde(rename = "type")]
    pub kind: BatchType,
    pub v: V1,
    pub alg: DigestAlg,
    /// RFC 9162 root over the canonical receipts, base64url.
    pub root: String,
    pub size: u64,
    pub at: Instant,
}

/// A receipt with what proves it belongs to a signed batch; what is sent, and kept as `*.receipt.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptFile {
    #[serde(rename = "type")]
    pub kind: FileType,
    pub v: V1,
    pub receipt: Receipt,
    /// Place of the receipt in its batch, from 0.
    pub index: u64,
    /// Inclusion proof, from the leaf's side up, base64url.
    pub proof: Vec<String>,
    /// Compact JWS over the canonical [`ReceiptBatch`].
    pub batch: String,
    /// The key that signed, to verify without network. It proves nothing of who holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Jwk>,
}

/// Receipts of one batch, with its payload; the signature over `batch` completes them.
pub struct Sealed {
    pub batch: ReceiptBatch,
    pub proofs: Vec<Vec<String>>,
}

/// Builds the tree over receipts.
pub fn batch(receipts: &[Receipt], at: Instant) -> Result<Sealed, FormatError> {
    if receipts.is_empty() || receipts.len() as u64 > MAX_BATCH {
        return Err(FormatError::new("", format!("a batch has 1 to {MAX_BATCH} receipts")));
    }
    let mut leaves = Vec::with_capacity(receipts.len());
    for receipt in receipts {
        receipt.check()?;
        leaves.push(receipt.leaf()?);
    }
    let (root, hashes) = proofs(&leaves);
    let proofs = hashes.iter().map(|p| p.iter().map(|h| URL_SAFE_NO_PAD.encode(h)).collect()).collect();
    let root = URL_SAFE_NO_PAD.encode(root);
    let size = receipts.len() as u64;
    Ok(Sealed {
        batch: ReceiptBatch { kind: BatchType::Batch, v: V1, alg: DigestAlg::Sha256, root, size, at },
        proofs,
    })
}

// One pass for all proofs: asking the tree for each would be quadratic.
fn proofs(leaves: &[tlog::Hash]) -> (tlog::Hash, Vec<Vec<tlog::Hash>>) {
    if let [leaf] = leaves {
        return (*leaf, vec![Vec::new()]);
    }
    // RFC 9162, section 2.1.1: split at the largest power of two smaller than the size.
    let split = leaves.len().next_power_of_two() / 2;
    let (left, mut below) = proofs(&leaves[..split]);
    let (right, other) = proofs(&leaves[split..]);
    below.iter_mut().for_each(|proof| proof.push(right));
    below.extend(other.into_iter().map(|mut proof| {
        proof.push(left);
        proof
    }));
    (tlog::node_hash(&left, &right), below)
}

impl ReceiptFile {
    /// Reads a file, which must be canonical.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        jcs::parse_as(bytes)
    }

    /// Whether the receipt is in this batch. The batch's signature is the caller's to verify.
    pub fn check_inclusion(&self, batch: &ReceiptBatch) -> Result<(), FormatError> {
        self.receipt.check()?;
        if batch.size == 0 || batch.size > MAX_BATCH || self.index >= batch.size {
            return Err(FormatError::new("index", "outside the batch"));
        }
        let proof = self.proof.iter().map(|h| hash("proof", h)).collect::<Result<Vec<_>, _>>()?;
        let root = hash("root", &batch.root)?;
        if tlog::verify_inclusion(&self.receipt.leaf()?, self.index, batch.size, &proof, &root) {
            Ok(())
        } else {
            Err(FormatError::new("proof", "the receipt is not in the signed batch"))
        }
    }
}

fn hash(at: &str, text: &str) -> Result<tlog::Hash, FormatError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|b| b.try_into().ok());
    bytes.ok_or_else(|| FormatError::new(at, "not a hash in base64url"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_those_of_the_tree() {
        for size in [1, 2, 3, 5, 8, 13] {
            let leaves: Vec<tlog::Hash> = (0..size).map(|i: u8| tlog::leaf_hash(&[i])).collect();
            let (root, all) = proofs(&leaves);
            assert_eq!(root, tlog::root(&leaves));
            for (i, proof) in all.iter().enumerate() {
                assert_eq!(proof, &tlog::inclusion_proof(&leaves, i));
            }
        }
    }
}
