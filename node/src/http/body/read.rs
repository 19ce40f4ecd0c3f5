//! A body read whole, within the limits of size and time.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpMessage, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::app::{App, Error};
use crate::http::problem::Failure;
use crate::text::say;

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
    whole(payload, limits.body_bytes, limits.body_s).await
}

/// As [`read`] for a body of any type, with a limit of its own.
pub async fn plain(req: &HttpRequest, payload: Payload, most: usize) -> Result<Bytes, Failure> {
    let seconds = req.app_data::<web::Data<App>>().map_or(1, |app| app.config.limits.body_s);
    whole(payload, most, seconds).await
}

async fn whole(payload: Payload, most: usize, seconds: u64) -> Result<Bytes, Failure> {
    match tokio::time::timeout(Duration::from_secs(seconds), collect(payload, most)).await {
        Ok(result) => result,
        Err(_) => Err(Failure::TooSlow(seconds)),
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
