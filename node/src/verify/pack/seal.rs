//! The manifest names every file by its digest, and its maker signed it.

use contracts::evidence::{MANIFEST, Manifest, SEAL};
use contracts::jcs;
use sha2::{Digest, Sha256};

use super::content::{Files, Pack, json, named, text};
use super::wrong;
use crate::identity::evidence::verify_seal;
use crate::identity::peer::PeerIdentity;
use crate::identity::proof::signer_of;
use crate::verify::anchor::Anchors;
use crate::verify::finding::Finding;
use crate::verify::report::Report;

/// The manifest, when the files are those it names, each with its digest.
pub fn manifest(files: &Files) -> Result<Manifest, Finding> {
    let manifest: Manifest = json(files, MANIFEST)?;
    if jcs::canonical(&manifest).ok().as_ref() != files.get(MANIFEST) {
        return Err(wrong(MANIFEST, "not in canonical form (RFC 8785)"));
    }
    for (name, digest) in &manifest.files {
        let bytes = files.get(name).ok_or_else(|| wrong(name, "is missing"))?;
        if hex::encode(Sha256::digest(bytes)) != *digest {
            return Err(wrong(name, "is not the file that the manifest names"));
        }
    }
    let added = files.keys().find(|name| {
        ![MANIFEST, SEAL].contains(&name.as_str()) && !manifest.files.contains_key(name.as_str())
    });
    match added {
        Some(name) => Err(wrong(name, "was added: the manifest does not name it")),
        None => Ok(manifest),
    }
}

/// The seal is that of the manifest, by whose log the pack shows.
pub fn check(files: &Files, pack: &Pack, anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let refused = |what: String| Finding::BadSignature(format!("{SEAL}: {what}"));
    let by = &pack.manifest.by;
    if *by != pack.extract.participant {
        return Err(wrong(MANIFEST, "is not by the member whose log the pack shows"));
    }
    let name = named("identities", by.as_str(), ".did.json");
    let document = files.get(&name).ok_or_else(|| wrong(&name, "is missing"))?;
    let identity = PeerIdentity::parse(by, document).map_err(|e| wrong(&name, &e.to_string()))?;
    let jws = text(files, SEAL)?;
    let (_, kid) = signer_of(&jws).map_err(|e| refused(e.to_string()))?;
    let seal = verify_seal(&jws, &identity).map_err(|e| refused(e.to_string()))?;
    let manifest = files.get(MANIFEST).map(Vec::as_slice).unwrap_or_default();
    if seal.manifest != jcs::sha256_b64url(manifest) || seal.at != pack.manifest.at {
        return Err(refused("it is the seal of another manifest".into()));
    }
    if let Some(key) = identity.any_key(&kid) {
        anchors.note(report, key, "", seal.at.seconds());
    }
    Ok(())
}
