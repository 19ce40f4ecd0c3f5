//! The keys that members' logs are signed with, as the sequencer needs them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use contracts::id::MemberId;
use contracts::jwk::Point;
use contracts::tlog::note::{self, Checkpoint, Note, NoteSignature};

use super::Error;
use crate::domain::time::Timestamp;
use crate::identity::cipher::Cipher;
use crate::identity::keys::{Keyring, Purpose};
use crate::identity::signer::Signer;
use crate::text::Sentence;

/// A member's log key, the name of its log, and what seals the keys of its openings.
#[derive(Debug, Clone)]
pub struct LogKey {
    origin: String,
    key_id: [u8; 4],
    signer: Arc<Signer>,
    openings: Arc<Cipher>,
}

impl LogKey {
    /// The key, valid at `at`, of the log with this name. `None` if there is none, or it is not Ed25519.
    pub fn of(origin: String, keys: &Keyring, at: Timestamp) -> Option<Self> {
        let key = keys.current(Purpose::Log, at).ok()?;
        let Ok(Point::Ed25519(public)) = key.public.jwk().point() else { return None };
        let (key_id, openings) = (note::key_id(&origin, &public), Arc::clone(keys.openings()));
        Some(Self { origin, key_id, signer: Arc::clone(&key.signer), openings })
    }

    pub(super) fn openings(&self) -> &Cipher {
        &self.openings
    }

    /// A signed checkpoint (C2SP tlog-checkpoint).
    pub fn sign(&self, size: u64, root: [u8; 32]) -> Result<String, Error> {
        let text = Checkpoint { origin: self.origin.clone(), size, root }.body();
        let signature = self.signer.sign(text.as_bytes()).map_err(|e| Error::Internal(e.to_string()))?;
        let signature = NoteSignature { name: self.origin.clone(), key_id: self.key_id, signature };
        Ok(Note { text, signatures: vec![signature] }.write())
    }
}

/// Keys by member; a member without one cannot record anything, nor one whose log is held.
#[derive(Default)]
pub(super) struct LogKeys {
    keys: RwLock<HashMap<MemberId, LogKey>>,
    held: RwLock<HashMap<MemberId, Sentence>>,
}

impl LogKeys {
    pub(super) fn set(&self, member: MemberId, key: LogKey) {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(member, key);
    }
    pub(super) fn hold(&self, member: &MemberId, why: Option<Sentence>) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        match why {
            Some(why) => held.insert(member.clone(), why),
            None => held.remove(member),
        };
    }
    pub(super) fn get(&self, member: &MemberId) -> Result<LogKey, Error> {
        if let Some(why) = self.held.read().unwrap_or_else(PoisonError::into_inner).get(member) {
            return Err(Error::Stopped(why.clone()));
        }
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(member).cloned().ok_or_else(|| Error::Unsigned(member.to_string()))
    }
    /// What seals the keys of a member's openings; `None` before its keys are known.
    pub(super) fn openings(&self, member: &MemberId) -> Option<Arc<Cipher>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(member).map(|key| Arc::clone(&key.openings))
    }
}
