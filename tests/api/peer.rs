//! Peers that lie, lead elsewhere, are silent or slow.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed};
use tests::node::Setup;
use tests::on_both;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

on_both!(
    callback_addresses_lead_nowhere_private,
    a_silent_peer_keeps_nobody_waiting,
    a_dripping_caller_is_cut,
    a_caller_that_cannot_be_asked_who_it_is_may_come_again,
    a_refused_pull_leaves_nothing
);

async fn callback_addresses_lead_nowhere_private(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let mut offer: Value = epci.catalogue_of(&eau).await["dataset"][0]["hasPolicy"][0].clone();
    offer["target"] = json!(dataset);
    // Somebody listens where the node must not call.
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = trap.local_addr().unwrap().port();
    let addresses = [
        format!("http://localhost:{port}/dsp"),
        format!("http://127.0.0.1:{port}/dsp"),
        "https://169.254.169.254/latest/meta-data".into(),
        "https://[::ffff:10.0.0.1]/dsp".into(),
        "https://10.0.0.1/dsp".into(),
        "file:///etc/passwd".into(),
        "https://user:password@example.org/dsp".into(),
        "gopher://localhost/".into(),
        "nonsense".into(),
        String::new(),
    ];
    for (n, callback) in addresses.iter().enumerate() {
        let message = json!({
            "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "ContractRequestMessage",
            "consumerPid": format!("urn:uuid:0198d3a0-9999-7a4b-9d52-0000000000{n:02}"),
            "offer": offer, "callbackAddress": callback,
        });
        let answer = epci.say(&eau, "/negotiations/request", &message).await;
        assert!((400..500).contains(&answer.status), "{callback}: {} {}", answer.status, answer.text());
    }
    let called = tokio::time::timeout(Duration::from_millis(500), trap.accept()).await;
    assert!(called.is_err(), "the node called the trap");
    assert!(eau.all("/negotiations").await.is_empty());
    // Where no private network is allowed, not even a peer on this machine is called.
    let strict = Setup { private_networks: "", ..Setup::new(engine, "strict") };
    let strict = Federation::of(vec![strict]).await;
    let answer = strict.member(0).post("/catalog", &json!({"peer": eau.did})).await;
    assert!(answer.status >= 400 && !answer.text().contains("dataset\""), "{}", answer.text());
}

async fn a_silent_peer_keeps_nobody_waiting(engine: Engine) {
    let federation = Federation::of(vec![Setup { answer_s: 5, ..Setup::new(engine, "eau") }]).await;
    let eau = federation.member(0);
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let _held = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = silent.accept().await {
            held.push(stream);
        }
    });
    let started = Instant::now();
    let asking = {
        let eau = eau.clone();
        tokio::spawn(async move {
            eau.post("/catalog", &json!({"peer": format!("did:web:localhost%3A{port}")})).await
        })
    };
    // Others are served meanwhile.
    for _ in 0..20 {
        let asked = Instant::now();
        eau.get("/status").await.ok();
        assert!(asked.elapsed() < Duration::from_secs(2));
    }
    let answer = asking.await.unwrap();
    assert!([502, 503, 504].contains(&answer.status), "{} {}", answer.status, answer.text());
    answer.problem(answer.status);
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

async fn a_dripping_caller_is_cut(engine: Engine) {
    let limits = "[limits]\nhead_s = 2\nbody_s = 2\n".to_owned();
    let federation = Federation::of(vec![Setup { config: limits, ..Setup::new(engine, "eau") }]).await;
    let eau = federation.member(0);
    // The beginning of a TLS greeting, one byte a second.
    let mut dripping = Vec::new();
    for _ in 0..8 {
        dripping.push(TcpStream::connect(("127.0.0.1", federation.nodes[0].port)).await.unwrap());
    }
    let started = Instant::now();
    let mut cut = 0;
    for byte in
        [0x16u8, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03].into_iter().cycle().take(30)
    {
        for stream in &mut dripping {
            let _ = stream.write_all(&[byte]).await;
        }
        eau.get("/status").await.ok();
        tokio::time::sleep(Duration::from_secs(1)).await;
        cut = 0;
        for stream in &mut dripping {
            let mut buffer = [0; 64];
            let read = tokio::time::timeout(Duration::from_millis(5), stream.read(&mut buffer)).await;
            cut += usize::from(matches!(read, Ok(Ok(0) | Err(_))));
        }
        if cut == dripping.len() {
            break;
        }
    }
    assert_eq!(cut, dripping.len(), "still connected after {:?}", started.elapsed());
}

async fn a_caller_that_cannot_be_asked_who_it_is_may_come_again(engine: Engine) {
    let mut federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let message = json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "CatalogRequestMessage"});
    let body = serde_json::to_vec(&message).unwrap();
    let [early, late] = [0, 1].map(|_| epci.peer_token(&eau.did, &body));
    // Its node is away, and nobody has met it yet: nothing can be said about its token.
    federation.nodes[1].stop(false).await;
    let answer = epci.say_with(&eau, "/catalog/request", body.clone(), &early).await;
    answer.refusal(503, "CatalogError");
    assert!(!answer.header("retry-after").is_empty());
    // A name that is nobody's address stays a refusal.
    let forged = late.replacen('.', "..", 1);
    epci.say_with(&eau, "/catalog/request", body.clone(), &forged).await.refusal(401, "CatalogError");
    federation.nodes[1].run(None).await.unwrap();
    for _ in 0..150 {
        if epci.say_with(&eau, "/catalog/request", body.clone(), &late).await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("still not known");
}

async fn a_refused_pull_leaves_nothing(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let mut description = closed("a.csv", &epci, PURPOSE);
    let once = json!({"leftOperand": "count", "operator": "lteq", "rightOperand": 1});
    description["offers"][0]["policy"]["permission"][0]["constraint"].as_array_mut().unwrap().push(once);
    let dataset = eau.publish(&description).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    let refused = epci.pull(&transfer, json!({"to": "again.csv"})).await;
    assert_eq!(refused["state"], "failed", "{refused:#}");
    let received = federation.nodes[1].folder.path().join("received");
    let names: Vec<_> = std::fs::read_dir(received).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!names.iter().any(|n| n.to_string_lossy().contains("again")), "{names:?}");
}
