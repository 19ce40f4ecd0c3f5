//! Members that follow each other's feeds: UC6 over five of them.

use std::collections::BTreeSet;

use contracts::feed::HEADER;
use node::domain::time::Clock;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm};
use oxigraph::model::{Dataset, GraphName, Quad};
use reqwest::Method;
use serde_json::{Value, json};
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::on_both;

on_both!(
    five_members_follow_each_other_and_search_together,
    what_is_hidden_leaves_no_trace_in_the_feed_and_dates_survive_a_restart,
);

/// Nodes of which the first follows all.
async fn nodes(engine: Engine, names: &[&str], clock: &Clock) -> Federation {
    let ports: Vec<u16> = names
        .iter()
        .map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port())
        .collect();
    let members: Vec<String> = ports.iter().map(|port| format!("\"did:web:localhost%3A{port}\"")).collect();
    let config = format!("[federation]\nmembers = [{}]\nevery_s = 0\n", members.join(", "));
    let mut nodes = Vec::new();
    for (name, port) in names.iter().zip(ports) {
        let setup = Setup { config: config.clone(), clock: clock.clone(), ..Setup::new(engine, name) };
        let mut node = TestNode::make(setup, port).await;
        node.run(Some(std::net::TcpListener::bind(("127.0.0.1", port)).unwrap())).await.unwrap();
        node.put("a.csv", "a\n1\n");
        node.members[0].catalogued().await;
        nodes.push(node);
    }
    Federation { nodes }
}

async fn follow(member: &Member, source: &Member) -> Value {
    let path = format!("/harvest/sources/{}", source.did.replace('%', "%25"));
    member.post(&path, &Value::Null).await.ok()
}

fn canonical(text: &str, without: &[&str]) -> BTreeSet<String> {
    let mut dataset = Dataset::new();
    for quad in RdfParser::from_format(RdfFormat::NTriples).for_slice(text.as_bytes()) {
        let quad = quad.unwrap();
        if !without.contains(&quad.subject.to_string().as_str()) {
            dataset.insert(&Quad::new(quad.subject, quad.predicate, quad.object, GraphName::DefaultGraph));
        }
    }
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 {
        hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
    });
    dataset.iter().map(|quad| quad.to_string()).collect()
}

/// What is kept of a member is what it says, dataset by dataset, in the same graph.
async fn is_the_same_graph(member: &Member, source: &Member) {
    let mut reader = member.app().store.read(member.hosted().id()).await.unwrap();
    let kept = reader.harvested(&source.did, "", 1_000).await.unwrap();
    let listed = source.public("/catalog/datasets?limit=500").await.ok();
    assert_eq!(kept.len(), listed["items"].as_array().unwrap().len(), "{listed:#}");
    let around = [
        format!("<{}>", source.did),
        format!("<{}#connector>", source.did),
        "<https://w3id.org/dspace/2025/1>".into(),
    ];
    let around: Vec<&str> = around.iter().map(String::as_str).collect();
    for kept in kept {
        let shown = source.public(&format!("/catalog/datasets/{}.nt", segment(&kept.record.origin))).await;
        let (found, expected) =
            (canonical(kept.graph.as_deref().unwrap(), &[]), canonical(&shown.text(), &around));
        assert!(!expected.is_empty());
        assert_eq!(found, expected, "{}", kept.record.origin);
    }
}

async fn five_members_follow_each_other_and_search_together(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let names = ["region", "metropole", "epci", "departement", "syndicat"];
    let mut federation = nodes(engine, &names, &clock).await;
    let [region, metropole, epci, departement, syndicat] = [0, 1, 2, 3, 4].map(|i| federation.member(i));
    let mut datasets = Vec::new();
    for (member, subject) in [
        (&metropole, "Émissions de gaz"),
        (&epci, "Émissions du territoire"),
        (&departement, "Routes"),
        (&syndicat, "Consommation d'énergie"),
    ] {
        for year in [2024, 2025] {
            let mut description = closed("a.csv", &region, PURPOSE);
            description["title"] = json!(format!("{subject} {year}"));
            datasets.push(member.publish(&description).await);
        }
    }
    clock.advance(60_000);
    let others = [&metropole, &epci, &departement, &syndicat];
    for other in others {
        let first = follow(&region, other).await;
        assert_eq!((&first["added"], &first["quarantined"]), (&json!(2), &json!(0)), "{first:#}");
        let again = follow(&region, other).await;
        assert_eq!(
            (&again["added"], &again["changed"], &again["deleted"], &again["found"]),
            (&json!(0), &json!(0), &json!(0), &json!(0))
        );
        is_the_same_graph(&region, other).await;
    }
    let search = async |words: &str| region.get(&format!("/federation/search?q={words}")).await.ok();
    let found = search("emission").await;
    assert_eq!(found["total"], 4, "{found:#}");
    let of: BTreeSet<String> =
        found["items"].as_array().unwrap().iter().map(|hit| text(&hit["source"])).collect();
    assert_eq!(of, BTreeSet::from([metropole.did.clone(), epci.did.clone()]));
    // One changes and one is withdrawn: the delta is small, and the copy is right again.
    let whole = follow(&epci, &metropole).await["bytes"].as_u64().unwrap();
    let mut changed = closed("a.csv", &region, PURPOSE);
    changed["id"] = json!(datasets[0]);
    changed["title"] = json!("Émissions corrigées");
    metropole.publish(&changed).await;
    metropole
        .call(&metropole.token, Method::DELETE, &format!("/datasets/{}", segment(&datasets[1])), None)
        .await;
    clock.advance(60_000);
    let delta = follow(&region, &metropole).await;
    assert_eq!(
        (&delta["changed"], &delta["deleted"], &delta["unchanged"]),
        (&json!(1), &json!(1), &json!(0)),
        "{delta:#}"
    );
    assert!(delta["bytes"].as_u64().unwrap() < whole);
    is_the_same_graph(&region, &metropole).await;
    assert_eq!(search("emission").await["total"], 3);
    // One that is gone is searched as it last was, with the date.
    let before = search("routes").await;
    let did = departement.did.clone();
    drop(departement);
    federation.nodes[3].stop(true).await;
    clock.advance(60_000);
    let path = format!("/harvest/sources/{}", did.replace('%', "%25"));
    assert_eq!(region.post(&path, &Value::Null).await.status, 502);
    let after = search("routes").await;
    assert_eq!((&after["total"], &after["items"]), (&json!(2), &before["items"]));
    let source = |page: &Value| {
        page["sources"].as_array().unwrap().iter().find(|s| s["name"] == did.as_str()).unwrap().clone()
    };
    assert_eq!(
        (&source(&after)["read"], &source(&after)["silent"]),
        (&source(&before)["read"], &json!(true))
    );
    let arguments = ["search", "--federation", "routes"];
    let said: Value = command(federation.nodes[0].folder.path(), &arguments).await.ok();
    assert_eq!(said["total"], 2);
    // It is still so after a restart.
    drop((region, metropole, epci, syndicat));
    federation.nodes[0].stop(true).await;
    federation.nodes[0].run(None).await.unwrap();
    let region = federation.member(0);
    region.catalogued().await;
    assert_eq!(region.get("/federation/search?q=emission").await.ok()["total"], 3);
}

