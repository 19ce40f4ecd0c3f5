//! `fiducie publish --scdl` and `--dcat`: a catalogue kept elsewhere becomes drafts, record by record; a bad one stops no
//! other.

use std::path::Path;

use contracts::api::dataset::Published;
use serde::Serialize;

use super::Global;
use super::client::Client;
use super::exit::Failed;
use super::inspect::member;
use super::output::Output;
use crate::app::harvest::reason;
use crate::domain::time::Clock;
use crate::inspect::{self, Drafts, Row};

/// What became of a record.
#[derive(Serialize)]
struct Taken {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Drafts of the rows of a table.
pub async fn scdl(global: &Global, path: &Path, now: bool) -> Result<(), Failed> {
    let rows = inspect::scdl(path).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
    run(global, Drafts { rows, faults: Vec::new() }, now).await
}

/// Drafts of the datasets of a catalogue in DCAT.
pub async fn dcat(global: &Global, path: &Path, now: bool) -> Result<(), Failed> {
    let (lang, producer) = (global.output().lang, member(global).await);
    let read = inspect::dcat(path, &producer, Clock::System.now(), |code| reason(code, lang));
    run(global, read.map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?, now).await
}

async fn run(global: &Global, drafts: Drafts, now: bool) -> Result<(), Failed> {
    let out = global.output();
    let Drafts { rows, faults } = drafts;
    let mut all: Vec<Taken> =
        faults.into_iter().map(|(line, what)| Taken { line, id: None, error: Some(what) }).collect();
    if now {
        all.extend(put(&Client::open(global)?, rows).await?);
        all.sort_by_key(|one| one.line);
        out.result(&all, |all| all.iter().map(line).collect::<Vec<_>>().join("\n"))?;
    } else {
        all.iter().for_each(|one| out.note(&line(one)));
        show(out, rows)?;
    }
    match all.iter().all(|one| one.error.is_none()) {
        true => Ok(()),
        false => Err(Failed::Told),
    }
}

async fn put(client: &Client, rows: Vec<Row>) -> Result<Vec<Taken>, Failed> {
    let mut all = Vec::with_capacity(rows.len());
    for Row { line, record } in rows {
        all.push(match client.post::<_, Published>("/datasets", &record).await {
            Ok(published) => Taken { line, id: Some(published.id), error: None },
            Err(error @ Failed::Answered(_)) => Taken { line, id: None, error: Some(error.to_string()) },
            // No answer is no fault of the record.
            Err(other) => return Err(other),
        });
    }
    Ok(all)
}

fn show(out: Output, rows: Vec<Row>) -> Result<(), Failed> {
    let records: Vec<_> = rows.into_iter().map(|row| row.record).collect();
    out.result(&records, |all| serde_json::to_string_pretty(all).unwrap_or_default())
}

fn line(one: &Taken) -> String {
    format!("{}  {}", one.line, one.id.as_deref().or(one.error.as_deref()).unwrap_or_default())
}
