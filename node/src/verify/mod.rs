//! What `fiducie verify` runs: proofs judged from files alone, without database, network or clock.
//!
//! Reading order: [`report`], [`anchor`], then one module for each kind of file.

pub mod anchor;
pub mod checkpoint;
pub mod contract;
pub mod convention;
pub mod cosigned;
pub mod dates;
pub mod entry;
pub mod explained;
pub mod finding;
pub mod framework;
pub mod pack;
pub mod proof;
mod pruned;
pub mod receipt;
pub mod replay;
pub mod report;
pub mod revocation;
pub mod stamps;
pub mod tiled;

use serde_json::Value;

use anchor::Anchors;
use finding::Finding;
use report::{Kind, Report};

/// Largest file read, in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;

/// What our JSON files of proof call themselves.
pub const KINDS: [&str; 6] = [
    "fiducie-contract-file",
    "fiducie-convention-file",
    "fiducie-framework-file",
    "fiducie-receipt-file",
    "fiducie-revocation-file",
    "fiducie-log-extract",
];

/// Judges one file. Never fails: a file that is nothing we know is a refused report.
pub fn verify_file(bytes: &[u8], anchors: &Anchors) -> Report {
    if bytes.len() > MAX_FILE {
        return Report::refused(Kind::Unknown, Finding::Altered(format!("more than {MAX_FILE} bytes")));
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && text.starts_with(contracts::tlog::proof::HEADER)
    {
        return proof::verify(text, anchors);
    }
    match kind(bytes).as_deref() {
        Some("fiducie-contract-file") => contract::verify(bytes, anchors),
        Some("fiducie-convention-file") => convention::verify(bytes, anchors),
        Some("fiducie-framework-file") => framework::verify(bytes, anchors),
        Some("fiducie-receipt-file") => receipt::verify(bytes, anchors),
        Some("fiducie-revocation-file") => revocation::verify(bytes, anchors),
        Some("fiducie-log-extract") => entry::verify(bytes, anchors),
        _ => Report::refused(Kind::Unknown, Finding::UnknownKind),
    }
}

// Only to choose who reads the file; the reader then checks every byte again.
fn kind(bytes: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    Some(value.get("type")?.as_str()?.to_owned())
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
