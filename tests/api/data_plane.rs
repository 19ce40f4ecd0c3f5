//! Another data plane of the member moves the bytes: it is driven by the control plane, and the rules hold.

use std::os::unix::fs::PermissionsExt;

use node::domain::time::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, segment, text};
use tests::foreign::{Foreign, Says};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;
use tests::temporary::Folder;

on_both!(
    a_flow_begins_only_with_a_right,
    a_revocation_by_either_side_ends_it,
    it_follows_suspension_resumption_and_completion,
    it_may_answer_later_and_only_for_what_it_serves,
    what_it_refuses_ends_with_its_reason,
    an_error_waits_for_a_person_and_is_not_passed_on,
    a_policy_that_counts_is_not_for_it,
    a_right_that_has_ended_ends_it,
    it_is_called_only_where_the_node_may_call,
    without_one_there_is_no_door,
);

const NAME: &str = "entrepot";
const TOKEN: &str = "fedcba9876543210fedcba9876543210";

pub struct Stage {
    pub federation: Federation,
    pub eau: Member,
    pub epci: Member,
    pub plane: Foreign,
    _secret: Folder,
}

/// The section of the configuration, and the folder that its token lies in.
pub fn attached(url: &str) -> (String, Folder) {
    let secret = Folder::default();
    let file = secret.write("token", TOKEN);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let section =
        format!("[[data_planes]]\nname = \"{NAME}\"\nurl = \"{url}\"\ntoken_file = \"{}\"\n", file.display());
    (section, secret)
}

