//! Pushes to sinks that are no nodes of ours, and to addresses that are no sinks.

use std::time::Duration;

use serde_json::{Value, json};
use tests::answer::Answer;
use tests::engine::Engine;
use tests::flow::{PURPOSE, text};
use tests::node::Setup;
use tests::on_both;
use tests::pushing::{LARGE, Stage, pattern, stage, stage_of};
use tests::sink::{Act, Sink};

on_both!(
    a_foreign_sink_that_fails_is_tried_again,
    a_sink_that_refuses_or_sends_elsewhere_ends_it,
    a_sink_that_never_answers_is_given_up,
    a_sink_that_drips_is_cut,
    a_sink_that_may_not_be_called_is_refused,
);

/// The consumer's request with a sink of its own choice, outside of its node's state.
async fn request(stage: &Stage, sink: &Sink, address: Value) -> Answer {
    let message = json!({
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "TransferRequestMessage",
        "consumerPid": format!("urn:uuid:{}", uuid::Uuid::new_v4()),
        "agreementId": stage.agreement, "format": "HttpData-PUSH", "purpose": PURPOSE,
        "callbackAddress": sink.callback(), "dataAddress": address,
    });
    stage.epci.say(&stage.eau, "/transfers/request", &message).await
}

/// A sink as EDC describes it.
fn edc(url: &str) -> Value {
    let property = |name: &str, value: &str| {
        let name = format!("https://w3id.org/edc/v0.0.1/ns/{name}");
        json!({"@type": "EndpointProperty", "name": name, "value": value})
    };
    json!({"@type": "DataAddress", "endpointType": "HttpData", "endpointProperties": [
        property("type", "HttpData"), property("baseUrl", url), property("authKey", "X-Api-Key"),
        property("authCode", "sesame"),
    ]})
}

async fn pushed_to(stage: &Stage, sink: &Sink) -> String {
    text(&request(stage, sink, edc(&format!("{}/puits?lot=1", sink.base))).await.ok()["providerPid"])
}

async fn a_foreign_sink_that_fails_is_tried_again(engine: Engine) {
    let stage = stage(engine, b"a;b\n1;2\n").await;
    let sink = Sink::start(&[Act::AtOnce(500), Act::Answer(503), Act::Answer(500), Act::Answer(204)]);
    let transfer = pushed_to(&stage, &sink).await;
    stage.eau.transfer_in(&transfer, "COMPLETED").await;
    assert_eq!(sink.message("/completion").await["providerPid"], transfer.as_str());
    let brought = sink.brought();
    assert_eq!(brought.len(), 4);
    assert_eq!(
        (brought[3].line.as_str(), &brought[3].body[..]),
        ("POST /puits?lot=1 HTTP/1.1", &b"a;b\n1;2\n"[..])
    );
    assert_eq!(brought[3].headers["x-api-key"], "sesame");
    let waits: Vec<_> = brought.windows(2).map(|two| two[1].at - two[0].at).collect();
    assert!(waits[0] >= Duration::from_millis(400) && waits[2] > waits[0], "no back-off: {waits:?}");
    // Each attempt was decided and recorded, and only the last one counts as given.
    let endings: Vec<_> = stage.eau.deliveries(&transfer).await.iter().map(|d| text(&d["ending"])).collect();
    assert_eq!(endings.iter().filter(|e| *e == "complete").count(), 1, "{endings:?}");
    assert_eq!(endings.len(), 4);
    let references: Vec<_> = brought.iter().map(|b| b.headers["fiducie-reference"].clone()).collect();
    assert_eq!(stage.eau.logged("delivery.opened").await, 4, "{references:?}");
}

