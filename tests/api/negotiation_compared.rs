//! A request for other terms than the published ones: the provider's node compares them, and accepts, offers its own
//! again, refuses or asks a person, as it is told to.

use serde_json::{Value, json};
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(
    a_narrower_request_is_accepted_by_itself,
    a_wider_request_is_not,
    a_request_in_conflict_is_answered_by_the_published_offer,
    a_request_in_conflict_is_refused_with_both_values,
    a_person_is_asked_where_the_node_is_told_to_or_cannot_tell,
);

struct Stage {
    federation: Federation,
    eau: Member,
    epci: Member,
    dataset: String,
}

async fn stage(engine: Engine, config: &str) -> Stage {
    let provider = Setup { config: config.to_owned(), ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![provider, Setup::new(engine, "epci")]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    Stage { federation, eau, epci, dataset }
}

impl Stage {
    /// Asks for the published offer with other conditions; the consumer's name for the negotiation.
    async fn ask(&self, purpose: &str, change: impl FnOnce(&mut Vec<Value>)) -> String {
        let mut policy = self.epci.catalogue_of(&self.eau).await["dataset"][0]["hasPolicy"][0].clone();
        policy["target"] = json!(self.dataset);
        change(policy["permission"][0]["constraint"].as_array_mut().unwrap());
        let body =
            json!({"peer": self.eau.did, "dataset": self.dataset, "purpose": purpose, "policy": policy});
        text(&self.epci.post("/negotiations", &body).await.ok()["id"])
    }

    async fn waits(&self, own: &str) {
        let theirs = self.epci.peer_id("negotiations", own).await;
        let path = format!("/negotiations/{}", segment(&theirs));
        let waiting = self.eau.until(&path, |n| n["waits_for"] == "person").await;
        assert_eq!(waiting["state"], "REQUESTED");
    }
}

fn until(date: &str) -> Value {
    json!({"leftOperand": "dateTime", "operator": "lteq", "rightOperand": date})
}

fn purpose(constraints: &mut [Value]) -> &mut Value {
    constraints.iter_mut().find(|one| one.to_string().contains("purpose")).unwrap()
}

async fn a_narrower_request_is_accepted_by_itself(engine: Engine) {
    let stage = stage(engine, "").await;
    let own = stage.ask(PURPOSE, |conditions| conditions.push(until("2199-12-31"))).await;
    let ended = stage.epci.negotiation(&own, "FINALIZED").await;
    assert!(ended["policy"].to_string().contains("2199-12-31"), "{ended:#}");
    assert_eq!(check(&stage.federation).await.contracts, 2);
}

/// Where narrower requests are accepted: one without the limit on the purpose waits for a person, and gives no contract.
async fn a_wider_request_is_not(engine: Engine) {
    let stage = stage(engine, "").await;
    let wider = |conditions: &mut Vec<Value>| conditions.retain(|one| !one.to_string().contains("purpose"));
    stage.waits(&stage.ask(PURPOSE, wider).await).await;
    // Nor one that is narrower in time and wider in purpose.
    let between = |conditions: &mut Vec<Value>| purpose(conditions).clone_from(&until("2199-12-31"));
    stage.waits(&stage.ask(PURPOSE, between).await).await;
    assert!(stage.eau.all("/contracts").await.is_empty());
    check(&stage.federation).await;
}

async fn a_request_in_conflict_is_answered_by_the_published_offer(engine: Engine) {
    let stage = stage(engine, "").await;
    let other = |conditions: &mut Vec<Value>| purpose(conditions)["rightOperand"] = json!(OTHER_PURPOSE);
    let own = stage.ask(OTHER_PURPOSE, other).await;
    let offered = stage.epci.negotiation(&own, "OFFERED").await;
    assert_eq!(offered["waits_for"], "person", "{offered:#}");
    let policy = offered["policy"].to_string();
    assert!(policy.contains(PURPOSE) && !policy.contains(OTHER_PURPOSE), "{policy}");
    stage.epci.post(&format!("/negotiations/{}/accept", segment(&own)), &json!({})).await.ok();
    let ended = stage.epci.negotiation(&own, "FINALIZED").await;
    assert!(ended["policy"].to_string().contains(PURPOSE), "{ended:#}");
    assert_eq!(check(&stage.federation).await.contracts, 2);
}

async fn a_request_in_conflict_is_refused_with_both_values(engine: Engine) {
    let stage = stage(engine, "[contracts]\nconflicting = \"refuse\"\n").await;
    let other = |conditions: &mut Vec<Value>| purpose(conditions)["rightOperand"] = json!(OTHER_PURPOSE);
    let own = stage.ask(OTHER_PURPOSE, other).await;
    let ended = stage.epci.negotiation(&own, "TERMINATED").await;
    let reason = text(&ended["reason"]);
    assert!(
        reason.contains("Conflit") && reason.contains(PURPOSE) && reason.contains(OTHER_PURPOSE),
        "{reason}"
    );
    assert!(stage.eau.all("/contracts").await.is_empty());
}

async fn a_person_is_asked_where_the_node_is_told_to_or_cannot_tell(engine: Engine) {
    let stage = stage(engine, "[contracts]\nnarrower = \"ask\"\nconflicting = \"ask\"\n").await;
    let narrower = stage.ask(PURPOSE, |conditions| conditions.push(until("2199-12-31"))).await;
    stage.waits(&narrower).await;
    let other = |conditions: &mut Vec<Value>| purpose(conditions)["rightOperand"] = json!(OTHER_PURPOSE);
    stage.waits(&stage.ask(OTHER_PURPOSE, other).await).await;
    // Without a limit on the purpose it is wider, but limited in time: neither within the other.
    let between = |conditions: &mut Vec<Value>| {
        purpose(conditions).clone_from(&until("2199-12-31"));
    };
    stage.waits(&stage.ask(PURPOSE, between).await).await;
    check(&stage.federation).await;
}
