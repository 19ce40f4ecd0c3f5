//! `fiducie publish --schema`: data that are not as their Table Schema says are not published; each place is told.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use super::Global;
use super::exit::Failed;
use super::publish::json_file;
use crate::inspect::{self, Rule, Unfit};
use crate::text::{self, Lang};

/// What does not conform in a file.
#[derive(Serialize)]
struct Judged {
    file: String,
    /// In all; the first hundred are told.
    count: u64,
    unfit: Vec<Unfit>,
}

/// Judges files by a schema.
///
/// # Errors
/// [`Failed::Told`] when one does not conform.
pub async fn check(global: &Global, files: Vec<PathBuf>, schema: &Path) -> Result<(), Failed> {
    let document = json_file(schema)?;
    let judged = tokio::task::spawn_blocking(move || all(&files, &document));
    let judged = judged.await.map_err(|e| Failed::Internal(e.to_string()))?.map_err(Failed::Usage)?;
    let out = global.output();
    if judged.is_empty() {
        return Ok(());
    }
    out.result(&judged, |judged| {
        judged.iter().map(|one| said(one, out.lang)).collect::<Vec<_>>().join("\n")
    })?;
    Err(Failed::Told)
}

/// The file that a record takes its data from, from where the record is.
pub fn source(record: &Value, beside: &Path) -> Option<PathBuf> {
    let file = record.get("source")?.get("file")?.as_str()?;
    Some(beside.parent().unwrap_or(Path::new(".")).join(file))
}

fn all(files: &[PathBuf], schema: &Value) -> Result<Vec<Judged>, String> {
    let mut all = Vec::new();
    for file in files {
        let (unfit, count) =
            inspect::conform(file, schema).map_err(|e| format!("{}: {e}", file.display()))?;
        if count > 0 {
            all.push(Judged { file: file.display().to_string(), count, unfit });
        }
    }
    Ok(all)
}

fn said(judged: &Judged, lang: Lang) -> String {
    let mut lines =
        vec![text::fill(lang, "unfit.file", &[("file", &judged.file), ("count", &judged.count.to_string())])];
    lines.extend(judged.unfit.iter().map(|one| {
        let why = text::fill(lang, key(one.rule), &[("found", &one.found), ("expected", &one.expected)]);
        let place = [("line", &*one.line.to_string()), ("column", &*one.column), ("why", &*why)];
        text::fill(lang, "unfit.place", &place)
    }));
    lines.join("\n")
}

fn key(rule: Rule) -> &'static str {
    match rule {
        Rule::Column => "unfit.column",
        Rule::Type => "unfit.type",
        Rule::Required => "unfit.required",
        Rule::Unique => "unfit.unique",
        Rule::Pattern => "unfit.pattern",
        Rule::Enum => "unfit.enum",
        Rule::Minimum => "unfit.minimum",
        Rule::Maximum => "unfit.maximum",
        Rule::MinLength => "unfit.min-length",
        Rule::MaxLength => "unfit.max-length",
    }
}
