//! An issuer, a holder and a verifier, each a node of its own, that know each other from the start.

use std::net::TcpListener;

use node::app::Leniency;
use node::domain::time::Clock;
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::api;
use crate::engine::Engine;
use crate::flow::segment;
use crate::member::Member;
use crate::node::{Setup, TestNode};

/// The type that is issued, asked for and shown.
pub const KIND: &str = "MembershipCredential";
/// The type that says which use cases are approved for its holder.
pub const USE_CASE: &str = "UseCaseCredential";

pub struct Stage {
    pub clock: Clock,
    pub nodes: Vec<TestNode>,
    pub issuer: Member,
    pub holder: Member,
    pub verifier: Member,
}

/// The three nodes; `verifier` is more of the verifier's section `credentials`.
pub async fn stage(engine: Engine, verifier: &str, leniency: Leniency) -> Stage {
    stage_with(engine, verifier, leniency, "", false).await
}

/// As [`stage`], with another issuer that the holder knows, and the verifier if it is `trusted`.
pub async fn stage_with(
    engine: Engine,
    verifier: &str,
    leniency: Leniency,
    other: &str,
    trusted: bool,
) -> Stage {
    let more =
        |known: bool| if known && !other.is_empty() { format!(", \"{other}\"") } else { String::new() };
    let sockets: Vec<TcpListener> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let ports: Vec<u16> = sockets.iter().map(|socket| socket.local_addr().unwrap().port()).collect();
    let issuer = format!("did:web:localhost%3A{}", ports[0]);
    let often = if verifier.contains("status_s") { "" } else { "status_s = 60\n" };
    let rules = [
        format!("issue = [\"{KIND}\", \"LabelCredential\", \"{USE_CASE}\"]\n"),
        format!("issuers = [\"{issuer}\"{}]\nshow = [\"{KIND}\", \"{USE_CASE}\"]\n", more(true)),
        format!("issuers = [\"{issuer} {KIND} {USE_CASE}\"{}]\n{often}{verifier}", more(trusted)),
    ];
    let clock = Clock::fixed(Clock::System.now());
    let mut nodes = Vec::new();
    for (((socket, port), rules), name) in
        sockets.into_iter().zip(ports).zip(rules).zip(["gouvernance", "eau", "epci"])
    {
        let config = format!("[credentials]\n{rules}");
        let setup = Setup { config, leniency, clock: clock.clone(), ..Setup::new(engine, name) };
        let mut node = TestNode::make(setup, port).await;
        node.run(Some(socket)).await.unwrap();
        nodes.push(node);
    }
    let member = |n: usize| nodes[n].members[0].clone();
    let (issuer, holder, verifier) = (member(0), member(1), member(2));
    Stage { clock, nodes, issuer, holder, verifier }
}

impl Stage {
    /// The issuer says what the holder gets.
    pub async fn entitle(&self, claims: Value, seconds: i64) {
        let body = json!({"holder": self.holder.did, "type": KIND, "claims": claims, "seconds": seconds});
        let put =
            self.issuer.call(&self.issuer.token, Method::PUT, "/credentials/entitlements", Some(&body)).await;
        assert_eq!(put.status, 204, "{}", put.text());
    }

    /// The holder asks, and waits for what becomes of it.
    pub async fn asked(&self, profile: &str, state: &str) {
        let body = json!({"issuer": self.issuer.did, "types": [KIND], "profile": profile});
        let asked = self.holder.post("/credentials/requests", &body).await.ok();
        let id = asked["id"].clone();
        let settled = |page: &Value| {
            let items = page["items"].as_array().unwrap();
            items.iter().any(|one| one["id"] == id && one["state"] == state)
        };
        self.holder.until("/credentials/requests", settled).await;
    }

    /// The holder calls the verifier, as its node does: for the catalogue.
    pub async fn call(&self) -> Answer {
        self.holder.post("/catalog", &json!({"peer": self.verifier.did})).await
    }

    /// What the verifier knows of the holder.
    pub async fn attested(&self) -> Value {
        self.verifier.get(&format!("/credentials/attested/{}", api::segment(&self.holder.did))).await.ok()
    }

    /// Changes the newest credential of the data model 2.0 that the issuer issued: one of 1.1 cannot be suspended.
    pub async fn change(&self, change: &str) -> Answer {
        let issued = self.issuer.get("/credentials/issued").await.ok();
        let suspendable = |one: &&Value| one["profile"] == "vc20-bssl/jwt";
        let id = issued["items"].as_array().unwrap().iter().rfind(suspendable).unwrap()["id"].clone();
        let id = segment(id.as_str().unwrap());
        self.issuer.post(&format!("/credentials/issued/{id}/{change}"), &json!({})).await
    }
}
