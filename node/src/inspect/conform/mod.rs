//! Whether a table is as its Table Schema (frictionless data, version 1) says: each value that is not, with its place.

mod field;
mod value;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Seek};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::records::Records;
use super::{detect, encoding, table};
use field::Field;

/// Values that do not conform that are told of one file.
pub const MOST: usize = 100;
/// Values of a column that may not repeat that are compared.
const UNIQUE: usize = 5_000_000;
/// Longest beginning of a value that is told, in characters.
const SHOWN: usize = 80;

/// One place where a table is not as its schema says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfit {
    /// From 1, the head included.
    pub line: u64,
    pub column: String,
    /// Beginning of the value; empty where there is none.
    pub found: String,
    pub rule: Rule,
    /// What the schema says.
    pub expected: String,
}

/// What was not kept. Its name is that of the constraint in the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// The table has no such column.
    Column,
    Type,
    Required,
    Unique,
    Pattern,
    Enum,
    Minimum,
    Maximum,
    MinLength,
    MaxLength,
}

/// What does not conform in a file of separated values, and how much that is in all.
///
/// # Errors
/// The file cannot be read or is no such table; or the schema cannot be judged by, and why.
pub fn conform(path: &Path, schema: &Value) -> io::Result<(Vec<Unfit>, u64)> {
    let fields = field::all(schema).map_err(io::Error::other)?;
    let mut file = File::open(path)?;
    if detect::binary(&mut file, path)?.is_some() {
        return Err(io::Error::other("a Table Schema judges separated values, and this is no text"));
    }
    file.rewind()?;
    let encoding = encoding::detect(&mut file)?;
    file.rewind()?;
    let start = super::beginning(&mut file, &encoding)?;
    file.rewind()?;
    let separator = table::separator(&start).unwrap_or(',');
    let mut records = Records::new(separator, encoding.decoded(BufReader::new(file)));
    let mut judged = Judged::new(fields);
    let head: Vec<String> =
        records.next()?.unwrap_or_default().iter().map(|name| name.trim().to_owned()).collect();
    judged.head(&head);
    while let Some((line, cells)) = records.numbered()? {
        judged.row(line, &cells)?;
    }
    Ok((judged.unfit, judged.count))
}

struct Judged {
    fields: Vec<Field>,
    /// Where each field stands, if it does.
    places: Vec<Option<usize>>,
    seen: Vec<HashSet<[u8; 16]>>,
    unfit: Vec<Unfit>,
    count: u64,
}

impl Judged {
    fn new(fields: Vec<Field>) -> Self {
        let seen = vec![HashSet::new(); fields.len()];
        Self { fields, places: Vec::new(), seen, unfit: Vec::new(), count: 0 }
    }

    fn tell(&mut self, line: u64, at: usize, found: &str, (rule, expected): (Rule, String)) {
        self.count += 1;
        if self.unfit.len() < MOST {
            let (column, found) = (self.fields[at].name.clone(), found.chars().take(SHOWN).collect());
            self.unfit.push(Unfit { line, column, found, rule, expected });
        }
    }

    fn head(&mut self, names: &[String]) {
        self.places =
            self.fields.iter().map(|field| names.iter().position(|name| *name == field.name)).collect();
        for at in 0..self.fields.len() {
            if self.places[at].is_none() && self.fields[at].required {
                self.tell(1, at, "", (Rule::Column, self.fields[at].name.clone()));
            }
        }
    }

    fn row(&mut self, line: u64, cells: &[&str]) -> io::Result<()> {
        for at in 0..self.fields.len() {
            let Some(place) = self.places[at] else { continue };
            let text = cells.get(place).copied().unwrap_or_default();
            let field = &self.fields[at];
            if field.is_missing(text) {
                if field.required {
                    self.tell(line, at, text, (Rule::Required, String::new()));
                }
                continue;
            }
            let wrong = field.wrong(text);
            if field.unique && wrong.is_none() {
                let mut digest = [0; 16];
                digest.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
                if self.seen[at].len() == UNIQUE {
                    return Err(io::Error::other(format!("more than {UNIQUE} values that may not repeat")));
                }
                if !self.seen[at].insert(digest) {
                    self.tell(line, at, text, (Rule::Unique, String::new()));
                }
            }
            if let Some(wrong) = wrong {
                self.tell(line, at, text, wrong);
            }
        }
        Ok(())
    }
}
