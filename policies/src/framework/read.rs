//! Reading what somebody wrote. What is missing of the five parts is said first, all of it at once.

use contracts::format::FormatError;
use contracts::framework::{Draft, FrameworkFile, PARTS};
use contracts::jcs;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Fault, Wrong, check, check_draft};

/// Why a file is no framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// What its author wrote is at fault.
    Faults(Vec<Fault>),
    /// It is not as it was published: not canonical, or other words than those signed.
    Altered(FormatError),
}

/// A draft without fault.
///
/// # Errors
/// Every fault.
pub fn read_draft(value: &Value) -> Result<Draft, Vec<Fault>> {
    let parts = value.get("parts");
    let draft: Draft = whole(parts, "/parts", value)?;
    match check_draft(&draft) {
        faults if faults.is_empty() => Ok(draft),
        faults => Err(faults),
    }
}

/// A published file that is whole and without fault. Its signature is the caller's to verify.
///
/// # Errors
/// What it lacks, else how it was altered, else every fault of what it says.
pub fn read_file(bytes: &[u8]) -> Result<FrameworkFile, Unread> {
    // Only to say what is missing: the reader checks every byte again.
    if let Ok(value) = jcs::parse(bytes) {
        let parts = value.pointer("/framework/parts");
        let missing = missing(parts, "/framework/parts");
        if value.get("framework").is_some() && !missing.is_empty() {
            return Err(Unread::Faults(missing));
        }
    }
    let file = FrameworkFile::parse(bytes).map_err(Unread::Altered)?;
    match check(&file.framework) {
        faults if faults.is_empty() => Ok(file),
        faults => Err(Unread::Faults(faults)),
    }
}

fn whole<T: DeserializeOwned>(parts: Option<&Value>, at: &str, value: &Value) -> Result<T, Vec<Fault>> {
    let missing = missing(parts, at);
    if !missing.is_empty() {
        return Err(missing);
    }
    serde_json::from_value(value.clone())
        .map_err(|e| vec![Fault { at: String::new(), wrong: Wrong::Shape(e.to_string()) }])
}

/// The parts that are not there. One that says nothing is not there: no objective, no body, no step of a use case.
fn missing(parts: Option<&Value>, at: &str) -> Vec<Fault> {
    let says = |name: &str| {
        let part = parts.and_then(|parts| parts.get(name));
        let inner = match name {
            "governance" => part.and_then(|part| part.get("bodies")),
            "useCases" => part.and_then(|part| part.get("steps")),
            _ => part,
        };
        match inner {
            None | Some(Value::Null) => false,
            Some(Value::Array(items)) => !items.is_empty(),
            Some(Value::Object(members)) => !members.is_empty(),
            Some(_) => true,
        }
    };
    let missing = PARTS.into_iter().filter(|name| !says(name));
    missing.map(|name| Fault { at: format!("{at}/{name}"), wrong: Wrong::Missing(name) }).collect()
}
