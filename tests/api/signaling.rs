//! Data Plane Signaling: another control plane drives the data plane, and the rules hold.

use std::os::unix::fs::PermissionsExt;

use node::identity::jws::{TokenHeader, sign};
use node::identity::keys::Purpose;
use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;
use tests::sink::{Act, Sink};
use tests::temporary::Folder;

on_both!(
    without_a_control_plane_there_is_no_door,
    only_the_control_plane_is_heard,
    a_flow_gives_bytes_only_under_its_agreement,
    a_revocation_ends_a_flow_and_its_control_plane_is_told,
    a_token_is_renewed_once_and_for_its_client,
    a_push_is_completed_towards_the_control_plane,
);

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const PULL: &str = "https://w3id.org/dspace-sig/profile/http-pull";

struct Stage {
    _federation: Federation,
    eau: Member,
    epci: Member,
    dataset: String,
    agreement: String,
    control: Sink,
    _secret: Folder,
}

async fn stage(engine: Engine) -> Stage {
    let control = Sink::start(&[Act::Answer(200)]);
    let secret = Folder::default();
    let file = secret.write("token", TOKEN);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let config = format!(
        "[contracts]\nforeign_bearer = true\n[signaling]\ncontrol_plane = \"{}\"\ntoken_file = \"{}\"\n",
        control.callback(),
        file.display()
    );
    let driven = Setup { config, ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![driven, Setup::new(engine, "epci")]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    Stage { _federation: federation, eau, epci, dataset, agreement, control, _secret: secret }
}

impl Stage {
    async fn say(&self, token: &str, path: &str, message: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = serde_json::to_vec(message).unwrap();
        self.eau.raw(Method::POST, &format!("/signaling/v1/dataflows/{path}"), &headers, body).await
    }

    fn message(&self, profile: &str, purpose: &str) -> Value {
        json!({
            "messageId": "m1", "participantId": self.eau.did, "counterPartyId": self.epci.did,
            "dataspaceContext": "test", "processId": uuid::Uuid::new_v4().to_string(),
            "agreementId": self.agreement, "datasetId": self.dataset, "profile": profile, "claims": {},
            "metadata": {"purpose": purpose},
        })
    }

    /// A started flow: its name and its address.
    async fn started(&self) -> (String, Value) {
        let told = self.say(TOKEN, "start", &self.message(PULL, PURPOSE)).await.ok();
        assert_eq!(told["state"], "STARTED", "{told:#}");
        (text(&told["dataFlowId"]), told["dataAddress"].clone())
    }

    async fn fetch(&self, address: &Value) -> Answer {
        let bearer = format!("Bearer {}", property(address, "authorization"));
        let url = text(&address["endpoint"]);
        let path = url.strip_prefix(&self.eau.base).unwrap().to_owned();
        self.eau.raw(Method::GET, &path, &[("authorization", &bearer)], Vec::new()).await
    }

    async fn renew(&self, refresh: &str, client: &str) -> Answer {
        let bearer = format!("Bearer {client}");
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let body = format!("grant_type=refresh_token&refresh_token={refresh}");
        self.eau.raw(Method::POST, "/signaling/v1/token", &headers, body.into_bytes()).await
    }
}

fn property(address: &Value, name: &str) -> String {
    let all = address["endpointProperties"].as_array().unwrap();
    text(&all.iter().find(|p| p["name"] == name).unwrap_or_else(|| panic!("no {name}: {address:#}"))["value"])
}

/// What a data client signs to renew.
fn client(of: &Member, audience: &str, access: &str) -> String {
    let (keys, now) = (of.keys(), of.app().now());
    let key = keys.current(Purpose::Sign, now).unwrap();
    let mut header = TokenHeader::new(key.signer.alg(), "JWT");
    header.kid = Some(key.kid().to_owned());
    let claims = json!({
        "iss": of.did, "sub": of.did, "aud": audience, "token": access,
        "jti": uuid::Uuid::new_v4().to_string(), "iat": now.seconds(), "exp": now.seconds() + 600,
    });
    sign(&header, claims.to_string().as_bytes(), &key.signer).unwrap()
}

async fn without_a_control_plane_there_is_no_door(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    for (method, path) in [
        (Method::POST, "/signaling/v1/dataflows/start"),
        (Method::POST, "/signaling/v1/dataflows/x/terminate"),
        (Method::GET, "/signaling/v1/dataflows/x/status"),
        (Method::POST, "/signaling/v1/token"),
    ] {
        let bearer = format!("Bearer {}", eau.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        eau.raw(method, path, &headers, b"{}".to_vec()).await.problem(404);
    }
}

async fn only_the_control_plane_is_heard(engine: Engine) {
    let stage = stage(engine).await;
    let message = stage.message(PULL, PURPOSE);
    for token in ["", "0123456789abcdef0123456789abcdeg", &stage.eau.token.clone()] {
        stage.say(token, "start", &message).await.problem(401);
    }
    let (flow, _) = stage.started().await;
    stage.say("x", &format!("{flow}/terminate"), &json!({})).await.problem(401);
    for (part, value) in [
        ("agreementId", json!("urn:uuid:0198d3a0-0000-7000-8000-000000000000")),
        ("counterPartyId", json!("did:web:autre.example")),
        ("datasetId", json!("urn:uuid:0198d3a0-0000-7000-8000-000000000000")),
        ("participantId", json!("did:web:autre.example")),
        ("profile", json!("s3-push")),
        ("processId", Value::Null),
    ] {
        let mut wrong = stage.message(PULL, PURPOSE);
        wrong[part] = value;
        let answer = stage.say(TOKEN, "start", &wrong).await;
        assert!(
            answer.is_callers_fault() || answer.status == 502,
            "{part}: {} {}",
            answer.status,
            answer.text()
        );
    }
    // Transfers of peers are not to be driven so.
    let transfer =
        stage.epci.post("/transfers", &json!({"agreement": stage.agreement, "purpose": PURPOSE})).await;
    let theirs = stage.epci.peer_id("transfers", &text(&transfer.ok()["id"])).await;
    stage.say(TOKEN, &format!("{}/terminate", segment(&theirs)), &json!({})).await.problem(404);
}

async fn a_flow_gives_bytes_only_under_its_agreement(engine: Engine) {
    let stage = stage(engine).await;
    // The policy asks for a purpose.
    let refused = stage.say(TOKEN, "start", &stage.message(PULL, OTHER_PURPOSE)).await.problem(403);
    assert!(!refused["reasons"].as_array().unwrap().is_empty(), "{refused:#}");
    assert_eq!(stage.eau.logged("delivery.opened").await, 0);
    let (flow, address) = stage.started().await;
    assert_eq!(stage.fetch(&address).await.text(), "a;b\n1;2\n");
    stage.eau.until_logged("delivery.closed", 1).await;
    stage.say(TOKEN, &format!("{flow}/suspend"), &json!({"messageId": "m2"})).await.ok();
    assert!(stage.fetch(&address).await.is_callers_fault());
    let resumed = stage.say(TOKEN, &format!("{flow}/resume"), &json!({"messageId": "m3"})).await.ok();
    assert_eq!(resumed["state"], "STARTED");
    assert_eq!(stage.fetch(&resumed["dataAddress"]).await.status, 200);
    // Said twice is said once.
    for _ in 0..2 {
        stage
            .say(TOKEN, &format!("{flow}/terminate"), &json!({"messageId": "m4", "reason": "fini"}))
            .await
            .ok();
    }
    assert!(stage.fetch(&address).await.is_callers_fault());
    stage.say(TOKEN, &format!("{flow}/resume"), &json!({"messageId": "m5"})).await.problem(409);
    assert_eq!(stage.eau.logged("transfer.terminated").await, 2, "one refused, one ended");
}

async fn a_revocation_ends_a_flow_and_its_control_plane_is_told(engine: Engine) {
    let stage = stage(engine).await;
    let (flow, address) = stage.started().await;
    let path = format!("/contracts/{}/revoke", segment(&stage.agreement));
    stage.eau.post(&path, &json!({"ground": "fin du besoin"})).await.ok();
    assert!(stage.fetch(&address).await.is_callers_fault());
    let told = stage.control.message("/dataflow/errored").await;
    assert_eq!((text(&told["dataFlowId"]), &told["state"]), (flow, &json!("TERMINATED")));
    stage.say(TOKEN, "start", &stage.message(PULL, PURPOSE)).await.problem(403);
}

async fn a_token_is_renewed_once_and_for_its_client(engine: Engine) {
    let stage = stage(engine).await;
    let (flow, address) = stage.started().await;
    let (access, refresh) = (property(&address, "authorization"), property(&address, "refreshToken"));
    let right = || client(&stage.epci, &stage.eau.did, &access);
    for (what, refresh, client) in [
        ("another audience", &refresh, client(&stage.epci, "did:web:autre.example", &access)),
        ("another client", &refresh, client(&stage.eau, &stage.eau.did, &access)),
        ("the access token as refresh token", &access, right()),
        ("the refresh token as access token", &refresh, client(&stage.epci, &stage.eau.did, &refresh)),
        ("no refresh token", &String::new(), right()),
    ] {
        let answer = stage.renew(refresh, &client).await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text());
    }
    let proof = right();
    let renewed = stage.renew(&refresh, &proof).await.ok();
    let mut fresh = address.clone();
    for property in fresh["endpointProperties"].as_array_mut().unwrap() {
        if property["name"] == "authorization" {
            property["value"] = renewed["access_token"].clone();
        }
    }
    assert_ne!(text(&renewed["access_token"]), access);
    assert_eq!(stage.fetch(&fresh).await.text(), "a;b\n1;2\n");
    assert_eq!(stage.renew(&refresh, &right()).await.status, 401, "a refresh token was used twice");
    assert_eq!(
        stage.renew(&text(&renewed["refresh_token"]), &proof).await.status,
        401,
        "a proof was used twice"
    );
    stage.say(TOKEN, &format!("{flow}/terminate"), &json!({})).await.ok();
    assert!(stage.renew(&text(&renewed["refresh_token"]), &right()).await.is_callers_fault());
}

async fn a_push_is_completed_towards_the_control_plane(engine: Engine) {
    let stage = stage(engine).await;
    let mut message = stage.message("http-push", PURPOSE);
    message["dataAddress"] =
        json!({"endpointType": "HTTP", "endpoint": format!("{}/puits", stage.control.base)});
    let told = stage.say(TOKEN, "start", &message).await.ok();
    let done = stage.control.message("/dataflow/completed").await;
    assert_eq!((&done["dataFlowId"], &done["state"]), (&told["dataFlowId"], &json!("COMPLETED")));
    assert_eq!(stage.control.brought()[0].body, b"a;b\n1;2\n");
    message["processId"] = "p2".into();
    message["dataAddress"]["endpoint"] = "https://10.0.0.1/x".into();
    stage.say(TOKEN, "start", &message).await.problem(400);
}
