//! Bytes at rest under one key: AES-256-GCM with a random nonce, bound to what they are about.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::random;
use super::seal::SealError;

/// First byte of what is sealed: AES-256-GCM, 96-bit random nonce.
const V1: u8 = 1;
const NONCE: usize = 12;
/// Bytes of a key.
pub const KEY: usize = 32;

/// A key that seals and opens. For at most 2^32 uses, since its nonces are random.
pub struct Cipher(LessSafeKey);

impl Cipher {
    pub(super) fn of(key: LessSafeKey) -> Self {
        Self(key)
    }

    /// From the key's own bytes.
    ///
    /// # Errors
    /// [`SealError::Truncated`] if they are not as many as a key has.
    pub fn new(key: &[u8]) -> Result<Self, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError::Truncated)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Version, nonce, ciphertext with tag. Opens only with the same `about`.
    pub fn seal(&self, about: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE] = random::bytes();
        let mut body = plain.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound(about), &mut body)
            .map_err(|_| SealError::Library)?;
        let mut sealed = Vec::with_capacity(1 + NONCE + body.len());
        sealed.push(V1);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// What was sealed.
    ///
    /// # Errors
    /// [`SealError::DoesNotOpen`] if it was sealed by another key, about something else, or altered.
    pub fn open(&self, about: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::Truncated)?;
        if *version != V1 {
            return Err(SealError::Version(*version));
        }
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Truncated)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(nonce, bound(about), &mut plain);
        let len = opened.map_err(|_| SealError::DoesNotOpen)?.len();
        plain.truncate(len);
        Ok(plain)
    }
}

fn bound(about: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([&[V1], about].concat())
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(…)")
    }
}
