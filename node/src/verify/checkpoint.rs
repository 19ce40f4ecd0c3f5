//! Who signed a checkpoint: by the anchors, by a key given as text, or at least by the key that came with it.

use contracts::jwk::Jwk;
use contracts::tlog::note::{Checkpoint, Note, VerifierKey, owner};

use super::anchor::Anchors;
use super::finding::Finding;
use super::report::{Anchored, KeyShown, Report};
use crate::identity::public::PublicKey;
use crate::log::verify::signed;

/// Reads a checkpoint. Its signatures are not judged yet.
pub fn read(text: &str) -> Result<(Checkpoint, Note), Finding> {
    let altered = |e: contracts::format::FormatError| Finding::Altered(e.to_string());
    let note = Note::parse(text).map_err(altered)?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(altered)?;
    Ok((checkpoint, note))
}

/// Judges the log's own signature and notes it. `came_along`: keys found beside the checkpoint, which prove integrity
/// and no identity.
pub fn judge(
    anchors: &Anchors,
    report: &mut Report,
    (checkpoint, note): (&Checkpoint, &Note),
    came_along: &[Jwk],
) -> Result<(), Finding> {
    let origin = &checkpoint.origin;
    let did = owner(origin).map_or_else(|| origin.clone(), |did| did.to_string());
    let text = anchors.verifier_keys().iter().filter(|key| key.name == *origin);
    let text: Vec<Jwk> = text.filter_map(VerifierKey::jwk).collect();
    let known = anchors.keys(&did).map(|keys| keys.into_iter().chain(text.clone()).collect());
    let known: Option<Vec<Jwk>> = known.or_else(|| (!text.is_empty()).then_some(text));
    let signer = |keys: &[Jwk]| {
        let keys = keys.iter().filter_map(|jwk| PublicKey::from_jwk(did.clone(), jwk).ok());
        keys.into_iter().find(|key| signed(note, origin, key))
    };
    let (key, anchored, finding) = match (known, came_along) {
        (Some(known), _) => match signer(&known) {
            Some(key) => (key, Anchored::Yes, Finding::Anchored { did: did.clone() }),
            None if signer(came_along).is_some() => return Err(Finding::Stranger { did }),
            None => return Err(not_signed()),
        },
        (None, _) if !anchors.is_empty() => return Err(Finding::NoAnchorFor { did }),
        (None, []) => return Err(Finding::NoKey { did }),
        (None, keys) => (signer(keys).ok_or_else(not_signed)?, Anchored::NotGiven, Finding::NotAnchored),
    };
    if !report.findings.contains(&finding) {
        report.findings.push(finding);
    }
    report.keys.push(KeyShown {
        did,
        kid: key.kid().to_owned(),
        thumbprint: key.thumbprint().to_owned(),
        capacity: String::new(),
        at: String::new(),
        anchored,
    });
    Ok(())
}

fn not_signed() -> Finding {
    Finding::BadSignature("no known key of the log signed the checkpoint".into())
}
