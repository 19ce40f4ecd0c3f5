//! Checks a whole stored log: every leaf, the tree over them, the head and its signature.

use contracts::leaf::Leaf;
use contracts::tlog;
use contracts::tlog::note::{Checkpoint, Note, key_id};

use super::tree::Edge;
use crate::identity::public::PublicKey;
use crate::store::{Error, Reader};

/// Leaves read at once.
const CHUNK: usize = 2048;

/// What is wrong with a stored log.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("entry {0}: its leaf is not what was hashed")]
    Leaf(u64),
    #[error("entry {index}: {what}")]
    Format { index: u64, what: String },
    #[error("entry {index} opens differently: {what}")]
    Opening { index: u64, what: String },
    #[error("tile {index} of level {level} is not that of the entries")]
    Tile { level: u32, index: u64 },
    #[error("{found} entries are stored, the head says {said}")]
    Size { found: u64, said: u64 },
    #[error("the entries do not have the root that the head states")]
    Root,
    #[error("the checkpoint does not state the head's size and root")]
    Checkpoint,
    #[error("no known log key signed the checkpoint")]
    Signature,
    #[error(transparent)]
    Store(#[from] Error),
}

/// Recomputes the log of the reader's member; gives the number of its entries. `keys`: the member's log keys, past ones
/// too.
pub async fn verify(reader: &mut Reader, keys: &[&PublicKey]) -> Result<u64, Fault> {
    // The head first: entries committed meanwhile are beyond it.
    let Some(head) = reader.log_head().await? else {
        return match reader.leaves(0, 1).await?.len() {
            0 => Ok(0),
            found => Err(Fault::Size { found: found as u64, said: 0 }),
        };
    };
    let (mut edge, mut tiles) = (Edge::default(), Vec::new());
    while edge.size() < head.size {
        let most = CHUNK.min(usize::try_from(head.size - edge.size()).unwrap_or(CHUNK));
        let leaves = reader.leaves(edge.size(), most).await?;
        if leaves.is_empty() {
            return Err(Fault::Size { found: edge.size(), said: head.size });
        }
        for (leaf, stored) in leaves {
            let (index, hash) = (edge.size(), tlog::leaf_hash(&leaf));
            if hash != stored {
                return Err(Fault::Leaf(index));
            }
            Leaf::parse(&leaf).map_err(|e| Fault::Format { index, what: e.to_string() })?;
            edge.push(hash, &mut tiles);
        }
        for tile in tiles.drain(..) {
            if reader.log_tile(tile.level, tile.index).await? != Some((tile.root, tile.hashes)) {
                return Err(Fault::Tile { level: tile.level, index: tile.index });
            }
        }
    }
    if edge.root() != head.root {
        return Err(Fault::Root);
    }
    let note = Note::parse(&head.checkpoint).map_err(|_| Fault::Checkpoint)?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(|_| Fault::Checkpoint)?;
    if checkpoint.size != head.size || checkpoint.root != head.root {
        return Err(Fault::Checkpoint);
    }
    if keys.iter().any(|key| signed(&note, &checkpoint.origin, key)) {
        Ok(head.size)
    } else {
        Err(Fault::Signature)
    }
}

/// Whether this key signed this note under this name (C2SP signed-note, Ed25519). A line that claims so and does not
/// verify makes the note malformed, whatever the others say.
pub fn signed(note: &Note, name: &str, key: &PublicKey) -> bool {
    let Ok(contracts::jwk::Point::Ed25519(public)) = key.jwk().point() else { return false };
    let id = key_id(name, &public);
    let mut lines = note.signatures.iter().filter(|s| s.name == name && s.key_id == id).peekable();
    lines.peek().is_some() && lines.all(|s| key.verify(note.text.as_bytes(), &s.signature))
}

/// Checks the clear values of entries against their leaves.
pub async fn verify_bodies(reader: &mut Reader, from: u64, most: usize) -> Result<u64, Fault> {
    let entries = reader.entries(from, most).await?;
    for entry in &entries {
        let index = entry.index;
        let leaf = Leaf::parse(&entry.leaf).map_err(|e| Fault::Format { index, what: e.to_string() })?;
        for (field, opening) in entry.body.iter().flat_map(|body| &body.fields) {
            leaf.check(field, opening).map_err(|e| Fault::Opening { index, what: e.to_string() })?;
        }
    }
    Ok(entries.len() as u64)
}
