//! Peers of another make: what they leave out, name otherwise, or answer before they are ready. Each case was met with
//! Eclipse EDC.

use bytes::Bytes;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{described, segment};
use tests::foreign::{Foreign, Says};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(
    a_message_that_came_too_early_is_sent_again,
    a_peers_identifiers_may_be_bare_uuids,
    a_consumer_that_resumes_gets_a_new_token,
    a_provider_gives_pieces_and_a_new_token,
    a_counter_offer_names_its_assigner,
);

const OPEN: &str = "[contracts]\naccept_unsigned = true\nforeign_bearer = true\n";

async fn ours(engine: Engine) -> (Federation, Member, Foreign) {
    let setup = Setup { config: OPEN.into(), ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![setup]).await;
    let eau = federation.member(0);
    (federation, eau, Foreign::start())
}

/// The peer asks for a contract on our file; gives our name for the negotiation.
async fn requested(federation: &Federation, eau: &Member, foreign: &Foreign) -> String {
    federation.nodes[0].put("a.csv", "a\n1\n");
    let permission = json!([{"action": "use", "constraint": [
        {"leftOperand": "recipient", "operator": "eq", "rightOperand": foreign.did()},
    ]}]);
    let dataset = eau.publish(&described(json!({"file": "a.csv"}), permission.clone())).await;
    let shown = eau.get(&format!("/datasets/{}", segment(&dataset))).await.ok();
    let offer = json!({
        "@id": shown["offers"][0], "@type": "Offer", "target": dataset, "assigner": eau.did,
        "permission": permission,
    });
    let request = json!({
        "@type": "ContractRequestMessage", "consumerPid": "n-1", "offer": offer,
        "callbackAddress": foreign.callback(),
    });
    let asked = foreign.say(eau, "/negotiations/request", request).await.ok();
    asked["providerPid"].as_str().unwrap().to_owned()
}

/// A contract on our file, asked for and taken by the peer; gives the agreement.
async fn sold(federation: &Federation, eau: &Member, foreign: &Foreign) -> String {
    let provider = requested(federation, eau, foreign).await;
    let agreed = foreign.wait("/negotiations/n-1/agreement", 1).await;
    let verified = json!({
        "@type": "ContractAgreementVerificationMessage", "providerPid": provider, "consumerPid": "n-1",
    });
    // It is taken when our message was: a refused one is sent again.
    eau.until(&format!("/negotiations/{}", segment(&provider)), |n| n["waits_for"] == "peer").await;
    foreign.say(eau, &format!("/negotiations/{provider}/agreement/verification"), verified).await.ok();
    foreign.wait("/negotiations/n-1/events", 1).await;
    agreed["agreement"]["@id"].as_str().unwrap().to_owned()
}

/// A pull that the peer asks for, and the start that we send.
async fn started(eau: &Member, foreign: &Foreign, agreement: &str) -> Value {
    let request = json!({
        "@type": "TransferRequestMessage", "consumerPid": "t-1", "agreementId": agreement,
        "format": "HttpData-PULL", "callbackAddress": foreign.callback(),
    });
    foreign.say(eau, "/transfers/request", request).await.ok();
    foreign.wait("/transfers/t-1/start", 1).await
}

/// EDC writes its state down after our answer: what we send at once finds a process it does not know, or in no state
/// to take it.
async fn a_message_that_came_too_early_is_sent_again(engine: Engine) {
    let (federation, eau, foreign) = ours(engine).await;
    for status in [409, 404] {
        foreign.answers("/n-1/agreement", Says::Json(status, json!({"@type": "ContractNegotiationError"})));
        foreign.answers("/t-1/start", Says::Json(status, json!({"@type": "TransferError"})));
    }
    let agreement = sold(&federation, &eau, &foreign).await;
    assert_eq!(foreign.received("/n-1/agreement").len(), 3, "two refusals, then it was taken");
    let start = started(&eau, &foreign, &agreement).await;
    foreign.wait("/t-1/start", 3).await;
    let transfer = segment(start["providerPid"].as_str().unwrap());
    eau.until(&format!("/transfers/{transfer}"), |t| t["state"] == "STARTED" && t["waits_for"] == "peer")
        .await;
    // For ever is too long: a refusal that stands ends it.
    for _ in 0..8 {
        foreign.answers("/t-1/suspension", Says::Json(409, json!({"@type": "TransferError"})));
    }
    eau.post(&format!("/transfers/{transfer}/suspend"), &json!({})).await.ok();
    eau.until(&format!("/transfers/{transfer}"), |t| t["state"] == "TERMINATED").await;
    assert_eq!(foreign.received("/t-1/suspension").len(), 6);
}

