//! The readable index: made from the pack's own files, so that whoever verifies makes the same again.

use contracts::contract::ContractFile;
use contracts::format::Instant;
use ontology::Lang;
use policies::explain;

use super::content::{Files, Pack, named, readable};
use super::event::label;
use super::exchanges::said;
use super::wrong;
use crate::identity::proof::revocation_of;
use crate::text::{fill, get};
use crate::verify::finding::Finding;
use crate::verify::replay::{Opened, kept};
use crate::verify::report::Report;

/// Fields that columns of the table of entries show already, or that show by a digest what stands elsewhere.
const SHOWN: [&str; 5] = ["peer", "dataset", "facts", "report", "transfer"];

/// The version whose words these are.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The index is what this program makes of the pack. Other versions have other words: that is told, and nothing compared.
pub fn check(pack: &Pack, files: &Files, report: &mut Report) -> Result<(), Finding> {
    if pack.manifest.program != VERSION {
        report.findings.push(not_compared(&pack.manifest.program));
        return Ok(());
    }
    for lang in [Lang::Fr, Lang::En] {
        let name = readable("index", lang);
        if files.get(&name).map(Vec::as_slice) != Some(render(pack, lang).as_bytes()) {
            return Err(wrong(&name, "does not say what the pack's files say"));
        }
        let name = readable("instructions", lang);
        if files.get(&name).map(Vec::as_slice) != Some(instructions(lang).as_bytes()) {
            return Err(wrong(&name, "is not the text that comes with this program"));
        }
    }
    Ok(())
}

fn not_compared(version: &str) -> Finding {
    Finding::Log {
        code: "index-not-compared",
        refuses: false,
        fr: format!(
            "À noter : le sommaire vient de la version {version} du programme ; il n'a pas été comparé aux preuves. Elles font foi, non lui."
        ),
        en: format!(
            "Note: the index is of version {version} of the program; it was not compared with the proofs. They count, not it."
        ),
    }
}

/// How a verifier goes about it.
pub fn instructions(lang: Lang) -> &'static str {
    lang.pick(
        include_str!("../../../assets/evidence/instructions.fr.md"),
        include_str!("../../../assets/evidence/instructions.en.md"),
    )
}

pub fn render(pack: &Pack, lang: Lang) -> String {
    let (manifest, extract) = (&pack.manifest, &pack.extract);
    let size = extract.checkpoint().map(|(checkpoint, _)| checkpoint.size).unwrap_or_default();
    let cosigned = extract.checkpoint().map(|(_, note)| note.signatures.len().saturating_sub(1));
    let count = |n: usize| n.to_string();
    let (entries, witnesses) = (count(extract.entries.len()), count(cosigned.unwrap_or_default()));
    let (at, size) = (manifest.at.to_string(), size.to_string());
    let reason = manifest.reason.as_deref().map_or("-".to_owned(), cell);
    let values = [
        ("by", manifest.by.as_str()),
        ("at", &at),
        ("reason", &reason),
        ("about", &about(pack, lang)),
        ("origin", &extract.origin),
        ("size", &size),
        ("entries", &entries),
        ("witnesses", &witnesses),
        ("instructions", &readable("instructions", lang)),
    ];
    let mut text = fill(lang, "evidence.head", &values);
    text += &section(lang, "evidence.contracts", pack.contracts.values().map(|c| contract(c, lang)));
    text += &section(lang, "evidence.entries", pack.entries().map(|entry| row(entry, lang)));
    text += &section(lang, "evidence.decisions", pack.entries().filter_map(|entry| decision(entry, lang)));
    let receipts = pack.receipts.iter().map(|(reference, file)| {
        let (said, name) = (&file.receipt, named("receipts", reference, ".receipt.json"));
        let (bytes, at) = (said.bytes.to_string(), said.at.to_string());
        let values =
            [("at", at.as_str()), ("by", said.consumer.as_str()), ("bytes", &bytes), ("file", &name)];
        fill(lang, "evidence.receipt", &values)
    });
    text += &section(lang, "evidence.receipts", receipts);
    text
}

