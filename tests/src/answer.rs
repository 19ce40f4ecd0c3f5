//! An HTTP answer, and what is expected of every one.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// What was asked, for messages.
    pub asked: String,
}

impl Answer {
    pub async fn of(asked: String, response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap_or_else(|e| panic!("{asked}: {e}"));
        Self { status, headers, body, asked }
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{}: {e}: {}", self.asked, self.text()))
    }
    /// The body of an answer that must be a success.
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {} {}", self.asked, self.status, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
    /// A refusal of the management API or data plane: this status, in problem+json, saying what to do.
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        assert!(self.header("content-type").starts_with("application/problem+json"), "{}", self.asked);
        let problem = self.json();
        assert_eq!(problem["status"], status, "{problem}");
        assert!(problem["type"].as_str().is_some_and(|t| t.starts_with("urn:fiducie:problem:")), "{problem}");
        assert!(problem["title"].as_str().is_some_and(|t| !t.is_empty()), "{problem}");
        problem
    }
    /// A refusal of the protocol: an error message of this type, with reasons.
    pub fn refusal(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        let error = self.json();
        assert_eq!(error["@type"], kind, "{error}");
        assert!(error["reason"].as_array().is_some_and(|r| !r.is_empty()), "{error}");
        error
    }
    /// A refusal that is the caller's fault: never a 5xx, never silence.
    pub fn is_callers_fault(&self) -> bool {
        (400..500).contains(&self.status) && !self.body.is_empty()
    }
}
