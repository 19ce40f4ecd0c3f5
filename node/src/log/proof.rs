//! Proofs from the stored log: that an entry is in it, that it only grew, and files that carry them.

use std::collections::BTreeMap;

use contracts::extract::{ExtractEntry, ExtractType, LogExtract};
use contracts::format::V1;
use contracts::id::ParticipantId;
use contracts::jwk::Jwk;
use contracts::leaf::{FACTS, Opening};
use contracts::tlog::note::{Checkpoint, Note};
use contracts::tlog::{self, Hash};

use crate::store::{Entry, Error, Reader};

/// Proof that entry `index` is in the log when it had `size` entries.
///
/// # Errors
/// [`Error::NotFound`] if there is no such entry, or the log is shorter.
pub async fn inclusion(reader: &mut Reader, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
    let length = reader.log_head().await?.map_or(0, |head| head.size);
    if index >= size || size > length {
        return Err(Error::NotFound("log entry"));
    }
    reader.log_roots(&tlog::inclusion_ranges(index, size)).await
}

/// Proof that the log of `first` entries is the beginning of the log of `second` entries.
///
/// # Errors
/// [`Error::NotFound`] if `first` is 0 or larger than `second`, or the log is shorter.
pub async fn consistency(reader: &mut Reader, first: u64, second: u64) -> Result<Vec<Hash>, Error> {
    let length = reader.log_head().await?.map_or(0, |head| head.size);
    if first == 0 || first > second || second > length {
        return Err(Error::NotFound("log size"));
    }
    reader.log_roots(&tlog::consistency_ranges(first, second)).await
}

/// Root of the log when it had `size` entries; the log must have as many.
pub async fn root(reader: &mut Reader, size: u64) -> Result<Hash, Error> {
    let roots = reader.log_roots(std::slice::from_ref(&(0..size))).await?;
    roots.first().copied().ok_or(Error::NotFound("log size"))
}

/// An extract of entries, proven by the checkpoint of a size. `open`: with what opens them.
///
/// # Errors
/// When a checkpoint or a proof cannot be read.
pub async fn extract(
    reader: &mut Reader,
    (size, checkpoint): (u64, String),
    participant: ParticipantId,
    key: Jwk,
    entries: Vec<Entry>,
    open: bool,
) -> Result<LogExtract, Error> {
    let note = Note::parse(&checkpoint).map_err(stored)?;
    let origin = Checkpoint::parse(&note.text).map_err(stored)?.origin;
    let mut proven = Vec::with_capacity(entries.len());
    for entry in entries {
        let proof = reader.log_roots(&tlog::inclusion_ranges(entry.index, size)).await?;
        let openings = if open { openings(&entry) } else { BTreeMap::new() };
        proven.push(ExtractEntry::new(entry.index, &entry.leaf, &proof, openings));
    }
    let kind = ExtractType::Extract;
    Ok(LogExtract { kind, v: V1, participant, origin, checkpoint, key, entries: proven })
}

/// What opens an entry, as far as it was not erased.
pub fn openings(entry: &Entry) -> BTreeMap<String, Opening> {
    let mut openings = entry.body.as_ref().map(|body| body.fields.clone()).unwrap_or_default();
    if let Some(facts) = &entry.facts {
        let opening = Opening { value: facts.json.clone(), salt: facts.salt.clone() };
        openings.insert(FACTS.to_owned(), opening);
    }
    openings
}

fn stored(error: contracts::format::FormatError) -> Error {
    Error::Internal(format!("stored checkpoint: {error}"))
}
