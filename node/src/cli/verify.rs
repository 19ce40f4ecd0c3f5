//! `fiducie verify FILE…`: proofs judged from files alone; no node, no network.

mod folder;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::Global;
use super::exit::Failed;
use crate::text;
use crate::verify::anchor::{AnchorError, Anchors};
use crate::verify::report::Report;
use crate::verify::{MAX_FILE, pack, tiled, verify_file};
use folder::Proof;

#[derive(Debug, Args)]
pub struct Verify {
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    trust: Trust,
}

// What the verifier trusts. No documentation comment: it would be the help of the commands.
#[derive(Debug, Args)]
pub struct Trust {
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    #[arg(long = "log-key", value_name = "KEY")]
    log_key: Vec<String>,
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    authority: Vec<PathBuf>,
}

impl Trust {
    pub fn anchors(&self, lang: text::Lang) -> Result<Anchors, Failed> {
        let mut anchors = Anchors::default();
        let wrong = |key, path: &Path, what: &AnchorError| {
            let (file, what) = (path.display().to_string(), what.to_string());
            Failed::Usage(text::fill(lang, key, &[("file", &file), ("what", &what)]))
        };
        for path in &self.anchor {
            anchors.add(&read(path)?).map_err(|e| wrong("cli.wrong-anchor", path, &e))?;
        }
        for key in &self.log_key {
            anchors.add_verifier_key(key).map_err(|e| {
                let values = [("key", key.as_str()), ("what", &e.to_string())];
                Failed::Usage(text::fill(lang, "cli.wrong-log-key", &values))
            })?;
        }
        if let Some(path) = &self.policy {
            anchors.set_policy(&read(path)?).map_err(|e| wrong("cli.wrong-policy", path, &e))?;
        }
        for path in &self.authority {
            anchors.add_authority(&read(path)?).map_err(|e| wrong("cli.wrong-authority", path, &e))?;
        }
        Ok(anchors)
    }
}

impl Verify {
    pub fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let anchors = self.trust.anchors(out.lang)?;
        let mut refused = 0_usize;
        let mut reports = Vec::new();
        let found = folder::open(&self.files)?;
        for proof in &found.proofs {
            let path = proof.path();
            let report = match proof {
                Proof::Log(path) => tiled::verify(path, &anchors),
                Proof::Pack(path) => pack::verify(path, &anchors),
                Proof::File(path) => verify_file(&read(path)?, &anchors),
            };
            refused += usize::from(!report.ok);
            if out.json {
                reports.push(json!({ "file": path.display().to_string(), "report": report.to_json() }));
            } else {
                out.line(&shown(path, &report, out.lang))?;
            }
        }
        if !out.json && !found.others.is_empty() {
            let names: Vec<_> = found.others.iter().map(|path| path.display().to_string()).collect();
            out.line(&text::fill(out.lang, "cli.not-proofs", &[("files", &names.join(", "))]))?;
        }
        if out.json {
            out.line(&json!({ "ok": refused == 0, "refused": refused, "files": reports }).to_string())?;
        }
        match refused {
            0 => Ok(()),
            _ if out.json => Err(Failed::Told),
            n => {
                let (n, all) = (n.to_string(), found.proofs.len().to_string());
                Err(Failed::Refused(text::fill(
                    out.lang,
                    "cli.not-verified",
                    &[("refused", &n), ("all", &all)],
                )))
            }
        }
    }
}

/// A report as persons read it.
pub fn shown(path: &Path, report: &Report, lang: text::Lang) -> String {
    let mut lines = vec![format!("{} ({})", path.display(), report.kind.as_str())];
    lines.extend(report.fields.iter().map(|(name, value)| format!("  {name}: {value}")));
    lines.extend(report.sentences(lang).into_iter().map(|sentence| format!("  {sentence}")));
    lines.join("\n") + "\n"
}

/// Reads a file no further than one that could be verified.
fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    let failed = |e: std::io::Error| Failed::Usage(format!("{}: {e}", path.display()));
    let most = MAX_FILE as u64 + 1;
    let mut bytes = Vec::new();
    match path.as_os_str() == "-" {
        true => std::io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(failed)?,
        false => {
            std::fs::File::open(path).and_then(|f| f.take(most).read_to_end(&mut bytes)).map_err(failed)?
        }
    };
    Ok(bytes)
}
