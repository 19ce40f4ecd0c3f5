//! The provider's side of a push: one file, or the rest of it, to a sink over HTTP.

mod error;

pub use error::PushError;
use futures_util::StreamExt;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
};
use reqwest::{Body, Method};
use tokio::sync::oneshot;
use tokio::time::timeout;
use url::Url;

use super::account::nothing;
use super::flight::Stop;
use super::path;
use super::ready::Ready;
use super::source::SourceError;
use super::stream::{Handed, connect};
use super::{ENTRY, REFERENCE, UPLOAD_COMPLETE, UPLOAD_OFFSET};
use crate::app::App;
use crate::app::access::Granted;
use crate::domain::event::Ending;
use crate::domain::transfer::Sink;

/// What a sink holds of a file already.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Held {
    pub complete: bool,
    pub bytes: u64,
    /// Validator of the content that these bytes are of.
    pub etag: Option<String>,
}

impl Held {
    /// Where to go on, if it is a part of this content.
    pub fn offset(&self, etag: &str, total: u64) -> u64 {
        if self.etag.as_deref() == Some(etag) && self.bytes < total { self.bytes } else { 0 }
    }
}

/// Where to push one file.
pub struct Sending<'a> {
    pub app: &'a App,
    pub sink: &'a Sink,
    /// Path within a folder, empty for a single file.
    pub path: &'a str,
    pub stop: Stop,
}

impl Sending<'_> {
    fn address(&self) -> Result<(Url, HeaderMap), PushError> {
        let url = path::below(&self.sink.endpoint, self.path).map_err(PushError::Address)?;
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = &self.sink.authorization {
            let name = HeaderName::try_from(name.as_str()).unwrap_or(AUTHORIZATION);
            let mut value = HeaderValue::try_from(value.as_str())
                .map_err(|_| PushError::Address(format!("`{name}` would hold what no header can")))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok((url, headers))
    }

    /// Asks a sink that can go on what it holds; another one holds nothing.
    pub async fn held(&self) -> Result<Held, PushError> {
        if !self.sink.resumable {
            return Ok(Held::default());
        }
        let (url, headers) = self.address()?;
        let response = self.app.client.open(Method::HEAD, &url, headers).await?;
        if !response.status().is_success() {
            return Err(PushError::Refused(self.app.client.told(&url, response).await));
        }
        let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok());
        Ok(Held {
            complete: header(UPLOAD_COMPLETE) == Some("?1"),
            bytes: header(UPLOAD_OFFSET).and_then(|v| v.parse().ok()).unwrap_or(0),
            etag: header(ETAG.as_str()).map(str::to_owned),
        })
    }

    fn fields(&self, ready: &Ready, granted: &Granted) -> Result<(Url, HeaderMap), PushError> {
        let (url, mut headers) = self.address()?;
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(CONTENT_LENGTH, &ready.span.length.to_string());
        set(CONTENT_TYPE, &ready.media_type);
        set(ETAG, &ready.etag);
        set(HeaderName::from_static(REFERENCE), &granted.delivery.reference.0);
        set(HeaderName::from_static(ENTRY), &granted.entry.to_string());
        if ready.span.partial {
            set(CONTENT_RANGE, &ready.span.content_range(ready.total));
        }
        Ok((url, headers))
    }

    /// Sends, and says what was handed over. It is complete when the sink said that it has it.
    pub async fn send(&self, ready: Ready, granted: &Granted) -> (Handed, Result<(), PushError>) {
        let (url, headers) = match self.fields(&ready, granted) {
            Ok(fields) => fields,
            Err(error) => return (nothing(Ending::Broken), Err(error)),
        };
        let method = if self.sink.method == "PUT" { Method::PUT } else { Method::POST };
        let patience = self.app.plane.patience;
        let (body, pump) = connect(ready.reading, ready.first, self.stop.clone(), patience);
        // An answer, whatever it is, ends the sending.
        let (unanswered, answered) = oneshot::channel::<()>();
        let body = Body::wrap_stream(body.take_until(answered));
        let answer = async {
            let response = self.app.client.upload(method, &url, headers, body).await;
            drop(unanswered);
            let response = response?;
            match response.status().is_success() {
                true => Ok(()),
                false => Err(PushError::Refused(self.app.client.told(&url, response).await)),
            }
        };
        tokio::pin!(answer);
        let pump = pump.run();
        tokio::pin!(pump);
        let (mut handed, outcome) = tokio::select! {
            handed = &mut pump => match handed.ending {
                // What went wrong with the connection is in its answer, which is there at once.
                Ending::Complete | Ending::Broken => {
                    let answer = timeout(patience.stall, answer).await;
                    (handed, answer.unwrap_or(Err(PushError::TimedOut)))
                }
                _ => (handed, Err(PushError::TimedOut)),
            },
            answer = &mut answer => (pump.await, answer),
        };
        let outcome = match (handed.ending, outcome) {
            (Ending::Complete | Ending::Broken | Ending::TimedOut, Err(error)) => Err(error),
            (Ending::Complete, Ok(())) => Ok(()),
            (Ending::Broken, Ok(())) => Err(PushError::Early),
            (Ending::TimedOut, Ok(())) => Err(PushError::TimedOut),
            (Ending::SourceFailed, _) => {
                let cause = std::io::Error::other("it failed or changed while it was read");
                Err(PushError::Source(SourceError::Io(Default::default(), cause)))
            }
            (why @ (Ending::Suspended | Ending::Terminated | Ending::Revoked), _) => {
                Err(PushError::Stopped(why))
            }
        };
        // All bytes left, but the sink did not say that it has them.
        if outcome.is_err() && handed.ending == Ending::Complete {
            handed.ending = self.stop.now().unwrap_or(Ending::Broken);
        }
        (handed, outcome)
    }
}
