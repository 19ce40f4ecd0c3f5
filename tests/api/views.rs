//! Contracts that give some columns, or the rows of some areas.

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, described, segment};
use tests::on_both;

on_both!(
    r11_only_what_the_contract_names_leaves,
    r11_what_the_table_cannot_give_is_not_offered,
    a_column_that_is_gone_stops_the_data,
);

const TABLE: &str = "insee;nom;debit\n35238;\"Dupont; Jean\";1,5\n22278;Martin;2\n35047;Durand;3\n";
const SENT: &str = "insee;debit\n35238;1,5\n35047;3\n";

fn is(left: &str, operator: &str, right: Value) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right})
}

fn table(constraints: Value) -> Value {
    let mut table =
        described(json!({"file": "t.csv"}), json!([{"action": "use", "constraint": constraints}]));
    table["rung"] = json!("ouvert_identifie");
    table["status"] = json!("interet_general");
    table["columns"] = json!([
        {"name": "insee", "type": "code_commune", "territory": 2024},
        {"name": "nom", "type": "text"},
        {"name": "debit", "type": "decimal"},
    ]);
    table
}

fn offered() -> Value {
    table(json!([
        is("fiducie:columns", "isAnyOf", json!(["debit", "insee"])),
        is("fiducie:territory", "isPartOf", json!("departement:35@2024")),
    ]))
}

async fn r11_only_what_the_contract_names_leaves(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("t.csv", TABLE);
    let dataset = eau.publish(&offered()).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let (bytes, _) = epci.pulled(&transfer).await;
    assert_eq!(String::from_utf8(bytes).unwrap(), SENT);
    // What is recorded on both sides is what was sent.
    let digest = hex::encode(Sha256::digest(SENT));
    assert_eq!(epci.deliveries(&transfer).await[0]["sha256"], digest.as_str());
    let theirs = epci.peer_id("transfers", &transfer).await;
    let given = &eau.deliveries(&theirs).await[0];
    assert_eq!((&given["sha256"], &given["bytes"]), (&json!(digest), &json!(SENT.len())));
    // Ranges are of what is sent.
    let address = epci.address(&transfer).await;
    let whole = epci.fetch(&address, &[]).await;
    assert_eq!((whole.status, whole.text().as_str()), (200, SENT));
    let etag = whole.header("etag").to_owned();
    let rest = epci.fetch(&address, &[("range", "bytes=14-"), ("if-range", &etag)]).await;
    assert_eq!((rest.status, rest.text().as_str()), (206, &SENT[14..]));
    assert_eq!(rest.header("content-range"), format!("bytes 14-{}/{}", SENT.len() - 1, SENT.len()));
    let beyond = epci.fetch(&address, &[("range", &format!("bytes={}-", SENT.len()))]).await;
    assert_eq!(beyond.status, 416, "the rest of the file is behind the last byte that is sent");
    // A file that is no such table gives nothing, and says nothing of what it holds.
    federation.nodes[0].put("t.csv", "insee;debit;secret\n35238;1;2;3\n");
    let refused = epci.fetch(&address, &[]).await;
    assert!(refused.status == 503 && !refused.text().contains("secret"), "{}", refused.text());
    // A push sends the same.
    federation.nodes[0].put("t.csv", TABLE);
    let pushed = epci.ask_push(&agreement, PURPOSE, "recu.csv").await;
    epci.transfer_in(&pushed, "COMPLETED").await;
    let received = &epci.deliveries(&pushed).await[0];
    assert_eq!((&received["sha256"], &received["bytes"]), (&json!(digest), &json!(SENT.len())));
    check(&federation).await;
}

async fn r11_what_the_table_cannot_give_is_not_offered(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("t.csv", TABLE);
    let at = "/offers/0/policy/permission/0/constraint/0/rightOperand";
    let no_table = |mut offer: Value, format: &str| {
        offer["format"] = json!(format);
        offer
    };
    let columns = is("fiducie:columns", "isAnyOf", json!(["insee"]));
    for refused in [
        table(json!([is("fiducie:columns", "isAnyOf", json!(["insee", "salaire"]))])),
        table(json!([is("fiducie:territory", "isPartOf", json!("departement:35@2023"))])),
        table(json!([is("fiducie:territory", "eq", json!("epci:243500139@2024"))])),
        no_table(table(json!([columns])), "application/pdf"),
    ] {
        let problem = eau.post("/datasets", &refused).await.problem(422);
        assert_eq!(problem["faults"][0]["field"], at, "{problem:#}");
    }
    let mut twice = offered();
    twice["columns"][1] = json!({"name": "dep", "type": "code_departement", "territory": 2024});
    assert_eq!(eau.post("/datasets", &twice).await.problem(422)["faults"][0]["field"], "/columns");
    let mut year = offered();
    year["columns"][0]["territory"] = json!(24);
    let problem = eau.post("/datasets", &year).await.problem(422);
    assert_eq!(problem["faults"][0]["field"], "/columns/0/territory");
}

async fn a_column_that_is_gone_stops_the_data(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("t.csv", TABLE);
    let dataset = eau.publish(&offered()).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let address = epci.address(&transfer).await;
    let mut fewer = table(json!([is("fiducie:columns", "eq", json!("insee"))]));
    fewer["id"] = json!(dataset);
    fewer["columns"].as_array_mut().unwrap().remove(2);
    eau.call(&eau.token, Method::POST, "/datasets", Some(&fewer)).await.ok();
    let refused = epci.fetch(&address, &[]).await.problem(403).to_string();
    assert!(refused.contains("debit"), "{refused}");
    assert_eq!(eau.logged("access.refused").await, 1);
    // Told again, it leaves again: decided anew each time.
    let mut again = offered();
    again["id"] = json!(dataset);
    eau.post("/datasets", &again).await.ok();
    assert_eq!(epci.fetch(&address, &[]).await.text(), SENT);
    assert!(segment(&dataset).len() == 36);
    check(&federation).await;
}
