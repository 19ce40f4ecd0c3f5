//! `fiducie policy …`: policies in files, read and compared before anybody signs them. No node, no network.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use contracts::odrl;
use policies::compare::{Knowledge, compare};
use policies::explain::{self, Names};
use policies::model::{self, Policy};
use policies::rdf::{self, Contexts, Document, MAX_BYTES};
use policies::{Fault, compile, render};
use serde_json::{Value, json};

use super::Global;
use super::exit::Failed;
use crate::text::{self, Lang};

#[derive(Debug, Subcommand)]
pub enum PolicyFile {
    Show(Show),
    Compare(Compare),
}

#[derive(Debug, Args)]
pub struct Show {
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Args)]
pub struct Compare {
    #[arg(value_name = "FILE")]
    first: PathBuf,
    #[arg(value_name = "FILE")]
    second: PathBuf,
}

impl PolicyFile {
    pub fn run(self, global: &Global) -> Result<(), Failed> {
        match self {
            PolicyFile::Show(command) => command.run(global),
            PolicyFile::Compare(command) => command.run(global),
        }
    }
}

impl Show {
    /// The text that signers would read, or every reason why nobody could sign it.
    fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let bytes = bytes(&self.file)?;
        let value = serde_json::from_slice::<Value>(&bytes).map_err(|e| wrong(&self.file, &e))?;
        let policy = odrl::Policy::try_from(value).map_err(|e| wrong(&self.file, &e))?;
        let compiled = compile(&policy).map_err(|faults| told(&self.file, &faults, out.lang))?;
        let conflicts = policies::conflicts(&compiled);
        if !conflicts.is_empty() {
            return Err(told(&self.file, &conflicts, out.lang));
        }
        let shown = render(&compiled, out.lang);
        out.result(&json!({ "text": shown }), |_| shown.clone())
    }
}

impl Compare {
    fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let (one, two) = (policy(&self.first, out.lang)?, policy(&self.second, out.lang)?);
        let compared = compare(&one, &two, &Knowledge::default());
        let (first, second) = (self.first.display().to_string(), self.second.display().to_string());
        let names = Names { first: &first, second: &second };
        let sentences = explain::comparison(&compared, names, out.lang);
        let value = json!({
            "relation": compared.relation(),
            "together": compared.together,
            "firstWithinSecond": compared.first_within,
            "secondWithinFirst": compared.second_within,
            "sentences": sentences,
        });
        out.result(&value, |_| sentences.join("\n"))
    }
}

/// The first policy of a file, with what it inherits from others in it: Turtle, JSON-LD, or the form of the Dataspace
/// Protocol, which names no context.
fn policy(file: &Path, lang: Lang) -> Result<Policy, Failed> {
    let bytes = bytes(file)?;
    let document = match serde_json::from_slice::<Value>(&bytes) {
        Ok(value) if value.get("@context").is_none() && value.is_object() => {
            let policy = odrl::Policy::try_from(value).map_err(|e| wrong(file, &e))?;
            model::dsp(&policy)
        }
        Ok(_) => rdf::json_ld(&bytes, &Contexts::default()),
        Err(_) => graph(&bytes),
    };
    let document = document.map_err(|e| wrong(file, &e))?;
    let written = model::read(&document).map_err(|faults| told(file, &faults, lang))?;
    let Some(first) = written.first() else {
        return Err(wrong(file, &text::get(lang, "cli.no-policy")));
    };
    model::atomic(first, &written).map_err(|faults| told(file, &faults, lang))
}

/// What is no plain UTF-8 JSON: JSON in another encoding, or Turtle.
fn graph(bytes: &[u8]) -> Result<Document, rdf::Unreadable> {
    if rdf::text(bytes)?.trim_start().starts_with(['{', '[']) {
        return rdf::json_ld(bytes, &Contexts::default());
    }
    rdf::turtle(bytes)
}

/// Reads no further than one byte beyond what is accepted.
fn bytes(file: &Path) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    let read = std::fs::File::open(file).and_then(|open| open.take(most).read_to_end(&mut bytes));
    read.map_err(|e| wrong(file, &e))?;
    if bytes.len() > MAX_BYTES {
        return Err(wrong(file, &rdf::Unreadable::TooLarge { bytes: bytes.len() }));
    }
    Ok(bytes)
}

fn wrong(file: &Path, what: &dyn std::fmt::Display) -> Failed {
    Failed::Usage(format!("{}: {what}", file.display()))
}

fn told(file: &Path, faults: &[Fault], lang: Lang) -> Failed {
    let sentences: Vec<String> = faults.iter().map(|fault| explain::fault(fault, lang)).collect();
    wrong(file, &sentences.join("\n"))
}
