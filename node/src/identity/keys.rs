//! A member's keys: by identifier, with a purpose and a validity interval, so that one can be replaced without
//! breaking what it signed.

use std::sync::Arc;

use contracts::id::ParticipantId;
use contracts::jwk::Jwk;

use super::cipher::Cipher;
use super::public::{Alg, PublicKey, PublicKeyError};
use super::seal::{MasterSecret, SealError};
use super::signer::{Signer, SignerError};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Messages to peers, contracts, statements, receipts, DPoP proofs.
    Sign,
    /// Data access tokens, verified only by the member itself.
    Data,
    /// Checkpoints of the member's log.
    Log,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::Sign, Self::Data, Self::Log];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Data => "data",
            Self::Log => "log",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == text)
    }
    /// The algorithm of new keys; C2SP checkpoints want Ed25519.
    pub fn alg(self) -> Alg {
        match self {
            Self::Sign | Self::Data => Alg::Es256,
            Self::Log => Alg::EdDsa,
        }
    }
}

/// A key as stored: the private part sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// `<did>#<RFC 7638 thumbprint>`.
    pub kid: String,
    pub purpose: Purpose,
    pub alg: Alg,
    /// Public key as JWK, in JSON.
    pub public_jwk: String,
    pub sealed: Vec<u8>,
    pub valid_from: Timestamp,
    /// Excluded; `None` while the key is in use.
    pub valid_until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the member has no {} key valid now", .0.as_str())]
    NoCurrent(Purpose),
    #[error("stored key {kid}: {what}")]
    Stored { kid: String, what: String },
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Signer(#[from] SignerError),
    #[error(transparent)]
    Public(#[from] PublicKeyError),
}

/// A key ready for use.
#[derive(Debug, Clone)]
pub struct Key {
    pub purpose: Purpose,
    pub signer: Arc<Signer>,
    pub public: Arc<PublicKey>,
    pub valid_from: Timestamp,
    pub valid_until: Option<Timestamp>,
}

impl Key {
    pub fn kid(&self) -> &str {
        self.signer.kid()
    }
    pub fn valid_at(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_until.is_none_or(|until| at < until)
    }
}

/// All keys of one member, present and past. Replaced as a whole when a key changes.
#[derive(Debug, Clone)]
pub struct Keyring {
    did: ParticipantId,
    keys: Vec<Arc<Key>>,
    /// Seals the keys of what opens the entries of its log.
    openings: Arc<Cipher>,
}

/// A rotation to be written: the new key, and the end of those it replaces.
pub struct Rotation {
    pub keyring: Keyring,
    pub added: KeyRow,
    pub retired: Vec<Retired>,
}

pub struct Retired {
    pub kid: String,
    pub valid_until: Timestamp,
}

impl Keyring {
    /// A new member's keys, one for each purpose, with the rows to store.
    pub fn generate(
        member: &Member,
        secret: &MasterSecret,
        at: Timestamp,
    ) -> Result<(Self, Vec<KeyRow>), KeyError> {
        let openings = Arc::new(secret.openings(&member.id)?);
        let mut ring = Self { did: member.did.clone(), keys: Vec::new(), openings };
        let mut rows = Vec::new();
        for purpose in Purpose::ALL {
            let (key, row) = make(member, purpose, secret, at)?;
            ring.keys.push(Arc::new(key));
            rows.push(row);
        }
        Ok((ring, rows))
    }

    /// Opens stored keys.
    pub fn open(member: &Member, secret: &MasterSecret, rows: &[KeyRow]) -> Result<Self, KeyError> {
        let keys =
            rows.iter().map(|row| open(member, secret, row).map(Arc::new)).collect::<Result<_, _>>()?;
        Ok(Self { did: member.did.clone(), keys, openings: Arc::new(secret.openings(&member.id)?) })
    }

    pub fn did(&self) -> &ParticipantId {
        &self.did
    }
    pub fn keys(&self) -> &[Arc<Key>] {
        &self.keys
    }
    /// What seals the keys of the openings of its log.
    pub fn openings(&self) -> &Arc<Cipher> {
        &self.openings
    }
    /// The key to sign with: of those valid, the newest.
    pub fn current(&self, purpose: Purpose, at: Timestamp) -> Result<&Arc<Key>, KeyError> {
        self.keys
            .iter()
            .filter(|key| key.purpose == purpose && key.valid_at(at))
            .max_by_key(|key| key.valid_from)
            .ok_or(KeyError::NoCurrent(purpose))
    }
    pub fn by_kid(&self, kid: &str) -> Option<&Arc<Key>> {
        self.keys.iter().find(|key| key.kid() == kid)
    }

    /// Replaces the key of a purpose from `at` on. What the old one signed before stays verifiable.
    pub fn rotate(
        &self,
        member: &Member,
        purpose: Purpose,
        secret: &MasterSecret,
        at: Timestamp,
    ) -> Result<Rotation, KeyError> {
        let (key, added) = make(member, purpose, secret, at)?;
        let mut retired = Vec::new();
        let mut keys = Vec::with_capacity(self.keys.len() + 1);
        for old in &self.keys {
            if old.purpose != purpose || old.valid_until.is_some_and(|until| until <= added.valid_from) {
                keys.push(old.clone());
                continue;
            }
            // Public documents count in seconds: an interval is never empty there.
            let valid_until = added.valid_from.max(old.valid_from.plus_seconds(1));
            retired.push(Retired { kid: old.kid().to_owned(), valid_until });
            keys.push(Arc::new(Key { valid_until: Some(valid_until), ..Key::clone(old) }));
        }
        keys.push(Arc::new(key));
        let (did, openings) = (self.did.clone(), Arc::clone(&self.openings));
        Ok(Rotation { keyring: Self { did, keys, openings }, added, retired })
    }
}

fn make(
    member: &Member,
    purpose: Purpose,
    secret: &MasterSecret,
    at: Timestamp,
) -> Result<(Key, KeyRow), KeyError> {
    let alg = purpose.alg();
    let made = Signer::generate(alg)?;
    let thumbprint = made.jwk.thumbprint().map_err(PublicKeyError::from)?;
    let kid = format!("{}#{thumbprint}", member.did);
    // Whole seconds, as tokens and documents count: a token signed at once is not older than its key.
    let valid_from = Timestamp::from_seconds(at.seconds());
    let row = KeyRow {
        sealed: secret.seal(&member.id, &kid, &made.pkcs8)?,
        public_jwk: json(&kid, &made.jwk)?,
        purpose,
        alg,
        valid_from,
        valid_until: None,
        kid,
    };
    Ok((ready(&row, &made.jwk, &made.pkcs8)?, row))
}

fn open(member: &Member, secret: &MasterSecret, row: &KeyRow) -> Result<Key, KeyError> {
    let wrong = |what: &str| KeyError::Stored { kid: row.kid.clone(), what: what.to_owned() };
    let pkcs8 = secret.open(&member.id, &row.kid, &row.sealed)?;
    let jwk: Jwk = serde_json::from_str(&row.public_jwk).map_err(|e| wrong(&e.to_string()))?;
    // A public key swapped in the database would make us publish a stranger's key as ours.
    if Signer::public(row.alg, &pkcs8)?.thumbprint() != jwk.thumbprint() {
        return Err(wrong("its public part is not the sealed key's"));
    }
    if !row.kid.starts_with(&format!("{}#", member.did)) {
        return Err(wrong("it belongs to another DID"));
    }
    ready(row, &jwk, &pkcs8)
}

fn ready(row: &KeyRow, jwk: &Jwk, pkcs8: &[u8]) -> Result<Key, KeyError> {
    Ok(Key {
        purpose: row.purpose,
        signer: Arc::new(Signer::from_pkcs8(row.alg, &row.kid, pkcs8)?),
        public: Arc::new(PublicKey::from_jwk(&row.kid, jwk)?),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    })
}

fn json(kid: &str, jwk: &Jwk) -> Result<String, KeyError> {
    serde_json::to_string(jwk).map_err(|e| KeyError::Stored { kid: kid.to_owned(), what: e.to_string() })
}

#[cfg(test)]
mod tests {
    use contracts::id::MemberId;
    use url::Url;

    use super::*;

    #[test]
    fn rotation_keeps_old_keys_and_rows_reopen() {
        let member = Member {
            id: MemberId::parse("m").unwrap(),
            did: ParticipantId::did("did:web:a.example").unwrap(),
            name: "A".into(),
            base_url: Url::parse("https://a.example").unwrap(),
        };
        let secret = MasterSecret::from_text(&MasterSecret::generate_text()).unwrap();
        let t0 = Timestamp(1_700_000_000_500);
        let (ring, mut rows) = Keyring::generate(&member, &secret, t0).unwrap();
        let old = ring.current(Purpose::Sign, t0).unwrap().kid().to_owned();
        let t1 = t0.plus_seconds(3600);
        let rotation = ring.rotate(&member, Purpose::Sign, &secret, t1).unwrap();
        assert_eq!(rotation.retired.len(), 1);
        let ring = rotation.keyring;
        assert_ne!(ring.current(Purpose::Sign, t1).unwrap().kid(), old);
        assert!(ring.by_kid(&old).unwrap().valid_at(t0));
        assert!(!ring.by_kid(&old).unwrap().valid_at(t1));
        assert_eq!(ring.current(Purpose::Log, t1).unwrap().signer.alg(), Alg::EdDsa);

        rows.push(rotation.added);
        let reopened = Keyring::open(&member, &secret, &rows).unwrap();
        assert_eq!(reopened.keys().len(), 4);
        rows[0].public_jwk = rows[1].public_jwk.clone();
        assert!(matches!(Keyring::open(&member, &secret, &rows), Err(KeyError::Stored { .. })));
    }
}
