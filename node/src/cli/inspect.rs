//! `fiducie publish --inspect`: a draft record from a file or folder, to be edited, or published as a draft at once.

use std::path::{Path, PathBuf};

use contracts::api::member::MemberView;
use serde::Serialize;
use serde_json::{Value, json};

use super::Global;
use super::client::Client;
use super::conform;
use super::exit::Failed;
use super::publish::json_file;
use crate::inspect::{self, Beside, Found};
use crate::text::{self, Lang};

/// What is looked into, and what is known beside it.
pub struct Asked {
    pub path: PathBuf,
    /// A Table Schema that declares the columns.
    pub schema: Option<PathBuf>,
    /// Fields that are put over those found.
    pub with: Option<PathBuf>,
}

/// A record with what it was made from.
#[derive(Serialize)]
pub struct Draft {
    pub record: Value,
    found: Found,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<Found>,
}

pub async fn draft(global: &Global, asked: &Asked) -> Result<Draft, Failed> {
    let out = global.output();
    let failed = |e: std::io::Error| Failed::Usage(format!("{}: {e}", asked.path.display()));
    let real = std::fs::canonicalize(&asked.path).map_err(failed)?;
    let is_folder = real.is_dir();
    let read = real.clone();
    let turning = out.spinner(text::get(out.lang, "cli.inspecting").to_owned());
    let looked = tokio::task::spawn_blocking(move || match is_folder {
        true => inspect::folder(&read),
        false => inspect::file(&read).map(|found| (found, Vec::new())),
    });
    let looked = looked.await.map_err(|e| Failed::Internal(e.to_string()))?;
    turning.finish_and_clear();
    let (found, files) = looked.map_err(failed)?;
    let path = real.to_string_lossy();
    let source = if is_folder { json!({ "folder": path }) } else { json!({ "file": path }) };
    let mut beside = Beside { producer: member(global).await, source, ..Beside::default() };
    if let Some(file) = &asked.schema {
        let tables = if is_folder { files.iter().collect() } else { vec![&found] };
        let tables = tables.into_iter().filter(|one| one.separator.is_some() || !one.columns.is_empty());
        let paths = tables.map(|one| if is_folder { real.join(&one.file) } else { real.clone() });
        conform::check(global, paths.collect(), file).await?;
        let (columns, address) = inspect::schema(&json_file(file)?)
            .map_err(|what| Failed::Usage(format!("{}: {what}", file.display())))?;
        (beside.columns, beside.conforms_to) = (Some(columns), address);
    }
    let mut record = inspect::record(&found, &beside);
    if let Some(file) = &asked.with {
        put(&mut record, json_file(file)?, file)?;
    }
    remark(&found, out.lang, |text| out.note(&text));
    Ok(Draft { record, found, files })
}

/// The name of the member, where a node can be asked for it.
pub(super) async fn member(global: &Global) -> String {
    let known = match Client::open(global) {
        Ok(client) => client.get::<MemberView>("/members/self").await.ok(),
        Err(_) => None,
    };
    known.map_or_else(|| text::get(global.output().lang, "cli.producer").to_owned(), |member| member.name)
}

fn put(record: &mut Value, fields: Value, file: &Path) -> Result<(), Failed> {
    let (Some(record), Value::Object(fields)) = (record.as_object_mut(), fields) else {
        return Err(Failed::Usage(format!("{}: not a JSON object", file.display())));
    };
    for (name, value) in fields {
        match value {
            Value::Null => drop(record.remove(&name)),
            value => drop(record.insert(name, value)),
        }
    }
    Ok(())
}

/// What a person should look at before it is published.
fn remark(found: &Found, lang: Lang, note: impl Fn(String)) {
    let personal: Vec<String> = found
        .columns
        .iter()
        .filter_map(|column| Some(format!("{} ({})", column.name, column.personal?)))
        .collect();
    if !personal.is_empty() {
        note(text::fill(lang, "cli.personal", &[("columns", &personal.join(", "))]));
    }
    if let Some(what) = &found.broken {
        note(text::fill(lang, "cli.broken", &[("what", what)]));
    }
    note(text::get(lang, "cli.draft").to_owned());
}

/// The record alone: to be kept in a file, edited and published.
pub fn shown(draft: &Draft) -> String {
    serde_json::to_string_pretty(&draft.record).unwrap_or_default()
}
