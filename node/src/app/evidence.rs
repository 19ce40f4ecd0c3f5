//! Evidence packs: what the log and the contracts say about something, as files that a stranger checks alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::api::scope::Scope;
use contracts::evidence::{
    About, CHECKPOINT, EXTRACT, MANIFEST, Manifest, ManifestType, SEAL, Seal, SealType,
};
use contracts::extract::LogExtract;
use contracts::format::{Instant, V1};
use contracts::id::AgreementId;
use contracts::jcs;
use contracts::tlog::proof::LogProof;
use ontology::Lang;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::log::proven;
use super::{App, Error, Hosted, contract, receipt};
use crate::app::credential;
use crate::domain::event::Reference;
use crate::identity::evidence::sign_seal;
use crate::identity::keys::Purpose;
use crate::store::{Entry, Reader};
use crate::text::say;
use crate::verify::pack::{Files, Pack, index, named, readable};
use crate::verify::replay::kept;

/// Most entries of a pack: more would not be read by anybody.
const MOST: usize = 2000;
/// Entries read at once while looking for those that fit.
const CHUNK: usize = 1000;

/// A pack about what is asked, sealed by the member.
///
/// # Errors
/// [`Error::NotFound`] when no entry fits, [`Error::Conflict`] when too many do.
pub async fn pack(
    app: &App,
    hosted: &Arc<Hosted>,
    about: About,
    scope: Option<&Scope>,
    reason: Option<String>,
) -> Result<Files, Error> {
    let now = app.now();
    let mut reader = app.store.read(hosted.id()).await?;
    let entries = fitting(&mut reader, &about, scope).await?;
    let extract = proven(app, hosted, &mut reader, entries, true).await?;
    drop(reader);
    let mut files = Files::new();
    files.insert(EXTRACT.into(), canonical(&extract)?);
    files.insert(CHECKPOINT.into(), extract.checkpoint.clone().into_bytes());
    single_proofs(&extract, &mut files)?;
    contracts_and_receipts(app, hosted, &extract, &mut files).await?;
    let document = credential::document(app, hosted, now);
    let own = serde_json::to_value(document).map_err(|e| Error::Internal(e.to_string()))?;
    files.insert(named("identities", hosted.did().as_str(), ".did.json"), canonical(&own)?);
    let manifest = Manifest {
        kind: ManifestType::Evidence,
        v: V1,
        by: hosted.did().clone(),
        at: Instant::from_seconds(now.seconds()),
        reason,
        about,
        program: index::VERSION.into(),
        files: Default::default(),
    };
    readables(&manifest, &mut files)?;
    seal(hosted, manifest, files)
}

/// What a pack is about, in one line.
pub fn said(about: &About) -> String {
    let (from, until) = (about.from.map(|at| at.to_string()), about.until.map(|at| at.to_string()));
    let parts = [
        ("contract", &about.contract),
        ("dataset", &about.dataset),
        ("peer", &about.peer),
        ("from", &from),
        ("until", &until),
    ];
    let said = parts.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?)));
    said.collect::<Vec<_>>().join(", ")
}

/// The entries that fit, in order. Those of one contract are found by an index.
async fn fitting(reader: &mut Reader, about: &About, scope: Option<&Scope>) -> Result<Vec<Entry>, Error> {
    let contract = about.contract.as_deref().map(AgreementId::parse).transpose();
    let contract = contract.map_err(|e| Error::Internal(e.to_string()))?;
    let (mut found, mut from) = (Vec::new(), 0);
    loop {
        let read = match &contract {
            Some(id) => reader.entries_of_agreement(id, from, CHUNK).await?,
            None => reader.entries(from, CHUNK).await?,
        };
        let Some(last) = read.last().map(|entry| entry.index) else { break };
        let shown = |entry: &Entry| fits(entry, about) && scope.is_none_or(|scope| entry.is_in(scope));
        found.extend(read.into_iter().filter(shown));
        if found.len() > MOST {
            return Err(Error::Conflict(say("conflict.evidence").with("most", MOST)));
        }
        from = last + 1;
    }
    if found.is_empty() { Err(Error::NotFound("log entry")) } else { Ok(found) }
}

fn fits(entry: &Entry, about: &About) -> bool {
    let at = entry.at.seconds();
    let same = |wanted: &Option<String>, field| wanted.is_none() || wanted.as_deref() == entry.open(field);
    about.from.is_none_or(|from| at >= from.seconds())
        && about.until.is_none_or(|until| at < until.seconds())
        && same(&about.contract, "agreement")
        && same(&about.dataset, "dataset")
        && same(&about.peer, "peer")
}

