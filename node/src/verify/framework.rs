//! Framework files: form, digests, what the parts say, and whether the publisher signed.

use contracts::framework::FrameworkFile;
use ontology::Lang;
use policies::framework::{Unread, read_file};

use super::anchor::Anchors;
use super::finding::Finding;
use super::report::{Kind, Report};
use crate::identity::framework::verify_framework;
use crate::identity::peer::PeerIdentity;

/// Judges a `*.framework.json`.
pub fn verify(bytes: &[u8], anchors: &Anchors) -> Report {
    let file = match read_file(bytes) {
        Ok(file) => file,
        Err(unread) => {
            let why = match unread {
                Unread::Altered(e) => e.to_string(),
                Unread::Faults(faults) => {
                    let said: Vec<_> = faults.iter().map(|fault| fault.sentence(Lang::Fr)).collect();
                    said.join(" ")
                }
            };
            return Report::refused(Kind::Framework, Finding::Altered(why)).conclude();
        }
    };
    let mut report = Report::new(Kind::Framework);
    show(&file, &mut report);
    if let Err(finding) = signature(&file, anchors, &mut report) {
        report.findings.push(finding);
    }
    report.conclude()
}

fn show(file: &FrameworkFile, report: &mut Report) {
    let framework = &file.framework;
    report.field("framework", &framework.id);
    report.field("version", framework.version);
    report.field("name", &framework.name.fr);
    report.field("publisher", &framework.publisher.did);
    report.field("published", framework.published_at);
    report.field("in-force", framework.in_force);
    report.field("sunset", framework.sunset.map_or_else(|| "-".to_owned(), |at| at.to_string()));
    let origin = framework.derived_from.as_ref().map(|origin| format!("{} {}", origin.id, origin.version));
    report.field("derived-from", origin.unwrap_or_else(|| "-".to_owned()));
    report.field(
        "charter",
        format!("{}@{}", framework.parts.rules.charter.id, framework.parts.rules.charter.version),
    );
}

fn signature(file: &FrameworkFile, anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let did = &file.framework.publisher.did;
    let identity = PeerIdentity::from_value(did, file.identity.clone())
        .map_err(|e| Finding::Altered(format!("identity: {e}")))?;
    let signed = verify_framework(file, &identity, None)
        .map_err(|e| Finding::BadSignature(format!("signature: {e}")))?;
    let key = identity.any_key(&signed.kid).ok_or_else(|| Finding::NoKey { did: did.to_string() })?;
    anchors.note(report, key, "node", signed.at.seconds());
    Ok(())
}
