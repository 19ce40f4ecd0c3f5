//! UC6 of the requirements: climate plans of five members. Two intercommunalités and a host with its communes publish, the
//! region consolidates what it was given, everybody harvests everybody, and the national catalogue takes what is open.

use std::collections::BTreeSet;
use std::net::TcpListener;

use node::domain::time::Clock;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{described, segment, text};
use tests::member::Member;
use tests::national::Harvester;
use tests::node::{Setup, TestNode};
use tests::{member, on_both};

on_both!(five_members_publish_harvest_and_consolidate_climate_plans,);

const PURPOSE: &str = "renovation_batiments";

fn indicators(title: &str, rung: &str, constraint: Value) -> Value {
    let mut one = described(json!({"file": "a.csv"}), json!([{"action": "use", "constraint": constraint}]));
    (one["title"], one["rung"], one["status"]) = (json!(title), json!(rung), json!("interet_general"));
    (one["licence"], one["frequency"], one["theme"]) = (json!("LO-2.0"), json!("ANNUAL"), json!(["ENER"]));
    one
}

fn open(title: &str) -> Value {
    indicators(title, "ouvert", json!([]))
}

/// Four nodes, the third of which carries a commune; each follows all others, the commune too.
async fn members(engine: Engine, clock: &Clock) -> (Federation, Vec<Member>) {
    let listeners: Vec<TcpListener> = (0..4).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let ports: Vec<u16> = listeners.iter().map(|l| l.local_addr().unwrap().port()).collect();
    let mut dids: Vec<String> = ports.iter().map(|port| format!("did:web:localhost%3A{port}")).collect();
    dids.push(format!("{}:commune", dids[2]));
    let quoted: Vec<String> = dids.iter().map(|did| format!("\"{did}\"")).collect();
    let config = |name: &str| {
        // Members made at the same instant have no order: which follows, and which is the host, is said.
        format!(
            "[federation]\nmembers = [{}]\nmember = \"{name}\"\nevery_s = 0\n\
             [members]\nconvention = true\ndefault = \"{name}\"\n",
            quoted.join(", ")
        )
    };
    let mut nodes = Vec::new();
    for ((name, listener), port) in ["cher", "loire", "hebergeur", "region"].iter().zip(listeners).zip(ports)
    {
        let mut setup = Setup { config: config(name), clock: clock.clone(), ..Setup::new(engine, name) };
        if *name == "hebergeur" {
            setup.members.push(("commune".into(), "/commune".into()));
        }
        let mut node = TestNode::make(setup, port).await;
        node.run(Some(listener)).await.unwrap();
        node.put("a.csv", "indicateur;annee;valeur\ngaz;2025;12\n");
        nodes.push(node);
    }
    let federation = Federation { nodes };
    let all = federation.members();
    for one in &all {
        one.catalogued().await;
    }
    (federation, all)
}

/// Every node's own member follows everybody else; gives how many datasets of others each has.
async fn harvest(all: &[Member]) -> Vec<usize> {
    let mut counts = Vec::new();
    for one in all.iter().filter(|one| one.name != "commune") {
        for other in all.iter().filter(|other| other.did != one.did) {
            one.post(&format!("/harvest/sources/{}", other.did.replace('%', "%25")), &Value::Null).await.ok();
        }
        counts.push(one.all("/harvest/records").await.len());
    }
    counts
}

