//! A policy in whatever form it comes.

use contracts::odrl;
use serde_json::Value;

use super::{Policy, atomic, dsp, read};
use crate::fault::Fault;
use crate::rdf::{self, Contexts, Document, Unreadable};

/// Why bytes are no policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPolicy {
    Unreadable(Unreadable),
    Faults(Vec<Fault>),
    /// Nothing in it is a policy.
    None,
}

/// The first policy of a document, with what it inherits from others in it: Turtle, JSON-LD, or the form of the Dataspace
/// Protocol, which names no context.
///
/// # Errors
/// See [`NoPolicy`].
pub fn first(bytes: &[u8]) -> Result<Policy, NoPolicy> {
    let document = document(bytes).map_err(NoPolicy::Unreadable)?;
    let written = read(&document).map_err(NoPolicy::Faults)?;
    let first = written.first().ok_or(NoPolicy::None)?;
    atomic(first, &written).map_err(NoPolicy::Faults)
}

fn document(bytes: &[u8]) -> Result<Document, Unreadable> {
    let text = rdf::text(bytes)?;
    if !text.trim_start().starts_with(['{', '[']) {
        return rdf::turtle(bytes);
    }
    // Deeper than any reader goes, it is no value here either: the reader of JSON-LD says why.
    match serde_json::from_str::<Value>(&text) {
        Ok(value) if value.get("@context").is_none() && value.is_object() => {
            let policy = odrl::Policy::try_from(value).map_err(|e| Unreadable::Syntax(e.to_string()))?;
            dsp(&policy)
        }
        _ => rdf::json_ld(bytes, &Contexts::default()),
    }
}
