//! Contract files: form, digests, every signature and revocation, and whether both parties signed.

use std::collections::{BTreeMap, HashSet};

use contracts::contract::{Capacity, ContractFile};
use contracts::id::ParticipantId;

use super::anchor::Anchors;
use super::finding::Finding;
use super::report::{Kind, Report, Signed};
use crate::identity::peer::PeerIdentity;
use crate::identity::proof;

/// Judges a `*.contract.json`.
pub fn verify(bytes: &[u8], anchors: &Anchors) -> Report {
    let file = match ContractFile::parse(bytes) {
        Ok(file) => file,
        Err(e) => return Report::refused(Kind::Contract, Finding::Altered(e.to_string())).conclude(),
    };
    let mut report = Report::new(Kind::Contract);
    show(&file, &mut report);
    let identities = match identities(&file) {
        Ok(identities) => identities,
        Err(finding) => {
            report.findings.push(finding);
            return report.conclude();
        }
    };
    let document = match file.contract.canonical() {
        Ok(document) => document,
        Err(e) => {
            report.findings.push(Finding::Altered(e.to_string()));
            return report.conclude();
        }
    };
    let signed = signatures(&file, &document, &identities, anchors, &mut report);
    revocations(&file, &identities, anchors, &mut report);
    who_signed(&file, &signed, &mut report);
    report.conclude()
}

fn show(file: &ContractFile, report: &mut Report) {
    let contract = &file.contract;
    report.field("agreement", &contract.id);
    for party in &contract.parties {
        report.field(if contract.provider() == Some(party) { "provider" } else { "consumer" }, &party.did);
    }
    report.field("dataset", &contract.dataset.id);
    report.field("revision", contract.dataset.revision);
    report.field("framework", contract.framework.as_ref().map_or("-", |f| f.id.as_str()));
    report.field("from", contract.term.from);
    report.field("until", contract.term.until.map_or_else(|| "-".to_owned(), |until| until.to_string()));
    report.field("created", contract.created_at);
    report.field("text", &file.text);
}

fn identities(file: &ContractFile) -> Result<BTreeMap<String, PeerIdentity>, Finding> {
    file.identities
        .iter()
        .map(|(did, shown)| {
            let wrong = |e: String| Finding::Altered(format!("identities.{did}: {e}"));
            let id = ParticipantId::did(did.clone()).map_err(|e| wrong(e.to_string()))?;
            let identity = PeerIdentity::from_value(&id, shown.clone()).map_err(|e| wrong(e.to_string()))?;
            Ok((did.clone(), identity))
        })
        .collect()
}

/// Verifies each signature; gives the parties that signed.
fn signatures(
    file: &ContractFile,
    document: &[u8],
    identities: &BTreeMap<String, PeerIdentity>,
    anchors: &Anchors,
    report: &mut Report,
) -> HashSet<String> {
    let (mut seen, mut parties) = (HashSet::new(), HashSet::new());
    let mut signers: HashSet<&str> = file.contract.parties.iter().map(|p| p.did.as_str()).collect();
    for (i, jws) in file.signatures.iter().enumerate() {
        let wrong = |e: String| Finding::BadSignature(format!("signatures.{i}: {e}"));
        let result = proof::read_contract_signature(jws).map_err(|e| wrong(e.to_string())).and_then(|info| {
            let identity = identities
                .get(info.did.as_str())
                .ok_or_else(|| wrong(format!("the DID document of {} is missing", info.did)))?;
            let is_party = file.contract.party(info.did.as_str()).is_some();
            // A party's DID document is bound by the contract, anybody else's by the signature.
            if !is_party && (info.identity.is_none() || info.capacity != Capacity::Body) {
                return Err(wrong(format!("{} is no party and does not sign as a body", info.did)));
            }
            let info = proof::verify_contract_signature(jws, document, identity, None)
                .map_err(|e| wrong(e.to_string()))?;
            Ok((info, identity, is_party))
        });
        let (info, identity, is_party) = match result {
            Ok(found) => found,
            Err(finding) => {
                report.findings.push(finding);
                continue;
            }
        };
        if !seen.insert((info.did.clone(), info.capacity)) {
            report.findings.push(Finding::SignedTwice { did: info.did.to_string() });
            continue;
        }
        if let Some(key) = identity.any_key(&info.kid) {
            anchors.note(report, key, capacity(info.capacity), info.at.seconds());
        }
        if is_party && info.capacity != Capacity::Body {
            parties.insert(info.did.to_string());
        }
        signers.insert(identity.did().as_str());
    }
    for did in identities.keys().filter(|did| !signers.contains(did.as_str())) {
        report.findings.push(Finding::Altered(format!("identities.{did}: nobody of that name signs")));
    }
    parties
}

fn capacity(capacity: Capacity) -> &'static str {
    match capacity {
        Capacity::Node => "node",
        Capacity::Dpo => "dpo",
        Capacity::Delegate => "delegate",
        Capacity::Body => "body",
    }
}

fn revocations(
    file: &ContractFile,
    identities: &BTreeMap<String, PeerIdentity>,
    anchors: &Anchors,
    report: &mut Report,
) {
    for (i, jws) in file.revocations.iter().enumerate() {
        let wrong = |e: String| Finding::BadSignature(format!("revocations.{i}: {e}"));
        let (did, kid) = match proof::signer_of(jws) {
            Ok(found) => found,
            Err(e) => {
                report.findings.push(wrong(e.to_string()));
                continue;
            }
        };
        let party = file.contract.party(did.as_str()).and_then(|_| identities.get(did.as_str()));
        let Some(identity) = party else {
            report.findings.push(Finding::ForeignRevocation { did: did.to_string() });
            continue;
        };
        match proof::verify_revocation(jws, identity, None) {
            Ok(revocation) if revocation.agreement == file.contract.id => {
                if let Some(key) = identity.any_key(&kid) {
                    anchors.note(report, key, "", revocation.at.seconds());
                }
                report.field("revoked", revocation.at);
                report.findings.push(Finding::Revoked {
                    did: did.to_string(),
                    ground: revocation.ground,
                    at: revocation.at.to_string(),
                });
            }
            Ok(_) => report.findings.push(Finding::ForeignRevocation { did: did.to_string() }),
            Err(e) => report.findings.push(wrong(e.to_string())),
        }
    }
}

fn who_signed(file: &ContractFile, signed: &HashSet<String>, report: &mut Report) {
    let missing: Vec<_> = file.contract.parties.iter().filter(|p| !signed.contains(p.did.as_str())).collect();
    report.signed = match missing.len() {
        0 => Signed::Both,
        1 => Signed::Partly,
        _ => Signed::Nobody,
    };
    if missing.is_empty() {
        report.findings.push(Finding::SignedByBoth);
    }
    for party in missing {
        report.findings.push(Finding::NotSignedBy { did: party.did.to_string() });
    }
}
