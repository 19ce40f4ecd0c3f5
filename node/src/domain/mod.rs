//! The rules, pure: no async, no I/O, no clock, no randomness.

pub mod event;
pub mod member;
pub mod time;
