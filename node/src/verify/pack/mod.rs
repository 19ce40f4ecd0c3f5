//! Evidence packs: every file is the one of the manifest, each proof holds, and together they say one thing.
//!
//! Reading order: [`files`], [`content`] (what a pack must be made of), then the checks: [`seal`], [`entries`],
//! [`decisions`], [`exchanges`], [`index`].

mod content;
mod decisions;
mod entries;
mod event;
mod exchanges;
mod files;
pub mod index;
mod seal;

use std::path::Path;

use super::anchor::Anchors;
use super::finding::Finding;
use super::report::{Kind, Report};
use super::verify_file;

pub use content::{Files, Pack, named, readable};
pub use files::is_pack;

/// Judges a folder that holds a pack.
pub fn verify(folder: &Path, anchors: &Anchors) -> Report {
    let mut report = Report::new(Kind::Pack);
    let judged = files::read(folder).and_then(|files| judge(&files, anchors, &mut report));
    if let Err(finding) = judged {
        report.findings.push(finding);
    }
    report.conclude()
}

/// A pack that holds, to work with; whose the keys are is not asked.
///
/// # Errors
/// What refuses it.
pub fn open(folder: &Path) -> Result<Pack, Finding> {
    let (files, mut report) = (files::read(folder)?, Report::new(Kind::Pack));
    judge(&files, &Anchors::default(), &mut report)?;
    if let Some(refusal) = report.refusals().next() {
        return Err(refusal.clone());
    }
    Pack::read(seal::manifest(&files)?, &files)
}

fn judge(files: &Files, anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let manifest = seal::manifest(files)?;
    let pack = Pack::read(manifest, files)?;
    report.field("by", &pack.manifest.by);
    report.field("at", pack.manifest.at);
    report.field("origin", &pack.extract.origin);
    report.field("entries", pack.extract.entries.len());
    report.field("contracts", pack.contracts.len());
    report.field("receipts", pack.receipts.len());
    report.field("decisions", pack.decisions.len());
    seal::check(files, &pack, anchors, report)?;
    for name in files.keys().filter(|name| content::is_proof(name)) {
        take(report, name, verify_file(&files[name], anchors));
    }
    entries::check(&pack, anchors, report)?;
    exchanges::check(&pack)?;
    decisions::check(&pack, report)?;
    index::check(&pack, files, report)?;
    let count = pack.extract.entries.len();
    report.findings.push(Finding::Log {
        code: "pack-whole",
        refuses: false,
        fr: format!("Dossier entier : {} fichiers, {count} inscription(s), chacun vérifié.", files.len()),
        en: format!("The pack is whole: {} files, {count} entries, each verified.", files.len()),
    });
    Ok(())
}

/// Takes over what was found in one file of the pack: what refuses it, and what is new of the rest.
fn take(report: &mut Report, name: &str, found: Report) {
    for finding in found.findings {
        let refused = finding.refuses();
        if refused {
            report.findings.push(Finding::Log {
                code: "file-refused",
                refuses: true,
                fr: format!("{name} : {}", finding.sentence(ontology::Lang::Fr)),
                en: format!("{name}: {}", finding.sentence(ontology::Lang::En)),
            });
        } else if finding != Finding::Whole && !report.findings.contains(&finding) {
            report.findings.push(finding);
        }
    }
    for key in found.keys {
        if !report.keys.contains(&key) {
            report.keys.push(key);
        }
    }
}

/// A refusal with what is wrong, and where.
fn wrong(name: &str, what: &str) -> Finding {
    Finding::Altered(format!("{name}: {what}"))
}
