//! Another data plane of the consumer takes the bytes: it is made ready first, and told where they are.

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::foreign::{Foreign, Says};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;
use tests::temporary::Folder;

use crate::data_plane::attached;

on_both!(
    it_fetches_with_what_the_provider_gives,
    it_is_pushed_to,
    what_it_refuses_is_never_asked_of_the_provider,
    what_is_asked_wrongly_says_so,
);

struct Stage {
    _federation: Federation,
    eau: Member,
    epci: Member,
    plane: Foreign,
    agreement: String,
    _secret: Folder,
}

async fn stage(engine: Engine) -> Stage {
    let plane = Foreign::start();
    let (config, secret) = attached(&plane.base);
    // A data plane knows bearer tokens only.
    let giving = Setup { config: "[contracts]\nforeign_bearer = true\n".into(), ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![giving, Setup { config, ..Setup::new(engine, "epci") }]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    // Read as JSON by the double.
    federation.nodes[0].put("a.json", r#"{"a": 1}"#);
    let dataset = eau.publish(&closed("a.json", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    Stage { _federation: federation, eau, epci, plane, agreement, _secret: secret }
}

impl Stage {
    async fn ask(&self, format: &str) -> String {
        let body = json!({
            "agreement": self.agreement, "purpose": PURPOSE, "format": format, "data_plane": "entrepot",
        });
        text(&self.epci.post("/transfers", &body).await.ok()["id"])
    }

    async fn say(&self, transfer: &str, what: &str, status: &Value) {
        let path = format!("/signaling/v1/transfers/{}/dataflow/{what}", segment(transfer));
        let headers = [
            ("authorization", "Bearer fedcba9876543210fedcba9876543210"),
            ("content-type", "application/json"),
        ];
        self.epci.raw(reqwest::Method::POST, &path, &headers, status.to_string().into_bytes()).await.ok();
    }
}

async fn it_fetches_with_what_the_provider_gives(engine: Engine) {
    let stage = stage(engine).await;
    let preparing = json!({"messageId": "m", "dataFlowId": "c-1", "state": "PREPARING"});
    stage.plane.answers("/dataflows/prepare", Says::Json(202, preparing));
    let id = stage.ask("HttpData-PULL").await;
    let message = stage.plane.wait("/dataflows/prepare", 1).await;
    assert_eq!(
        (&message["processId"], &message["counterPartyId"]),
        (&json!(segment(&id)), &json!(stage.eau.did))
    );
    assert_eq!(stage.eau.logged("transfer.requested").await, 0, "the provider is asked before it is ready");
    stage.say(&id, "prepared", &json!({"dataFlowId": "c-1", "state": "PREPARED"})).await;
    let address = stage.plane.wait("/dataflows/c-1/started", 1).await["dataAddress"].clone();
    let properties = address["endpointProperties"].as_array().unwrap();
    let token = properties.iter().find(|p| p["name"] == "authorization").unwrap()["value"].clone();
    let fetched =
        stage.eau.client.get(text(&address["endpoint"])).bearer_auth(text(&token)).send().await.unwrap();
    assert_eq!(fetched.text().await.unwrap(), r#"{"a": 1}"#);
    // This node holds nothing of it.
    let refused =
        stage.epci.post(&format!("/transfers/{}/pull", segment(&id)), &json!({})).await.problem(403);
    assert!(refused["reasons"][0].as_str().unwrap().contains("entrepot"), "{refused:#}");
    stage.epci.post(&format!("/transfers/{}/suspend", segment(&id)), &json!({})).await.ok();
    stage.plane.wait("/dataflows/c-1/suspend", 1).await;
    let theirs = stage.epci.peer_id("transfers", &id).await;
    stage.eau.transfer_in(&theirs, "SUSPENDED").await;
    stage.epci.post(&format!("/transfers/{}/resume", segment(&id)), &json!({})).await.ok();
    let resumed = stage.plane.wait("/dataflows/c-1/resume", 1).await;
    assert!(resumed["dataAddress"]["endpoint"].is_string(), "{resumed:#}");
    stage.say(&id, "completed", &json!({"dataFlowId": "c-1", "state": "COMPLETED"})).await;
    stage.eau.transfer_in(&theirs, "COMPLETED").await;
}

async fn it_is_pushed_to(engine: Engine) {
    let stage = stage(engine).await;
    let sink = json!({"endpointType": "HttpData", "endpoint": format!("{}/puits", stage.plane.base)});
    let prepared = json!({"messageId": "m", "dataFlowId": "c-2", "state": "PREPARED", "dataAddress": sink});
    stage.plane.answers("/dataflows/prepare", Says::Json(200, prepared));
    let id = stage.ask("HttpData-PUSH").await;
    assert_eq!(stage.plane.wait("/puits", 1).await, json!({"a": 1}));
    stage.plane.wait("/dataflows/c-2/completed", 1).await;
    stage.epci.transfer_in(&id, "COMPLETED").await;
}

async fn what_it_refuses_is_never_asked_of_the_provider(engine: Engine) {
    let stage = stage(engine).await;
    stage.plane.answers("/dataflows/prepare", Says::Json(400, json!({"error": "plus de place"})));
    let id = stage.ask("HttpData-PULL").await;
    let ended = stage.epci.transfer_in(&id, "TERMINATED").await;
    assert!(text(&ended["reason"]).contains("plus de place"), "{ended:#}");
    assert_eq!(stage.eau.logged("transfer.requested").await, 0);
}

async fn what_is_asked_wrongly_says_so(engine: Engine) {
    let stage = stage(engine).await;
    let asked = |more: Value| {
        let mut body = json!({"agreement": stage.agreement, "purpose": PURPOSE});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let unknown = stage.epci.post("/transfers", &asked(json!({"data_plane": "autre"}))).await.problem(400);
    assert!(text(&unknown["detail"]).contains("entrepot"), "{unknown:#}");
    let named = json!({"data_plane": "entrepot", "format": "HttpData-PUSH", "to": "a.json"});
    stage.epci.post("/transfers", &asked(named)).await.problem(400);
    assert_eq!(stage.plane.received("/dataflows/prepare").len(), 0);
}
