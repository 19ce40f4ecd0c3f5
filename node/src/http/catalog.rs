//! The catalogue as DCAT: JSON-LD and Turtle by negotiation, closed datasets included.
//!
//! Anonymous, unless the caller gives a peer's token: then it is shown what that participant may see.

use actix_web::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, LINK, VARY,
};
use actix_web::middleware::{Compat, Compress};
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::id::{DatasetId, ParticipantId};
use contracts::jcs::sha256_b64url;

use super::dsp::authenticate;
use super::member::At;
use super::problem::Failure;
use crate::app::catalogue::Position;
use crate::app::peer::spend;
use crate::app::{App, Error, Hosted};
use crate::domain::dataset::Asker;
use crate::domain::time::Timestamp;
use crate::graph::{self, Format};
use crate::text::say;

/// Datasets on a page: what harvesters take in one piece.
const PAGE: usize = 200;

pub fn routes(service: &mut ServiceConfig) {
    let routes = [
        web::resource("/catalog").route(web::get().to(whole)).route(web::head().to(whole)),
        web::resource("/catalog/datasets/{id}").route(web::get().to(one)).route(web::head().to(one)),
    ];
    for resource in routes {
        service.service(resource.wrap(Compat::new(Compress::default())));
    }
}

async fn whole(app: Data<App>, At(hosted): At, req: HttpRequest) -> Result<HttpResponse, Failure> {
    let Some(format) = negotiate(req.headers()) else { return Ok(not_acceptable()) };
    let start = after(req.query_string(), "after")?;
    let participant = participant(&app, &hosted, &req).await?;
    let base = hosted.member.at("/catalog");
    let url = |after: Option<&DatasetId>| match after {
        Some(id) => format!("{base}?after={}", cursor(id)),
        None => base.clone(),
    };
    let page = app
        .graph
        .catalogue(&hosted.member, asker(&participant), start.as_ref(), PAGE, format, app.now(), &url)
        .map_err(failed)?;
    let next = page.next.as_ref().map(|id| url(Some(id)));
    Ok(answer(&req, page.body, format, participant.is_some(), next))
}

async fn one(
    app: Data<App>,
    At(hosted): At,
    path: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let Some(format) = negotiate(req.headers()) else { return Ok(not_acceptable()) };
    let id = DatasetId::from_segment(&path).map_err(|_| Error::NotFound("dataset"))?;
    let participant = participant(&app, &hosted, &req).await?;
    let body =
        app.graph.dataset(&hosted.member, &id, asker(&participant), format, app.now()).map_err(failed)?;
    let body = body.ok_or(Error::NotFound("dataset"))?;
    Ok(answer(&req, body, format, participant.is_some(), None))
}

fn asker(participant: &Option<ParticipantId>) -> Asker<'_> {
    participant.as_ref().map_or(Asker::Anonymous, Asker::Participant)
}

/// Who asks, if the request says so. A token that is wrong is refused: the caller believes to be known.
async fn participant(
    app: &App,
    hosted: &Hosted,
    req: &HttpRequest,
) -> Result<Option<ParticipantId>, Failure> {
    if !req.headers().contains_key(AUTHORIZATION) {
        return Ok(None);
    }
    let caller = authenticate(app, hosted, req, b"").await?;
    spend(app, hosted, &caller).await?;
    Ok(Some(caller.did))
}

fn failed(error: graph::Error) -> Failure {
    match error {
        graph::Error::NotReady => Error::Busy { limit: "catalogue", retry_after: 1 }.into(),
        other => Error::Internal(other.to_string()).into(),
    }
}

/// A position in a catalogue, opaque to who gets it.
pub(super) fn cursor(id: &DatasetId) -> String {
    URL_SAFE_NO_PAD.encode(id.as_str())
}

/// Reads the position back from a query parameter.
pub(super) fn after(query: &str, name: &str) -> Result<Option<DatasetId>, Error> {
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    let Some((_, text)) = found else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match bytes.and_then(|id| DatasetId::parse(id).ok()) {
        Some(id) => Ok(Some(id)),
        None => Err(no_position(name)),
    }
}

/// Where a catalogue goes on, of the instant that its first page was asked at.
pub(super) fn token(next: &Position) -> String {
    URL_SAFE_NO_PAD.encode(format!("{} {}", next.at.millis(), next.after))
}

