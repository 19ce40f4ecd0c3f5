//! Extracts of peers' logs: only what their signed checkpoints prove is believed.

use contracts::extract::LogExtract;
use contracts::id::ParticipantId;
use contracts::tlog::note::owner;

use super::{App, Error};
use crate::identity::public::PublicKey;
use crate::log::verify::signed;

/// Refuses an extract that is not of the peer's log, signed with a key that its DID document shows, with every entry in it.
///
/// # Errors
/// [`Error::Peer`] with what does not hold.
pub async fn believe(app: &App, peer: &ParticipantId, extract: &LogExtract) -> Result<(), Error> {
    let failed = |what: String| Error::Peer { peer: peer.to_string(), what };
    let (head, note) = extract.checkpoint().map_err(|e| failed(e.to_string()))?;
    if extract.participant != *peer || owner(&extract.origin).as_ref() != Some(peer) {
        return Err(failed(format!("the extract is of another log, {}", extract.origin)));
    }
    let key = PublicKey::from_jwk(peer.as_str(), &extract.key).map_err(|e| failed(e.to_string()))?;
    if !signed(&note, &extract.origin, &key) {
        return Err(failed("the checkpoint of its extract is not signed".into()));
    }
    let identity = app.resolver.resolve(peer).await?;
    if !identity.keys().any(|shown| shown.thumbprint() == key.thumbprint()) {
        return Err(failed("its log is signed with a key that its DID document does not show".into()));
    }
    for entry in &extract.entries {
        entry.check(&head).map_err(|e| failed(e.to_string()))?;
    }
    Ok(())
}