fn section(lang: Lang, title: &'static str, lines: impl Iterator<Item = String>) -> String {
    let lines: Vec<_> = lines.collect();
    let lines = if lines.is_empty() { get(lang, "evidence.none").to_owned() } else { lines.join("\n") };
    format!("\n{}\n{lines}\n", get(lang, title))
}

fn about(pack: &Pack, lang: Lang) -> String {
    let about = &pack.manifest.about;
    let instant = |at: Option<Instant>| at.map(|at| at.to_string());
    let parts = [
        ("evidence.about-contract", about.contract.clone()),
        ("evidence.about-dataset", about.dataset.clone()),
        ("evidence.about-peer", about.peer.clone()),
        ("evidence.about-from", instant(about.from)),
        ("evidence.about-until", instant(about.until)),
    ];
    let said =
        parts.into_iter().filter_map(|(key, value)| Some(fill(lang, key, &[("what", &cell(&value?))])));
    said.collect::<Vec<_>>().join(" ; ")
}

fn contract((name, file): &(String, ContractFile), lang: Lang) -> String {
    let contract = &file.contract;
    let party = |party: Option<&contracts::contract::Party>| party.map_or("-".into(), |p| p.did.to_string());
    let (provider, consumer) = (party(contract.provider()), party(contract.consumer()));
    let (from, until) = (contract.term.from.to_string(), contract.term.until.map(|at| at.to_string()));
    let signatures = file.signatures.len().to_string();
    let values = [
        ("id", contract.id.as_str()),
        ("provider", &provider),
        ("consumer", &consumer),
        ("dataset", contract.dataset.id.as_str()),
        ("from", &from),
        ("until", until.as_deref().unwrap_or("-")),
        ("signatures", &signatures),
        ("file", name),
    ];
    let mut text = fill(lang, "evidence.contract", &values);
    for revoked in file.revocations.iter().filter_map(|jws| revocation_of(jws).ok()) {
        let (at, ground) = (revoked.at.to_string(), cell(&revoked.ground));
        let values = [("at", at.as_str()), ("by", revoked.by.as_str()), ("ground", &ground)];
        text = text + "\n" + &fill(lang, "evidence.revoked", &values);
    }
    text
}

/// One line of the table of entries.
fn row(entry: Opened<'_>, lang: Lang) -> String {
    let kind = label(&entry.leaf.kind, lang);
    let details: Vec<_> = entry
        .openings
        .iter()
        .filter(|(field, _)| !SHOWN.contains(&field.as_str()))
        .map(|(field, opening)| format!("{field} {}", cell(&opening.value)))
        .collect();
    let erased = entry.openings.is_empty() && !entry.leaf.commitments.is_empty();
    let details = if erased { get(lang, "evidence.erased").to_owned() } else { details.join(", ") };
    let at = Instant::from_seconds(entry.leaf.at).to_string();
    let open = |field| said(&entry, field).map_or("-".to_owned(), cell);
    let reference = entry.leaf.reference.as_deref().unwrap_or("-");
    let index = entry.index.to_string();
    let columns = [&index, &at, kind, reference, &open("peer"), &open("dataset"), &details];
    format!("| {} |", columns.map(str::to_owned).join(" | "))
}

fn decision(entry: Opened<'_>, lang: Lang) -> Option<String> {
    let kept = kept(entry).ok()?;
    let at = Instant::from_seconds(entry.leaf.at).to_string();
    let lack = kept.lacks.zip(kept.right.as_ref()).map(|(lack, right)| right.sentence(lack).text(lang));
    let reasons = match lack.or_else(|| kept.standing.clone()) {
        Some(lack) => vec![lack],
        None => explain::decision(&kept.decision, lang),
    };
    let (index, purpose) =
        (entry.index.to_string(), kept.facts.purpose.as_deref().map_or("-".to_owned(), cell));
    let reasons = cell(&reasons.join(" "));
    let values = [("entry", index.as_str()), ("at", &at), ("purpose", &purpose), ("reasons", &reasons)];
    Some(fill(lang, "evidence.decision", &values))
}

/// A value in a line of a table: of one line, and with nothing that a reader of Markdown would take for form.
fn cell(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut out = String::with_capacity(text.len());
    for c in text.chars().map(plain) {
        if matches!(c, '|' | '<' | '>' | '`' | '[' | ']' | '*' | '\\' | '!') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