fn single_proofs(extract: &LogExtract, files: &mut Files) -> Result<(), Error> {
    for entry in &extract.entries {
        let hash = |text: &String| URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok();
        let proof = entry.proof.iter().map(hash).collect::<Option<_>>();
        let proof = proof.ok_or_else(|| Error::Internal("a proof that was just made".into()))?;
        let extra = Some(entry.bytes().map_err(|e| Error::Internal(e.to_string()))?);
        let checkpoint = extract.checkpoint.clone();
        let file = LogProof { extra, index: entry.index, proof, checkpoint };
        files.insert(format!("log/entries/{}.tlog-proof", entry.index), file.write().into_bytes());
    }
    Ok(())
}

async fn contracts_and_receipts(
    app: &App,
    hosted: &Arc<Hosted>,
    extract: &LogExtract,
    files: &mut Files,
) -> Result<(), Error> {
    let openings = || extract.entries.iter().filter_map(|entry| entry.openings.get("agreement"));
    let agreements: BTreeSet<&str> = openings().map(|opening| opening.value.as_str()).collect();
    for id in agreements {
        let id = AgreementId::parse(id).map_err(|e| Error::Internal(e.to_string()))?;
        let agreement = contract::get(app, hosted, &id).await?;
        let Some(signed) = &agreement.contract else { continue };
        let shown: std::collections::BTreeMap<String, serde_json::Value> =
            serde_json::from_str(&signed.identities).map_err(|e| Error::Internal(e.to_string()))?;
        for (did, document) in shown {
            files.insert(named("identities", &did, ".did.json"), canonical(&document)?);
        }
        let file = contract::file(app, hosted, &id).await?;
        files.insert(named("contracts", id.as_str(), ".contract.json"), file);
    }
    let mut references = BTreeSet::new();
    for entry in &extract.entries {
        let leaf = entry.leaf().map_err(|e| Error::Internal(e.to_string()))?;
        // What the other entries of an exchange tell may be outside of what was asked for.
        if ["delivery.acknowledged", "delivery.received"].contains(&leaf.kind.as_str()) {
            references.extend(leaf.reference);
        }
    }
    for reference in references {
        match receipt::file(app, hosted, &Reference(reference.clone())).await {
            Ok(file) => drop(files.insert(named("receipts", &reference, ".receipt.json"), file)),
            Err(Error::NotFound(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Reports of decisions, and what persons read, made from the files gathered so far.
fn readables(manifest: &Manifest, files: &mut Files) -> Result<(), Error> {
    let read = |files: &Files| {
        let pack = Pack::read(manifest.clone(), files);
        pack.map_err(|finding| Error::Internal(finding.sentence(Lang::En)))
    };
    for entry in read(files)?.entries() {
        if let Ok(kept) = kept(entry) {
            let report = kept.report().to_json().map_err(|e| Error::Internal(e.to_string()))?;
            files.insert(format!("decisions/{}.decision.json", entry.index), report.into_bytes());
        }
    }
    let pack = read(files)?;
    for lang in [Lang::Fr, Lang::En] {
        files.insert(readable("index", lang), index::render(&pack, lang).into_bytes());
        files.insert(readable("instructions", lang), index::instructions(lang).into());
    }
    Ok(())
}

/// Names every file in the manifest, and signs it.
fn seal(hosted: &Hosted, mut manifest: Manifest, mut files: Files) -> Result<Files, Error> {
    let digests = files.iter().map(|(name, bytes)| (name.clone(), hex::encode(Sha256::digest(bytes))));
    manifest.files = digests.collect();
    let bytes = canonical(&manifest)?;
    let seal = Seal {
        kind: SealType::Seal,
        v: V1,
        by: manifest.by,
        at: manifest.at,
        manifest: jcs::sha256_b64url(&bytes),
    };
    let keys = hosted.keys();
    let key = keys.current(Purpose::Sign, crate::domain::time::Timestamp::from_seconds(seal.at.seconds()))?;
    let signed = sign_seal(&seal, &key.signer).map_err(|e| Error::Internal(e.to_string()))?;
    files.insert(MANIFEST.into(), bytes);
    files.insert(SEAL.into(), signed.into_bytes());
    Ok(files)
}

fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    jcs::canonical(value).map_err(|e| Error::Internal(e.to_string()))
}
