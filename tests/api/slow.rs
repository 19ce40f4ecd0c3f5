//! One byte a second, after a TLS greeting as it should be: a caller that sends so, and a peer that answers so.

use std::time::{Duration, Instant};

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::StreamExt;
use futures_util::stream;
use reqwest::Body;
use serde_json::json;
use tests::authority;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::node::Setup;
use tests::on_both;

on_both!(a_dripping_body_is_cut, a_dripping_answer_is_given_up);

/// Bytes of `text`, one a second, as often as wanted.
fn dripping(text: &'static [u8]) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    stream::iter(text.iter().cycle()).then(|byte| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Bytes::copy_from_slice(&[*byte]))
    })
}

async fn a_dripping_body_is_cut(engine: Engine) {
    let config = "[limits]\nbody_s = 2\n".to_owned();
    let federation = Federation::of(vec![Setup { config, ..Setup::new(engine, "eau") }]).await;
    let eau = federation.member(0);
    let begun = Instant::now();
    let mut sending = Vec::new();
    // More of them than the node has threads.
    for path in ["/api/v1/datasets", "/api/v1/datasets", "/dsp/2025-1/catalog/request", "/peer/v1/receipts"] {
        let request = eau.client.post(format!("{}{path}", eau.base)).bearer_auth(&eau.token);
        let request =
            request.header("content-type", "application/json").body(Body::wrap_stream(dripping(b"[")));
        sending.push(tokio::spawn(request.send()));
    }
    for _ in 0..20 {
        let asked = Instant::now();
        eau.get("/status").await.ok();
        assert!(asked.elapsed() < Duration::from_secs(2), "others waited {:?}", asked.elapsed());
    }
    for sent in sending {
        let answer = sent.await.unwrap().unwrap();
        let url = answer.url().clone();
        assert_eq!(answer.status(), 408, "{url}: {}", answer.text().await.unwrap());
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "cut only after {:?}", begun.elapsed());
}

/// A peer that answers everything, one byte a second.
fn slow_peer() -> (u16, actix_web::dev::ServerHandle) {
    let answer = || async { HttpResponse::Ok().content_type("application/json").streaming(dripping(b" ")) };
    let server = HttpServer::new(move || App::new().default_service(web::to(answer)));
    let server =
        server.workers(1).disable_signals().bind_rustls_0_23(("127.0.0.1", 0), authority::server()).unwrap();
    let port = server.addrs()[0].port();
    let server = server.run();
    let handle = server.handle();
    std::thread::spawn(move || actix_web::rt::System::new().block_on(server));
    (port, handle)
}

async fn a_dripping_answer_is_given_up(engine: Engine) {
    let federation = Federation::of(vec![Setup { answer_s: 5, ..Setup::new(engine, "eau") }]).await;
    let eau = federation.member(0);
    let (port, slow) = slow_peer();
    let begun = Instant::now();
    let answer = eau.post("/catalog", &json!({"peer": format!("did:web:localhost%3A{port}")})).await;
    assert!([502, 503, 504].contains(&answer.status), "{} {}", answer.status, answer.text());
    // The configured five seconds for an answer, and not one byte's pause after the other.
    assert!(begun.elapsed() < Duration::from_secs(15), "given up only after {:?}", begun.elapsed());
    eau.get("/status").await.ok();
    drop(slow.stop(false));
}
