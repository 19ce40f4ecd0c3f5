//! A peer that is calling, and what every message to or from a peer has in common.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::id::ParticipantId;
use contracts::odrl;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::{App, Error, Hosted};
use crate::domain::time::Timestamp;
use crate::identity::peer::PeerIdentity;
use crate::identity::token::TokenError;
use crate::store::Tx;
use crate::text::{self, Lang, say};

/// Who is calling, as its token proves. The token's single use is spent with the first write.
#[derive(Debug, Clone)]
pub struct Caller {
    pub did: ParticipantId,
    /// Thumbprint (RFC 7638) of the key that signed the token.
    pub thumbprint: String,
    pub jti: String,
    pub expires: Timestamp,
    /// The caller's identity as resolved.
    pub identity: Arc<PeerIdentity>,
}

/// The answer to a message: status and JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

/// How a repeated message is known: the process as the path names it, and `@id` or the body's digest.
#[derive(Debug, Clone)]
pub struct MessageKey {
    pub process: String,
    pub message: String,
}

impl MessageKey {
    pub fn new(process: &str, id: Option<&str>, body: &[u8]) -> Self {
        let message = match id {
            Some(id) => format!("id:{id}"),
            None => format!("sha256:{}", hex::encode(Sha256::digest(body))),
        };
        Self { process: process.to_owned(), message }
    }
}

/// Runs a message's effect once: a token is used once, a repeated message gets its first answer again.
///
/// `effect` decides before it writes: when it refuses, only the token's use is kept.
pub async fn once<F>(
    app: &App,
    hosted: &Hosted,
    caller: &Caller,
    key: MessageKey,
    effect: F,
) -> Result<Answer, Error>
where
    F: for<'t> FnOnce(&'t mut Tx<'_>) -> BoxFuture<'t, Result<Answer, Error>> + Send + 'static,
{
    let caller = caller.clone();
    let outcome = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                if !tx.use_once(caller.did.as_str(), &caller.jti, caller.expires).await? {
                    return Ok(Err(Error::Unauthenticated(TokenError::Replayed)));
                }
                if let Some((status, body)) = tx.first_answer(&caller.did, &key.process, &key.message).await?
                {
                    return Ok(Ok(Answer { status, body }));
                }
                match effect(tx).await {
                    Ok(answer) => {
                        tx.remember_answer(
                            &caller.did,
                            &key.process,
                            &key.message,
                            answer.status,
                            &answer.body,
                        );
                        Ok(Ok(answer))
                    }
                    Err(refusal) if refusal.is_refusal() => Ok(Err(refusal)),
                    Err(failure) => Err(failure),
                }
            })
        })
        .await?;
    outcome.value
}

/// The language of this node's words to peers and of its records.
pub fn lang(app: &App) -> Lang {
    app.config.language()
}

/// A refusal with one reason, in the node's language.
pub fn refused(app: &App, key: &'static str, values: &[(&str, &str)]) -> Error {
    Error::NotAllowed { reasons: vec![text::fill(lang(app), key, values)] }
}

/// Reads a policy that travels, tolerantly; `at` names it to the sender.
pub fn read_policy(policy: &Value, at: &str) -> Result<odrl::Policy, Error> {
    odrl::Policy::try_from(policy.clone())
        .map_err(|e| Error::malformed(say("malformed.policy").with("what", e), at))
}

/// Refuses an address that this node may not or cannot call; `at` names it to the sender.
pub fn check_address(app: &App, address: &str, at: &str) -> Result<(), Error> {
    let wrong = |what: String| Error::malformed(say("malformed.callable").with("what", what), at);
    let url = Url::parse(address).map_err(|e| wrong(e.to_string()))?;
    app.client.check(&url).map_err(|e| wrong(e.to_string()))
}

/// The JSON text of a message.
pub fn outgoing_body<M: Serialize>(message: &M) -> Result<String, Error> {
    serde_json::to_string(message).map_err(|e| Error::Internal(format!("message: {e}")))
}

pub fn b64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn unb64(text: &str, at: &str) -> Result<Vec<u8>, Error> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::malformed(say("malformed.base64url"), at))
}

/// An identifier as a URL path segment.
pub fn path_segment(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Uses the caller's token up, where nothing else is written: it works once there too.
pub async fn spend(app: &App, hosted: &Hosted, caller: &Caller) -> Result<(), Error> {
    let caller = caller.clone();
    let fresh = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            Ok::<_, Error>(tx.use_once(caller.did.as_str(), &caller.jti, caller.expires).await?)
        })
    });
    match fresh.await?.value {
        true => Ok(()),
        false => Err(Error::Unauthenticated(TokenError::Replayed)),
    }
}
