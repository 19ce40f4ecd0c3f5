//! Credentials: issued, asked for, held, and shown by peers.

mod attested;
mod held;
mod issued;
mod request;
mod status;

use super::{Error, Reader, Tx};

pub use status::{Place, SeenList};
