//! The address that peers push to: whose bytes it takes, and which.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use contracts::id::{AgreementId, ParticipantId, Pid};
use futures_util::StreamExt;
use futures_util::stream::once;
use node::identity::token::{Grant, issue_data};
use reqwest::{Body, Method};
use serde_json::Value;
use tests::answer::Answer;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PATIENCE, PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(
    foreign_bytes_are_taken_while_the_transfer_is_started,
    a_part_is_continued_only_where_it_ends,
    nobody_else_writes_here,
    what_is_too_large_is_not_kept,
);

struct Stage {
    federation: Federation,
    /// Identity of the provider.
    eau: String,
    epci: Member,
    transfer: String,
    agreement: String,
}

/// A push that its provider has started, and cannot fill: its file is gone, then its node. The tests push in its place.
async fn stage(engine: Engine) -> Stage {
    let mut stage = with_provider(engine).await;
    stage.federation.nodes[0].stop(false).await;
    stage
}

/// The same, while the provider's node still answers.
async fn with_provider(engine: Engine) -> Stage {
    let small = Setup { config: "[limits]\npushed_bytes = 100000\n".into(), ..Setup::new(engine, "epci") };
    let federation =
        Federation::of(vec![Setup::new(engine, "eau"), small, Setup::new(engine, "region")]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    std::fs::remove_file(federation.nodes[0].folder.path().join("data/a.csv")).unwrap();
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.ask_push(&agreement, PURPOSE, "puits").await;
    epci.transfer_in(&transfer, "STARTED").await;
    let did = eau.did.clone();
    drop(eau);
    Stage { federation, eau: did, epci, transfer, agreement }
}

impl Stage {
    /// A token like the one in the consumer's request.
    fn token(&self, audience: &str, party: &str, transfer: &str) -> String {
        let grant = Grant {
            audience: &format!("{}{audience}", self.epci.base),
            party: &ParticipantId::parse(party).unwrap(),
            agreement: &AgreementId::parse(self.agreement.clone()).unwrap(),
            transfer: &Pid::parse(transfer).unwrap(),
            jkt: None,
            expires: self.epci.app().now().plus_seconds(600),
        };
        issue_data(&self.epci.keys(), &grant, self.epci.app().now()).unwrap().0
    }

    fn right(&self) -> String {
        self.token("/sink", &self.eau, &self.transfer)
    }

    async fn send(
        &self,
        method: Method,
        token: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let url = format!("{}/sink/{}", self.epci.base, segment(&self.transfer));
        let mut request = self.epci.client.request(method.clone(), &url).bearer_auth(token).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(format!("{method} {url}"), request.send().await.unwrap()).await
    }

    /// The same, again while the provider's own push holds the file's place, as any client does when told to wait.
    async fn send_in_turn<B: Into<Body>>(&self, token: &str, body: impl Fn() -> B) -> Answer {
        for _ in 0..50 {
            let told = self.send(Method::POST, token, &[], body()).await;
            if told.status != 503 {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the file's place stays taken")
    }

    fn file(&self) -> PathBuf {
        self.federation.nodes[1].folder.path().join("received/puits")
    }

    async fn received(&self) -> Vec<Value> {
        self.epci.deliveries(&self.transfer).await
    }
}

/// A body whose length nobody knows before its end, as EDC sends.
fn chunked(pieces: Vec<&'static str>) -> Body {
    Body::wrap_stream(futures_util::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>)))
}

async fn foreign_bytes_are_taken_while_the_transfer_is_started(engine: Engine) {
    let mut stage = with_provider(engine).await;
    let token = stage.right();
    let path = format!("/transfers/{}", segment(&stage.transfer));
    stage.epci.post(&format!("{path}/suspend"), &serde_json::json!({})).await.ok();
    stage.send_in_turn(&token, || "trop tôt").await.problem(409);
    stage.epci.post(&format!("{path}/resume"), &serde_json::json!({})).await.ok();
    stage.federation.nodes[0].stop(false).await;
    let told = stage.send_in_turn(&token, || chunked(vec!["a;b\n", "1;2\n"])).await;
    assert_eq!((told.status, told.ok()["bytes"].as_u64()), (201, Some(8)));
    assert_eq!(std::fs::read_to_string(stage.file()).unwrap(), "a;b\n1;2\n");
    // Recorded under a name of our own.
    let received = stage.received().await;
    assert_eq!(
        (&received[0]["ending"], &received[0]["sha256"]),
        (&"complete".into(), &told.json()["sha256"])
    );
    // Once.
    stage.send(Method::POST, &token, &[], "encore").await.problem(409);
    let there = stage.send(Method::HEAD, &token, &[], "").await;
    assert_eq!((there.status, there.header("upload-complete")), (204, "?1"));
    stage.epci.post(&format!("{path}/terminate"), &serde_json::json!({})).await.ok();
    assert_eq!(stage.send(Method::HEAD, &token, &[], "").await.status, 409);
    assert_eq!(std::fs::read_to_string(stage.file()).unwrap(), "a;b\n1;2\n");
}

async fn a_part_is_continued_only_where_it_ends(engine: Engine) {
    let stage = stage(engine).await;
    let token = stage.right();
    let start = stage.send(Method::HEAD, &token, &[], "").await;
    assert_eq!((start.header("upload-offset"), start.header("upload-complete")), ("0", "?0"));
    // A connection that breaks in the middle.
    let cut = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Err(std::io::Error::other("the cable is cut"))
    };
    let broken = Body::wrap_stream(once(async { Ok("01234") }).chain(once(cut)));
    let url = format!("{}/sink/{}", stage.epci.base, segment(&stage.transfer));
    let headers = [("content-length", "10"), ("etag", "\"v1\"")];
    let request = headers.iter().fold(stage.epci.client.put(&url), |r, (n, v)| r.header(*n, *v));
    assert!(request.bearer_auth(&token).body(broken).send().await.is_err());
    stage.epci.until_logged("delivery.received", 1).await;
    let there = stage.send(Method::HEAD, &token, &[], "").await;
    assert_eq!((there.header("upload-offset"), there.header("etag")), ("5", "\"v1\""));
    for wrong in [
        [("content-range", "bytes 4-9/10"), ("etag", "\"v1\"")],
        [("content-range", "bytes 6-9/10"), ("etag", "\"v1\"")],
        [("content-range", "bytes 5-9/10"), ("etag", "\"v2\"")],
        [("content-range", "bytes 5-9/11"), ("etag", "\"v1\"")],
        [("content-range", "bytes 5-8/10"), ("etag", "\"v1\"")],
        [("content-range", "n'importe quoi"), ("etag", "\"v1\"")],
    ] {
        stage.send(Method::PUT, &token, &wrong, "56789").await.problem(416);
    }
    let right = [("content-range", "bytes 5-9/10"), ("etag", "\"v1\"")];
    assert_eq!(stage.send(Method::PUT, &token, &right, "56789").await.status, 201);
    assert_eq!(std::fs::read_to_string(stage.file()).unwrap(), "0123456789");
    let endings: Vec<_> =
        stage.received().await.iter().map(|d| (text(&d["ending"]), d["bytes"].as_u64())).collect();
    assert!(
        endings.contains(&("broken".into(), Some(5))) && endings.contains(&("complete".into(), Some(5))),
        "{endings:?}"
    );
}

