//! The only source of randomness.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::domain::event::Reference;
use crate::domain::time::Timestamp;

/// Random bytes. A machine that cannot give any must not go on: every identifier, nonce and key rests on them.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    if rand::fill(&mut out).is_err() {
        tracing::error!("the system's random generator failed; stopping");
        std::process::abort();
    }
    out
}

/// A UUID of version 7 (RFC 9562, section 5.7): sorts by the instant it was drawn at.
pub fn uuid_v7(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes()).into_uuid()
}

/// The shared name of one exchange: 48 bits of time and 74 of chance in hexadecimal (RFC 9562, version 7). Names that
/// follow the time stand side by side in the store.
pub fn reference(at: Timestamp) -> Reference {
    Reference(uuid_v7(at).simple().to_string())
}

/// An identifier nobody can guess, for `jti`: 128 bits, base64url.
pub fn nonce() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<16>())
}

/// A secret nobody can guess: 256 bits, base64url.
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}
