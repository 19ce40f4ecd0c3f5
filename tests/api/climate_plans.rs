//! UC6 of the requirements: climate plans of five members. Two intercommunalités and a host with its communes publish, the
//! region consolidates what it was given, everybody harvests everybody, and the national catalogue takes what is open.

use std::collections::BTreeSet;
use std::net::TcpListener;

use node::domain::time::Clock;
use serde_json::{Value, json};
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{described, segment, text};
use tests::member::Member;
use tests::national::Harvester;
use tests::node::{Setup, TestNode};
use tests::{member, on_both};

on_both!(
    five_members_publish_harvest_and_consolidate_climate_plans,
    a_stale_series_is_flagged_and_not_consolidated_as_fresh,
    a_file_that_does_not_conform_is_refused_with_line_and_column,
);

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
        // The members of a node are made at the same instant: the first is the host all the same.
        format!(
            "[federation]\nmembers = [{}]\nmember = \"{name}\"\nevery_s = 0\n[members]\nconvention = true\n",
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

async fn a_stale_series_is_flagged_and_not_consolidated_as_fresh(engine: Engine) {
    const DAY: i64 = 86_400_000;
    let clock = Clock::fixed(Clock::System.now());
    let (_federation, all) = members(engine, &clock).await;
    let (loire, region) = (&all[1], &all[4]);
    let mut series = open("Indicateurs de la Loire");
    series["id"] = json!("https://loire.example/indicateurs");
    let indicator = loire.publish(&series).await;
    let consolidated = |title: &str, stale: bool| {
        let mut one = open(title);
        one["derived_from"] = json!([{"dataset": indicator, "stale": stale}]);
        one
    };
    let found = async || region.get("/federation/search?q=indicateurs").await.ok()["items"][0].clone();
    let harvested = async || {
        region.post(&format!("/harvest/sources/{}", loire.did.replace('%', "%25")), &Value::Null).await.ok();
        region.all("/harvest/records").await[0]["stale"].clone()
    };
    clock.advance(60_000);
    assert_eq!(harvested().await, Value::Null);
    clock.advance(399 * DAY);
    assert_eq!(found().await["stale"], Value::Null, "an annual series may be 400 days old");
    region.publish(&consolidated("Consolidation à jour", false)).await;

    // Two days later it is late: said wherever it is shown, and not to be taken for fresh.
    clock.advance(2 * DAY);
    let late = found().await;
    assert!(late["stale"].is_string(), "{late:#}");
    assert_eq!(harvested().await, late["stale"]);
    let own = loire.public("/catalog/search?q=indicateurs").await.ok();
    assert_eq!(own["items"][0]["stale"], late["stale"], "{own:#}");
    let refused = region.post("/datasets", &consolidated("Consolidation", false)).await.problem(422);
    assert_eq!(refused["faults"][0]["field"], "/derived_from", "{refused:#}");
    assert!(refused["faults"][0].to_string().contains("stale"), "{refused:#}");
    let flagged = region.publish(&consolidated("Consolidation", true)).await;
    let kept = region.get(&format!("/datasets/{}", segment(&flagged))).await.ok();
    assert_eq!(kept["description"]["derived_from"][0]["stale"], true, "{kept:#}");

    // Updated, it is fresh again.
    series["description"] = json!("Indicateurs de l'année suivante.");
    loire.publish(&series).await;
    clock.advance(60_000);
    assert_eq!(harvested().await, Value::Null);
    region.publish(&consolidated("Consolidation suivante", false)).await;
}

async fn a_file_that_does_not_conform_is_refused_with_line_and_column(engine: Engine) {
    let federation = Federation::start(engine, &["loire"]).await;
    let (node, loire) = (&federation.nodes[0], federation.member(0));
    let schema = json!({"fields": [
        {"name": "indicateur", "type": "string", "constraints": {"required": true, "enum": ["gaz", "bois"]}},
        {"name": "insee", "type": "string", "constraints": {"required": true, "pattern": "([0-9][0-9AB])[0-9]{3}"}},
        {"name": "annee", "type": "year", "constraints": {"required": true}},
        {"name": "valeur", "type": "number", "constraints": {"minimum": 0}},
    ]});
    let (head, good, bad) =
        ("indicateur;insee;annee;valeur\n", "gaz;42218;2025;12.5\n", "bois;4221;2025;-3\n");
    node.put("pcaet.schema.json", schema.to_string());
    let path = |name: &str| node.folder.path().join("data").join(name).display().to_string();
    let publish = async |arguments: &[&str]| {
        command(
            node.folder.path(),
            &[&["publish"], arguments, &["--schema", &path("pcaet.schema.json")]].concat(),
        )
        .await
    };

    // At publication: nothing is kept, each place is told.
    node.put("pcaet.csv", format!("{head}{good}{bad}"));
    let refused = publish(&["--inspect", &path("pcaet.csv"), "--now"]).await;
    let told = &refused.json[0];
    assert_eq!((refused.code, &told["count"]), (1, &json!(2)), "{} {}", refused.json, refused.stderr);
    let places: Vec<_> = told["unfit"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| [&one["line"], &one["column"], &one["rule"]])
        .collect();
    assert_eq!(json!(places), json!([[3, "insee", "pattern"], [3, "valeur", "minimum"]]));
    assert!(loire.all("/datasets").await.is_empty());
    node.put("pcaet.csv", format!("{head}{good}"));
    let kept = publish(&["--inspect", &path("pcaet.csv"), "--now"]).await.ok();
    let id = text(&kept["id"]);
    let columns =
        loire.get(&format!("/datasets/{}", segment(&id))).await.ok()["description"]["columns"].clone();
    assert_eq!(columns[2]["type"], "year", "{columns:#}");

    // At its refresh: the revision before stands.
    let mut record = open("Indicateurs");
    (record["id"], record["source"]) = (json!(id), json!({"file": "pcaet.csv"}));
    node.put("pcaet.json", record.to_string());
    node.put("pcaet.csv", format!("{head}{good}{bad}"));
    assert_eq!(publish(&[&path("pcaet.json")]).await.code, 1);
    assert_eq!(loire.all("/datasets").await[0]["revision"], 1);
    node.put("pcaet.csv", format!("{head}{good}{good}"));
    publish(&[&path("pcaet.json")]).await.ok();
    assert_eq!(loire.all("/datasets").await[0]["revision"], 2);
}
