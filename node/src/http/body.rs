//! Bodies in: type, size, time and depth are checked before anything is parsed.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::problem::Failure;
use crate::app::{App, Error};
use crate::text::say;

/// A JSON body of the management API.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let body = read(&req, payload, &["application/json"]).await?;
            Ok(Self(parse(&body, depth_limit(&req))?))
        })
    }
}

/// A query string; unknown parameters are refused.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = web::Query::<T>::from_query(req.query_string())
            .map(|query| Self(query.into_inner()))
            .map_err(|e| Error::malformed(say("malformed.query").with("what", e), "query").into());
        std::future::ready(parsed)
    }
}

fn depth_limit(req: &HttpRequest) -> usize {
    req.app_data::<web::Data<App>>().map_or(64, |app| app.config.limits.json_depth)
}

/// Reads a whole body of one of the `expected` content types, within the configured size and time.
pub async fn read(req: &HttpRequest, payload: Payload, expected: &[&'static str]) -> Result<Bytes, Failure> {
    let limits = match req.app_data::<web::Data<App>>() {
        Some(app) => app.config.limits.clone(),
        None => Default::default(),
    };
    let found = req.content_type();
    if !expected.iter().any(|e| e.eq_ignore_ascii_case(found)) {
        let found = req.headers().get(CONTENT_TYPE).map_or("absent", |_| found).to_owned();
        return Err(Failure::MediaType {
            found,
            expected: expected.first().copied().unwrap_or("application/json"),
        });
    }
    let declared = req.headers().get("content-length").and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limits.body_bytes.saturating_mul(PATIENCE)) {
        return Err(Failure::TooLarge(limits.body_bytes));
    }
    let reading = collect(payload, limits.body_bytes);
    match tokio::time::timeout(Duration::from_secs(limits.body_s), reading).await {
        Ok(result) => result,
        Err(_) => Err(Failure::TooSlow(limits.body_s)),
    }
}

/// A body that is too long is read on and thrown away up to so many times the limit: a caller still writing would
/// otherwise see a broken connection instead of the answer.
const PATIENCE: usize = 32;

async fn collect(mut payload: Payload, limit: usize) -> Result<Bytes, Failure> {
    let mut body = BytesMut::new();
    let mut total = 0_usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|e| Error::malformed(say("malformed.body-cut").with("what", e), "body"))?;
        total = total.saturating_add(chunk.len());
        if total > limit.saturating_mul(PATIENCE) {
            break;
        }
        if total <= limit {
            body.extend_from_slice(&chunk);
        }
    }
    if total > limit { Err(Failure::TooLarge(limit)) } else { Ok(body.freeze()) }
}

/// Parses JSON no deeper than `depth`; a fault is named with a JSON pointer (RFC 6901).
pub fn parse<T: DeserializeOwned>(body: &[u8], depth: usize) -> Result<T, Error> {
    check_depth(body, depth)?;
    serde_json::from_slice(body).map_err(|error| {
        let offset = offset(body, error.line(), error.column());
        let key = match error.classify() {
            serde_json::error::Category::Data => "malformed.body",
            _ => "malformed.not-json",
        };
        let mut cause = error.to_string();
        if let Some(end) = cause.rfind(" at line ") {
            cause.truncate(end);
        }
        Error::malformed(say(key).with("what", cause), pointer(body, offset))
    })
}

/// Refuses a body nested deeper than `limit` levels, and one with U+0000, which PostgreSQL cannot store, in one pass
/// over its bytes, before any parser sees it.
pub fn check_depth(body: &[u8], limit: usize) -> Result<(), Error> {
    let mut depth = 0_usize;
    let (mut quoted, mut escaped) = (false, false);
    for (offset, byte) in body.iter().enumerate() {
        match byte {
            _ if escaped => {
                escaped = false;
                if *byte == b'u' && body[offset + 1..].starts_with(b"0000") {
                    return Err(Error::malformed(say("malformed.nul"), format!("byte {offset}")));
                }
            }
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    let deep = say("malformed.depth").with("most", limit);
                    return Err(Error::malformed(deep, format!("byte {offset}")));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The byte offset of a line and column as `serde_json` counts them (from 1).
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => body.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(line - 2).map_or(0, |(i, _)| i + 1),
    };
    (start + column).min(body.len())
}

/// One open array or object on the way to a byte.
enum Level {
    Array(usize),
    /// The member being read, and whether its name is complete.
    Object(String, bool),
}

/// The JSON pointer of the value around a byte offset.
fn pointer(body: &[u8], offset: usize) -> String {
    let mut levels: Vec<Level> = Vec::new();
    let mut string: Option<Vec<u8>> = None;
    let mut escaped = false;
    let _cut_short = body[..offset].iter().try_for_each(|&byte| {
        if let Some(text) = &mut string {
            match byte {
                _ if escaped => {
                    escaped = false;
                    text.push(byte);
                }
                b'\\' => escaped = true,
                b'"' => {
                    if let Some(Level::Object(name, complete @ false)) = levels.last_mut() {
                        *name = String::from_utf8_lossy(text).into_owned();
                        *complete = true;
                    }
                    string = None;
                }
                _ => text.push(byte),
            }
            return ControlFlow::Continue(());
        }
        match byte {
            b'"' => string = Some(Vec::new()),
            b'{' => levels.push(Level::Object(String::new(), false)),
            b'[' => levels.push(Level::Array(0)),
            b'}' | b']' if levels.len() == 1 => return ControlFlow::Break(()),
            b'}' | b']' => drop(levels.pop()),
            b',' => match levels.last_mut() {
                Some(Level::Array(index)) => *index += 1,
                Some(Level::Object(_, complete)) => *complete = false,
                None => {}
            },
            _ => {}
        }
        ControlFlow::Continue(())
    });
    let mut pointer = String::new();
    for level in &levels {
        match level {
            Level::Array(index) => pointer.push_str(&format!("/{index}")),
            Level::Object(name, true) => {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Level::Object(..) => {}
        }
    }
    if pointer.is_empty() { "/".into() } else { pointer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only serde writes them")]
    struct Outer {
        list: Vec<Inner>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only serde writes them")]
    struct Inner {
        n: u8,
    }

    fn at(body: &str) -> String {
        match parse::<Outer>(body.as_bytes(), 8) {
            Err(Error::Malformed { at, .. }) => at,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn faults_are_pointed_at() {
        assert_eq!(at(r#"{"list":[{"n":1},{"n":2,"m":3}]}"#), "/list/1/m");
        assert_eq!(at("{\"list\":\n [{\"n\":\n \"x\"}]}"), "/list/0/n");
        assert_eq!(at(r#"{"list":[{"n":300}]}"#), "/list/0/n");
    }

    #[test]
    fn depth_is_counted_outside_strings_only() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(check_depth(deep.as_bytes(), 64).is_err());
        let text = format!("[\"{}\\\"[[[\"]", "[".repeat(100));
        assert!(check_depth(text.as_bytes(), 1).is_ok());
    }
}
