//! Revocation files: signed by who revokes. Whether that is a party shows only with the contract.

use contracts::id::ParticipantId;
use contracts::jwk::Jwk;
use contracts::revocation::RevocationFile;

use super::anchor::Anchors;
use super::finding::Finding;
use super::report::{Kind, Report};
use crate::identity::peer::PeerIdentity;
use crate::identity::proof;

/// Judges a `*.revocation.json`.
pub fn verify(bytes: &[u8], anchors: &Anchors) -> Report {
    let mut report = Report::new(Kind::Revocation);
    if let Err(finding) = judge(bytes, anchors, &mut report) {
        report.findings.push(finding);
    }
    report.conclude()
}

fn judge(bytes: &[u8], anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let wrong = |e: proof::ProofError| Finding::BadSignature(e.to_string());
    let file = RevocationFile::parse(bytes).map_err(|e| Finding::Altered(e.to_string()))?;
    let (did, kid) = proof::signer_of(&file.revocation).map_err(wrong)?;
    let identity = identity(&did, &kid, file.key.as_ref(), anchors)?;
    let said = proof::verify_revocation(&file.revocation, &identity, None).map_err(wrong)?;
    report.field("agreement", &said.agreement);
    report.field("by", &said.by);
    report.field("ground", &said.ground);
    report.field("at", said.at);
    if let Some(key) = identity.any_key(&kid) {
        anchors.note(report, key, "", said.at.seconds());
    }
    let (did, at) = (did.to_string(), said.at.to_string());
    report.findings.push(Finding::Revoked { did, ground: said.ground, at });
    Ok(())
}

/// What to verify with: the key in the file (anchors then say whose it is), else the anchor's.
pub(super) fn identity(
    did: &ParticipantId,
    kid: &str,
    key: Option<&Jwk>,
    anchors: &Anchors,
) -> Result<PeerIdentity, Finding> {
    match key {
        Some(jwk) => PeerIdentity::of_key(kid, jwk).map_err(|e| Finding::Altered(format!("key: {e}"))),
        None => anchors.identity(did.as_str(), kid).ok_or_else(|| Finding::NoKey { did: did.to_string() }),
    }
}
