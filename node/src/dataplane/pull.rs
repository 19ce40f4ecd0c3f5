//! The consumer's side: fetches the bytes of a transfer into a sink, resuming where an earlier attempt ended, and
//! records each exchange under the provider's reference.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_RANGE, RANGE, TRANSFER_ENCODING,
};
use tokio::time::Instant;
use url::Url;

use super::REFERENCE;
use super::flight::Stop;
use super::path;
use super::range::parse_content_range;
use super::read::PIECE;
use super::sink::{Exchange, Part, SinkError, State};
use super::stream::Patience;
use super::writer::Writer;
use crate::app::{App, Hosted};
use crate::domain::event::Ending;
use crate::domain::time::Timestamp;
use crate::domain::transfer::Address;
use crate::identity::dpop::{self, Request};
use crate::identity::keys::Purpose;
use crate::identity::token::TokenError;
use crate::peer::{SendError, Told};

/// Why bytes were not, or not all, received.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    #[error("the provider answered {status}: {detail}")]
    Refused { status: u16, detail: String, retry_after: Option<u32> },
    #[error("the pull was stopped: {}", .0.as_str())]
    Stopped(Ending),
    #[error(transparent)]
    Sink(#[from] SinkError),
    #[error(transparent)]
    Send(#[from] SendError),
    #[error("{host} broke off after {bytes} bytes: {cause}")]
    Broken { host: String, bytes: u64, cause: String },
    #[error("the provider's answer is not what was asked for: {0}")]
    Answer(String),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    App(#[from] crate::app::Error),
}

impl PullError {
    /// Whether to try again from where it ended.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Send(error) => error.is_transient(),
            Self::Broken { .. } => true,
            _ => false,
        }
    }
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// What one request brought.
#[derive(Debug)]
pub struct Brought {
    pub part: Part,
    pub ending: Ending,
    /// Why it is not complete.
    pub error: Option<PullError>,
}

/// Where and with what right to ask.
pub struct Asking<'a> {
    pub app: &'a App,
    pub hosted: &'a Hosted,
    pub address: &'a Address,
    /// Path within a folder, empty for the root.
    pub path: &'a str,
    pub stop: Stop,
    pub patience: Patience,
    pub progress: &'a (dyn Fn(u64, u64) + Send + Sync),
}

impl Asking<'_> {
    fn url(&self) -> Result<Url, PullError> {
        path::below(&self.address.endpoint, self.path).map_err(PullError::Answer)
    }

    fn headers(&self, url: &Url, part: &Part) -> Result<HeaderMap, PullError> {
        let token = &self.address.token;
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: String, secret: bool| -> Result<(), PullError> {
            let mut value = HeaderValue::try_from(value)
                .map_err(|_| PullError::Answer(format!("`{name}` would hold characters no header can")))?;
            value.set_sensitive(secret);
            headers.insert(name, value);
            Ok(())
        };
        if self.address.scheme == "dpop" {
            let (now, keys) = (self.app.now(), self.hosted.keys());
            let jkt = match bound_key(token) {
                Some(jkt) => jkt,
                None => {
                    keys.current(Purpose::Sign, now).map_err(TokenError::from)?.public.thumbprint().to_owned()
                }
            };
            let request = Request { method: "GET", url: url.as_str(), token };
            set(HeaderName::from_static("dpop"), dpop::make(&keys, &jkt, &request, now)?, true)?;
            set(AUTHORIZATION, format!("DPoP {token}"), true)?;
        } else if self.address.scheme == "none" {
            set(AUTHORIZATION, token.clone(), true)?;
        } else if !token.is_empty() {
            set(AUTHORIZATION, format!("Bearer {token}"), true)?;
        }
        set(ACCEPT_ENCODING, "identity".to_owned(), false)?;
        if let Some(State { etag: Some(etag), .. }) = &part.state
            && part.length() > 0
        {
            set(RANGE, format!("bytes={}-", part.length()), false)?;
            set(IF_RANGE, etag.clone(), false)?;
        }
        Ok(headers)
    }

    /// One request: appends what it brings to the part. The part is lost only with an error of the sink.
    pub async fn ask(&self, part: Part) -> Result<Brought, PullError> {
        let url = self.url()?;
        let headers = self.headers(&url, &part)?;
        let response = self.app.client.open(Method::GET, &url, headers).await?;
        if !matches!(response.status().as_u16(), 200 | 206) {
            let Told { status, detail, retry_after } = self.app.client.told(&url, response).await;
            return Err(PullError::Refused { status, detail, retry_after });
        }
        let most = self.app.config.limits.pushed_bytes;
        let Begun { state, sized } = begun(&response, &part, most, self.app.now())?;
        let total = state.total;
        let mut writer = Writer::start(part, state);
        let outcome = self.receive(&url, response, &writer, (total, sized)).await;
        let mut part = writer.end().await?;
        // Only the end of a body of unknown length says how long it was.
        let length = part.length();
        if let (Ok(()), false, Some(state)) = (&outcome, sized, &mut part.state) {
            state.total = length;
        }
        let complete = part.is_complete();
        let (ending, error) = match outcome {
            _ if complete => (Ending::Complete, None),
            Err((ending, error)) => (ending, Some(error)),
            Ok(()) => {
                let cause = format!("{} of {total} bytes came", part.length());
                let error =
                    PullError::Broken { host: crate::peer::client::host(&url), bytes: part.length(), cause };
                (Ending::Broken, Some(error))
            }
        };
        Ok(Brought { part, ending, error })
    }

    async fn receive(
        &self,
        url: &Url,
        mut response: reqwest::Response,
        writer: &Writer,
        (total, sized): (u64, bool),
    ) -> Result<(), (Ending, PullError)> {
        let until = Instant::now() + self.patience.whole;
        let mut stop = self.stop.clone();
        let (mut waiting, mut size, mut got) = (Vec::new(), 0, writer.first);
        loop {
            let chunk = tokio::select! {
                biased;
                why = stop.ordered() => return Err((why, PullError::Stopped(why))),
                () = tokio::time::sleep_until(until) => {
                    return Err((Ending::TimedOut, PullError::Stopped(Ending::TimedOut)));
                }
                chunk = response.chunk() => chunk,
            };
            let ended = match chunk {
                Ok(Some(chunk)) => {
                    got += chunk.len() as u64;
                    size += chunk.len();
                    waiting.push(chunk);
                    None
                }
                Ok(None) => Some(Ok(())),
                Err(e) => {
                    let (host, cause) = (crate::peer::client::host(url), crate::peer::client::causes(&e));
                    let ending = if e.is_timeout() { Ending::TimedOut } else { Ending::Broken };
                    Some(Err((ending, PullError::Broken { host, bytes: got, cause })))
                }
            };
            if got > total {
                let error = PullError::Answer(format!("more than the {total} bytes announced or allowed"));
                return Err((Ending::Broken, error));
            }
            if size >= PIECE || (ended.is_some() && size > 0) {
                size = 0;
                // The writer ends early only with an error, which it tells itself.
                if writer.pieces.send(std::mem::take(&mut waiting)).await.is_err() {
                    return Ok(());
                }
                (self.progress)(got, if sized { total } else { 0 });
            }
            if let Some(ended) = ended {
                return ended;
            }
        }
    }
}

