//! Proofs of one entry in the format that others read too (C2SP tlog-proof).

use contracts::format::Instant;
use contracts::jwk::Jwk;
use contracts::leaf::Leaf;
use contracts::tlog::proof::LogProof;

use super::anchor::Anchors;
use super::finding::Finding;
use super::report::{Kind, Report};
use super::{checkpoint, cosigned};

/// Judges a `*.tlog-proof` whose extra data are the entry's bytes.
pub fn verify(text: &str, anchors: &Anchors) -> Report {
    verify_with(text, anchors, &[])
}

/// As [`verify`], with keys that came along with the file: they prove integrity and no identity.
pub fn verify_with(text: &str, anchors: &Anchors, came_along: &[Jwk]) -> Report {
    let mut report = Report::new(Kind::LogProof);
    if let Err(finding) = judge(text, anchors, came_along, &mut report) {
        report.findings.push(finding);
    }
    report.conclude()
}

fn judge(text: &str, anchors: &Anchors, came_along: &[Jwk], report: &mut Report) -> Result<(), Finding> {
    let altered = |e: contracts::format::FormatError| Finding::Altered(e.to_string());
    let file = LogProof::parse(text).map_err(altered)?;
    if file.write() != text {
        return Err(Finding::Altered("not written as the format says".into()));
    }
    let entry = file.extra.as_deref();
    let entry = entry.ok_or_else(|| Finding::Altered("the file does not carry the entry".into()))?;
    let leaf = Leaf::parse(entry).map_err(altered)?;
    let (head, note) = file.check(entry).map_err(|e| Finding::BadSignature(e.to_string()))?;
    checkpoint::judge(anchors, report, (&head, &note), came_along)?;
    let vouched = cosigned::vouched(anchors, &head, &note)?;
    cosigned::conclude(anchors, report, head.size, vouched);
    report.field("origin", &head.origin);
    report.field("size", head.size);
    report.field("entry", format!("{} {} {}", file.index, Instant::from_seconds(leaf.at), leaf.kind));
    report.findings.push(Finding::Log {
        code: "entry-proven",
        refuses: false,
        fr: format!(
            "Inscription {} prouvée dans le journal {} de {} inscription(s).",
            file.index, head.origin, head.size
        ),
        en: format!("Entry {} proven in the log {} of {} entries.", file.index, head.origin, head.size),
    });
    Ok(())
}
