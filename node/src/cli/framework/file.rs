//! Frameworks in files: drafts and published ones, without a node.

use std::path::Path;

use contracts::framework::diff::Change;
use contracts::framework::{Draft, FrameworkFile};
use policies::framework::{Fault, SHIPPED, Unread, read_draft, read_file, shipped};
use serde::Serialize;
use serde_json::Value;

use crate::cli::exit::Failed;
use crate::text::{self, Lang};

/// A draft made from one that ships, or from a published file: another's framework, or the next version of the same.
pub fn new(source: &str, next: bool, lang: Lang) -> Result<Value, Failed> {
    if let Some(text) = shipped(source) {
        return serde_json::from_str(text).map_err(|e| Failed::Internal(e.to_string()));
    }
    let path = Path::new(source);
    if !path.exists() {
        let names: Vec<_> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let values = [("source", source), ("known", &*names.join(", "))];
        return Err(Failed::Usage(text::fill(lang, "trust.cli-source", &values)));
    }
    let file = published(path, &bytes(path)?, lang)?;
    let draft: Draft = match next {
        true => file.next(),
        false => file.derive().map_err(|e| Failed::Internal(e.to_string()))?,
    };
    serde_json::to_value(draft).map_err(|e| Failed::Internal(e.to_string()))
}

/// What a file says, if it is without fault: a draft, or a published one.
pub fn read(path: &Path, lang: Lang) -> Result<Value, Failed> {
    let bytes = bytes(path)?;
    let value: Value =
        serde_json::from_slice(&bytes).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
    let draft = match value.get("framework") {
        Some(_) => published(path, &bytes, lang)?.draft(),
        None => read_draft(&value).map_err(|faults| told(path, &faults, lang))?,
    };
    serde_json::to_value(draft).map_err(|e| Failed::Internal(e.to_string()))
}

fn published(path: &Path, bytes: &[u8], lang: Lang) -> Result<FrameworkFile, Failed> {
    read_file(bytes).map_err(|unread| match unread {
        Unread::Faults(faults) => told(path, &faults, lang),
        Unread::Altered(e) => {
            let what = text::fill(lang, "trust.altered", &[("what", &e.to_string())]);
            Failed::Refused(format!("{}: {what}", path.display()))
        }
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failed> {
    std::fs::read(path).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))
}

fn told(path: &Path, faults: &[Fault], lang: Lang) -> Failed {
    let sentences: Vec<_> = faults.iter().map(|fault| format!("  {}", fault.sentence(lang))).collect();
    Failed::Usage(format!("{}:\n{}", path.display(), sentences.join("\n")))
}

/// Writes a draft for persons to edit.
pub fn write(path: &Path, draft: &impl Serialize) -> Result<(), Failed> {
    let mut text = serde_json::to_string_pretty(draft).map_err(|e| Failed::Internal(e.to_string()))?;
    text.push('\n');
    std::fs::write(path, text).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))
}

/// One line for each place that differs.
pub fn changes(changes: &[Change], lang: Lang) -> String {
    let none = text::get(lang, "trust.cli-nothing");
    let shown = |value: &Option<Value>| match value {
        None => none.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let line = |change: &Change| {
        let (before, after) = (shown(&change.before), shown(&change.after));
        let values = [("at", change.at.as_str()), ("before", &before), ("after", &after)];
        text::fill(lang, "trust.cli-changed", &values)
    };
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}
