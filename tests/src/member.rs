//! A member of a node under test, as its operator and its peers reach it.

use std::sync::Arc;

use node::app::{App, Hosted};
use node::identity::keys::{Keyring, Purpose};
use node::identity::token::issue_peer;
use reqwest::Method;
use serde_json::Value;

use crate::answer::Answer;
use crate::authority;
use crate::flow::PATIENCE;

/// A client that trusts the tests' authority and nothing else.
pub fn client() -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(authority::root().as_bytes()).unwrap();
    reqwest::Client::builder()
        .tls_certs_only([root])
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE)
        .build()
        .unwrap()
}

#[derive(Clone)]
pub struct Member {
    pub name: String,
    /// Public address, without trailing slash.
    pub base: String,
    pub did: String,
    /// Administrator's token of the management API.
    pub token: String,
    pub client: reqwest::Client,
    pub(crate) app: Arc<App>,
}

impl Member {
    /// The running node's own state: for what no route gives, such as tokens received from a peer.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }
    pub fn hosted(&self) -> Arc<Hosted> {
        let all = self.app.members.all();
        all.into_iter()
            .find(|h| h.did().as_str() == self.did)
            .unwrap_or_else(|| panic!("{} is not hosted", self.did))
    }
    pub fn keys(&self) -> Arc<Keyring> {
        self.hosted().keys()
    }
    /// Thumbprint of the key that signs now.
    pub fn thumbprint(&self) -> String {
        self.keys().current(Purpose::Sign, self.app.now()).unwrap().public.thumbprint().to_owned()
    }

    /// A call of the management API with a token, or without when it is empty.
    pub async fn call(&self, token: &str, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let url = format!("{}/api/v1{path}", self.base);
        let mut request = self.client.request(method.clone(), &url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let asked = format!("{method} {url}");
        Answer::of(asked.clone(), request.send().await.unwrap_or_else(|e| panic!("{asked}: {e:?}"))).await
    }
    pub async fn get(&self, path: &str) -> Answer {
        self.call(&self.token, Method::GET, path, None).await
    }
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(&self.token, Method::POST, path, Some(body)).await
    }
    /// Bytes as they are, to any path below the member's base.
    pub async fn raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let url = format!("{}{path}", self.base);
        let mut request = self.client.request(method.clone(), &url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let asked = format!("{method} {url}");
        Answer::of(asked.clone(), request.send().await.unwrap_or_else(|e| panic!("{asked}: {e:?}"))).await
    }
    /// Without credentials, below the member's base.
    pub async fn public(&self, path: &str) -> Answer {
        self.raw(Method::GET, path, &[], Vec::new()).await
    }

    /// A peer token of this member for another one, bound to a body.
    pub fn peer_token(&self, audience: &str, body: &[u8]) -> String {
        issue_peer(&self.keys(), audience, body, self.app.now()).unwrap()
    }
    /// A message of the protocol to a peer, as this member, outside of its own state.
    pub async fn say(&self, to: &Member, path: &str, message: &Value) -> Answer {
        let body = serde_json::to_vec(message).unwrap();
        let token = self.peer_token(&to.did, &body);
        self.say_with(to, path, body, &token).await
    }
    /// As [`Self::say`], with any body and token.
    pub async fn say_with(&self, to: &Member, path: &str, body: Vec<u8>, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        to.raw(Method::POST, &format!("/dsp/2025-1{path}"), &headers, body).await
    }
    /// A question of the protocol to a peer.
    pub async fn ask(&self, to: &Member, path: &str) -> Answer {
        let bearer = format!("Bearer {}", self.peer_token(&to.did, b""));
        to.raw(Method::GET, &format!("/dsp/2025-1{path}"), &[("authorization", bearer.as_str())], Vec::new())
            .await
    }
}
