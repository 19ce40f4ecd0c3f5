//! Bytes on their way: source → row stages → digest → wire, and from the wire into a sink.
//!
//! Nothing here decides. `app::access` decides and records; this module asks it before the first byte and tells it
//! after the last.

pub mod digest;
pub mod flight;
pub mod folder;
pub mod path;
pub mod range;
pub mod read;
pub mod source;
pub mod stage;
pub mod stream;
