//! Finding datasets: words, filters, places, pages; for anybody, for a partner, for the member's own people.

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{segment, text};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(words_filters_and_places_find, pages_are_of_one_answer, what_cannot_be_read_is_refused,);

/// An open dataset.
fn open(title: &str, more: Value) -> Value {
    let mut value = json!({
        "title": title, "description": "Données de test.", "theme": "ENVI", "format": "CSV",
        "location": {"kind": "commune", "code": "35238"}, "granularity": {"level": "commune"},
        "frequency": "DAILY", "producer": {"name": "Rennes"}, "status": "interet_general",
        "licence": "LO-2.0", "rung": "ouvert", "source": {"file": "a.csv"},
        "offers": [{"policy": {"permission": [{"action": "use"}]}}],
    });
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

async fn found(member: &Member, query: &str) -> Value {
    member.public(&format!("/catalog/search?{query}")).await.ok()
}
fn ids(found: &Value) -> Vec<String> {
    found["items"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
}

async fn words_filters_and_places_find(engine: Engine) {
    let folder = tests::temporary::Folder::named("territories");
    std::fs::write(
        folder.path().join("communes.csv"),
        "TYPECOM,COM,LIBELLE\nCOM,35238,Rennes\nCOM,35047,Bruz\nCOM,44109,Nantes\n",
    )
    .unwrap();
    let epci = json!([{"code": "243500139", "nom": "Rennes Métropole", "membres": [{"code": "35238"}, {"code": "35047"}]}]);
    std::fs::write(folder.path().join("epci.json"), epci.to_string()).unwrap();
    let point = |code: &str, x: f64, y: f64| json!({"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Point", "coordinates": [x, y]}});
    let points = [point("35238", -1.68, 48.11), point("35047", -1.75, 48.02), point("44109", -1.55, 47.22)];
    std::fs::write(folder.path().join("positions.geojson"), json!({"features": points}).to_string()).unwrap();
    let config = format!("[catalog]\nterritories = {:?}\n", folder.path().display().to_string());
    let federation = Federation::of(vec![Setup { config, ..Setup::new(engine, "eau") }]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    let water = eau.publish(&open("Consommations d'eau potable", json!({"keywords": ["compteurs"]}))).await;
    let heat = eau
        .publish(&open(
            "Réseaux de chaleur",
            json!({"theme": "ENER",
        "location": {"kind": "commune", "code": "44109"}}),
        ))
        .await;
    let plan =
        eau.publish(&open("Plan climat", json!({"location": {"kind": "epci", "code": "243500139"}}))).await;
    for (query, expected) in [
        ("q=consommation", vec![&water]),
        ("q=COMPTEUR", vec![&water]),
        ("q=reseau+chaleur", vec![&heat]),
        ("q=chaluer", vec![&heat]),
        ("theme=ENER", vec![&heat]),
        ("epci=243500139", vec![&water, &plan]),
        ("departement=35&theme=ENVI", vec![&water, &plan]),
        ("region=53&region=52", vec![&water, &heat, &plan]),
        ("bbox=-2,48,-1,49", vec![&water, &plan]),
        ("near=35047", vec![&plan]),
        ("near=35047&km=20", vec![&plan, &water]),
        ("q=plan&commune=44109", vec![]),
    ] {
        let answer = found(&eau, query).await;
        let mut expected: Vec<String> = expected.into_iter().cloned().collect();
        if !query.starts_with("near") {
            expected.sort();
        }
        assert_eq!(ids(&answer), expected, "{query}: {answer:#}");
        assert_eq!(answer["total"], expected.len(), "{query}");
    }
    let all = found(&eau, "").await;
    let count = |kind: &str, value: &str| {
        let values = all["facets"][kind].as_array().cloned().unwrap_or_default();
        values.iter().find(|v| v["value"] == value).map_or(0, |v| v["count"].as_u64().unwrap())
    };
    assert_eq!((count("departement", "35"), count("epci", "243500139"), count("theme", "ENER")), (2, 2, 1));
    assert_eq!(found(&eau, "q=chaluer").await["corrections"][0]["read"], json!(["chaleur"]));
    // The member's own people, by the API and the list.
    assert_eq!(ids(&eau.get("/search?q=eau").await.ok()), std::slice::from_ref(&water));
    let listed = eau.public("/catalog/datasets?limit=2").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(listed["next"].is_string());
    // What changed, since a revision.
    let mut changed = open("Consommations d'eau potable", json!({"keywords": ["compteurs", "relevés"]}));
    changed["id"] = json!(water);
    eau.publish(&changed).await;
    let path = format!("/catalog/datasets/{}/delta", segment(&water));
    let delta = eau.public(&format!("{path}?since=1")).await.ok();
    assert_eq!(delta["changes"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&delta["changes"][0]["revision"], &delta["changes"][0]["changed"]),
        (&json!(2), &json!(["keywords"]))
    );
    assert_eq!(eau.public(&path).await.ok()["changes"].as_array().unwrap().len(), 2);
    eau.call(&eau.token, reqwest::Method::DELETE, &format!("/datasets/{}", segment(&water)), None).await;
    let gone = eau.public(&format!("{path}?since=2")).await.ok();
    assert_eq!((&gone["withdrawn"], &gone["changes"][0]["withdrawn"]), (&json!(true), &json!(true)));
    assert!(ids(&found(&eau, "q=eau").await).is_empty());
}

async fn pages_are_of_one_answer(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    let mut published = Vec::new();
    for number in 0..5 {
        published.push(eau.publish(&open(&format!("Relevé d'eau {number}"), json!({}))).await);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = found(&eau, &format!("q=eau&limit=2{cursor}")).await;
        seen.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    published.sort();
    assert_eq!(seen, published);
    // A page of an answer that has changed since is refused, not mixed with another.
    let first = found(&eau, "q=eau&limit=2").await;
    eau.publish(&open("Relevé d'eau 6", json!({}))).await;
    let next = first["next"].as_str().unwrap();
    let problem = eau.public(&format!("/catalog/search?q=eau&limit=2&cursor={next}")).await.problem(400);
    assert_eq!(problem["at"], "cursor");
}

async fn what_cannot_be_read_is_refused(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    for (query, at) in [
        ("bbox=1,2,3", "bbox"),
        ("bbox=3,2,1,4", "bbox"),
        ("bbox=NaN,0,1,1", "bbox"),
        ("km=5", "km"),
        ("near=35238&km=-1", "km"),
        ("near=Rennes", "near"),
        ("limit=0", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("theme=WATER", "theme"),
        ("freshness=today", "freshness"),
        ("cursor=%21", "cursor"),
        ("colour=blue", "query"),
        (&format!("q={}", "a".repeat(501)), "q"),
        (&"commune=35238&".repeat(51), "commune"),
    ] {
        let problem = eau.public(&format!("/catalog/search?{query}")).await.problem(400);
        assert_eq!(problem["at"], at, "{query}: {problem:#}");
    }
    // Positions are the operator's to give.
    eau.public("/catalog/search?near=35238&km=5").await.problem(422);
    assert_eq!(eau.call("", reqwest::Method::GET, "/search", None).await.status, 401);
}
