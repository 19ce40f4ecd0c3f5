//! One entry's proof as a text file (C2SP tlog-proof), which any reader of that format can check.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::note::{Checkpoint, Note};
use super::{Hash, leaf_hash, verify_inclusion};
use crate::format::FormatError;

/// First line of the file.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Most hashes of a proof: one for each level of a tree.
const MOST: usize = 63;

/// A `*.tlog-proof`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// In our files the entry's bytes. They are proven like any that were brought from elsewhere: by their hash.
    pub extra: Option<Vec<u8>>,
    pub index: u64,
    pub proof: Vec<Hash>,
    /// Signed note.
    pub checkpoint: String,
}

impl LogProof {
    pub fn write(&self) -> String {
        let extra = self.extra.as_ref().map(|bytes| format!("extra {}\n", STANDARD.encode(bytes)));
        let hashes: String = self.proof.iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
        let extra = extra.unwrap_or_default();
        format!("{HEADER}\n{extra}index {}\n{hashes}\n{}", self.index, self.checkpoint)
    }

    /// Reads a file; proof and signatures are not checked.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let wrong = |what: &str| FormatError::new("tlog-proof", what);
        let (head, checkpoint) =
            text.split_once("\n\n").ok_or_else(|| wrong("no empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(wrong("the first line is not that of the format"));
        }
        let mut line = lines.next();
        let extra = match line.and_then(|line| line.strip_prefix("extra ")) {
            Some(extra) => {
                line = lines.next();
                Some(STANDARD.decode(extra).map_err(|_| wrong("extra data is not base64"))?)
            }
            None => None,
        };
        let index = line.and_then(|line| line.strip_prefix("index ")).ok_or_else(|| wrong("no index"))?;
        let number = index.parse().ok().filter(|n: &u64| n.to_string() == index);
        let index = number.ok_or_else(|| wrong("the index is not a decimal number"))?;
        let proof = lines
            .map(|line| STANDARD.decode(line).ok()?.try_into().ok())
            .collect::<Option<Vec<Hash>>>()
            .filter(|proof| proof.len() <= MOST)
            .ok_or_else(|| wrong("a line of the proof is not a hash, or there are too many"))?;
        Ok(Self { extra, index, proof, checkpoint: checkpoint.to_owned() })
    }

    /// The checkpoint, when an entry of these bytes is where the proof says. Its signatures are the caller's to verify.
    pub fn check(&self, entry: &[u8]) -> Result<(Checkpoint, Note), FormatError> {
        let note = Note::parse(&self.checkpoint)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        let hash = leaf_hash(entry);
        if verify_inclusion(&hash, self.index, checkpoint.size, &self.proof, &checkpoint.root) {
            Ok((checkpoint, note))
        } else {
            Err(FormatError::new("tlog-proof", "does not lead to the checkpoint's root"))
        }
    }
}

#[cfg(test)]
mod tests;
