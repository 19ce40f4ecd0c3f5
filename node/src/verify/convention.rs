//! Convention files: form, digests, words, and whether host and member signed.

use contracts::convention::{ConventionFile, Side};
use contracts::id::ParticipantId;

use super::anchor::Anchors;
use super::finding::Finding;
use super::report::{Kind, Report, Signed};
use crate::identity::convention::verify_convention;
use crate::identity::peer::PeerIdentity;
use crate::text::convention::{TEMPLATE, VERSION, words};

/// Judges a `*.convention.json`.
pub fn verify(bytes: &[u8], anchors: &Anchors) -> Report {
    let file = match ConventionFile::parse(bytes) {
        Ok(file) => file,
        Err(e) => return Report::refused(Kind::Convention, Finding::Altered(e.to_string())).conclude(),
    };
    let mut report = Report::new(Kind::Convention);
    show(&file, &mut report);
    if let Err(finding) = signatures(&file, anchors, &mut report) {
        report.findings.push(finding);
    }
    let texts = &file.convention.texts;
    // The words of another version cannot be made again here; that they are what was signed is known.
    if texts.template == TEMPLATE && texts.version == VERSION && words(&file.convention) != file.texts {
        report.findings.push(Finding::Altered("texts: not the words of what is settled".into()));
    }
    report.conclude()
}

fn show(file: &ConventionFile, report: &mut Report) {
    let convention = &file.convention;
    report.field("convention", &convention.id);
    report.field("host", &convention.host.did);
    report.field("hosted", &convention.hosted.did);
    report.field("requests", convention.answers.requests.as_str());
    report.field("breaches", convention.answers.breaches.as_str());
    report.field("backups", convention.answers.backups.as_str());
    report.field("from", convention.term.from);
    report.field("until", convention.term.until.map_or_else(|| "-".to_owned(), |until| until.to_string()));
    report.field("created", convention.created_at);
    report.field("text", &file.texts.fr);
    report.field("text-en", &file.texts.en);
}

fn signatures(file: &ConventionFile, anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let document = file.convention.canonical().map_err(|e| Finding::Altered(e.to_string()))?;
    let mut missing = Vec::new();
    let mut known = 0;
    for side in [Side::Host, Side::Hosted] {
        let did = &file.convention.party(side).did;
        let identity = identity(file, did)?;
        let of_party = file.signatures.iter().filter_map(|jws| {
            let signed = verify_convention(jws, &document, &identity, None).ok()?;
            Some((identity.any_key(&signed.kid)?.clone(), signed.at))
        });
        let mut of_party: Vec<_> = of_party.collect();
        known += of_party.len();
        match of_party.pop() {
            Some((key, at)) => anchors.note(report, &key, "node", at.seconds()),
            None => missing.push(did.to_string()),
        }
    }
    if known != file.signatures.len() {
        let what = "signatures: one is of neither party, or of other bytes".to_owned();
        report.findings.push(Finding::BadSignature(what));
    }
    report.signed = match missing.len() {
        0 => Signed::Both,
        1 => Signed::Partly,
        _ => Signed::Nobody,
    };
    if missing.is_empty() {
        report.findings.push(Finding::SignedByBoth);
    }
    report.findings.extend(missing.into_iter().map(|did| Finding::NotSignedBy { did }));
    Ok(())
}

fn identity(file: &ConventionFile, did: &ParticipantId) -> Result<PeerIdentity, Finding> {
    let shown = file.identities.get(did.as_str()).cloned().unwrap_or_default();
    PeerIdentity::from_value(did, shown).map_err(|e| Finding::Altered(format!("identities.{did}: {e}")))
}