async fn what_is_hidden_leaves_no_trace_in_the_feed_and_dates_survive_a_restart(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let mut federation = nodes(engine, &["eau", "epci"], &clock).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let with = |rung: &str, title: &str| {
        let mut description = closed("a.csv", &epci, PURPOSE);
        (description["rung"], description["title"]) = (json!(rung), json!(title));
        if matches!(rung, "existence_seule" | "invisible") {
            ["source", "offers"]
                .iter()
                .for_each(|name| drop(description.as_object_mut().unwrap().remove(*name)));
        }
        description
    };
    let shown = eau.publish(&with("agregat_public", "Débits")).await;
    let known = eau.publish(&with("existence_seule", "Captages")).await;
    clock.advance(60_000);
    let feed = async |member: &Member| {
        let answer = member.public("/catalog/feed").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(
            !answer.header(HEADER).is_empty()
                && answer.header("content-type").starts_with("application/trig")
        );
        (answer.header("etag").to_owned(), answer.text())
    };
    let dated = async |member: &Member| {
        let answer = member.public("/catalog.nt").await;
        (answer.header("etag").to_owned(), answer.header("last-modified").to_owned(), answer.text())
    };
    let (before, page) = (feed(&eau).await, dated(&eau).await);
    assert!(before.1.contains(&shown) && before.1.contains(&known) && !page.1.is_empty());
    // What nobody may know comes, changes and goes; what is not shown of a dataset changes.
    let mut hidden = with("invisible", "Caché");
    let id = eau.publish(&hidden).await;
    clock.advance(1_000);
    (hidden["id"], hidden["title"]) = (json!(id), json!("Toujours caché"));
    eau.publish(&hidden).await;
    clock.advance(1_000);
    eau.call(&eau.token, Method::DELETE, &format!("/datasets/{}", segment(&id)), None).await;
    let mut described = with("existence_seule", "Captages");
    (described["id"], described["description"]) = (json!(known), json!("Ce que personne ne voit."));
    eau.publish(&described).await;
    clock.advance(60_000);
    assert_eq!((feed(&eau).await, dated(&eau).await), (before.clone(), page.clone()));
    // The same after a restart.
    drop(eau);
    federation.nodes[0].stop(true).await;
    federation.nodes[0].run(None).await.unwrap();
    let eau = federation.member(0);
    eau.catalogued().await;
    assert_eq!((feed(&eau).await, dated(&eau).await), (before, page));
    // What is hidden after it was shown is told to be gone, and nothing else of it.
    let mut gone = with("invisible", "Débits");
    gone["id"] = json!(shown);
    eau.publish(&gone).await;
    clock.advance(60_000);
    let (_, text) = feed(&eau).await;
    assert!(text.contains("Delete") && text.contains(&shown) && !text.contains("Débits"), "{text}");
    // What was hidden first is new when it is shown. A stranger is not told again and again of what partners are offered
    // for a time.
    let mut late = with("invisible", "Tardif");
    let late_id = eau.publish(&late).await;
    clock.advance(1_000);
    late = with("agregat_public", "Tardif");
    late["id"] = json!(late_id);
    eau.publish(&late).await;
    let mut timed = with("partenaires_nommes", "Pour un temps");
    let until = json!({"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2100-01-01"});
    timed["offers"][0]["policy"]["permission"][0]["constraint"].as_array_mut().unwrap().push(until);
    let timed = eau.publish(&timed).await;
    clock.advance(60_000);
    let (_, text) = feed(&eau).await;
    assert!(
        text.contains(&late_id) && text.contains(&timed) && !text.contains("activitystreams#Update"),
        "{text}"
    );
    let resume =
        text.split('<').find_map(|rest| rest.split_once("/catalog/feed?after=")?.1.split('>').next());
    let later = eau.public(&format!("/catalog/feed?after={}", resume.unwrap())).await;
    assert!(later.status == 200 && !later.text().contains("urn:uuid:"), "{}", later.text());
}
