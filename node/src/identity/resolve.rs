//! From a DID to an identity: fetched once, kept a while, fetched again when a key is unknown. Never more often than
//! configured, so that a stranger's tokens cannot make us knock at somebody's door.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use contracts::did;
use contracts::id::ParticipantId;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use url::Url;

use super::peer::{IdentityError, PeerIdentity};
use super::token::{Expected, PeerClaims, PeerToken, TokenError};
use crate::domain::time::{Clock, Timestamp};

/// Why a document could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("the address is not allowed: {0}")]
    Forbidden(String),
    #[error("HTTP status {0}")]
    Status(u16),
    #[error("more than {0} bytes")]
    TooLarge(usize),
    #[error("unreachable: {0}")]
    Unreachable(String),
}

/// Fetches a small public document. The implementation guards addresses, follows no redirect, limits size and time.
pub trait Fetch: Send + Sync {
    fn fetch<'a>(&'a self, url: &'a Url, max_bytes: usize) -> BoxFuture<'a, Result<Vec<u8>, FetchError>>;
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    #[error("{did} cannot be fetched: {error}")]
    Fetch { did: String, error: FetchError },
    #[error("{did}: {error}")]
    Identity { did: String, error: IdentityError },
    #[error("too many identities are being resolved; try again")]
    Busy,
}

impl ResolveError {
    /// Whether it may be otherwise when asked again: nobody answered, or not in a state to.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::Fetch { error, .. } => match error {
                FetchError::Unreachable(_) => true,
                FetchError::Status(status) => matches!(status, 408 | 425 | 429 | 500..=599),
                FetchError::Forbidden(_) | FetchError::TooLarge(_) => false,
            },
            Self::Identity { .. } => false,
        }
    }
}

/// How long things are kept, in seconds, and how many.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// After this a document is fetched again.
    pub fresh: i64,
    /// While the peer is unreachable, a document up to this age still serves.
    pub stale: i64,
    /// Least time between two fetches of one DID.
    pub interval: i64,
    pub identities: usize,
    pub concurrent: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fresh: 3600, stale: 86_400, interval: 10, identities: 10_000, concurrent: 16 }
    }
}

/// A document as kept in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub did: ParticipantId,
    /// JSON as fetched.
    pub document: Vec<u8>,
    pub fetched_at: Timestamp,
}

/// Called with each document newly fetched, to keep it. Must not block.
pub type Keep = Arc<dyn Fn(Kept) + Send + Sync>;

#[derive(Clone)]
struct Known {
    identity: Arc<PeerIdentity>,
    fetched_at: Timestamp,
}

#[derive(Default)]
struct Slot {
    known: Mutex<Option<Known>>,
    /// Held while fetching, so that many callers make one fetch; inside: last attempt and how it failed.
    fetching: tokio::sync::Mutex<Option<(Timestamp, Option<ResolveError>)>>,
}

