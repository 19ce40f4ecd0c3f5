//! What travels between nodes, and between a node and its operators.
//!
//! Reading order: [`id`], [`odrl`], [`dsp`], then our own documents.
//! No async, no I/O, no clock and no randomness here.

pub mod access_request;
pub mod api;
pub mod archive;
pub mod ballot;
pub mod contract;
pub mod convention;
pub mod dataset;
pub mod dcp;
pub mod did;
pub mod dps;
pub mod dsp;
pub mod duty;
pub mod evidence;
pub mod extract;
pub mod feed;
pub mod format;
pub mod framework;
pub mod harvest;
pub mod id;
pub mod jcs;
pub mod jwk;
pub mod leaf;
pub mod membership;
pub mod odrl;
pub mod receipt;
pub mod revocation;
pub mod statement;
pub mod tlog;
pub mod use_case;
