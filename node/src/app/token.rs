//! Tokens of the management API: drawn here, stored only as their SHA-256.

use std::sync::Arc;

use contracts::api::scope::Scope;
use contracts::api::token::{NewToken, Role};
use contracts::id::{AgreementId, DatasetId, IdError, ParticipantId};
use sha2::{Digest, Sha256};

use super::{App, Error, Hosted};
use crate::domain::event::{Event, MemberEvent};
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::store::{ApiToken, Page};
use crate::text::say;

/// How every token begins, so that one that leaked is recognised.
const PREFIX: &str = "fid_";
/// Longest label, in characters.
const LABEL: usize = 200;
const DAY: i64 = 24 * 3600;

/// A token as it is given out, once, beside what is stored of it.
pub struct Drawn {
    pub secret: String,
    pub token: ApiToken,
}

/// Draws a token; nothing is stored yet.
pub fn draw(role: Role, label: &str, days: Option<u32>, now: Timestamp) -> Drawn {
    let secret = format!("{PREFIX}{}", random::secret());
    let token = ApiToken {
        id: random::uuid_v7(now).to_string(),
        hash: hash(&secret),
        role,
        scope: None,
        label: label.to_owned(),
        created: now,
        expires: days.map(|days| now.plus_seconds(i64::from(days) * DAY)),
        revoked: None,
    };
    Drawn { secret, token }
}

/// Makes a token for a member.
pub async fn issue(app: &App, hosted: &Arc<Hosted>, new: NewToken) -> Result<Drawn, Error> {
    let label = new.label.trim();
    if label.is_empty() || label.chars().count() > LABEL || label.chars().any(char::is_control) {
        return Err(Error::malformed(say("malformed.label").with("most", LABEL), "/label"));
    }
    if new.days == Some(0) {
        return Err(Error::malformed(say("malformed.days"), "/days"));
    }
    let mut drawn = draw(new.role, label, new.days, app.now());
    if let Some(scope) = new.scope.filter(|scope| !scope.is_everything()) {
        if new.role != Role::Auditor {
            return Err(Error::malformed(say("malformed.scope"), "/scope"));
        }
        drawn.token.scope = Some(named(scope)?);
    }
    let (token, most) = (drawn.token.clone(), app.config.limits.tokens);
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                if tx.api_tokens_live().await? >= most as u64 {
                    return Err(Error::Conflict(say("conflict.tokens").with("most", most)));
                }
                tx.insert_api_token(&token).await?;
                tx.record(Event::Member(MemberEvent::TokenIssued {
                    role: token.role.as_str().to_owned(),
                    scope: scope_of(&token),
                }));
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(drawn)
}

/// Tokens that are not revoked, in the order of their identifiers.
pub async fn list(app: &App, hosted: &Arc<Hosted>, page: &Page) -> Result<Vec<ApiToken>, Error> {
    Ok(app.store.read(hosted.id()).await?.api_tokens(page).await?)
}

/// Revokes a token at once.
pub async fn revoke(app: &App, hosted: &Arc<Hosted>, id: &str) -> Result<(), Error> {
    let id = id.to_owned();
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                if !tx.revoke_api_token(&id).await? {
                    return Err(Error::NotFound("token"));
                }
                tx.record(Event::Member(MemberEvent::TokenRevoked));
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}

/// The token of this secret at a member; `None` when it is unknown, expired or revoked.
pub async fn of(app: &App, hosted: &Hosted, secret: &str) -> Result<Option<ApiToken>, Error> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let found = app.store.api_token(hosted.id(), &hash(secret)).await?;
    Ok(found.filter(|t| t.valid_at(app.now())).map(Arc::unwrap_or_clone))
}

/// A scope whose identifiers are written in full, as entries write them.
fn named(scope: Scope) -> Result<Scope, Error> {
    fn all<T: ToString>(
        given: &[String],
        read: impl Fn(&str) -> Result<T, IdError>,
        at: &str,
    ) -> Result<Vec<String>, Error> {
        let wrong = |e| Error::malformed(say("malformed.identifier").with("what", e), format!("/scope/{at}"));
        given.iter().map(|text| read(text).map(|id| id.to_string()).map_err(wrong)).collect()
    }
    Ok(Scope {
        datasets: all(&scope.datasets, DatasetId::from_segment, "datasets")?,
        contracts: all(&scope.contracts, AgreementId::from_segment, "contracts")?,
        recipients: all(&scope.recipients, |did| ParticipantId::did(did), "recipients")?,
        ..scope
    })
}

/// A token's scope as the log tells it; empty for none.
pub fn scope_of(token: &ApiToken) -> String {
    token.scope.as_ref().and_then(|scope| serde_json::to_string(scope).ok()).unwrap_or_default()
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