impl Slot {
    fn known(&self) -> Option<Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    fn learn(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

/// Resolves `did:web` identities.
pub struct Resolver {
    fetch: Arc<dyn Fetch>,
    limits: Limits,
    clock: Clock,
    keep: Option<Keep>,
    slots: Mutex<HashMap<ParticipantId, Arc<Slot>>>,
    permits: Semaphore,
}

impl Resolver {
    pub fn new(fetch: Arc<dyn Fetch>, limits: Limits, clock: Clock, keep: Option<Keep>) -> Self {
        let permits = Semaphore::new(limits.concurrent.max(1));
        Self { fetch, limits, clock, keep, slots: Mutex::new(HashMap::new()), permits }
    }

    /// Puts back a document kept before; one that no longer reads is left out.
    pub fn import(&self, kept: &Kept) -> Result<(), IdentityError> {
        let identity = Arc::new(PeerIdentity::parse(&kept.did, &kept.document)?);
        if let Ok(slot) = self.slot(&kept.did) {
            slot.learn(Known { identity, fetched_at: kept.fetched_at });
        }
        Ok(())
    }

    /// The identity of a DID, at most [`Limits::fresh`] old unless the peer is unreachable.
    pub async fn resolve(&self, did: &ParticipantId) -> Result<Arc<PeerIdentity>, ResolveError> {
        self.obtain(did, |_| true).await
    }

    /// The identity of a DID, fetched again when the copy at hand does not show the key.
    pub async fn with_key(&self, did: &ParticipantId, kid: &str) -> Result<Arc<PeerIdentity>, ResolveError> {
        self.obtain(did, |identity| identity.has_key(kid)).await
    }

    /// Verifies a peer's token. `jti` must still be recorded as used, in the transaction that acts on the message.
    pub async fn authenticate(&self, token: &str, expected: Expected<'_>) -> Result<PeerClaims, TokenError> {
        let token = PeerToken::parse(token)?;
        token.check(&expected)?;
        let identity = self.with_key(token.issuer(), token.kid()).await.map_err(|e| match e {
            ResolveError::Busy => TokenError::Busy,
            other if other.is_passing() => TokenError::Unreachable(other.to_string()),
            other => TokenError::Unresolvable(other.to_string()),
        })?;
        token.verify(&identity, &expected)
    }

    async fn obtain(
        &self,
        did: &ParticipantId,
        enough: impl Fn(&PeerIdentity) -> bool,
    ) -> Result<Arc<PeerIdentity>, ResolveError> {
        let url = did::document_url(did.as_str())
            .map_err(|e| ResolveError::Identity { did: did.to_string(), error: e.into() })?;
        let slot = self.slot(did)?;
        let good = |known: &Known, now: Timestamp| {
            now.seconds().saturating_sub(known.fetched_at.seconds()) < self.limits.fresh
                && enough(&known.identity)
        };
        if let Some(known) = slot.known().filter(|known| good(known, self.clock.now())) {
            return Ok(known.identity);
        }
        let mut last = slot.fetching.lock().await;
        let now = self.clock.now();
        // Somebody else may have fetched it while we waited.
        if let Some(known) = slot.known().filter(|known| good(known, now)) {
            return Ok(known.identity);
        }
        let error = match last.take() {
            Some((at, error)) if now.seconds().saturating_sub(at.seconds()) < self.limits.interval => {
                *last = Some((at, error.clone()));
                error
            }
            _ => {
                let outcome = self.fetch(did, &url, &slot, now).await.err();
                // Our own lack of room says nothing about the peer.
                *last = (outcome != Some(ResolveError::Busy)).then(|| (now, outcome.clone()));
                outcome
            }
        };
        // An older copy is better than none while the peer is down; a key it lacks is then refused by its user.
        let usable =
            |known: &Known| now.seconds().saturating_sub(known.fetched_at.seconds()) < self.limits.stale;
        match (slot.known().filter(usable), error) {
            (Some(known), _) => Ok(known.identity),
            (None, Some(error)) => Err(error),
            (None, None) => Err(ResolveError::Busy),
        }
    }

    async fn fetch(
        &self,
        did: &ParticipantId,
        url: &Url,
        slot: &Slot,
        now: Timestamp,
    ) -> Result<(), ResolveError> {
        // Identities we know are not kept waiting by strangers whose hosts answer slowly.
        let _permit = match slot.known() {
            Some(_) => None,
            None => Some(self.permits.try_acquire().map_err(|_| ResolveError::Busy)?),
        };
        let document = self
            .fetch
            .fetch(url, did::MAX_DOCUMENT)
            .await
            .map_err(|error| ResolveError::Fetch { did: did.to_string(), error })?;
        let identity = PeerIdentity::parse(did, &document)
            .map_err(|error| ResolveError::Identity { did: did.to_string(), error })?;
        slot.learn(Known { identity: Arc::new(identity), fetched_at: now });
        if let Some(keep) = &self.keep {
            keep(Kept { did: did.clone(), document, fetched_at: now });
        }
        Ok(())
    }

    // Full: forget a slot nobody is using, one without identity first. All in use: refuse.
    fn slot(&self, did: &ParticipantId) -> Result<Arc<Slot>, ResolveError> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(did) {
            return Ok(slot.clone());
        }
        if slots.len() >= self.limits.identities.max(1) {
            let idle = slots.iter().filter(|(_, slot)| Arc::strong_count(slot) == 1);
            let oldest =
                idle.min_by_key(|(_, slot)| slot.known().map(|k| k.fetched_at)).map(|(did, _)| did.clone());
            slots.remove(&oldest.ok_or(ResolveError::Busy)?);
        }
        let slot = Arc::new(Slot::default());
        slots.insert(did.clone(), slot.clone());
        Ok(slot)
    }
}