/// Both on one clock; the provider has the data plane.
async fn stage(engine: Engine) -> Stage {
    let plane = Foreign::start();
    let (config, secret) = attached(&plane.base);
    let clock = Clock::fixed(Clock::System.now());
    let eau = Setup { config, clock: clock.clone(), ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![eau, Setup { clock, ..Setup::new(engine, "epci") }]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    Stage { federation, eau, epci, plane, _secret: secret }
}

/// What the data plane answers once it lets bytes flow.
fn started(flow: &str, at: &str) -> Says {
    let property = |name: &str, value: &str| json!({"name": name, "value": value});
    let address = json!({
        "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpoint": format!("https://entrepot.example/{at}"),
        "endpointProperties": [property("authorization", "jeton"), property("authType", "bearer")],
    });
    Says::Json(200, json!({"messageId": "m", "dataFlowId": flow, "state": "STARTED", "dataAddress": address}))
}

impl Stage {
    /// A contract on data that the data plane gives, under a description that `change` has the last word on.
    async fn contract(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut description = closed("-", &self.epci, PURPOSE);
        description["source"] = json!({"data_plane": NAME});
        change(&mut description);
        let dataset = self.eau.publish(&description).await;
        self.epci.contract(&self.eau, &dataset, PURPOSE).await
    }

    /// Asks for the data; gives the consumer's name for the transfer.
    async fn ask(&self, agreement: &str, purpose: &str) -> String {
        text(
            &self.epci.post("/transfers", &json!({"agreement": agreement, "purpose": purpose})).await.ok()["id"],
        )
    }

    /// A started transfer: the consumer's name and the provider's.
    async fn flowing(&self, agreement: &str) -> (String, String) {
        self.plane.answers("/dataflows/start", started("f-1", "un"));
        let id = self.ask(agreement, PURPOSE).await;
        self.epci.transfer_in(&id, "STARTED").await;
        let ours = self.epci.peer_id("transfers", &id).await;
        (id, ours)
    }

    async fn act(&self, who: &Member, transfer: &str, act: &str) {
        who.post(&format!("/transfers/{}/{act}", segment(transfer)), &json!({})).await.ok();
    }

    /// What the data plane says of a transfer.
    async fn say(&self, token: &str, transfer: &str, what: &str, status: &Value) -> Answer {
        let path = format!("/signaling/v1/transfers/{}/dataflow/{what}", segment(transfer));
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.eau.raw(Method::POST, &path, &headers, status.to_string().into_bytes()).await
    }

    async fn agreement_of(&self, token: &str, transfer: &str) -> Answer {
        let path = format!("/signaling/v1/transfers/{}/agreement", segment(transfer));
        self.eau.raw(Method::GET, &path, &[("authorization", &format!("Bearer {token}"))], Vec::new()).await
    }

    /// The address the consumer was given last.
    async fn until_address(&self, id: &str, at: &str) {
        let wanted = format!("https://entrepot.example/{at}");
        for _ in 0..1500 {
            if self.epci.address(id).await.endpoint == wanted {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the consumer never gets {wanted}");
    }

    fn begun(&self) -> usize {
        self.plane.received("/dataflows/start").len()
    }
}

async fn a_flow_begins_only_with_a_right(engine: Engine) {
    let stage = stage(engine).await;
    let agreement = stage.contract(|_| {}).await;
    let refused = stage.ask(&agreement, OTHER_PURPOSE).await;
    let refused = stage.epci.transfer_in(&refused, "TERMINATED").await;
    assert!(!text(&refused["reason"]).is_empty());
    assert_eq!(stage.begun(), 0, "it heard of a flow that nobody has a right to");
    let (id, ours) = stage.flowing(&agreement).await;
    let message = stage.plane.wait("/dataflows/start", 1).await;
    for (name, value) in [
        ("participantId", stage.eau.did.as_str()),
        ("counterPartyId", &stage.epci.did),
        ("agreementId", &agreement),
        ("processId", segment(&ours)),
        ("profile", "HttpData-PULL"),
    ] {
        assert_eq!(message[name], value, "{message:#}");
    }
    assert!(
        message["claims"].is_object() && message["messageId"].is_string() && message["dataAddress"].is_null()
    );
    assert_eq!(stage.plane.authorizations("/dataflows/start"), [format!("Bearer {TOKEN}")]);
    stage.until_address(&id, "un").await;
    let shown = stage.eau.get(&format!("/transfers/{}", segment(&ours))).await.ok();
    assert_eq!(shown["data_plane"], NAME);
    let log = stage.eau.log().await;
    let entry = log.iter().rfind(|e| e.kind == "transfer.started").unwrap();
    assert_eq!(entry.body.as_ref().unwrap()["data-plane"]["value"], NAME);
    // Nothing of it leaves here.
    assert_eq!(stage.eau.logged("delivery.opened").await, 0);
    let read = stage.agreement_of(TOKEN, &ours).await.ok();
    assert_eq!((&read["@id"], read["@context"].is_array()), (&json!(agreement), true));
    stage.agreement_of(&stage.eau.token, &ours).await.problem(401);
}

async fn a_revocation_by_either_side_ends_it(engine: Engine) {
    let stage = stage(engine).await;
    for (nth, who) in [&stage.eau, &stage.epci].into_iter().enumerate() {
        let agreement = stage.contract(|_| {}).await;
        let (id, ours) = stage.flowing(&agreement).await;
        who.post(&format!("/contracts/{}/revoke", segment(&agreement)), &json!({"ground": "fin"})).await.ok();
        let told = stage.plane.wait("/dataflows/f-1/terminate", nth + 1).await;
        assert_eq!(told["reason"], "the contract was revoked");
        stage.epci.transfer_in(&id, "TERMINATED").await;
        stage.eau.transfer_in(&ours, "TERMINATED").await;
        stage.agreement_of(TOKEN, &ours).await.problem(403);
        let again = json!({"dataFlowId": "f-1", "state": "STARTED"});
        stage.say(TOKEN, &ours, "started", &again).await.problem(409);
    }
}

async fn it_follows_suspension_resumption_and_completion(engine: Engine) {
    let stage = stage(engine).await;
    let agreement = stage.contract(|_| {}).await;
    let (id, ours) = stage.flowing(&agreement).await;
    let mut told = 0;
    for (who, transfer, at) in [(&stage.eau, &ours, "deux"), (&stage.epci, &id, "trois")] {
        told += 1;
        stage.act(who, transfer, "suspend").await;
        stage.plane.wait("/dataflows/f-1/suspend", told).await;
        for (member, name) in [(&stage.eau, &ours), (&stage.epci, &id)] {
            member.transfer_in(name, "SUSPENDED").await;
        }
        // What it says late resumes nothing.
        let late = json!({"dataFlowId": "f-1", "state": "STARTED"});
        stage.say(TOKEN, &ours, "started", &late).await.problem(409);
        stage.plane.answers("/dataflows/f-1/resume", started("f-1", at));
        stage.act(who, transfer, "resume").await;
        stage.plane.wait("/dataflows/f-1/resume", told).await;
        stage.until_address(&id, at).await;
        for (member, name) in [(&stage.eau, &ours), (&stage.epci, &id)] {
            member.transfer_in(name, "STARTED").await;
        }
    }
    stage.act(&stage.epci, &id, "complete").await;
    stage.plane.wait("/dataflows/f-1/completed", 1).await;
    stage.eau.transfer_in(&ours, "COMPLETED").await;
}

async fn it_may_answer_later_and_only_for_what_it_serves(engine: Engine) {
    let stage = stage(engine).await;
    let agreement = stage.contract(|_| {}).await;
    let later = json!({"messageId": "m", "dataFlowId": "f-9", "state": "STARTING"});
    stage.plane.answers("/dataflows/start", Says::Json(202, later));
    let id = stage.ask(&agreement, PURPOSE).await;
    let ours = stage.epci.peer_id("transfers", &id).await;
    stage.plane.wait("/dataflows/start", 1).await;
    stage.eau.until(&format!("/transfers/{}", segment(&ours)), |t| t["waits_for"] == "node").await;
    let Says::Json(_, done) = started("f-9", "un") else { unreachable!() };
    for token in ["", "0123456789abcdef0123456789abcdef", &stage.eau.token.clone()] {
        stage.say(token, &ours, "started", &done).await.problem(401);
    }
    stage.say(TOKEN, "urn:uuid:0198d3a0-0000-7000-8000-000000000000", "started", &done).await.problem(404);
    for (what, state) in [("prepared", "PREPARED"), ("completed", "COMPLETED")] {
        stage.say(TOKEN, &ours, what, &done).await.problem(400);
        stage.say(TOKEN, &ours, what, &json!({"dataFlowId": "f-9", "state": state})).await.problem(409);
    }
    stage.say(TOKEN, &ours, "stopped", &done).await.problem(404);
    stage.say(TOKEN, &ours, "started", &json!(["STARTED"])).await.problem(400);
    let shown = stage.epci.get(&format!("/transfers/{}", segment(&id))).await.ok();
    assert_eq!(shown["state"], "REQUESTED");
    // Said twice is said once.
    for _ in 0..2 {
        stage.say(TOKEN, &ours, "started", &done).await.ok();
    }
    stage.epci.transfer_in(&id, "STARTED").await;
    assert_eq!(stage.eau.logged("transfer.started").await, 1);
    // What this node moves itself is not its business.
    stage.federation.nodes[0].put("a.csv", "a\n1\n");
    let local = stage.eau.publish(&closed("a.csv", &stage.epci, PURPOSE)).await;
    let other = stage.epci.contract(&stage.eau, &local, PURPOSE).await;
    let other = stage.epci.transfer(&other, PURPOSE).await;
    let other = stage.epci.peer_id("transfers", &other).await;
    let done = json!({"dataFlowId": "f-9", "state": "COMPLETED"});
    stage.say(TOKEN, &other, "completed", &done).await.problem(404);
    stage.agreement_of(TOKEN, &other).await.problem(404);
    for _ in 0..2 {
        stage.say(TOKEN, &ours, "completed", &done).await.ok();
    }
    stage.epci.transfer_in(&id, "COMPLETED").await;
}

async fn what_it_refuses_ends_with_its_reason(engine: Engine) {
    let stage = stage(engine).await;
    let agreement = stage.contract(|_| {}).await;
    stage.plane.answers("/dataflows/start", Says::Json(400, json!({"error": "plus de place"})));
    let id = stage.ask(&agreement, PURPOSE).await;
    let ended = stage.epci.transfer_in(&id, "TERMINATED").await;
    assert!(text(&ended["reason"]).contains("plus de place"), "{ended:#}");
    // Perhaps it began all the same: it is told, by the only name that both have.
    let path = format!("/dataflows/{}/terminate", segment(&stage.epci.peer_id("transfers", &id).await));
    stage.plane.wait(&path, 1).await;
    let (id, ours) = stage.flowing(&agreement).await;
    stage.plane.answers("/dataflows/f-1/suspend", Says::Json(422, json!({"error": "impossible"})));
    stage.act(&stage.eau, &ours, "suspend").await;
    stage.plane.wait("/dataflows/f-1/terminate", 1).await;
    stage.epci.transfer_in(&id, "TERMINATED").await;
}

async fn an_error_waits_for_a_person_and_is_not_passed_on(engine: Engine) {
    let stage = stage(engine).await;
    let agreement = stage.contract(|_| {}).await;
    let (id, ours) = stage.flowing(&agreement).await;
    let error = json!({"dataFlowId": "f-1", "state": "TERMINATED", "error": "disque perdu"});
    stage.say(TOKEN, &ours, "errored", &error).await.ok();
    let shown = stage.eau.get(&format!("/transfers/{}", segment(&ours))).await.ok();
    assert_eq!((&shown["state"], &shown["waits_for"]), (&json!("STARTED"), &json!("person")));
    assert_eq!(stage.eau.logged("transfer.errored").await, 1);
    stage.act(&stage.eau, &ours, "terminate").await;
    stage.plane.wait("/dataflows/f-1/terminate", 1).await;
    stage.epci.transfer_in(&id, "TERMINATED").await;
}

async fn a_policy_that_counts_is_not_for_it(engine: Engine) {
    let stage = stage(engine).await;
    let once = json!({"leftOperand": "count", "operator": "lteq", "rightOperand": 1});
    let counted = |description: &mut Value| {
        let constraints = &mut description["offers"][0]["policy"]["permission"][0]["constraint"];
        constraints.as_array_mut().unwrap().push(once.clone());
    };
    let agreement = stage.contract(counted).await;
    let id = stage.ask(&agreement, PURPOSE).await;
    let ended = stage.epci.transfer_in(&id, "TERMINATED").await;
    assert!(text(&ended["reason"]).contains(NAME), "{ended:#}");
    assert_eq!(stage.begun(), 0);
}

async fn a_right_that_has_ended_ends_it(engine: Engine) {
    let mut stage = stage(engine).await;
    let agreement =
        stage.contract(|description| description["offers"][0]["term"] = json!({"for": "P1M"})).await;
    let (id, ours) = stage.flowing(&agreement).await;
    // A look while it stands changes nothing.
    for days in [1, 40] {
        stage.federation.nodes[0].stop(true).await;
        stage.federation.nodes[0].clock.advance(days * 24 * 3600 * 1000);
        stage.federation.nodes[0].run(None).await.unwrap();
        stage.eau = stage.federation.member(0);
        if days == 1 {
            let shown = stage.eau.get(&format!("/transfers/{}", segment(&ours))).await.ok();
            assert_eq!(shown["state"], "STARTED");
            assert_eq!(stage.plane.received("/terminate").len(), 0);
        }
    }
    stage.plane.wait("/dataflows/f-1/terminate", 1).await;
    let ended = stage.epci.transfer_in(&id, "TERMINATED").await;
    assert!(!text(&ended["reason"]).is_empty());
}

async fn it_is_called_only_where_the_node_may_call(engine: Engine) {
    let (config, _secret) = attached("https://10.0.0.1/plan");
    let eau = Setup { config, ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![eau, Setup::new(engine, "epci")]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let mut description = closed("-", &epci, PURPOSE);
    description["source"] = json!({"data_plane": "inconnu"});
    eau.post("/datasets", &description).await.problem(400);
    description["source"] = json!({"data_plane": NAME});
    let dataset = eau.publish(&description).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let body = json!({"agreement": agreement, "purpose": PURPOSE});
    let id = text(&epci.post("/transfers", &body).await.ok()["id"]);
    let ended = epci.transfer_in(&id, "TERMINATED").await;
    assert!(text(&ended["reason"]).contains("not delivered"), "{ended:#}");
    // Nor may a consumer have it send to where the node may not.
    let sink = json!({"endpointType": "HttpData", "endpoint": "https://10.0.0.1/puits"});
    let request = json!({
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "TransferRequestMessage",
        "consumerPid": "p-1", "agreementId": agreement, "format": "HttpData-PUSH", "dataAddress": sink,
        "callbackAddress": format!("{}/dsp/2025-1", epci.base),
    });
    epci.say(&eau, "/transfers/request", &request).await.refusal(400, "TransferError");
}

async fn without_one_there_is_no_door(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    let bearer = format!("Bearer {}", eau.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for (method, path) in [(Method::POST, "dataflow/started"), (Method::GET, "agreement")] {
        let path = format!("/signaling/v1/transfers/x/{path}");
        eau.raw(method, &path, &headers, b"{}".to_vec()).await.problem(404);
    }
}

/// The token tells who calls: two data planes with one token would be one.
#[test]
fn two_data_planes_have_two_tokens() {
    let (one, _secret) = attached("https://plan.example");
    let faults = |text: &str| match node::config::from_text(std::path::Path::new("/"), text, []) {
        Ok(_) => Vec::new(),
        Err(node::config::ConfigError(faults)) => faults.into_iter().map(|f| f.field).collect(),
    };
    assert_eq!(faults(&one), Vec::<String>::new());
    let both = format!("{one}{}", one.replace(NAME, "autre"));
    assert_eq!(faults(&both), ["data_planes[1].token_file"]);
    assert_eq!(faults(&one.repeat(2)), ["data_planes[1].name", "data_planes[1].token_file"]);
}