/// The key a data token is bound to, read without verifying it: the token is the provider's to verify.
fn bound_key(token: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    claims.pointer("/cnf/jkt")?.as_str().map(str::to_owned)
}

/// What an answer brings.
struct Begun {
    state: State,
    /// Whether its length is known before its end; until then the most that is taken stands in.
    sized: bool,
}

/// Reads what an answer brings: the whole, or the rest of what is there.
fn begun(response: &reqwest::Response, part: &Part, most: u64, now: Timestamp) -> Result<Begun, PullError> {
    let (have, before) = (part.length(), part.state.as_ref());
    let header =
        |name: HeaderName| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let etag = header(ETAG).filter(|e| !e.starts_with("W/"));
    let (first, length) = match response.status().as_u16() {
        206 => {
            let (first, last, total) = header(CONTENT_RANGE)
                .and_then(|field| parse_content_range(&field))
                .ok_or_else(|| PullError::Answer("206 without a readable Content-Range".into()))?;
            let same = before.is_some_and(|b| b.total == total && b.etag == etag && b.etag.is_some());
            if first != have || last + 1 != total || !same {
                return Err(PullError::Answer(format!("bytes {first}-{last}/{total} of another content")));
            }
            (first, Some(total))
        }
        _ => (0, response.content_length()),
    };
    let chunked = header(TRANSFER_ENCODING).is_some_and(|named| named.eq_ignore_ascii_case("chunked"));
    if length.is_none() && !chunked {
        // The end of the connection would be taken for the end of the data.
        return Err(PullError::Answer("neither Content-Length nor chunks".into()));
    }
    let total = length.unwrap_or(most);
    let exchange = Exchange::named(header(HeaderName::from_static(REFERENCE)), first, now);
    let state = State { v: 1, etag, total, media_type: header(CONTENT_TYPE), exchange };
    Ok(Begun { state, sized: length.is_some() })
}

/// Wait before attempt `n` (from 1), doubling to half a minute.
pub fn pause(attempt: u32, error: &PullError) -> Duration {
    let doubled =
        Duration::from_millis(200u64.saturating_mul(1 << attempt.min(10))).min(Duration::from_secs(30));
    let asked = Duration::from_secs(u64::from(error.retry_after().unwrap_or(0).min(300)));
    doubled.max(asked)
}
