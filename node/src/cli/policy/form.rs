//! `fiducie policy form` and `make`: a policy as a form that persons fill in, and back.

use std::path::{Path, PathBuf};

use clap::Args;
use policies::{Form, Sheet, explain};
use serde_json::{Value, json};

use super::commented::commented;
use super::{bytes, policy, told, wrong};
use crate::cli::Global;
use crate::cli::exit::Failed;
use crate::cli::output::Output;
use crate::text;

#[derive(Debug, Args)]
pub struct Fill {
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Make {
    #[arg(value_name = "FORM")]
    form: PathBuf,
}

impl Fill {
    /// The filled-in form of a policy, or an empty one with all that can be filled in.
    pub(super) fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let Some(file) = self.file else {
            let blank = super::commented::blank(out.lang);
            return out.result(&json!({ "form": Form::default() }), |_| blank.clone());
        };
        let sheet = Sheet::of(&policy(&file, out.lang)?, out.lang);
        let sheet = sheet.map_err(|faults| told(&file, &faults, out.lang))?;
        let form = commented(&sheet.form, out.lang).map_err(Failed::Internal)?;
        tell(&out, &sheet, || form)
    }
}

impl Make {
    /// The policy of a form. That nobody could sign it is told, and no failure.
    pub(super) fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let form = read(&self.form)?;
        let sheet = Sheet::made(form, out.lang).map_err(|faults| told(&self.form, &faults, out.lang))?;
        let made =
            serde_json::to_string_pretty(&sheet.policy).map_err(|e| Failed::Internal(e.to_string()))?;
        out.note(&sheet.text);
        tell(&out, &sheet, || made)
    }
}

fn tell(out: &Output, sheet: &Sheet, shown: impl FnOnce() -> String) -> Result<(), Failed> {
    let faults: Vec<String> = sheet.faults.iter().map(|fault| explain::fault(fault, out.lang)).collect();
    if !faults.is_empty() {
        out.note(&text::fill(out.lang, "cli.not-signable", &[("faults", &faults.join("\n"))]));
    }
    let clause = |c: &policies::Graded| json!({"clause": c.pointer, "grade": c.grade, "text": c.text});
    let clauses: Vec<Value> = sheet.clauses.iter().map(clause).collect();
    let value = json!({"policy": sheet.policy, "form": sheet.form, "text": sheet.text, "clauses": clauses,
        "signable": faults.is_empty(), "faults": faults});
    out.result(&value, |_| shown())
}

/// A form in JSON or TOML.
fn read(file: &Path) -> Result<Form, Failed> {
    let bytes = bytes(file)?;
    let content = policies::rdf::text(&bytes).map_err(|e| wrong(file, &e))?;
    if content.trim_start().starts_with('{') {
        return serde_json::from_str(&content).map_err(|e| wrong(file, &e));
    }
    toml::from_str(&content).map_err(|e| wrong(file, &e))
}
