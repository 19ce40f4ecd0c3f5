//! Presentations and the credentials in them: signatures, then the rules, then their status.

use contracts::dcp::credential::{self, Credential, MAX_CREDENTIAL};
use contracts::dcp::presentation::{self, MAX_CREDENTIALS, MAX_PRESENTATION};
use contracts::dcp::rules::{self, Expected};
use contracts::id::ParticipantId;

use super::list::Age;
use super::{App, Error, Hosted, Rules, list, refused};
use crate::domain::credential::Attested;
use crate::domain::time::Timestamp;
use crate::identity::credential::{Claims, Use};
use crate::identity::peer::PeerIdentity;
use crate::identity::token::{LEEWAY, TokenError};

/// A credential that counts.
pub(super) struct Found {
    pub types: Vec<String>,
    pub attested: Attested,
}

/// Verifies all that was presented: one credential that must count and does not, and nothing does.
pub(super) async fn all(
    app: &App,
    hosted: &Hosted,
    holder: &ParticipantId,
    identity: &PeerIdentity,
    presentations: &[String],
    rules: &Rules,
) -> Result<Vec<Found>, Error> {
    let mut credentials = Vec::new();
    for jwt in presentations {
        let claims = Claims::parse(jwt, MAX_PRESENTATION).map_err(|e| refused(&e))?;
        claims.verify(identity, Use::Present, app.now().seconds()).map_err(|e| refused(&e))?;
        let presentation = presentation::read(&claims.value).map_err(|e| refused(&e))?;
        if presentation.holder != holder.as_str() {
            return Err(refused(&"the presentation is another holder's"));
        }
        if presentation.audience != [hosted.did().as_str()] {
            return Err(refused(&"the presentation is for another audience"));
        }
        let now = app.now().seconds();
        let begins = presentation.not_before.max(presentation.issued).unwrap_or(now);
        rules::valid(begins, Some(presentation.expires.unwrap_or(0)), now, LEEWAY)
            .map_err(|_| refused(&"the presentation is not valid now"))?;
        credentials.extend(presentation.credentials);
        if credentials.len() > MAX_CREDENTIALS {
            return Err(refused(&"too many credentials"));
        }
    }
    let mut found = Vec::new();
    for jwt in &credentials {
        found.extend(one(app, hosted, holder, jwt, rules).await?);
    }
    Ok(found)
}

/// A credential that counts; none, when it does not and need not be there.
async fn one(
    app: &App,
    hosted: &Hosted,
    holder: &ParticipantId,
    jwt: &str,
    rules: &Rules,
) -> Result<Option<Found>, Error> {
    let claims = Claims::parse(jwt, MAX_CREDENTIAL).map_err(|e| refused(&e))?;
    let (_, credential) = credential::read(&claims.value, app.leniency.form()).map_err(|e| refused(&e))?;
    let only_heard = rules.only_heard(&credential);
    match counts(app, hosted, holder, (&claims, credential), rules).await {
        Err(Error::Unauthenticated(TokenError::Presentation(_))) if only_heard => Ok(None),
        other => other.map(Some),
    }
}

async fn counts(
    app: &App,
    hosted: &Hosted,
    holder: &ParticipantId,
    (claims, credential): (&Claims<'_>, Credential),
    rules: &Rules,
) -> Result<Found, Error> {
    let trusted = |issuer: &ParticipantId, credential: &_| rules.trusts(issuer, credential);
    // Before anything is fetched in the issuer's name: only trusted ones are resolved.
    let expected = Expected { holder, now: app.now().seconds(), leeway: LEEWAY, trusted: &trusted };
    rules::check(&credential, &expected).map_err(|e| refused(&e))?;
    let kid = claims.kid(&credential.issuer).map_err(|e| refused(&e))?;
    let issuer = app.resolver.with_key(&credential.issuer, &kid).await.map_err(|e| match e.is_passing() {
        true => Error::Unresolved(e.to_string()),
        false => refused(&e),
    })?;
    claims.verify(&issuer, Use::Assert, app.now().seconds()).map_err(|e| refused(&e))?;
    app.schemas.check(&credential, &claims.value).map_err(|e| refused(&e))?;
    let mut confirmed = app.now();
    for entry in &credential.status {
        let age = Age::configured(app);
        confirmed = confirmed.min(list::check(app, hosted, entry, &credential.issuer, age).await?);
    }
    let attested = Attested {
        peer: holder.clone(),
        kind: credential.kind().to_owned(),
        facts: credential.facts(),
        credential: credential.id.unwrap_or_default(),
        issuer: credential.issuer,
        status: credential.status,
        from: Timestamp::from_seconds(credential.from),
        until: credential.until.map(Timestamp::from_seconds),
        verified: app.now(),
        confirmed,
        lost: None,
    };
    Ok(Found { types: credential.types, attested })
}
