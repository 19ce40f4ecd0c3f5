//! Log extracts: the checkpoint is signed, each entry is in the log, each value is the one committed to.

use contracts::extract::LogExtract;

use super::anchor::Anchors;
use super::cosigned;
use super::finding::Finding;
use super::report::{Anchored, KeyShown, Kind, Report};
use crate::identity::public::PublicKey;
use crate::log::verify::signed;

/// Judges a `*.log.json`.
pub fn verify(bytes: &[u8], anchors: &Anchors) -> Report {
    let mut report = Report::new(Kind::LogExtract);
    if let Err(finding) = judge(bytes, anchors, &mut report) {
        report.findings.push(finding);
    }
    report.conclude()
}

fn judge(bytes: &[u8], anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let altered = |e: &dyn ToString| Finding::Altered(e.to_string());
    let file: LogExtract = serde_json::from_slice(bytes).map_err(|e| altered(&e))?;
    // Also what a reader would pass over, an unknown member of the key for instance, must be as it was written.
    if contracts::jcs::canonical(&file).map_err(|e| altered(&e))? != bytes {
        return Err(Finding::Altered("not in canonical form (RFC 8785)".into()));
    }
    let (checkpoint, note) = file.checkpoint().map_err(|e| altered(&e))?;
    let key = PublicKey::from_jwk(file.participant.as_str(), &file.key).map_err(|e| altered(&e))?;
    if !signed(&note, &file.origin, &key) {
        return Err(Finding::BadSignature("the checkpoint is not signed by the key of the extract".into()));
    }
    if let Some(vouched) = cosigned::vouched(anchors, &checkpoint, &note)? {
        cosigned::conclude(anchors, report, checkpoint.size, Some(vouched));
    }
    report.field("participant", &file.participant);
    report.field("origin", &file.origin);
    report.field("size", checkpoint.size);
    report.field("entries", file.entries.len());
    for entry in &file.entries {
        let leaf = entry.check(&checkpoint).map_err(|e| Finding::BadSignature(e.to_string()))?;
        let (at, kind) = (contracts::format::Instant::from_seconds(leaf.at), &leaf.kind);
        let clear: Vec<String> = entry.openings.iter().map(|(k, o)| format!("{k}={}", o.value)).collect();
        report.field("entry", format!("{} {at} {kind} {}", entry.index, clear.join(" ")).trim_end());
    }
    note_key(anchors, report, &file, &key);
    Ok(())
}

fn note_key(anchors: &Anchors, report: &mut Report, file: &LogExtract, key: &PublicKey) {
    let did = file.participant.to_string();
    let known = anchors.keys(&did).map(|keys| {
        keys.iter().any(|jwk| jwk.thumbprint().is_ok_and(|thumbprint| thumbprint == key.thumbprint()))
    });
    let (count, size) = (file.entries.len(), report.fields.iter().find(|(name, _)| *name == "size"));
    let size = size.map(|(_, size)| size.clone()).unwrap_or_default();
    report.findings.push(Finding::Log {
        code: "entries-proven",
        refuses: false,
        fr: format!(
            "{count} inscription(s) prouvée(s) dans le journal {} de {size} inscription(s).",
            file.origin
        ),
        en: format!("{count} entries proven in the log {} of {size} entries.", file.origin),
    });
    let (anchored, finding) = match known {
        Some(true) => (Anchored::Yes, Finding::Anchored { did: did.clone() }),
        Some(false) => (Anchored::Stranger, Finding::Stranger { did: did.clone() }),
        None if anchors.is_empty() => (Anchored::NotGiven, Finding::NotAnchored),
        None => (Anchored::NotGiven, Finding::NoAnchorFor { did: did.clone() }),
    };
    report.findings.push(finding);
    report.keys.push(KeyShown {
        did,
        kid: key.kid().to_owned(),
        thumbprint: key.thumbprint().to_owned(),
        capacity: String::new(),
        at: String::new(),
        anchored,
    });
}
