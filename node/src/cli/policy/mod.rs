//! `fiducie policy …`: policies in files, read and compared before anybody signs them. No node, no network.

mod commented;
mod form;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use contracts::odrl;
use policies::compare::{Knowledge, compare};
use policies::explain::{self, Names};
use policies::model::{self, NoPolicy, Policy};
use policies::rdf::{self, MAX_BYTES};
use policies::{Fault, Sheet, render, signable};
use serde_json::{Value, json};

use super::Global;
use super::exit::Failed;
use crate::text::{self, Lang};

#[derive(Debug, Subcommand)]
pub enum PolicyFile {
    Show(Show),
    Compare(Compare),
    Form(form::Fill),
    Make(form::Make),
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
            PolicyFile::Form(command) => command.run(global),
            PolicyFile::Make(command) => command.run(global),
        }
    }
}

impl Show {
    /// The text that signers would read, or every reason why nobody could sign it.
    fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let bytes = bytes(&self.file)?;
        let Ok(value) = serde_json::from_slice::<Value>(&bytes) else { return self.other(global) };
        let policy = odrl::Policy::try_from(value).map_err(|e| wrong(&self.file, &e))?;
        let compiled = signable(&policy).map_err(|faults| told(&self.file, &faults, out.lang))?;
        let shown = render(&compiled, out.lang);
        out.result(&json!({ "text": shown }), |_| shown.clone())
    }

    /// A policy that is no JSON: its text, whether it can be signed or not.
    fn other(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let sheet = Sheet::of(&policy(&self.file, out.lang)?, out.lang);
        let sheet = sheet.map_err(|faults| told(&self.file, &faults, out.lang))?;
        if !sheet.faults.is_empty() {
            out.note(&sheet.text);
            return Err(told(&self.file, &sheet.faults, out.lang));
        }
        out.result(&json!({ "text": sheet.text }), |_| sheet.text.clone())
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
    model::first(&bytes(file)?).map_err(|no| match no {
        NoPolicy::Unreadable(unreadable) => wrong(file, &unreadable),
        NoPolicy::Faults(faults) => told(file, &faults, lang),
        NoPolicy::None => wrong(file, &text::get(lang, "cli.no-policy")),
    })
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
