//! What is made from data is bound as they were.

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::flow::{PURPOSE, closed};
use tests::on_both;

use super::{condition, refused, stage, with};

on_both!(r38_derived_data_inherit_the_strictest_terms);

async fn r38_derived_data_inherit_the_strictest_terms(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let statement = json!({"place": "FR", "law": "FR"});
    epci.call(&epci.token, reqwest::Method::PUT, "/members/self/statement", Some(&statement)).await.ok();
    let terms = |place: &str, until: &str, purpose: &str| {
        json!([{"policy": {"permission": [{"action": "use", "constraint": [
            condition("fiducie:processingPlace", "isPartOf", json!(place)),
            condition("dateTime", "lteq", json!(until)),
            condition("purpose", "isA", json!(purpose))]}]}}])
    };
    let identified = json!({"rung": "ouvert_identifie", "status": "interet_general"});
    let base = with(closed("a.csv", &epci, PURPOSE), identified);
    let offering = |offers: Value| with(base.clone(), json!({ "offers": offers }));
    let source = eau.publish(&offering(terms("EU", "2198-12-31", PURPOSE))).await;
    let agreement = epci.contract(&eau, &source, PURPOSE).await;
    let derived = |offers: Value| {
        with(offering(offers), json!({"derived_from": [{"dataset": source, "agreement": agreement}]}))
    };
    for wider in [
        terms("EEA", "2198-12-31", PURPOSE),
        terms("EU", "2199-12-31", PURPOSE),
        terms("EU", "2198-12-31", "commande_publique"),
    ] {
        let remedy = refused(&epci, &derived(wider), "/offers/0/policy").await;
        assert!(remedy.contains("/permission/0/constraint/") && remedy.contains(&agreement), "{remedy}");
    }
    epci.publish(&derived(terms("FR", "2197-12-31", PURPOSE))).await;
}
