//! Bytes on their way: source → row stages → digest → wire, and from the wire into a sink.
//!
//! Nothing here decides. `app::access` decides and records; this module asks it before the first byte and tells it
//! after the last.

mod authenticate;
pub mod digest;
pub mod flight;
pub mod folder;
pub mod path;
pub mod plane;
pub mod pull;
pub mod range;
pub mod read;
pub mod serve;
pub mod sink;
pub mod source;
pub mod stage;
pub mod stream;

/// Header with the name both members give to the exchange.
pub const REFERENCE: &str = "fiducie-reference";
/// Header with the index of the opening entry in the provider's log.
pub const ENTRY: &str = "fiducie-entry";
