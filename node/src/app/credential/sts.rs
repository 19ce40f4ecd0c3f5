//! The secure token service: self-issued tokens for the member's own programs, and for our own messages.

use contracts::api::token::Role;
use contracts::dcp::Scope;
use contracts::id::ParticipantId;

use super::{App, Error, Hosted, malformed, rules};
use crate::app::token;
use crate::config::Rules;
use crate::identity::token::{LIFE, TokenError, issue_access, issue_peer_with, issue_self};

/// What a program of the member asks for, as an OAuth 2 client (RFC 6749, 4.4).
#[derive(Debug, Default)]
pub struct TokenRequest {
    pub grant_type: String,
    /// The member's DID.
    pub client_id: String,
    /// A token of the management API, role `operator` or more.
    pub client_secret: String,
    pub audience: String,
    /// Scopes that the audience may ask for, separated by spaces.
    pub bearer_access_scope: Option<String>,
    /// What another participant gave, to go with the token instead.
    pub token: Option<String>,
}

/// A token, and for how many seconds it counts.
pub struct Token {
    pub token: String,
    pub seconds: i64,
}

/// Issues a token to a program of the member.
///
/// # Errors
/// [`Error::Unauthenticated`] when the client is not known, [`Error::Malformed`] with what is wrong.
pub async fn token(app: &App, hosted: &Hosted, request: TokenRequest) -> Result<Token, Error> {
    let known = token::of(app, hosted, &request.client_secret).await?;
    let may = known.is_some_and(|token| token.role >= Role::Operator && token.scope.is_none());
    if !may || request.client_id != hosted.did().as_str() {
        return Err(TokenError::Client.into());
    }
    if request.grant_type != "client_credentials" {
        return Err(malformed("grant_type must be client_credentials", "grant_type"));
    }
    let audience = ParticipantId::did(&request.audience).map_err(|e| malformed(e, "audience"))?;
    let (now, keys) = (app.now(), hosted.keys());
    let access = match (request.bearer_access_scope, request.token) {
        (Some(_), Some(_)) => {
            return Err(malformed("bearer_access_scope and token exclude each other", "token"));
        }
        (Some(scopes), None) => {
            if let Some(wrong) = scopes.split_whitespace().find(|scope| Scope::parse(scope).is_none()) {
                let wrong: String = wrong.chars().take(100).collect();
                return Err(malformed(format!("`{wrong}` is no scope"), "bearer_access_scope"));
            }
            Some(issue_access(&keys, audience.as_str(), &scopes, now)?)
        }
        (None, given) => given,
    };
    let token = issue_self(&keys, audience.as_str(), access.as_deref(), now)?;
    Ok(Token { token, seconds: LIFE })
}

/// The token of one of our messages to a peer; with it the peer may ask for what the configuration shows.
///
/// # Errors
/// No key of ours signs now.
pub fn peer_token(
    app: &App,
    hosted: &Hosted,
    peer: &ParticipantId,
    body: &[u8],
) -> Result<String, TokenError> {
    let (keys, now) = (hosted.keys(), app.now());
    let shown = Rules::scopes(&rules(app, hosted).show);
    let access = match shown.is_empty() {
        true => None,
        false => Some(issue_access(&keys, peer.as_str(), &shown.join(" "), now)?),
    };
    issue_peer_with(&keys, peer.as_str(), body, access.as_deref(), now)
}