async fn a_sink_that_refuses_or_sends_elsewhere_ends_it(engine: Engine) {
    let stage = stage(engine, b"a;b\n1;2\n").await;
    let elsewhere = Sink::start(&[Act::Answer(200)]);
    for (act, said) in [(Act::Redirect(format!("{}/x", elsewhere.base)), "307"), (Act::Answer(404), "404")] {
        let sink = Sink::start(&[act]);
        let transfer = pushed_to(&stage, &sink).await;
        let ended = stage.eau.transfer_in(&transfer, "TERMINATED").await;
        assert!(text(&ended["reason"]).contains(said), "{ended:#}");
        let told = sink.message("/termination").await;
        assert_eq!(told["code"], "push-failed", "{told:#}");
        assert_eq!(sink.brought().len(), 1);
    }
    assert!(elsewhere.brought().is_empty(), "bytes went where the consumer did not ask for them");
    assert_eq!(stage.eau.logged("transfer.completed").await, 0);
}

fn impatient(engine: Engine) -> Vec<Setup> {
    let config = "[limits]\nstall_s = 1\ngive_up_s = 4\n".to_owned();
    vec![Setup { config, ..Setup::new(engine, "eau") }, Setup::new(engine, "epci")]
}

async fn a_sink_that_never_answers_is_given_up(engine: Engine) {
    let stage = stage_of(impatient(engine), b"a;b\n1;2\n").await;
    let sink = Sink::start(&[Act::Never]);
    let transfer = pushed_to(&stage, &sink).await;
    stage.eau.transfer_in(&transfer, "TERMINATED").await;
    assert!((2..8).contains(&sink.brought().len()), "{} attempts", sink.brought().len());
    assert_eq!(stage.eau.logged("transfer.completed").await, 0);
    let endings: Vec<_> = stage.eau.deliveries(&transfer).await.iter().map(|d| text(&d["ending"])).collect();
    assert!(!endings.contains(&"complete".into()), "{endings:?}");
}

async fn a_sink_that_drips_is_cut(engine: Engine) {
    let stage = stage_of(impatient(engine), &pattern(LARGE)).await;
    let sink = Sink::start(&[Act::Drip]);
    let transfer = pushed_to(&stage, &sink).await;
    stage.eau.until_logged("delivery.closed", 1).await;
    let first = stage.eau.deliveries(&transfer).await.remove(0);
    assert_eq!(first["ending"], "timed-out", "{first:#}");
    assert!(first["bytes"].as_u64().unwrap() < LARGE as u64);
    stage.eau.transfer_in(&transfer, "TERMINATED").await;
}

async fn a_sink_that_may_not_be_called_is_refused(engine: Engine) {
    let networks = r#""127.0.0.1/32", "::1/128""#;
    let setups = ["eau", "epci"].map(|n| Setup { private_networks: networks, ..Setup::new(engine, n) });
    let stage = stage_of(setups.into(), b"secret").await;
    let sink = Sink::start(&[Act::Answer(200)]);
    let port = sink.base.rsplit_once(':').unwrap().1;
    for url in [
        format!("https://127.0.0.2:{port}/x"),
        "https://10.0.0.1/x".into(),
        "https://169.254.169.254/latest/meta-data".into(),
        "https://[fd00::1]/x".into(),
        format!("http://localhost:{port}/x"),
        format!("https://a:b@localhost:{port}/x"),
        "https://localhost:25/x".into(),
        "pas une adresse".into(),
    ] {
        let error = request(&stage, &sink, edc(&url)).await.refusal(400, "TransferError");
        assert!(!error.to_string().contains("secret"), "{error:#}");
    }
    request(&stage, &sink, Value::Null).await.refusal(400, "TransferError");
    let mut framing = edc(&format!("{}/x", sink.base));
    framing["endpointProperties"][2]["value"] = "Content-Length".into();
    request(&stage, &sink, framing).await.refusal(400, "TransferError");
    assert_eq!(stage.eau.all("/transfers").await.len(), 0);
    assert!(sink.brought().is_empty() && sink.messages("/").is_empty());
    // The nearest that is allowed.
    let transfer = pushed_to(&stage, &sink).await;
    stage.eau.transfer_in(&transfer, "COMPLETED").await;
}
