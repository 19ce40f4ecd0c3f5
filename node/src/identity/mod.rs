//! Who speaks: keys, signatures, tokens, and the identities of peers.
//!
//! Reading order: [`random`], [`cipher`], [`seal`], [`public`], [`signer`], [`keys`], [`document`], then [`jws`] and what is
//! signed with it ([`token`], [`dpop`], [`proof`], [`receipt`]), then [`peer`] and [`resolve`].

pub mod access_request;
pub mod cache;
pub mod cipher;
pub mod convention;
pub mod credential;
pub mod dated;
pub mod document;
pub mod dpop;
pub mod evidence;
pub mod feed;
pub mod framework;
pub mod jws;
pub mod keys;
pub mod membership;
pub mod peer;
pub mod pieces;
pub mod proof;
pub mod public;
pub mod random;
pub mod receipt;
pub mod resolve;
pub mod seal;
pub mod signer;
pub mod stamp;
pub mod token;
pub mod use_case;

/// Clock difference tolerated between two members, in seconds.
pub const SKEW: i64 = 60;

#[cfg(test)]
mod tests;
