//! Token renewal of the HTTP profile: the data client shows its refresh token, and proves who it is (OAuth 2.0,
//! RFC 6749 section 6, with RFC 7523).

use std::sync::Arc;

use contracts::dsp::transfer::DataAddress;

use super::enter;
use crate::app::{App, Error, Hosted, access};
use crate::domain::transfer::StateKind;
use crate::identity::token::{ClientToken, TokenError};

/// New tokens.
#[derive(Debug)]
pub struct Renewed {
    pub access: String,
    pub refresh: String,
    pub expires_in: i64,
}

/// Gives new tokens for a data flow that goes on. Refresh token and proof are used up.
pub async fn renew(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    refresh: &str,
    client: &str,
) -> Result<Renewed, Error> {
    let now = app.now();
    let keys = hosted.keys();
    let claims = app.tokens.verify(refresh, &keys, &hosted.member.renewal(), now)?;
    let client = ClientToken::parse(client)?;
    client.check(hosted.did().as_str(), now)?;
    // The access token it belongs to may have ended: that is why it is renewed.
    match app.tokens.verify(client.access(), &keys, &hosted.member.data_base(), now) {
        Ok(token) if token.tp == claims.tp => {}
        Err(TokenError::Expired) => {}
        Ok(_) => return Err(TokenError::WrongAudience.into()),
        Err(error) => return Err(error.into()),
    }
    if client.issuer() != &claims.sub {
        return Err(TokenError::IssuerMismatch.into());
    }
    let identity = app.resolver.with_key(client.issuer(), client.kid()).await?;
    client.verify(&identity)?;
    let (jti, until) = client.used();
    let (app2, hosted2, claims) = (Arc::clone(app), Arc::clone(hosted), claims.as_ref().clone());
    let job = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            let ended = crate::domain::time::Timestamp::from_seconds(claims.exp + 60);
            let fresh = tx.use_once(claims.sub.as_str(), &jti, until).await?
                && tx.use_once(hosted2.did().as_str(), &claims.jti, ended).await?;
            if !fresh {
                return Ok(Err(Error::Unauthenticated(TokenError::Replayed)));
            }
            let live = tx.transfer(&claims.tp).await?.filter(|t| {
                t.signaled.is_some() && t.peer == claims.sub && t.state.kind() == StateKind::Started
            });
            let Some(transfer) = live else { return Ok(Err(Error::NotFound("data flow"))) };
            let agreement = tx.agreement(&transfer.agreement).await?.ok_or(Error::NotFound("contract"))?;
            if let Err(error) = access::standing(&app2, &agreement, now) {
                return Ok(Err(error));
            }
            Ok::<_, Error>(enter::address(&app2, &hosted2, &transfer, now))
        })
    });
    let address = job.await?.value?.ok_or(Error::NotFound("data flow"))?;
    let property = |address: &DataAddress, name: &str| address.property(name).unwrap_or_default().to_owned();
    Ok(Renewed {
        access: property(&address, "authorization"),
        refresh: property(&address, "refreshToken"),
        expires_in: app.config.contracts.bearer_s,
    })
}
