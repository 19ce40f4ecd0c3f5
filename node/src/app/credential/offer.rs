//! The credential service: an issuer says what may be asked of it (DCP 1.0, 6.6).

use contracts::dcp::issuance::CredentialOfferMessage;
use contracts::jcs::sha256_b64url;
use serde_json::Value;

use super::{App, Error, Hosted, malformed, message, rules};
use crate::app::peer::{Answer, Caller, MessageKey, once, refused};
use crate::domain::credential::{Request, RequestState, Side};
use crate::domain::event::{CredentialEvent, Event, OfCredential};

/// Keeps an offer of a trusted issuer, once.
///
/// # Errors
/// [`Error::NotAllowed`] for any other issuer, [`Error::Malformed`] with what is wrong.
pub async fn receive(
    app: &App,
    hosted: &Hosted,
    caller: &Caller,
    value: Value,
    body: &[u8],
) -> Result<Answer, Error> {
    let offer: CredentialOfferMessage = message(value)?;
    offer.check().map_err(|e| malformed(e, "body"))?;
    if offer.issuer != caller.did.as_str() {
        return Err(malformed("an issuer offers its own credentials", "/issuer"));
    }
    if !rules(app, hosted).knows(&caller.did) {
        return Err(refused(app, "refusal.issuer", &[("issuer", caller.did.as_str())]));
    }
    let named =
        offer.credentials.iter().map(|object| object.credential_type.as_deref().unwrap_or(&object.id));
    let kinds: String = named.collect::<Vec<_>>().join(" ").chars().take(2000).collect();
    // What is offered names the offer: said again, it is the same one.
    let id = format!("offer:{}", sha256_b64url(format!("{} {kinds}", caller.did).as_bytes()));
    let request = Request {
        id,
        theirs: String::new(),
        peer: caller.did.clone(),
        state: RequestState::Offered,
        kinds,
        created: app.now(),
    };
    let key = MessageKey::new("offers", None, body);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            if tx.credential_request(Side::Holder, &request.id).await?.is_none() {
                tx.put_credential_request(Side::Holder, &request).await?;
                tx.record(Event::Credential(OfCredential {
                    what: CredentialEvent::Offered,
                    credential: request.id,
                    peer: request.peer,
                    kind: request.kinds,
                }));
            }
            Ok(Answer { status: 200, body: "{}".into() })
        })
    })
    .await
}
