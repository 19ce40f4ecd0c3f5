//! The credential service: a verifier asks for presentations (DCP 1.0, 5.4).

use contracts::dcp::credential::{self, Credential, Form};
use contracts::dcp::query::{self, Asked, PresentationResponseMessage};
use contracts::dcp::{Profile, Scope, presentation};
use serde_json::Value;

use super::{App, Authenticated, Error, Hosted, internal, malformed};
use crate::app::peer::{refused, spend};
use crate::app::presentation::counts;
use crate::domain::credential::Held;
use crate::identity::credential::{Claims, sign_claims};
use crate::identity::keys::Purpose;
use crate::identity::random;
use crate::identity::token::{TokenError, read_access};
use crate::text::say;

/// Answers with what was asked for, as far as the member's access token allows and it is held and valid: one presentation
/// for each profile.
///
/// # Errors
/// [`Error::Unauthenticated`] without a token of ours for this caller, [`Error::Malformed`] with what is wrong,
/// [`Error::Unsupported`] for a presentation definition.
pub async fn query(app: &App, hosted: &Hosted, from: Authenticated, message: &Value) -> Result<Value, Error> {
    let (now, keys) = (app.now(), hosted.keys());
    spend(app, hosted, &from.caller).await?;
    let access = from.access.ok_or(Error::Unauthenticated(TokenError::Missing))?;
    let allowed = read_access(&access, &keys, &from.caller.did, now)?;
    let allowed: Vec<Scope> = allowed.iter().filter_map(|scope| Scope::parse(scope)).collect();
    let asked = match query::read(message).map_err(|e| malformed(e, "body"))? {
        Asked::Scopes(scopes) => scopes,
        Asked::Definition(_) => return Err(Error::Unsupported(say("unsupported.presentation-definition"))),
    };
    let asked: Vec<Scope> = asked
        .iter()
        .map(|text| Scope::parse(text).ok_or_else(|| malformed("a scope is not known", "/scope")))
        .collect::<Result<_, _>>()?;
    if app.leniency.refuse_excess && asked.iter().any(|scope| !allowed.contains(scope)) {
        return Err(refused(app, "refusal.scope", &[]));
    }
    let held = app.store.read(hosted.id()).await?.held_credentials().await?;
    let mut found = Vec::new();
    let mut shown: Vec<(Profile, Vec<String>)> = Profile::ALL.map(|profile| (profile, Vec::new())).into();
    for held in held {
        let Some(credential) = opened(&held) else { continue };
        let may = |scopes: &[Scope]| scopes.iter().any(|scope| scope.covers(&credential));
        let ended = held.until.is_some_and(|until| until <= now);
        if !ended && may(&asked) && may(&allowed) {
            found.push((held, credential));
        }
    }
    for held in good(app, hosted, found).await {
        let of_profile = shown.iter_mut().filter(|(profile, _)| *profile == held.profile);
        of_profile.for_each(|(_, jwts)| jwts.push(held.jwt.clone()));
    }
    let key = keys.current(Purpose::Sign, now)?;
    let mut presentations = Vec::new();
    for (profile, jwts) in shown.into_iter().filter(|(_, jwts)| !jwts.is_empty()) {
        let (holder, verifier) = (hosted.did().as_str(), from.caller.did.as_str());
        let claims = presentation::claims(profile, holder, verifier, &random::nonce(), now.seconds(), &jwts);
        let jwt = sign_claims(profile.presentation_type(), &claims, key).map_err(internal)?;
        presentations.push(Value::from(jwt));
    }
    serde_json::to_value(PresentationResponseMessage::new(presentations)).map_err(internal)
}

/// Those that count: to a verifier, one that was taken back spoils all that is shown with it. Where none counts all are
/// shown, and the verifier says why it refuses them.
async fn good(app: &App, hosted: &Hosted, found: Vec<(Held, Credential)>) -> Vec<Held> {
    if found.len() < 2 {
        return found.into_iter().map(|(held, _)| held).collect();
    }
    let (mut good, mut taken_back) = (Vec::new(), Vec::new());
    for (held, credential) in found {
        match counts(app, hosted, &credential).await {
            true => good.push(held),
            false => taken_back.push(held),
        }
    }
    if good.is_empty() { taken_back } else { good }
}

/// What is held, read again; it was verified when it was received.
pub(crate) fn opened(held: &Held) -> Option<Credential> {
    let claims = Claims::parse(&held.jwt, credential::MAX_CREDENTIAL).ok()?;
    credential::read(&claims.value, Form::Loose).ok().map(|(_, credential)| credential)
}