async fn five_members_publish_harvest_and_consolidate_climate_plans(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let (federation, all) = members(engine, &clock).await;
    let [cher, loire, host, commune, region] = [0, 1, 2, 3, 4].map(|i| all[i].clone());

    // The host carries nobody without a convention.
    commune.post("/datasets", &open("Actions de la commune")).await.problem(403);
    let terms = json!({"with": commune.did, "processing": {"subject": "Plan climat de la commune."}});
    let drawn = host.post("/conventions", &terms).await.ok();
    let file = host.get(&format!("/conventions/{}/file", segment(&text(&drawn["id"])))).await.ok();
    commune.post("/conventions/signed", &file).await.ok();

    let only = |who: &Member| {
        json!([
            {"leftOperand": "recipient", "operator": "eq", "rightOperand": who.did},
            {"leftOperand": "purpose", "operator": "isA", "rightOperand": PURPOSE},
        ])
    };
    commune.publish(&open("Actions de la commune")).await;
    cher.publish(&open("Actions du Cher")).await;
    let indicator = loire.publish(&open("Indicateurs de la Loire")).await;
    let consumption =
        cher.publish(&indicators("Consommation du Cher", "partenaires_nommes", only(&region))).await;
    let mut draft = open("Essais de la Loire");
    draft["draft"] = json!(true);
    let draft = loire.publish(&draft).await;
    clock.advance(60_000);

    // Harvested by each other with stable counts, twice; drafts stay at home.
    assert_eq!(harvest(&all).await, [2, 3, 4, 4]);
    assert_eq!(harvest(&all).await, [2, 3, 4, 4]);
    let found = region.get("/federation/search?q=actions").await.ok();
    let sources: BTreeSet<String> =
        found["items"].as_array().unwrap().iter().map(|hit| text(&hit["source"])).collect();
    assert_eq!(sources, BTreeSet::from([commune.did.clone(), cher.did.clone()]), "{found:#}");
    for other in [&cher, &region] {
        let page = other.public("/catalog/harvested.ttl").await.text();
        assert!(!page.contains(segment(&draft)) && !page.contains("Essais"), "{page}");
    }
    assert_eq!(region.get("/federation/search?q=essais").await.ok()["total"], 0);

    // The region consolidates what it was given, under no wider terms, and says what it is made of.
    let agreement = region.contract(&cher, &consumption, PURPOSE).await;
    let transfer = region.transfer(&agreement, PURPOSE).await;
    assert!(region.pulled(&transfer).await.0.starts_with(b"indicateur"));
    cher.until_logged("delivery.acknowledged", 1).await;
    let made_from =
        json!([{"dataset": consumption, "agreement": agreement, "named": true}, {"dataset": indicator}]);
    let mut wide = open("Consommation de la région");
    wide["derived_from"] = made_from.clone();
    let refused = region.post("/datasets", &wide).await.problem(422);
    assert_eq!(refused["faults"][0]["field"], "/offers/0/policy", "{refused:#}");
    let mut narrow = indicators("Consommation de la région", "partenaires_nommes", only(&region));
    narrow["derived_from"] = made_from;
    let consolidated = region.publish(&narrow).await;
    let kept = region.get(&format!("/datasets/{}", segment(&consolidated))).await.ok();
    assert_eq!(kept["description"]["derived_from"].as_array().unwrap().len(), 2, "{kept:#}");
    // It does not write over what is the Loire's.
    let mut over = open("Indicateurs de la Loire, par la région");
    over["id"] = json!(indicator);
    let answer = region.post("/datasets", &over).await;
    clock.advance(60_000);
    harvest(&all).await;
    let copy = cher.all("/harvest/records").await;
    let of_loire: Vec<&Value> =
        copy.iter().filter(|one| one["record"]["origin"] == indicator.as_str()).collect();
    assert_eq!(of_loire.len(), 1, "{}: {copy:#?}", answer.text());
    assert_eq!(of_loire[0]["source"], loire.did.as_str(), "{of_loire:#?}");

    // The open part of each is taken by the national harvester, whole, and twice without a change.
    let now = clock.now().rfc3339();
    for (member, count) in [(&cher, 1), (&loire, 1), (&commune, 1)] {
        let mut national = Harvester::default();
        let start = format!("{}/catalog/open.ttl", member.base);
        let first = national.visit(&member::client(), &start, &now).await.unwrap();
        assert_eq!((first.created, first.lost.len()), (count, 0), "{first:?}");
        let again = national.visit(&member::client(), &start, &now).await.unwrap();
        assert_eq!((again.unchanged, again.updated, again.missing), (count, 0, 0), "{again:?}");
    }
    // What was done is in the logs: the convention, the corrections, the exchange.
    for (member, kind, times) in [
        (&commune, "convention.signed", 1),
        (&host, "convention.signed", 1),
        (&cher, "delivery.closed", 1),
        (&region, "delivery.received", 1),
    ] {
        assert_eq!(member.logged(kind).await, times, "{}: {kind}", member.name);
    }
    tests::check::check(&federation).await;
}