async fn nobody_else_writes_here(engine: Engine) {
    let stage = stage(engine).await;
    let region = stage.federation.member(2);
    let other = "urn:uuid:0198d3a0-0000-7000-8000-000000000001";
    for (what, token, status) in [
        ("no token", String::new(), 401),
        ("a token to read", stage.token("/data", &stage.eau, &stage.transfer), 401),
        ("another transfer", stage.token("/sink", &stage.eau, other), 401),
        ("another party", stage.token("/sink", &region.did, &stage.transfer), 404),
        ("another member's keys", region.peer_token(&stage.epci.did, b""), 401),
    ] {
        let answer = stage.send(Method::PUT, &token, &[], "intrus").await;
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
    }
    // Nor does the right one lead out of its place.
    for path in ["..%2F..%2Fx", "%2e%2e/x", "a%00b", "x.part"] {
        let url = format!("{}/sink/{}/{path}", stage.epci.base, segment(&stage.transfer));
        let sent =
            stage.epci.client.put(&url).bearer_auth(stage.right()).body("intrus").send().await.unwrap();
        assert!(sent.status().is_client_error(), "{path}: {}", sent.status());
    }
    // The provider may have asked what is here just before it went away: its question is let end.
    let begun = Instant::now();
    let found = || std::fs::read_dir(stage.file().parent().unwrap()).unwrap().count();
    while found() != 1 {
        assert!(begun.elapsed() < PATIENCE, "something was written");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(stage.received().await.is_empty());
}

async fn what_is_too_large_is_not_kept(engine: Engine) {
    let stage = stage(engine).await;
    let token = stage.right();
    stage.send(Method::PUT, &token, &[], vec![7; 100_001]).await.problem(413);
    let piece: &'static str = "x".repeat(60_000).leak();
    let sent = stage.send(Method::PUT, &token, &[], chunked(vec![piece, piece])).await;
    sent.problem(413);
    assert!(!stage.file().exists() && !stage.file().with_extension("part").exists());
    assert_eq!(stage.send(Method::PUT, &token, &[], vec![7; 100_000]).await.status, 201);
}
