//! Extract of a member's log, as a file: entries with the proof that they are in the log, and what opens them.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::format::{FormatError, V1};
use crate::id::ParticipantId;
use crate::jwk::Jwk;
use crate::leaf::{Leaf, Opening};
use crate::tlog::note::{Checkpoint, Note};
use crate::tlog::{self, Hash};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ExtractType {
    #[default]
    #[serde(rename = "fiducie-log-extract")]
    Extract,
}

/// A `*.log.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogExtract {
    #[serde(rename = "type")]
    pub kind: ExtractType,
    pub v: V1,
    /// Whose log it is.
    pub participant: ParticipantId,
    /// Name of the log, as in the checkpoint.
    pub origin: String,
    /// Signed note (C2SP tlog-checkpoint): the state of the log that the proofs lead to.
    pub checkpoint: String,
    /// Key that signed the checkpoint; an anchor says whether it is the participant's.
    pub key: Jwk,
    pub entries: Vec<ExtractEntry>,
}

/// One entry of an extract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtractEntry {
    pub index: u64,
    /// The leaf's bytes, base64url.
    pub leaf: String,
    /// Inclusion proof, from the leaf's side up, base64url.
    pub proof: Vec<String>,
    /// What opens the leaf's commitments, by field; absent when erased or withheld.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub openings: BTreeMap<String, Opening>,
}

impl LogExtract {
    /// The checkpoint, whose origin must be the extract's. Its signature is the caller's to verify.
    pub fn checkpoint(&self) -> Result<(Checkpoint, Note), FormatError> {
        let note = Note::parse(&self.checkpoint)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        if checkpoint.origin != self.origin {
            return Err(FormatError::new("origin", "not the checkpoint's"));
        }
        Ok((checkpoint, note))
    }
}

impl ExtractEntry {
    pub fn new(index: u64, leaf: &[u8], proof: &[Hash], openings: BTreeMap<String, Opening>) -> Self {
        let proof = proof.iter().map(|hash| URL_SAFE_NO_PAD.encode(hash)).collect();
        Self { index, leaf: URL_SAFE_NO_PAD.encode(leaf), proof, openings }
    }

    /// The leaf's bytes.
    pub fn bytes(&self) -> Result<Vec<u8>, FormatError> {
        let wrong = |_| FormatError::new(format!("entry {}, leaf", self.index), "not base64url");
        URL_SAFE_NO_PAD.decode(&self.leaf).map_err(wrong)
    }

    /// The leaf; nothing is proven of it.
    pub fn leaf(&self) -> Result<Leaf, FormatError> {
        let wrong = |e: FormatError| FormatError::new(format!("entry {}, leaf", self.index), e.to_string());
        Leaf::parse(&self.bytes()?).map_err(wrong)
    }

    /// Checks that the entry is in the log as the checkpoint states it, and that every opening opens it.
    pub fn check(&self, checkpoint: &Checkpoint) -> Result<Leaf, FormatError> {
        let at = |field: &str| format!("entry {}, {field}", self.index);
        let wrong = |field: &str, what: &str| FormatError::new(at(field), what);
        let (bytes, leaf) = (self.bytes()?, self.leaf()?);
        let proof: Option<Vec<Hash>> =
            self.proof.iter().map(|hash| URL_SAFE_NO_PAD.decode(hash).ok()?.try_into().ok()).collect();
        let proof = proof.ok_or_else(|| wrong("proof", "not hashes in base64url"))?;
        let hash = tlog::leaf_hash(&bytes);
        if !tlog::verify_inclusion(&hash, self.index, checkpoint.size, &proof, &checkpoint.root) {
            return Err(wrong("proof", "does not lead to the checkpoint's root"));
        }
        for (field, opening) in &self.openings {
            leaf.check(field, opening).map_err(|e| FormatError::new(at(&e.at), e.what))?;
        }
        Ok(leaf)
    }
}
