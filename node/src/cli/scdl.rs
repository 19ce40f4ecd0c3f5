//! `fiducie publish --scdl`: a catalogue kept as a table becomes drafts, row by row; a bad row stops no other.

use std::path::Path;

use contracts::api::dataset::Published;
use serde::Serialize;

use super::Global;
use super::client::Client;
use super::exit::Failed;
use crate::inspect;

/// What became of a row.
#[derive(Serialize)]
struct Taken {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub async fn run(global: &Global, path: &Path, now: bool) -> Result<(), Failed> {
    let out = global.output();
    let rows = inspect::scdl(path).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
    if !now {
        let records: Vec<_> = rows.into_iter().map(|row| row.record).collect();
        return out.result(&records, |all| serde_json::to_string_pretty(all).unwrap_or_default());
    }
    let client = Client::open(global)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(match client.post::<_, Published>("/datasets", &row.record).await {
            Ok(published) => Taken { line: row.line, id: Some(published.id), error: None },
            Err(error @ Failed::Answered(_)) => {
                Taken { line: row.line, id: None, error: Some(error.to_string()) }
            }
            // No answer is no fault of the row.
            Err(other) => return Err(other),
        });
    }
    out.result(&all, |all| {
        let line = |one: &Taken| {
            let what = one.id.as_deref().or(one.error.as_deref()).unwrap_or_default();
            format!("{}  {what}", one.line)
        };
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    match all.iter().all(|one| one.error.is_none()) {
        true => Ok(()),
        false => Err(Failed::Told),
    }
}
