//! The management API of a node, version 1: what its operators and their tools send and read.
//!
//! One file per resource. `v1` only gains optional members. On reading, unknown members are refused, so that a
//! misspelt one never passes in silence; instants are RFC 3339 in UTC.

pub mod access_request;
pub mod catalog;
pub mod contract;
pub mod convention;
pub mod credential;
pub mod dataset;
pub mod decision;
pub mod delivery;
pub mod delta;
pub mod duty;
pub mod evidence;
pub mod framework;
pub mod harvest;
pub mod log;
pub mod member;
pub mod membership;
pub mod negotiation;
pub mod page;
pub mod policy;
pub mod problem;
pub mod scope;
pub mod search;
pub mod status;
pub mod token;
pub mod transfer;
pub mod use_case;
pub mod uses;

pub use page::{Page, PageQuery};
pub use problem::{FaultView, Problem};
