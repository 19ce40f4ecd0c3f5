//! Contracts and receipts are those that the entries name.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::jcs;
use contracts::receipt::Receipt;

use super::content::{Pack, named};
use super::wrong;
use crate::verify::finding::Finding;
use crate::verify::replay::Opened;

/// What an entry says of a field, where it is open.
pub fn said<'a>(entry: &Opened<'a>, field: &str) -> Option<&'a str> {
    entry.openings.get(field).map(|opening| opening.value.as_str())
}

pub fn check(pack: &Pack) -> Result<(), Finding> {
    for (id, (name, file)) in &pack.contracts {
        let about: Vec<_> = pack.entries().filter(|e| said(e, "agreement") == Some(id)).collect();
        if about.is_empty() {
            return Err(wrong(name, "no entry of the pack is about this contract"));
        }
        let document = file.contract.canonical().map_err(|e| wrong(name, &e.to_string()))?;
        let digest = jcs::sha256_b64url(&document);
        let signed = about.iter().filter(|e| e.leaf.kind.starts_with("contract."));
        let revoked = about.iter().any(|e| e.leaf.kind.starts_with("contract.revoked"));
        if revoked && file.revocations.is_empty() {
            return Err(wrong(name, "the log records a revocation that the file does not carry"));
        }
        for entry in signed {
            if said(entry, "digest").is_some_and(|named| named != digest) {
                return Err(wrong(name, &format!("entry {} names another contract", entry.index)));
            }
        }
    }
    for (reference, file) in &pack.receipts {
        let name = named("receipts", reference, ".receipt.json");
        let mut told = pack.entries().filter(|entry| tells(entry, reference));
        if !told.any(|entry| agrees(&entry, &file.receipt)) {
            return Err(wrong(&name, "no entry of the pack tells of the same bytes"));
        }
    }
    Ok(())
}

/// Whether an entry tells what arrived in an exchange.
fn tells(entry: &Opened<'_>, reference: &str) -> bool {
    let kinds = ["delivery.acknowledged", "delivery.received"];
    entry.leaf.reference.as_deref() == Some(reference) && kinds.contains(&entry.leaf.kind.as_str())
}

fn agrees(entry: &Opened<'_>, receipt: &Receipt) -> bool {
    let digest = URL_SAFE_NO_PAD.decode(&receipt.sha256).map(hex::encode).unwrap_or_default();
    let bytes = receipt.bytes.to_string();
    // An erased opening contradicts nothing.
    [("bytes", bytes.as_str()), ("sha256", &digest), ("agreement", receipt.agreement.as_str())]
        .iter()
        .all(|(field, value)| said(entry, field).is_none_or(|said| said == *value))
}
