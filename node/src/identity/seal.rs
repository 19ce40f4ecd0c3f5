//! Private keys at rest: AES-256-GCM under a key derived from a secret kept outside the database.

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hkdf;
use contracts::id::MemberId;
use zeroize::Zeroizing;

use super::cipher::Cipher;
use super::random;

/// Shortest master secret, in bytes.
pub const MIN_SECRET: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("the master secret has {0} bytes; at least {MIN_SECRET} are needed")]
    ShortSecret(usize),
    #[error("sealed key of unknown version {0}; this program is older than the database")]
    Version(u8),
    #[error("sealed key is cut short")]
    Truncated,
    #[error("a sealed key does not open: the master secret is another one, or the row was altered")]
    DoesNotOpen,
    #[error("the cryptographic library failed")]
    Library,
}

/// The secret that seals all private keys of a node. Wiped from memory when dropped.
pub struct MasterSecret(Zeroizing<Vec<u8>>);

impl MasterSecret {
    /// From the content of a file or variable; spaces and line ends around it do not count.
    pub fn from_text(text: &str) -> Result<Self, SealError> {
        let text = text.trim();
        if text.len() < MIN_SECRET {
            return Err(SealError::ShortSecret(text.len()));
        }
        Ok(Self(Zeroizing::new(text.as_bytes().to_vec())))
    }

    /// A new secret, as the text to write in its file.
    pub fn generate_text() -> Zeroizing<String> {
        Zeroizing::new(random::secret())
    }

    // One key per sealed key: a nonce drawn twice harms nobody, and a row moved to another member does not open.
    fn key(&self, member: &MemberId, kid: &str) -> Result<Cipher, SealError> {
        let info = [&length(member)[..], member.as_str().as_bytes(), kid.as_bytes()];
        self.derive(b"fiducie-seal-v1", &info).map(Cipher::of)
    }

    /// What seals the keys of a member's openings.
    pub fn openings(&self, member: &MemberId) -> Result<Cipher, SealError> {
        let info = [&length(member)[..], member.as_str().as_bytes()];
        self.derive(b"fiducie-openings-v1", &info).map(Cipher::of)
    }

    /// A key of its own for each salt and purpose.
    pub(super) fn derive(&self, salt: &[u8], info: &[&[u8]]) -> Result<LessSafeKey, SealError> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(&self.0);
        let okm = prk.expand(info, &AES_256_GCM).map_err(|_| SealError::Library)?;
        Ok(LessSafeKey::new(UnboundKey::from(okm)))
    }

    /// Version, nonce, ciphertext with tag.
    pub fn seal(&self, member: &MemberId, kid: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.key(member, kid)?.seal(&[], plain)
    }

    pub fn open(&self, member: &MemberId, kid: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.key(member, kid)?.open(&[], sealed)
    }
}

fn length(member: &MemberId) -> [u8; 8] {
    (member.as_str().len() as u64).to_be_bytes()
}

impl std::fmt::Debug for MasterSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterSecret(…)")
    }
}

#[cfg(test)]
mod tests;
