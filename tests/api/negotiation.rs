//! Negotiations that do not go straight.

use serde_json::{Value, json};
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::on_both;

on_both!(
    a_changed_offer_waits_for_a_person,
    one_changed_character_is_another_offer,
    a_person_may_refuse,
    a_repeated_message_gets_its_first_answer,
    messages_out_of_order_are_refused_and_change_nothing,
    another_partys_negotiation_does_not_exist,
);

struct Stage {
    federation: Federation,
    eau: Member,
    epci: Member,
    dataset: String,
}

async fn stage(engine: Engine) -> Stage {
    let federation = Federation::start(engine, &["eau", "epci", "region"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    Stage { federation, eau, epci, dataset }
}

impl Stage {
    async fn offer(&self) -> Value {
        let mut offer = self.epci.catalogue_of(&self.eau).await["dataset"][0]["hasPolicy"][0].clone();
        offer["target"] = json!(self.dataset);
        offer
    }
    /// A request for a policy that is not the published one, which stays until a person acts.
    async fn changed(&self) -> String {
        let mut policy = self.offer().await;
        policy["permission"][0]["constraint"].as_array_mut().unwrap().remove(1);
        let body =
            json!({"peer": self.eau.did, "dataset": self.dataset, "purpose": PURPOSE, "policy": policy});
        text(&self.epci.post("/negotiations", &body).await.ok()["id"])
    }
}

async fn a_changed_offer_waits_for_a_person(engine: Engine) {
    let stage = stage(engine).await;
    let own = stage.changed().await;
    let theirs = stage.epci.peer_id("negotiations", &own).await;
    let path = format!("/negotiations/{}", segment(&theirs));
    let waiting = stage.eau.until(&path, |n| n["waits_for"] == "person").await;
    assert_eq!(waiting["state"], "REQUESTED");
    stage.eau.post(&format!("{path}/agree"), &json!({})).await.ok();
    let ended = stage.epci.negotiation(&own, "FINALIZED").await;
    assert_eq!(ended["policy"]["permission"][0]["constraint"].as_array().map(Vec::len), Some(1), "{ended:#}");
    assert_eq!(check(&stage.federation).await.contracts, 2);
}

async fn one_changed_character_is_another_offer(engine: Engine) {
    let stage = stage(engine).await;
    let mut policy = stage.offer().await;
    policy["permission"][0]["constraint"][1]["rightOperand"] = json!(format!("{PURPOSE}x"));
    let body = json!({"peer": stage.eau.did, "dataset": stage.dataset, "purpose": PURPOSE, "policy": policy});
    let answer = stage.epci.post("/negotiations", &body).await;
    // The changed purpose is unknown: refused, here or by the provider, and never agreed by itself.
    if (200..300).contains(&answer.status) {
        stage.epci.negotiation(&text(&answer.ok()["id"]), "TERMINATED").await;
    } else {
        assert!(answer.is_callers_fault(), "{}", answer.text());
    }
    assert!(stage.eau.all("/contracts").await.is_empty());
}

async fn a_person_may_refuse(engine: Engine) {
    let stage = stage(engine).await;
    let own = stage.changed().await;
    let theirs = stage.epci.peer_id("negotiations", &own).await;
    let reason = json!({"reason": "pas sans finalité"});
    stage.eau.post(&format!("/negotiations/{}/terminate", segment(&theirs)), &reason).await.ok();
    let ended = stage.epci.negotiation(&own, "TERMINATED").await;
    assert!(ended["reason"].as_str().is_some_and(|r| r.contains("pas sans finalité")), "{ended:#}");
    check(&stage.federation).await;
}

async fn a_repeated_message_gets_its_first_answer(engine: Engine) {
    let stage = stage(engine).await;
    let message = request(&stage, json!({"@id": "urn:uuid:0198d3a0-9999-7a4b-9d52-000000000001"})).await;
    let first = stage.epci.say(&stage.eau, "/negotiations/request", &message).await;
    let again = stage.epci.say(&stage.eau, "/negotiations/request", &message).await;
    assert_eq!(first.ok()["providerPid"], again.ok()["providerPid"]);
    assert_eq!(first.body, again.body);
    // Without `@id` the digest decides.
    let message =
        request(&stage, json!({"consumerPid": "urn:uuid:0198d3a0-9999-7a4b-9d52-000000000002"})).await;
    let first = stage.epci.say(&stage.eau, "/negotiations/request", &message).await;
    let again = stage.epci.say(&stage.eau, "/negotiations/request", &message).await;
    assert_eq!(first.ok(), again.ok());
    assert_eq!(stage.eau.all("/negotiations").await.len(), 2);
}

/// A first request whose offer differs from the published one, so that the provider stays in REQUESTED.
async fn request(stage: &Stage, more: Value) -> Value {
    let mut offer = stage.offer().await;
    offer["permission"][0]["constraint"].as_array_mut().unwrap().remove(1);
    let mut message = json!({
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "ContractRequestMessage",
        "consumerPid": "urn:uuid:0198d3a0-9999-7a4b-9d52-0000000000aa",
        "offer": offer,
        "callbackAddress": format!("{}/dsp/2025-1", stage.epci.base),
    });
    for (name, value) in more.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

async fn messages_out_of_order_are_refused_and_change_nothing(engine: Engine) {
    let stage = stage(engine).await;
    let own = stage.changed().await;
    let theirs = stage.epci.peer_id("negotiations", &own).await;
    let both = json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "providerPid": theirs, "consumerPid": own});
    let with = |kind: &str, more: Value| {
        let mut message = both.clone();
        message["@type"] = json!(kind);
        more.as_object().unwrap().iter().for_each(|(k, v)| message[k] = v.clone());
        message
    };
    let base = format!("/negotiations/{}", segment(&theirs));
    let wrong = [
        ("agreement/verification", with("ContractAgreementVerificationMessage", json!({}))),
        ("events", with("ContractNegotiationEventMessage", json!({"eventType": "ACCEPTED"}))),
        ("events", with("ContractNegotiationEventMessage", json!({"eventType": "FINALIZED"}))),
    ];
    for (path, message) in wrong {
        let answer = stage.epci.say(&stage.eau, &format!("{base}/{path}"), &message).await;
        assert!((400..500).contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
        assert_eq!(answer.json()["@type"], "ContractNegotiationError", "{}", answer.text());
    }
    // A message whose processes are not those of the path.
    let mut other = with("ContractNegotiationTerminationMessage", json!({}));
    other["providerPid"] = json!("urn:uuid:0198d3a0-9999-7a4b-9d52-0000000000bb");
    other["consumerPid"] = json!("urn:uuid:0198d3a0-9999-7a4b-9d52-0000000000cc");
    let answer = stage.epci.say(&stage.eau, &format!("{base}/termination"), &other).await;
    assert!(answer.is_callers_fault(), "{}", answer.text());
    assert_eq!(stage.eau.get(&base).await.ok()["state"], "REQUESTED");
}

async fn another_partys_negotiation_does_not_exist(engine: Engine) {
    let stage = stage(engine).await;
    let region = stage.federation.member(2);
    let own = stage.changed().await;
    let theirs = stage.epci.peer_id("negotiations", &own).await;
    let path = format!("/negotiations/{}", segment(&theirs));
    region.ask(&stage.eau, &path).await.refusal(404, "ContractNegotiationError");
    let message = json!({
        "@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "ContractNegotiationTerminationMessage", "providerPid": theirs, "consumerPid": own,
    });
    let answer = region.say(&stage.eau, &format!("{path}/termination"), &message).await;
    answer.refusal(404, "ContractNegotiationError");
    assert_eq!(stage.eau.get(&path).await.ok()["state"], "REQUESTED");
    // Its own party may.
    assert_eq!(stage.epci.ask(&stage.eau, &path).await.ok()["state"], "REQUESTED");
}
