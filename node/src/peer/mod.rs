//! Calls to other nodes: the guard says where, the client how, the outbox worker when.

pub mod client;
pub mod deliver;
mod fetch;
pub mod guard;
pub mod lanes;
pub mod told;
mod transport;

pub use client::{Answer, Client, SendError};
pub use guard::{Guard, Refusal};
pub use told::Told;
pub use transport::Transport;
