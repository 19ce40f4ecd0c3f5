//! What stands at an address of the gateway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::identity::Identity;

/// Behind a name.
pub enum Site {
    /// One of our nodes, listening on this port.
    Node { port: u16, did: String },
    /// An EDC participant: protocol and HTTP proxy.
    Edc { identity: Arc<Identity>, protocol: u16, public: u16 },
}

/// Something that was posted, or put, to the gateway itself.
#[derive(Clone)]
pub struct Arrived {
    pub body: Bytes,
    pub sha256: String,
    pub headers: Vec<(String, String)>,
    pub at: Instant,
}

/// A message that went through, and how it was answered.
#[derive(Clone)]
pub struct Passed {
    /// The name it went to.
    pub to: String,
    pub path: String,
    pub body: Value,
    pub status: u16,
}

/// Names, files to read, and what arrived.
#[derive(Default)]
pub struct Sites {
    pub named: RwLock<HashMap<String, Site>>,
    files: RwLock<HashMap<String, Bytes>>,
    arrived: Mutex<Vec<(String, Arrived)>>,
    events: Mutex<HashMap<(String, String), (Instant, Value)>>,
    passed: Mutex<Vec<Passed>>,
    news: Notify,
}

impl Sites {
    pub fn add(&self, name: &str, site: Site) {
        self.named.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), site);
    }

    /// Serves these bytes at `/files/<name>`; gives their digest.
    pub fn put(&self, name: &str, content: impl Into<Bytes>) -> String {
        let content = content.into();
        let digest = digest(&content);
        self.files.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), content);
        digest
    }

    pub fn file(&self, name: &str) -> Option<Bytes> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Keeps what arrived at a path.
    pub fn keep(&self, path: &str, body: Bytes, headers: Vec<(String, String)>) {
        let arrived = Arrived { sha256: digest(&body), body, headers, at: Instant::now() };
        self.lock().push((path.to_owned(), arrived));
        self.news.notify_waiters();
    }

    /// Waits for something at this path that is as wanted, and takes it.
    pub async fn wait(
        &self,
        path: &str,
        patience: Duration,
        wanted: impl Fn(&Arrived) -> bool,
    ) -> Option<Arrived> {
        let end = tokio::time::Instant::now() + patience;
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let take = || {
                let mut all = self.lock();
                let found = all.iter().position(|(at, arrived)| at == path && wanted(arrived))?;
                Some(all.remove(found).1)
            };
            if let Some(found) = take() {
                return Some(found);
            }
            tokio::time::timeout_at(end, news).await.ok()?;
        }
    }

    /// Keeps an event of EDC, by its type and the process it is about.
    pub fn happened(&self, body: &[u8]) {
        let at = Instant::now();
        let Ok(event) = serde_json::from_slice::<Value>(body) else { return };
        let payload = &event["payload"];
        let about = payload["transferProcessId"].as_str().or(payload["contractNegotiationId"].as_str());
        let named = event["type"].as_str().zip(about).map(|(t, p)| (t.to_owned(), p.to_owned()));
        if let Some(named) = named {
            self.events.lock().unwrap_or_else(PoisonError::into_inner).insert(named, (at, event));
            self.news.notify_waiters();
        }
    }

    /// Waits for the event of this type about this process, and takes it: when it came, and what it says.
    pub async fn event(&self, kind: &str, process: &str, patience: Duration) -> Option<(Instant, Value)> {
        let end = tokio::time::Instant::now() + patience;
        let wanted = (kind.to_owned(), process.to_owned());
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let found = self.events.lock().unwrap_or_else(PoisonError::into_inner).remove(&wanted);
            if found.is_some() {
                return found;
            }
            tokio::time::timeout_at(end, news).await.ok()?;
        }
    }

    /// Notes a message that went through.
    pub fn note(&self, passed: Passed) {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
    }

    /// The messages that a name received so far, that are as wanted.
    pub fn passed(&self, to: &str, wanted: impl Fn(&Passed) -> bool) -> Vec<Passed> {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.iter().filter(|p| p.to == to && wanted(p)).cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(String, Arrived)>> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// SHA-256, hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
