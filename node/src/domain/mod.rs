//! The rules, pure: no async, no I/O, no clock, no randomness.

pub mod access_request;
pub mod agreement;
pub mod calendar;
pub mod convention;
pub mod credential;
pub mod dataset;
pub mod delivery;
pub mod duty;
pub mod event;
pub mod framework;
pub mod freshness;
pub mod harvest;
pub mod made;
pub mod member;
pub mod membership;
pub mod negotiation;
pub mod outgoing;
pub mod plane;
pub mod process;
pub mod publication;
pub mod question;
pub mod source;
pub mod tally;
pub mod time;
pub mod transfer;
pub mod use_case;
