//! Bytes on their way: source → row stages → digest → wire, and from the wire into a sink.
//!
//! Nothing here decides. `app::access` decides and records; this module asks it before the first byte and tells it
//! after the last.

pub mod account;
mod authenticate;
pub mod digest;
pub mod flight;
pub mod folder;
pub mod path;
pub mod plane;
pub mod pull;
pub mod push;
pub mod range;
pub mod read;
pub mod ready;
pub mod serve;
pub mod sink;
pub mod source;
pub mod stage;
pub mod stream;
pub mod take;
pub mod writer;

/// Header with the name both members give to the exchange.
pub const REFERENCE: &str = "fiducie-reference";
/// Header with the index of the opening entry in the provider's log.
pub const ENTRY: &str = "fiducie-entry";
/// Header with the bytes that a sink holds of a file, and whether that is all (`?1`), as in the IETF's draft of
/// resumable uploads for HTTP.
pub const UPLOAD_OFFSET: &str = "upload-offset";
pub const UPLOAD_COMPLETE: &str = "upload-complete";
