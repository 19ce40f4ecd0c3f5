//! Drafts, series, versions, columns and lineage: what a description says of a dataset's life and of other datasets.

use node::domain::time::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, described, segment};
use tests::node::Setup;
use tests::on_both;

on_both!(
    a_draft_is_known_to_nobody_else,
    series_versions_and_columns_are_described,
    what_is_hidden_is_not_named,
    what_was_received_binds_what_is_made_from_it,
);

fn open() -> Value {
    let mut open = described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
    open["status"] = json!("interet_general");
    open["rung"] = json!("ouvert");
    open["licence"] = json!("LO-2.0");
    open
}

fn with(more: Value) -> Value {
    let mut value = open();
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

async fn a_draft_is_known_to_nobody_else(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let federation = Federation::of(vec![
        Setup { clock: clock.clone(), ..Setup::new(engine, "eau") },
        Setup::new(engine, "epci"),
    ])
    .await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    // A draft may lack what a status and a rung oblige to.
    let mut draft = with(json!({"draft": true, "title": "Brouillon"}));
    for later in ["licence", "offers", "source"] {
        draft.as_object_mut().unwrap().remove(later);
    }
    let id = eau.publish(&draft).await;
    let page = format!("/catalog/datasets/{}", segment(&id));
    for path in [&page, &format!("{page}.html"), &format!("{page}/delta")] {
        assert_eq!(eau.public(path).await.status, 404, "{path}");
    }
    for path in
        ["/catalog.ttl", "/catalog.csv", "/catalog.atom", "/sitemap.xml", "/catalog/search?q=brouillon"]
    {
        let shown = eau.public(path).await;
        assert!(shown.status == 200 && !shown.text().contains("Brouillon"), "{path}: {}", shown.text());
        assert!(!shown.text().contains(segment(&id)), "{path}");
    }
    assert!(!epci.catalogue_of(&eau).await.to_string().contains(&id));
    let asked = json!({"peer": eau.did, "dataset": id, "purpose": PURPOSE});
    epci.post("/negotiations", &asked).await.problem(404);
    assert_eq!(eau.get("/search?q=brouillon").await.ok()["items"][0]["id"], id.as_str());
    assert_eq!(eau.get(&format!("/datasets/{}", segment(&id))).await.ok()["description"]["draft"], true);
    // Published, it begins that day; all that was left out is asked for.
    clock.advance(86_400_000);
    draft["id"] = json!(id);
    draft["draft"] = json!(false);
    let faults = eau.post("/datasets", &draft).await.problem(422).to_string();
    assert!(["/licence", "/offers", "/source"].iter().all(|field| faults.contains(field)), "{faults}");
    eau.publish(&with(json!({"id": id, "title": "Relevés"}))).await;
    let shown = eau.public(&format!("{page}.ttl")).await.text();
    let today = clock.now().rfc3339()[..10].to_owned();
    assert!(shown.contains(&format!("dct:issued \"{today}")), "{shown}");
    // It is no draft again, and a draft of something withdrawn neither.
    let again = with(json!({"id": id, "draft": true}));
    eau.post("/datasets", &again).await.problem(409);
    eau.call(&eau.token, Method::DELETE, &format!("/datasets/{}", segment(&id)), None).await;
    eau.post("/datasets", &again).await.problem(409);
}

async fn series_versions_and_columns_are_described(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    let series = |previous: Option<&str>| {
        json!({"id": "https://eau.example/series/debits", "title": {"fr": "Débits annuels", "en": "Yearly flows"},
            "description": "Un jeu par an.", "previous": previous})
    };
    let first = eau.publish(&with(json!({"series": series(None), "version": "2024.1"}))).await;
    let columns = json!([
        {"name": "code_insee", "type": "code_commune", "title": {"fr": "Commune", "en": "Municipality"}},
        {"name": "débit (m³)", "type": "decimal", "description": "Moyenne du jour."},
    ]);
    let more = json!({"series": series(Some(&first)), "previous_version": first, "columns": columns,
        "derived_from": [{"dataset": "https://hubeau.example/debits"}]});
    let second = eau.publish(&with(more)).await;
    let shown = eau.public(&format!("/catalog/datasets/{}.nt", segment(&second))).await.text();
    let has = |property: &str, value: &str| {
        shown.lines().any(|line| line.contains(&format!("{property}> ")) && line.contains(value))
    };
    assert!(has("dcat#inSeries", "https://eau.example/series/debits"), "{shown}");
    assert!(has("dcat#prev", &first) && has("dcat#previousVersion", &first), "{shown}");
    assert!(has("prov#wasDerivedFrom", "https://hubeau.example/debits"), "{shown}");
    assert!(has("csvw#tableSchema", "#columns>") || has("csvw#tableSchema", "columns>"), "{shown}");
    assert!(has("csvw#title", "\"d\\u00E9bit") || has("csvw#title", "\"débit (m³)\""), "{shown}");
    assert!(has("csvw#datatype", "XMLSchema#decimal") && has("columnType", "column#code_commune"), "{shown}");
    let before = eau.public(&format!("/catalog/datasets/{}.ttl", segment(&first))).await.text();
    assert!(before.contains("dcat:version \"2024.1\"") && before.contains("dcat:DatasetSeries"), "{before}");
    let kept = eau.get(&format!("/datasets/{}", segment(&second))).await.ok();
    assert_eq!(kept["description"]["columns"][1]["type"], "decimal");
    // A column marked personal asks for who answers for it, and names are told once.
    for (columns, field) in [
        (json!([{"name": "nom", "type": "text", "personal": true}]), "/personal"),
        (json!([{"name": "a", "type": "text"}, {"name": "a", "type": "date"}]), "/columns"),
        (json!([{"name": "a", "type": "colour"}]), "/columns/0/type"),
    ] {
        let refused = eau.post("/datasets", &with(json!({"columns": columns}))).await.problem(422);
        assert_eq!(refused["faults"][0]["field"], field, "{refused:#}");
    }
}

async fn what_is_hidden_is_not_named(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    let mut hidden = with(json!({"rung": "invisible"}));
    for none in ["offers", "source"] {
        hidden.as_object_mut().unwrap().remove(none);
    }
    let hidden_id = eau.publish(&hidden).await;
    let draft = eau.publish(&with(json!({"draft": true}))).await;
    let public = eau.publish(&open()).await;
    for (more, field) in [
        (json!({"previous_version": hidden_id}), "/previous_version"),
        (json!({"previous_version": draft}), "/previous_version"),
        (json!({"previous_version": "urn:uuid:0192c5a0-0000-7000-8000-000000000000"}), "/previous_version"),
        (json!({"derived_from": [{"dataset": hidden_id}]}), "/derived_from"),
        (
            json!({"series": {"id": "s", "title": "S", "description": "S.", "previous": draft}}),
            "/series/previous",
        ),
    ] {
        let refused = eau.post("/datasets", &with(more.clone())).await.problem(422);
        assert_eq!(refused["faults"][0]["field"], field, "{more}");
    }
    // Kept for the member alone, it is no trace; and what is hidden itself may name what is hidden.
    let derived = eau.publish(&with(json!({"derived_from": [{"dataset": hidden_id, "named": false}]}))).await;
    assert!(
        !eau.public(&format!("/catalog/datasets/{}.ttl", segment(&derived)))
            .await
            .text()
            .contains(&hidden_id)
    );
    eau.publish(&with(json!({"draft": true, "previous_version": hidden_id}))).await;
    // What others name is not hidden behind their back.
    let next = eau.publish(&with(json!({"previous_version": public}))).await;
    let mut closing = hidden.clone();
    closing["id"] = json!(public);
    let conflict = eau.post("/datasets", &closing).await.problem(409);
    assert!(conflict["detail"].as_str().unwrap().contains(&next), "{conflict:#}");
    eau.publish(&with(json!({"id": next}))).await;
    eau.publish(&closing).await;
}

async fn what_was_received_binds_what_is_made_from_it(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes.iter().for_each(|node| node.put("a.csv", "a\n1\n"));
    let purpose = |code: &str| json!({"leftOperand": "purpose", "operator": "isA", "rightOperand": code});
    let offering = |constraints: Value, prohibition: Value| {
        let mut value = open();
        value["offers"] = json!([{"policy": {"permission": [{"action": "use", "constraint": constraints}],
            "prohibition": prohibition}}]);
        value
    };
    let water = "eau_assainissement";
    let source =
        eau.publish(&offering(json!([purpose(water)]), json!([{"action": "cc:CommercialUse"}]))).await;
    let agreement = epci.contract(&eau, &source, water).await;
    let from = json!([{"dataset": source, "agreement": agreement}]);
    let derived = |mut value: Value| {
        value["derived_from"] = from.clone();
        value
    };
    let kept = json!([{"action": "cc:CommercialUse"}]);
    for (constraints, prohibition, clause) in [
        (json!([]), kept.clone(), "/permission/0/constraint/0"),
        (json!([purpose("renovation_batiments")]), kept.clone(), "/permission/0/constraint/0"),
        (json!([purpose(water)]), json!([]), "/prohibition/0"),
    ] {
        let refused = epci.post("/datasets", &derived(offering(constraints, prohibition))).await.problem(422);
        assert_eq!(refused["faults"][0]["field"], "/offers/0/policy", "{refused:#}");
        let remedy = refused["faults"][0]["remedy"].as_str().unwrap();
        assert!(remedy.contains(clause) && remedy.contains(&agreement), "{remedy}");
    }
    let narrower = derived(offering(json!([purpose("gestion_ressource_eau")]), kept.clone()));
    let made = epci.publish(&narrower).await;
    // Under what agreement, and from what, is the member's own business unless it says so.
    let shown = epci.public(&format!("/catalog/datasets/{}.ttl", segment(&made))).await.text();
    assert!(!shown.contains(&source) && !shown.contains(&agreement), "{shown}");
    assert!(!eau.catalogue_of(&epci).await.to_string().contains(&agreement));
    // An agreement that is another's, or was revoked, gives nothing to derive from.
    let mut foreign = narrower.clone();
    foreign["derived_from"][0]["dataset"] = json!("urn:uuid:0192c5a0-0000-7000-8000-000000000000");
    assert_eq!(epci.post("/datasets", &foreign).await.problem(422)["faults"][0]["field"], "/derived_from");
    let path = format!("/contracts/{}/revoke", segment(&agreement));
    eau.post(&path, &json!({"ground": "fin"})).await.ok();
    epci.until(&format!("/contracts/{}", segment(&agreement)), |c| {
        c["revoked"].is_object() || c["revoked"] == true
    })
    .await;
    let refused = epci.post("/datasets", &narrower).await.problem(422);
    assert_eq!(refused["faults"][0]["field"], "/derived_from", "{refused:#}");
    // Without offers nothing is given on: the description may stay.
    let mut alone = narrower.clone();
    alone["draft"] = json!(true);
    epci.publish(&alone).await;
    // Redistribution forbidden: no offer at all.
    let strict = eau.publish(&offering(json!([purpose(water)]), json!([{"action": "distribute"}]))).await;
    let agreement = epci.contract(&eau, &strict, water).await;
    let mut passing = offering(json!([purpose(water)]), json!([{"action": "distribute"}]));
    passing["derived_from"] = json!([{"dataset": strict, "agreement": agreement}]);
    let refused = epci.post("/datasets", &passing).await.problem(422);
    assert!(refused["faults"][0]["remedy"].as_str().unwrap().contains("/prohibition/0"), "{refused:#}");
}
