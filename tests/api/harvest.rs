//! Catalogues of others: imported from files, harvested from each other.

use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::{on_both, reference};

on_both!(
    real_catalogues_are_taken_or_refused_with_a_place,
    a_bad_record_is_left_out_and_its_neighbours_are_taken,
    two_members_harvest_each_other_without_loops,
);

async fn import(member: &Member, name: &str, kind: &str, body: &[u8]) -> Answer {
    let bearer = format!("Bearer {}", member.token);
    let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
    let path = format!("/api/v1/harvest/imports?name={name}&base=https://source.example/{name}");
    member.raw(Method::POST, &path, &headers, body.to_vec()).await
}

async fn real_catalogues_are_taken_or_refused_with_a_place(engine: Engine) {
    let Some(folder) = reference::folder("catalogs", "real_catalogues_are_taken_or_refused_with_a_place")
    else {
        return;
    };
    let federation = Federation::start(engine, &["region"]).await;
    let region = federation.member(0);
    region.catalogued().await;
    // Datasets of each file, as its list says; nothing for those that must be refused.
    let expected = [
        ("be-statbel-subset.ttl", Some(10)),
        ("cz-nkod-extrait.trig", Some(36)),
        ("es-catalogo-complet.ttl", Some(4)),
        ("es-catalogo-nsip.rdf", Some(6)),
        ("eu-dprod-produit.jsonld", None),
        ("eu-geodcat-jeu.rdf", Some(1)),
        ("eu-hvd-catalogue.ttl", Some(1)),
        ("fr-insee-jeux-de-donnees.malformed.trig", None),
        ("it-civitavecchia.rdf", Some(10)),
        ("it-protection-civile.rdf", Some(5)),
        ("no-serie.ttl", Some(3)),
        ("se-recommande.rdf", Some(1)),
    ];
    for (name, datasets) in expected {
        let body = std::fs::read(folder.join(name)).unwrap();
        let answer = import(&region, name, "application/octet-stream", &body).await;
        match datasets {
            Some(count) => {
                let report = answer.ok();
                assert_eq!(report["found"], count, "{name}: {report:#}");
                assert_eq!(
                    report["added"].as_u64().unwrap() + report["quarantined"].as_u64().unwrap(),
                    count,
                    "{name}: {report:#}"
                );
                let again = import(&region, name, "application/octet-stream", &body).await.ok();
                assert_eq!(
                    (&again["unchanged"], &again["changed"]),
                    (&report["added"], &json!(0)),
                    "{name}: {again:#}"
                );
            }
            None => {
                let problem = answer.problem(400);
                let detail = problem["detail"].as_str().unwrap_or_default();
                let is_placed = detail.contains("line") || detail.contains("ligne");
                assert!(
                    is_placed && (name.ends_with("jsonld") || !detail.contains('?')),
                    "{name}: {problem:#}"
                );
            }
        }
    }
    // Shown again, in a form that others take.
    let shown = region.public("/catalog/harvested.ttl").await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("adms:identifier"), "{}", shown.text());
}

const TURTLE: &str = "@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n\
    @prefix ex: <https://source.example/> .\n";

