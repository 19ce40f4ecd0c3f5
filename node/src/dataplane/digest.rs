//! SHA-256 of what passes.

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A running SHA-256. A clone is the state at that point, cheap enough to keep one per piece.
#[derive(Clone)]
pub struct Sha256 {
    context: Context,
    bytes: u64,
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sha256({} bytes)", self.bytes)
    }
}

impl Default for Sha256 {
    fn default() -> Self {
        Self { context: Context::new(&SHA256), bytes: 0 }
    }
}

impl Sha256 {
    pub fn update(&mut self, data: &[u8]) {
        self.context.update(data);
        self.bytes += data.len() as u64;
    }
    /// Bytes seen so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
    pub fn finish(self) -> Digest {
        let mut out = [0; 32];
        out.copy_from_slice(self.context.finish().as_ref());
        Digest(out)
    }
}

/// A finished digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    pub fn of(data: &[u8]) -> Self {
        let mut sha = Sha256::default();
        sha.update(data);
        sha.finish()
    }
    /// As events and `sha256sum` write it.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
    /// As receipts carry it.
    pub fn base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
    /// As a `Repr-Digest` or `Content-Digest` field carries it (RFC 9530).
    pub fn field(&self) -> String {
        format!("sha-256=:{}:", STANDARD.encode(self.0))
    }
}