/// Reads it back from a query parameter.
pub(super) fn position(query: &str, name: &str) -> Result<Option<Position>, Error> {
    let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    let Some((_, text)) = found else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(text.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let parts = bytes.as_deref().and_then(|text| text.split_once(' '));
    let read = parts.and_then(|(at, id)| Some((at.parse().ok()?, DatasetId::parse(id).ok()?)));
    match read {
        Some((at, after)) => Ok(Some(Position { at: Timestamp(at), after })),
        None => Err(no_position(name)),
    }
}

fn no_position(name: &str) -> Error {
    Error::malformed(say("malformed.position"), name)
}

fn answer(
    req: &HttpRequest,
    body: Vec<u8>,
    format: Format,
    private: bool,
    next: Option<String>,
) -> HttpResponse {
    // Weak: the same catalogue may travel compressed or not.
    let tag = format!("W/\"{}\"", &sha256_b64url(&body)[..27]);
    let known =
        req.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).any(|list| {
            list.split(',').map(str::trim).any(|given| given == "*" || weak(given) == weak(&tag))
        });
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, tag))
        .insert_header((VARY, "Accept, Authorization"))
        .insert_header((CACHE_CONTROL, if private { "private, no-cache" } else { "public, no-cache" }));
    if let Some(next) = next {
        response.insert_header((LINK, format!("<{next}>; rel=\"next\"")));
    }
    if known {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, format.content_type())).body(body)
}

fn weak(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn not_acceptable() -> HttpResponse {
    let known: Vec<&str> = Format::ALL.iter().map(|format| format.media_type()).collect();
    HttpResponse::NotAcceptable().insert_header((VARY, "Accept")).body(format!("{}\n", known.join("\n")))
}

/// The form with the highest quality (RFC 9110, 12.5.1); JSON-LD when it is all the same. `application/json` is
/// JSON-LD too.
fn negotiate(headers: &HeaderMap) -> Option<Format> {
    let accept: Vec<&str> = headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    if accept.is_empty() {
        return Some(Format::JsonLd);
    }
    let accept = accept.join(",");
    let mut best = (0.0_f32, None);
    for format in Format::ALL {
        let mut quality = quality(&accept, format.media_type());
        if format == Format::JsonLd {
            quality = quality.max(self::quality(&accept, "application/json"));
        }
        if quality > best.0 {
            best = (quality, Some(format));
        }
    }
    best.1
}

/// The quality given to a media type by its most specific range.
fn quality(accept: &str, media_type: &str) -> f32 {
    let group = media_type.split('/').next().unwrap_or_default();
    let mut found = (0, 0.0);
    for range in accept.split(',') {
        let mut parts = range.split(';');
        let name = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let specific = match name.as_str() {
            exact if exact == media_type => 3,
            wide if wide.strip_suffix("/*") == Some(group) => 2,
            "*/*" => 1,
            _ => continue,
        };
        let quality = parts.find_map(|p| p.trim().strip_prefix("q=")?.trim().parse().ok()).unwrap_or(1.0_f32);
        if specific > found.0 {
            found = (specific, quality.clamp(0.0, 1.0));
        }
    }
    found.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn the_caller_chooses_the_form() {
        for (accept, expected) in [
            ("text/turtle", Some(Format::Turtle)),
            ("application/json", Some(Format::JsonLd)),
            ("*/*", Some(Format::JsonLd)),
            ("text/*;q=0.9, application/ld+json;q=0.5", Some(Format::Turtle)),
            ("text/turtle;q=0, */*;q=0.1", Some(Format::JsonLd)),
            ("application/ld+json;q=0, application/json;q=0, text/turtle;q=0.2", Some(Format::Turtle)),
            ("text/html", None),
            ("text/turtle;q=0", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(negotiate(&headers), expected, "{accept}");
        }
        assert_eq!(negotiate(&HeaderMap::new()), Some(Format::JsonLd));
    }

    #[test]
    fn positions_are_opaque_and_read_back() {
        let id = DatasetId::parse("urn:uuid:1/é?&").unwrap();
        assert_eq!(after(&format!("x=1&after={}", cursor(&id)), "after").unwrap(), Some(id));
        assert_eq!(after("", "after").unwrap(), None);
        for wrong in ["after=", "after=%00", "after=Zm9v IGJhcg"] {
            assert!(after(wrong, "after").is_err(), "{wrong}");
        }
    }
}
