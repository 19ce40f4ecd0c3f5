//! Drawing up a convention: the host's part.

use std::collections::BTreeMap;

use contracts::api::convention::NewConvention;
use contracts::contract::identity_digest;
use contracts::convention::{
    ConventionDocument, ConventionFile, ConventionType, FileType, Party, Side, Term, Texts,
};
use contracts::format::{DigestAlg, FormatError, Instant, V1};
use contracts::id::{ConventionId, ParticipantId};
use contracts::jcs;

use super::{Shown, internal, keep};
use crate::app::credential;
use crate::app::member::create::must_be_host;
use crate::app::{App, Error, Hosted};
use crate::domain::convention::{Convention, Standing};
use crate::domain::event::ConventionEvent;
use crate::identity::convention::sign_convention;
use crate::identity::keys::Purpose;
use crate::identity::random;
use crate::text::convention::{TEMPLATE, VERSION, words};
use crate::text::say;

/// Draws up a convention between the host and a member of this node, signed by the host.
///
/// # Errors
/// [`Error::NotAllowed`] for another member than the host; [`Error::NotFound`] for one that is not hosted here;
/// [`Error::Malformed`] for terms outside their bounds.
pub async fn draw_up(
    app: &App,
    host: &Hosted,
    with: &ParticipantId,
    new: NewConvention,
) -> Result<Shown, Error> {
    must_be_host(app, host)?;
    let all = app.members.all();
    let carried = all.iter().find(|m| m.did() == with && m.id() != host.id() && !m.has_left());
    let name = carried.ok_or(Error::NotFound("member"))?.member.name.clone();
    // Who it is, as anybody sees it: hosting gives no shorter way.
    let identity = app.resolver.resolve(with).await?;
    let now = app.now();
    let ours = serde_json::to_value(credential::document(app, host, now)).map_err(internal)?;
    let from = Instant::from_seconds(now.seconds());
    let until = new.until.as_deref().map(|text| {
        Instant::parse(text).ok_or_else(|| wrong(&FormatError::new("until", "write 2026-11-22T01:05:10Z")))
    });
    let mut document = ConventionDocument {
        kind: ConventionType::Convention,
        v: V1,
        alg: DigestAlg::Sha256,
        id: ConventionId::from_uuid(random::uuid_v7(now)),
        host: Party {
            did: host.did().clone(),
            name: host.member.name.clone(),
            identity: identity_digest(&ours).map_err(internal)?,
        },
        hosted: Party { did: with.clone(), name, identity: identity.digest().to_owned() },
        processing: new.processing,
        answers: new.answers,
        measures: new.measures,
        term: Term { from, until: until.transpose()? },
        texts: Texts::default(),
        created_at: from,
    };
    let texts = words(&document);
    document.texts = Texts {
        template: TEMPLATE.to_owned(),
        version: VERSION.to_owned(),
        fr: jcs::sha256_b64url(texts.fr.as_bytes()),
        en: jcs::sha256_b64url(texts.en.as_bytes()),
    };
    document.check().map_err(|e| wrong(&e))?;
    let bytes = document.canonical().map_err(internal)?;
    let signature = sign_convention(&bytes, &host.keys().current(Purpose::Sign, now)?.signer, now)?;
    let identities = [(host.did().to_string(), ours), (with.to_string(), identity.shown().clone())];
    let file = ConventionFile {
        kind: FileType::File,
        v: V1,
        convention: document,
        texts,
        identities: BTreeMap::from(identities),
        signatures: vec![signature],
    };
    let kept = Convention {
        id: file.convention.id.clone(),
        side: Side::Host,
        peer: with.clone(),
        standing: Standing::Proposed,
        file: String::from_utf8(file.canonical().map_err(internal)?).map_err(internal)?,
        created: now,
    };
    keep(app, host, kept, jcs::sha256_b64url(&bytes), &[ConventionEvent::Signed]).await
}

fn wrong(fault: &FormatError) -> Error {
    let at = format!("/{}", fault.at.replace('.', "/"));
    Error::malformed(say("malformed.convention").with("what", &fault.what), at)
}
