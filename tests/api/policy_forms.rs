//! Forms of policies for portals; a contract shows who enforces each clause before anybody signs.

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(a_portal_fills_in_forms, a_contract_shows_its_grades_before_signature);

async fn french(member: &Member, path: &str) -> Value {
    let bearer = format!("Bearer {}", member.token);
    let headers = [("authorization", bearer.as_str()), ("accept-language", "fr")];
    member.raw(reqwest::Method::GET, &format!("/api/v1{path}"), &headers, Vec::new()).await.ok()
}

async fn a_portal_fills_in_forms(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    let [fr, en] = [french(&eau, "/policies/fields").await, eau.get("/policies/fields").await.ok()];
    let find = |all: &Value, key: &str| {
        all["fields"].as_array().unwrap().iter().find(|f| f["key"] == key).unwrap().clone()
    };
    assert_eq!(
        (&find(&fr, "until")["label"], &find(&en, "until")["label"]),
        (&json!("Jusqu'au"), &json!("Until"))
    );
    let purposes = find(&fr, "purposes")["choices"].clone();
    assert!(purposes.to_string().contains("Eau et assainissement"), "{purposes}");

    let policy = closed("a.csv", &eau, PURPOSE)["offers"][0]["policy"].clone();
    let filled = eau.post("/policies/form", &json!({ "policy": policy })).await.ok();
    assert_eq!(filled["form"]["rules"][0]["who"], json!([eau.did]), "{filled:#}");
    assert_eq!((&filled["signable"], &filled["clauses"][1]["grade"]), (&json!(true), &json!("E1")));
    let made = eau.post("/policies/make", &json!({"form": filled["form"]})).await.ok();
    assert_eq!(made["policy"], filled["policy"]);
    assert!(text(&made["text"]).contains("[E1]"));
    // What was made can be published.
    let mut described = closed("a.csv", &eau, PURPOSE);
    described["offers"] = json!([{"policy": made["policy"]}]);
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.publish(&described).await;

    let turtle = "<urn:p> <http://www.w3.org/ns/odrl/2/permission> [ <http://www.w3.org/ns/odrl/2/action>
        <http://www.w3.org/ns/odrl/2/read> ] .";
    assert_eq!(
        eau.post("/policies/form", &json!({ "policy": turtle })).await.ok()["form"]["rules"][0]["actions"],
        json!(["read"])
    );
    for (path, body, at) in [
        (
            "/policies/form",
            json!({"policy": {"permission": [{"action": "use", "constraint": [{"leftOperand": "count", "operator": "near", "rightOperand": 1}]}]}}),
            "/policy/permission/0/constraint/0",
        ),
        ("/policies/form", json!({"policy": "no policy at all"}), "/policy"),
        ("/policies/form", json!({"policy": {}}), "/policy"),
        ("/policies/make", json!({"form": {"rules": [{"rule": "wish"}]}}), "/form/rules/0/rule"),
        ("/policies/make", json!({"form": {"colour": 1}}), "/form"),
        ("/policies/make", json!({}), ""),
    ] {
        let problem = eau.post(path, &body).await.problem(400);
        assert!(problem["at"].as_str().unwrap_or_default().starts_with(at), "{problem}");
    }
    eau.call("", reqwest::Method::POST, "/policies/make", Some(&json!({"form": {}}))).await.problem(401);
}

async fn a_contract_shows_its_grades_before_signature(engine: Engine) {
    let provider =
        Setup { config: "[contracts]\nautomatic = false\n".to_owned(), ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![provider, Setup::new(engine, "epci")]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let mut described = closed("a.csv", &epci, PURPOSE);
    described["offers"][0]["policy"]["permission"][0]["constraint"].as_array_mut().unwrap().push(
        json!({"leftOperand": "fiducie:processingPlace", "operator": "isPartOf", "rightOperand": "EU"}),
    );
    described["offers"][0]["policy"]["obligation"] = json!([{"action": "attribute"}]);
    let dataset = eau.publish(&described).await;
    let statement = json!({"place": "FR", "law": "FR"});
    epci.call(&epci.token, reqwest::Method::PUT, "/members/self/statement", Some(&statement)).await.ok();
    let own = epci.negotiate(&eau, &dataset, PURPOSE).await;
    let shown = french(&epci, &format!("/negotiations/{}", segment(&own))).await;
    assert_eq!(shown["agreement"], Value::Null);
    let grades: Vec<(String, String)> = shown["clauses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|clause| (text(&clause["text"]), text(&clause["grade"])))
        .collect();
    let of =
        |word: &str| grades.iter().find(|(text, _)| text.contains(word)).map(|(_, grade)| grade.as_str());
    assert_eq!(
        [of("finalité"), of("lieu de traitement"), of("citer la source")],
        [Some("E1"), Some("E3"), Some("E4")],
        "{shown:#}"
    );
    assert!(text(&shown["text"]).contains("[E3]"), "{shown:#}");
    let path = federation.nodes[1].folder.path();
    let spoken = tests::binary::command(path, &["contract", "show", &own]).await.ok();
    assert_eq!(spoken["clauses"].as_array().unwrap().len(), grades.len());
}
