//! This member as a witness of its peers' logs (C2SP tlog-witness): it cosigns a checkpoint that continues the last one
//! it cosigned, and no other. So a peer cannot show it one log and others another.

use std::sync::Arc;

use contracts::id::ParticipantId;
use contracts::jwk::Point;
use contracts::tlog::cosignature::{self, AddCheckpoint};
use contracts::tlog::note::{self, ED25519_COSIGNATURE, Note, VerifierKey, epoch, owner};
use contracts::tlog::{empty_root, verify_consistency};

use super::{App, Error, Hosted};
use crate::domain::event::Event;
use crate::identity::keys::{Key, Purpose};
use crate::log::verify::signed;
use crate::store::Witnessed;

/// What a witness answers, beside refusals of what it cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Signature lines to add to the checkpoint.
    Cosigned(String),
    /// The origin is not of a log this member is a witness of.
    UnknownLog,
    /// No key of the log signed it.
    NotSigned,
    /// The old size is beyond the checkpoint's.
    Backwards,
    /// The witness knows the log at this size.
    Conflict(u64),
    /// It is not the continuation of what was cosigned, or is not proven to be.
    Inconsistent,
}

/// The name under which a member cosigns.
pub fn name(hosted: &Hosted) -> String {
    note::witness(&hosted.log_origin())
}

/// Judges a checkpoint of a peer, and cosigns it.
///
/// # Errors
/// [`Error::Unresolved`] when the keys of the log cannot be had now.
pub async fn add(app: &App, hosted: &Arc<Hosted>, request: AddCheckpoint) -> Result<Verdict, Error> {
    let Some(log) = known(app, hosted, &request.checkpoint.origin).await? else {
        return Ok(Verdict::UnknownLog);
    };
    let identity = app.resolver.resolve(&log).await.map_err(|error| Error::unresolved(&error))?;
    if !identity.keys().any(|key| signed(&request.note, &request.checkpoint.origin, key)) {
        return Ok(Verdict::NotSigned);
    }
    if request.old > request.checkpoint.size || i64::try_from(request.checkpoint.size).is_err() {
        return Ok(Verdict::Backwards);
    }
    let keys = hosted.keys();
    let key = Arc::new(keys.current(Purpose::Log, app.now())?.clone());
    let name = name(hosted);
    let judged = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            // Read and written in one transaction: two requests cannot both continue the same checkpoint.
            let origin = &request.checkpoint.origin;
            let before = tx.witnessed(origin).await?;
            let old = before.as_ref().map_or(0, |seen| seen.size);
            if request.old != old {
                return Ok(Verdict::Conflict(old));
            }
            if !continues(before.as_ref(), &request) {
                if let Some(seen) = before.filter(|seen| is_fork(seen, &request)) {
                    tx.record(Event::Fork { peer: log, size: old });
                    tx.save_witnessed(&Witnessed { fork: Some(request.note.write()), ..seen }).await?;
                }
                return Ok(Verdict::Inconsistent);
            }
            if let ((number, first), None) = (epoch(origin), &before)
                && number > 1
            {
                // Another name, so nothing is contradicted; but what was cosigned of the former one is not taken back.
                let former = if number > 2 { format!("{first}/{}", number - 1) } else { first.to_owned() };
                let known = tx.witnessed(&former).await?.map_or(0, |seen| seen.size);
                tracing::warn!(%origin, known, "a peer's log begins a new epoch");
                tx.compare_anew(&log).await?;
                tx.record(Event::PeerEpoch { peer: log, number, size: request.checkpoint.size, known });
            }
            let line = cosign(&key, name, &request.note, tx.now().seconds())?;
            let seen = Witnessed {
                origin: request.checkpoint.origin.clone(),
                size: request.checkpoint.size,
                root: request.checkpoint.root,
                at: tx.now(),
                note: format!("{}{line}", own_lines(&request)),
                fork: before.and_then(|seen| seen.fork),
            };
            tx.save_witnessed(&seen).await?;
            Ok::<_, Error>(Verdict::Cosigned(line))
        })
    });
    Ok(judged.await?.value)
}

/// The newest checkpoint of a log that this member cosigned, by the SHA-256 of the origin.
pub async fn seen(app: &App, hosted: &Hosted, hash: &str) -> Result<Witnessed, Error> {
    let found = app.store.read(hosted.id()).await?.witnessed_by_hash(hash).await?;
    found.ok_or(Error::NotFound("cosigned checkpoint"))
}

/// Whose log it is, if this member is its witness: it has a contract with the owner, or is told to be.
async fn known(app: &App, hosted: &Hosted, origin: &str) -> Result<Option<ParticipantId>, Error> {
    let Some(owner) = owner(origin) else { return Ok(None) };
    if app.config.log.witness_of.iter().any(|did| did == owner.as_str()) {
        return Ok(Some(owner));
    }
    let is_party = app.store.read(hosted.id()).await?.is_party(&owner).await?;
    Ok(is_party.then_some(owner))
}

/// The checks of the specification, after those of the old size.
fn continues(before: Option<&Witnessed>, request: &AddCheckpoint) -> bool {
    let new = &request.checkpoint;
    if new.size == 0 {
        return new.root == empty_root() && request.proof.is_empty();
    }
    match before.filter(|seen| seen.size > 0) {
        None => request.proof.is_empty(),
        Some(seen) => verify_consistency(seen.size, new.size, &request.proof, &seen.root, &new.root),
    }
}

/// Two signed checkpoints of one size with different roots: whoever signed them has two logs. A proof that does not
/// lead anywhere is no evidence, and is only refused.
fn is_fork(seen: &Witnessed, request: &AddCheckpoint) -> bool {
    let new = &request.checkpoint;
    seen.size == new.size && seen.root != new.root && seen.fork.is_none()
}

/// Our signature line.
fn cosign(key: &Key, name: String, note: &Note, seconds: i64) -> Result<String, Error> {
    let Ok(Point::Ed25519(public)) = key.public.jwk().point() else {
        return Err(Error::Internal("the log key is not Ed25519".into()));
    };
    let verifier = VerifierKey { name, kind: ED25519_COSIGNATURE, public: public.to_vec() };
    let seconds = u64::try_from(seconds).unwrap_or_default().max(1);
    let signature = key.signer.sign(cosignature::message(&note.text, seconds).as_bytes());
    let signature = signature.map_err(|e| Error::Internal(e.to_string()))?;
    Ok(cosignature::line(&verifier, seconds, &signature).to_string())
}

/// The checkpoint with the log's own signatures: others' are not ours to pass on.
fn own_lines(request: &AddCheckpoint) -> String {
    let mut note = request.note.clone();
    note.signatures.retain(|line| line.name == request.checkpoint.origin);
    note.write()
}