async fn a_peers_identifiers_may_be_bare_uuids(engine: Engine) {
    let (_federation, eau, foreign) = ours(engine).await;
    let (agreement, _) = bought(&eau, &foreign).await;
    let shown = eau.get(&format!("/contracts/{agreement}")).await.ok();
    assert_eq!((shown["id"].as_str(), &shown["standing"]), (Some(agreement.as_str()), &json!("unsigned")));
    let asked = eau.post("/transfers", &json!({"agreement": agreement})).await.ok();
    assert_eq!(asked["agreement"], agreement);
    // What names nothing still names nothing.
    eau.get(&format!("/contracts/{}", uuid::Uuid::new_v4())).await.problem(404);
}

/// A contract on the peer's dataset; gives the agreement and the peer's name for our transfer under it.
async fn bought(eau: &Member, foreign: &Foreign) -> (String, String) {
    let [dataset, offer, agreement, pid] = [0; 4].map(|_: u8| uuid::Uuid::new_v4().to_string());
    let mut agreed = foreign.offers(&dataset, &offer);
    foreign.answers("/negotiations/request", Says::Json(200, json!({"providerPid": pid})));
    let body = json!({"peer": foreign.did(), "dataset": dataset, "offer": offer});
    let asked = eau.post("/negotiations", &body).await.ok();
    let consumer = asked["id"].as_str().unwrap().to_owned();
    let request = foreign.wait("/negotiations/request", 1).await;
    assert_eq!((&request["offer"]["@id"], &request["offer"]["target"]), (&json!(offer), &json!(dataset)));
    for (name, value) in [
        ("@id", agreement.as_str()),
        ("@type", "Agreement"),
        ("target", &dataset),
        ("assigner", foreign.did()),
        ("assignee", &eau.did),
    ] {
        agreed[name] = value.into();
    }
    let message = json!({
        "@type": "ContractAgreementMessage", "providerPid": pid, "consumerPid": consumer, "agreement": agreed,
    });
    foreign.say(eau, &format!("/negotiations/{consumer}/agreement"), message).await.ok();
    foreign.wait("/agreement/verification", 1).await;
    (agreement, pid)
}

/// Where to fetch, as EDC writes it.
fn address(foreign: &Foreign, token: &str) -> Value {
    let property = |name: &str, value: &str| {
        let name = format!("https://w3id.org/edc/v0.0.1/ns/{name}");
        json!({"@type": "EndpointProperty", "name": name, "value": value})
    };
    let endpoint = format!("{}/public", foreign.base);
    json!({
        "@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpoint": endpoint,
        "endpointProperties": [
            property("endpoint", &endpoint), property("authorization", token), property("authType", "bearer"),
        ],
    })
}

/// EDC's consumer asks to resume and goes on when the provider has started anew, with another token.
async fn a_consumer_that_resumes_gets_a_new_token(engine: Engine) {
    let (federation, eau, foreign) = ours(engine).await;
    let agreement = sold(&federation, &eau, &foreign).await;
    let first = started(&eau, &foreign, &agreement).await;
    let provider = first["providerPid"].as_str().unwrap().to_owned();
    let path = format!("/transfers/{}", segment(&provider));
    eau.until(&path, |t| t["waits_for"] == "peer").await;
    let say = async |kind: &str, tail: &str| {
        let message = json!({"@type": kind, "providerPid": provider, "consumerPid": "t-1"});
        foreign.say(&eau, &format!("/transfers/{provider}/{tail}"), message).await.ok();
    };
    say("TransferSuspensionMessage", "suspension").await;
    assert_eq!(eau.get(&path).await.ok()["state"], "SUSPENDED");
    // A peer that has no use for it refuses it, and nothing follows from that.
    foreign.answers("/t-1/start", Says::Json(400, json!({"@type": "TransferError"})));
    say("TransferStartMessage", "start").await;
    let second = foreign.wait("/t-1/start", 2).await;
    assert_eq!((&second["@type"], &second["consumerPid"]), (&json!("TransferStartMessage"), &json!("t-1")));
    let token = |start: &Value| start["dataAddress"]["endpointProperties"][1]["value"].clone();
    assert!(token(&second).is_string() && token(&first) != token(&second));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(eau.get(&path).await.ok()["state"], "STARTED");
}

