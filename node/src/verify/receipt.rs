//! Receipt files: the receipt is in the batch, the batch is signed by the consumer.

use contracts::receipt::ReceiptFile;

use super::anchor::Anchors;
use super::finding::Finding;
use super::report::{Kind, Report};
use super::revocation::identity;
use crate::identity::{proof, receipt};

/// Judges a `*.receipt.json`.
pub fn verify(bytes: &[u8], anchors: &Anchors) -> Report {
    let mut report = Report::new(Kind::Receipt);
    if let Err(finding) = judge(bytes, anchors, &mut report) {
        report.findings.push(finding);
    }
    report.conclude()
}

fn judge(bytes: &[u8], anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let wrong = |e: proof::ProofError| Finding::BadSignature(e.to_string());
    let file = ReceiptFile::parse(bytes).map_err(|e| Finding::Altered(e.to_string()))?;
    let said = &file.receipt;
    report.field("reference", &said.reference);
    report.field("agreement", &said.agreement);
    report.field("transfer", &said.transfer);
    report.field("provider", &said.provider);
    report.field("consumer", &said.consumer);
    report.field("bytes", said.bytes);
    report.field("sha256", &said.sha256);
    report.field("at", said.at);
    let (did, kid) = proof::signer_of(&file.batch).map_err(wrong)?;
    let identity = identity(&did, &kid, file.key.as_ref(), anchors)?;
    let batch = receipt::verify_receipt(&file, &identity, None).map_err(wrong)?;
    if let Some(key) = identity.any_key(&kid) {
        anchors.note(report, key, "", batch.at.seconds());
    }
    Ok(())
}
