//! `kill -9` over live negotiations and transfers: what two nodes must still know when they are back.
//!
//! [`load`] works and notes every answer it got, [`observe`] looks at both nodes afterwards, [`check`] compares; it is a
//! pure function, so that its own test can show that it finds what is wrong.

pub mod check;
pub mod load;
pub mod notes;
pub mod observe;
pub mod report;
pub mod run;
