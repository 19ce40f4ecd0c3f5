//! From the address of a request to the hosted member it means.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::Uri;
use actix_web::http::header::HOST;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::problem::Failure;
use crate::app::{App, Error, Hosted};
use crate::text::say;

/// The member a request is for: the extractor of every handler below a member's address.
#[derive(Clone)]
pub struct At(pub Arc<Hosted>);

impl FromRequest for At {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(req.extensions().get::<At>().cloned().ok_or_else(|| Failure::NoMember(host(req, false))))
    }
}

/// Finds the member, takes its prefix off the path, and leaves [`At`] in the request.
/// A request for nobody goes on without one: node-level routes need none.
pub fn resolve(app: &App, req: &mut ServiceRequest) -> Result<Option<Arc<Hosted>>, Failure> {
    let host = host(req.request(), app.config.listen.behind_proxy);
    let Some(found) = app.members.find(&host, req.path()) else { return Ok(None) };
    let whole = req.uri().path_and_query().map_or("/", |whole| whole.as_str());
    let rest = &whole[found.prefix.min(whole.len())..];
    let rest = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    let rest = tidy(&rest).unwrap_or(rest);
    if rest != whole {
        let uri = Uri::try_from(rest)
            .map_err(|e| Error::malformed(say("malformed.address").with("what", e), "path"))?;
        req.match_info_mut().get_mut().update(&uri);
        req.head_mut().uri = uri;
    }
    req.extensions_mut().insert(At(Arc::clone(&found.hosted)));
    Ok(Some(found.hosted))
}

/// Paths of the protocol with doubled or trailing slashes mean the same without (2025-1, HTTPS binding). Other paths
/// mean what they say: below `/data`, a file is named.
fn tidy(path_and_query: &str) -> Option<String> {
    let (path, query) = match path_and_query.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path_and_query, None),
    };
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    if !matches!(segments.first(), Some(&("dsp" | ".well-known"))) {
        return None;
    }
    let path = format!("/{}", segments.join("/"));
    Some(match query {
        Some(query) => format!("{path}?{query}"),
        None => path,
    })
}

/// The host asked for. What a proxy says counts only when one is declared.
fn host(req: &HttpRequest, behind_proxy: bool) -> String {
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    let forwarded = header("x-forwarded-host").filter(|_| behind_proxy);
    forwarded
        .or_else(|| header(HOST.as_str()))
        .or_else(|| req.head().uri.authority().map(|a| a.as_str()))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// The address of the caller: the connection's, or the last one the declared proxy added.
pub fn caller(req: &HttpRequest, behind_proxy: bool) -> Option<IpAddr> {
    let direct = req.peer_addr().map(|a| a.ip());
    if !behind_proxy {
        return direct;
    }
    let forwarded = req.headers().get_all("x-forwarded-for").last().and_then(|v| v.to_str().ok());
    forwarded.and_then(|all| all.rsplit(',').next()?.trim().parse().ok()).or(direct)
}

#[cfg(test)]
mod tests;