async fn a_bad_record_is_left_out_and_its_neighbours_are_taken(engine: Engine) {
    let federation = Federation::start(engine, &["region"]).await;
    let region = federation.member(0);
    region.catalogued().await;
    let text = format!(
        "{TURTLE}ex:a a dcat:Dataset ; dct:title \"A\" .\nex:b a dcat:Dataset ; dct:title \"B\" ; dct:publisher none:x .\n\
         ex:c a dcat:Dataset ; dct:title \"C\" .\n"
    );
    let report = import(&region, "mixed", "text/turtle", text.as_bytes()).await.ok();
    assert_eq!((&report["added"], &report["quarantined"]), (&json!(2), &json!(1)), "{report:#}");
    let fault = &report["faults"][0];
    assert_eq!((&fault["line"], &fault["code"]), (&json!(5), &json!("syntax")), "{report:#}");
    assert!(fault["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    // The command says the same, and what disappears from the document disappears here.
    let file = federation.nodes[0].folder.path().join("mixed.ttl");
    std::fs::write(&file, format!("{TURTLE}ex:c a dcat:Dataset ; dct:title \"C, mended\" .\n")).unwrap();
    let arguments = [
        "catalog",
        "import",
        file.to_str().unwrap(),
        "--name",
        "mixed",
        "--base",
        "https://source.example/mixed",
    ];
    let report: Value = command(federation.nodes[0].folder.path(), &arguments).await.ok();
    assert_eq!((&report["changed"], &report["deleted"]), (&json!(1), &json!(1)), "{report:#}");
    let kept = region.all("/harvest/records").await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["record"]["title"]["und"], "C, mended");
    // They announce, never serve: none is a dataset of the member's.
    assert!(region.all("/datasets").await.is_empty());
    assert!(!region.public("/catalog.ttl").await.text().contains("mended"));
    // What holds no dataset changes nothing, and no address inside the network is called.
    import(&region, "mixed", "text/turtle", b"<urn:a> <urn:b> <urn:c> .").await.problem(400);
    import(&region, "mixed", "text/turtle", b"").await.problem(400);
    for url in ["http://source.example/a.ttl", "https://10.0.0.1/a.ttl", "nowhere"] {
        let answer = region.post("/harvest/urls", &json!({"name": "x", "url": url})).await;
        assert_eq!(answer.status, 502, "{url}: {}", answer.text());
    }
    assert_eq!(region.all("/harvest/records").await.len(), 1);
    region.call(&region.token, Method::DELETE, "/harvest/sources/mixed", None).await;
    assert!(region.all("/harvest/records").await.is_empty());
}

/// Reads a source by command: what it brought new, changed, gone.
async fn harvest(member: &Member, source: &str) -> [u64; 5] {
    let report = member.post(&format!("/harvest/sources/{source}"), &Value::Null).await.ok();
    ["added", "changed", "deleted", "unchanged", "own"].map(|name| report[name].as_u64().unwrap())
}

async fn two_members_harvest_each_other_without_loops(engine: Engine) {
    let [first, second] =
        [0, 1].map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let source = |name: &str, port: u16, path: &str| {
        format!(
            "[[harvest]]\nname = \"{name}\"\nurl = \"https://localhost:{port}/catalog{path}.ttl\"\nevery_s = 0\n"
        )
    };
    let config = |port: u16| format!("{}{}", source("own", port, ""), source("again", port, "/harvested"));
    let mut nodes = Vec::new();
    for (name, port, other) in [("eau", first, second), ("epci", second, first)] {
        let setup = Setup { config: config(other), ..Setup::new(engine, name) };
        nodes.push(TestNode::make(setup, port).await);
    }
    for (node, port) in nodes.iter_mut().zip([first, second]) {
        node.run(Some(std::net::TcpListener::bind(("127.0.0.1", port)).unwrap())).await.unwrap();
    }
    let federation = Federation { nodes };
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    eau.catalogued().await;
    epci.catalogued().await;
    federation.nodes[0].put("a.csv", "a\n1\n");
    federation.nodes[1].put("a.csv", "a\n1\n");
    let mut datasets = Vec::new();
    for _ in 0..3 {
        datasets.push(eau.publish(&closed("a.csv", &epci, PURPOSE)).await);
    }
    epci.publish(&closed("a.csv", &eau, PURPOSE)).await;
    let mut hidden = closed("a.csv", &epci, PURPOSE);
    hidden["rung"] = json!("invisible");
    hidden.as_object_mut().unwrap().remove("source");
    hidden.as_object_mut().unwrap().remove("offers");
    eau.publish(&hidden).await;
    harvest(&epci, "own").await;
    harvest(&eau, "own").await;
    let kept = |member: Member| async move { member.all("/harvest/records").await.len() };
    assert_eq!((kept(eau.clone()).await, kept(epci.clone()).await), (1, 3));
    // Twice in a row without a change; what comes back of one's own is not taken.
    for _ in 0..2 {
        assert_eq!(harvest(&epci, "own").await, [0, 0, 0, 3, 0]);
        assert_eq!(harvest(&eau, "own").await, [0, 0, 0, 1, 0]);
        assert_eq!(harvest(&eau, "again").await, [0, 0, 0, 0, 3]);
        assert_eq!(harvest(&epci, "again").await, [0, 0, 0, 0, 1]);
        assert_eq!((kept(eau.clone()).await, kept(epci.clone()).await), (1, 3));
    }
    // Changes and deletions are followed.
    let mut changed = closed("a.csv", &epci, PURPOSE);
    changed["id"] = json!(datasets[0]);
    changed["title"] = json!("Débits, corrigés");
    eau.publish(&changed).await;
    eau.call(&eau.token, Method::DELETE, &format!("/datasets/{}", segment(&datasets[1])), None).await;
    assert_eq!(harvest(&epci, "own").await, [0, 1, 1, 1, 0]);
    assert_eq!(harvest(&eau, "again").await, [0, 0, 0, 0, 2]);
    // A source that does not answer keeps what it brought, with its date.
    let before = epci.all("/harvest/sources").await;
    let mut federation = federation;
    drop(eau);
    federation.nodes[0].stop(true).await;
    assert_eq!(epci.post("/harvest/sources/own", &Value::Null).await.status, 502);
    let after = epci.all("/harvest/sources").await;
    let own = |all: &[Value]| all.iter().find(|source| source["name"] == "own").unwrap().clone();
    assert_eq!((&own(&after)["read"], &own(&after)["datasets"]), (&own(&before)["read"], &json!(2)));
    assert!(own(&after)["fault"].is_string());
    epci.post("/harvest/sources/nothing", &Value::Null).await.problem(404);
}
