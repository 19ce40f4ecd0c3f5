//! A convention with the other side's signature: the member checks and signs what its host drew up, the host keeps what
//! the member signed.

use contracts::contract::identity_digest;
use contracts::convention::{ConventionFile, Side};
use contracts::jcs;

use super::{Shown, internal, keep, shown};
use crate::app::credential::document;
use crate::app::peer::refused;
use crate::app::{App, Error, Hosted};
use crate::domain::convention::{Convention, Standing};
use crate::domain::event::ConventionEvent;
use crate::identity::convention::{sign_convention, verify_convention};
use crate::identity::keys::Purpose;
use crate::text::convention::{TEMPLATE, VERSION, words};
use crate::text::say;

/// Takes a convention signed by the other side, in canonical form. Again: the same answer, and nothing new in the log.
///
/// # Errors
/// [`Error::Malformed`] for a file that is altered; [`Error::NotAllowed`] for one that this member cannot sign.
pub async fn sign(app: &App, hosted: &Hosted, bytes: &[u8]) -> Result<Shown, Error> {
    let mut file = ConventionFile::parse(bytes).map_err(|e| {
        Error::malformed(say("malformed.convention").with("what", &e.what), format!("/{}", e.at))
    })?;
    let side = file.convention.side(hosted.did());
    let side = side.ok_or_else(|| refused(app, "refusal.convention-of-others", &[]))?;
    let peer = file.convention.party(side.other()).clone();
    let known = app.store.read(hosted.id()).await?.convention(&file.convention.id).await?;
    let document = file.convention.canonical().map_err(internal)?;
    let now = app.now();
    let of_peer = app.resolver.resolve(&peer.did).await?;
    let theirs = file
        .signatures
        .iter()
        .find(|jws| verify_convention(jws, &document, &of_peer, Some(now)).is_ok())
        .ok_or_else(|| refused(app, "refusal.convention-unsigned", &[("peer", peer.did.as_str())]))?
        .clone();
    let mut events: &'static [ConventionEvent] = &[ConventionEvent::Countersigned];
    match (side, &known) {
        (_, Some(known)) => {
            let before = ConventionFile::parse(known.file.as_bytes()).map_err(internal)?;
            if before.convention != file.convention {
                return Err(refused(app, "refusal.convention-other", &[]));
            }
            if known.standing == Standing::Signed {
                return shown(known.clone());
            }
            file.signatures = before.signatures;
            file.signatures.push(theirs);
        }
        // Only the host draws one up: what it does not know is not its own.
        (Side::Host, None) => return Err(Error::NotFound("convention")),
        (Side::Hosted, None) => {
            check(app, hosted, &file)?;
            let signer = hosted.keys();
            let ours = sign_convention(&document, &signer.current(Purpose::Sign, now)?.signer, now)?;
            file.signatures = vec![theirs, ours];
            events = &[ConventionEvent::Countersigned, ConventionEvent::Signed];
        }
    }
    let kept = Convention {
        id: file.convention.id.clone(),
        side,
        peer: peer.did,
        standing: Standing::Signed,
        file: String::from_utf8(file.canonical().map_err(internal)?).map_err(internal)?,
        created: known.map_or(now, |known| known.created),
    };
    keep(app, hosted, kept, jcs::sha256_b64url(&document), events).await
}

/// What is signed is this member as it is now, in words that say what the document says. The words are ours to compute:
/// a host cannot have us sign others.
fn check(app: &App, hosted: &Hosted, file: &ConventionFile) -> Result<(), Error> {
    let ours = serde_json::to_value(document(app, hosted, app.now())).map_err(internal)?;
    if identity_digest(&ours).map_err(internal)? != file.convention.hosted.identity {
        return Err(refused(app, "refusal.convention-identity", &[]));
    }
    let texts = &file.convention.texts;
    if texts.template != TEMPLATE || texts.version != VERSION || words(&file.convention) != file.texts {
        return Err(refused(app, "refusal.convention-words", &[]));
    }
    Ok(())
}