/// EDC's proxy answers in chunks, takes the token without a scheme, and gives another one after a resumption.
async fn a_provider_gives_pieces_and_a_new_token(engine: Engine) {
    let (_federation, eau, foreign) = ours(engine).await;
    let (agreement, _) = bought(&eau, &foreign).await;
    foreign.answers("/transfers/request", Says::Json(200, json!({"providerPid": "t-2"})));
    let asked = eau.post("/transfers", &json!({"agreement": agreement})).await.ok();
    let ours = asked["id"].as_str().unwrap().to_owned();
    let path = format!("/transfers/{}", segment(&ours));
    foreign.wait("/transfers/request", 1).await;
    let start = async |token: &str| {
        let message = json!({
            "@type": "TransferStartMessage", "providerPid": "t-2", "consumerPid": ours,
            "dataAddress": address(&foreign, token),
        });
        foreign.say(&eau, &format!("/transfers/{ours}/start"), message).await.ok();
    };
    start("first").await;
    eau.post(&format!("{path}/suspend"), &json!({})).await.ok();
    eau.post(&format!("{path}/resume"), &json!({})).await.ok();
    foreign.wait("/t-2/start", 1).await;
    start("second").await;
    let pieces = ["one;", "two;", "three"].map(|piece| Bytes::from_static(piece.as_bytes()));
    foreign.answers("/public", Says::Pieces(pieces.into()));
    let job = eau.post(&format!("{path}/pull"), &json!({"to": "pieces"})).await.ok();
    let job = format!("{path}/pull/{}", job["id"].as_str().unwrap());
    let done = eau.until(&job, |job| job["state"] != "running").await;
    assert_eq!(done["state"], "done", "{done:#}");
    assert_eq!(done["files"][0]["bytes"], 13);
    let file = done["files"][0]["file"].as_str().unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "one;two;three");
    assert_eq!(foreign.authorizations("/public"), ["second"]);
}

/// What the provider offers instead says who offers: the agreement will, and EDC compares both word for word.
async fn a_counter_offer_names_its_assigner(engine: Engine) {
    let setup = Setup { config: format!("{OPEN}automatic = false\n"), ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![setup]).await;
    let (eau, foreign) = (federation.member(0), Foreign::start());
    let provider = requested(&federation, &eau, &foreign).await;
    let policy = json!({"permission": [{"action": "use", "constraint": [
        {"leftOperand": "recipient", "operator": "eq", "rightOperand": foreign.did()},
        {"leftOperand": "dateTime", "operator": "lt", "rightOperand": "2040-01-01T00:00:00Z"},
    ]}]});
    let path = format!("/negotiations/{}", segment(&provider));
    eau.post(&format!("{path}/counter"), &json!({"policy": policy})).await.ok();
    let offered = foreign.wait("/n-1/offers", 1).await["offer"].clone();
    assert_eq!(offered["assigner"], eau.did);
    let accepted = json!({
        "@type": "ContractNegotiationEventMessage", "eventType": "ACCEPTED", "providerPid": provider,
        "consumerPid": "n-1",
    });
    foreign.say(&eau, &format!("/negotiations/{provider}/events"), accepted).await.ok();
    eau.post(&format!("{path}/agree"), &json!({})).await.ok();
    let agreed = foreign.wait("/n-1/agreement", 1).await["agreement"].clone();
    for member in ["assigner", "permission", "prohibition", "obligation", "target"] {
        assert_eq!(agreed[member], offered[member], "{member}");
    }
}
