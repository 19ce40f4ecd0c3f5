//! Whose a request is, and whom it goes on to.

use std::sync::PoisonError;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::State;
use super::forward::Failure;
use crate::edc::identity::Mock;
use crate::edc::site::Site;

/// Where a request goes on to.
pub(super) enum Goes {
    Document(HttpResponse),
    Node { port: u16, authorization: Option<String> },
    Edc { port: u16, did: String },
    Proxy { port: u16 },
}

/// Where a request goes on to, with which authorization. EDC's word for itself is taken only for names it has here.
pub(super) fn whom(
    state: &State,
    name: &str,
    rest: &str,
    said: Option<&str>,
    body: &[u8],
) -> Result<Goes, Failure> {
    let sites = state.sites.named.read().unwrap_or_else(PoisonError::into_inner);
    let site = sites.get(name).ok_or_else(|| (StatusCode::NOT_FOUND, format!("nothing at {name}")))?;
    Ok(match site {
        Site::Node { port, did } => {
            let mock =
                said.filter(|said| said.starts_with('{')).map(|said| Mock::caller(said).unwrap_or_default());
            let authorization = match mock {
                None => said.map(str::to_owned),
                Some(caller) => {
                    let identity = sites.values().find_map(|site| match site {
                        Site::Edc { identity, .. } if identity.did() == caller => Some(identity),
                        _ => None,
                    });
                    let identity =
                        identity.ok_or_else(|| (StatusCode::UNAUTHORIZED, format!("no `{caller}` here")))?;
                    Some(format!("Bearer {}", identity.token(did, body)))
                }
            };
            Goes::Node { port: *port, authorization }
        }
        Site::Edc { identity, .. } if rest == "did.json" => {
            Goes::Document(HttpResponse::Ok().json(identity.document()))
        }
        Site::Edc { public, .. } if rest.starts_with("public") => Goes::Proxy { port: *public },
        Site::Edc { identity, protocol, .. } => Goes::Edc { port: *protocol, did: identity.did().to_owned() },
    })
}

/// The sender of a message to EDC, by its token.
pub(super) async fn verified(
    state: &State,
    name: &str,
    header: &str,
    body: &[u8],
) -> Result<String, Failure> {
    let refused = |why: String| (StatusCode::UNAUTHORIZED, why);
    let token = header.strip_prefix("Bearer ").ok_or_else(|| refused("no bearer token".into()))?;
    let nodes: Vec<String> = {
        let sites = state.sites.named.read().unwrap_or_else(PoisonError::into_inner);
        let nodes = sites.iter().filter_map(|(name, site)| match site {
            Site::Node { port, .. } => Some(format!("http://127.0.0.1:{port}/{name}/did.json")),
            Site::Edc { .. } => None,
        });
        nodes.collect()
    };
    let mut why = "no member with that DID".to_owned();
    for url in nodes {
        let asked = state.http.get(url).header("x-forwarded-host", &state.host).send().await;
        let Ok(document) = (match asked {
            Ok(answer) => answer.bytes().await,
            Err(e) => Err(e),
        }) else {
            continue;
        };
        let sites = state.sites.named.read().unwrap_or_else(PoisonError::into_inner);
        let Some(Site::Edc { identity, .. }) = sites.get(name) else { continue };
        match identity.caller(token, body, &document) {
            Ok(caller) => return Ok(caller),
            Err(said) => why = said,
        }
    }
    Err(refused(why))
}
