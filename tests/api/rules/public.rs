//! Public-sector data: open, free, in legal form, and what the two senses of « essentielle » are.

use serde_json::json;
use tests::engine::Engine;
use tests::on_both;

use super::{open, refused, stage, with};

on_both!(
    r15_public_data_are_open_or_say_why_not,
    r16_a_private_operators_public_service_data_are_public,
    r17_essential_procurement_data_name_their_legal_format,
    r18_reuse_of_open_public_data_is_free,
    r19_open_public_data_have_a_listed_or_approved_licence,
    r20_what_is_public_and_not_open_is_reported_with_its_motive,
    r37_essential_has_two_codes_for_two_meanings,
);

async fn r15_public_data_are_open_or_say_why_not(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let named = json!([{"policy": {"permission": [{"action": "use",
        "constraint": [{"leftOperand": "recipient", "operator": "eq", "rightOperand": epci.did}]}]}}]);
    let closed = with(open(), json!({"rung": "partenaires_nommes", "licence": null, "offers": named}));
    assert!(refused(&eau, &closed, "/exclusion").await.contains("exclusion"));
    refused(&eau, &with(closed.clone(), json!({"exclusion": "parce_que"})), "/exclusion").await;
    for ground in ["donnees_personnelles", "secret_affaires", "propriete_intellectuelle", "securite"] {
        eau.publish(&with(closed.clone(), json!({"exclusion": ground}))).await;
    }
    eau.publish(&open()).await;
}

/// Who publishes makes no difference: the status does.
async fn r16_a_private_operators_public_service_data_are_public(engine: Engine) {
    let (_federation, operator, _) = stage(engine).await;
    let company = json!({"name": "Compagnie fermière des eaux"});
    let closed = with(open(), json!({"producer": company, "rung": "ouvert_identifie"}));
    assert!(refused(&operator, &closed, "/exclusion").await.contains("exclusion"));
    operator.publish(&with(closed, json!({"rung": "ouvert"}))).await;
}

async fn r17_essential_procurement_data_name_their_legal_format(engine: Engine) {
    let (_federation, eau, _) = stage(engine).await;
    let essential = with(open(), json!({"status": "essentielle_cp"}));
    assert!(refused(&eau, &essential, "/conforms_to").await.contains("conforms_to"));
    let schema = "https://schema.data.gouv.fr/139bercy/format-commande-publique/latest.html";
    eau.publish(&with(essential, json!({"conforms_to": [schema]}))).await;
}

async fn r18_reuse_of_open_public_data_is_free(engine: Engine) {
    let (_federation, eau, _) = stage(engine).await;
    for offer in [
        json!({"permission": [{"action": "use", "duty": [{"action": "compensate"}]}]}),
        json!({"permission": [{"action": "use"}], "obligation": [{"action": "odrl:pay"}]}),
    ] {
        let paid = with(open(), json!({"offers": [{"policy": offer}]}));
        assert!(refused(&eau, &paid, "/offers/0/policy").await.contains("pay"));
    }
    let attributed = json!({"permission": [{"action": "use"}], "obligation": [{"action": "attribute"}]});
    eau.publish(&with(open(), json!({"offers": [{"policy": attributed}]}))).await;
}

async fn r19_open_public_data_have_a_listed_or_approved_licence(engine: Engine) {
    let (_federation, eau, _) = stage(engine).await;
    refused(&eau, &with(open(), json!({"licence": null})), "/licence").await;
    refused(&eau, &with(open(), json!({"licence": "https://licence.example/mine"})), "/licence").await;
    for licence in [json!("LO-2.0"), json!("ODbL-1.0"), json!({"homologation": "2026-07"})] {
        eau.publish(&with(open(), json!({"licence": licence}))).await;
    }
}

async fn r20_what_is_public_and_not_open_is_reported_with_its_motive(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    eau.publish(&open()).await;
    eau.publish(&tests::flow::closed("a.csv", &epci, tests::flow::PURPOSE)).await;
    assert_eq!(eau.get("/catalog/closed").await.ok()["datasets"], json!([]));
    let held = json!({"rung": "ouvert_identifie", "exclusion": "secret_affaires"});
    let id = eau.publish(&with(open(), held)).await;
    let report = eau.get("/catalog/closed").await.ok();
    let line = &report["datasets"][0];
    assert_eq!((&line["id"], &line["ground"]), (&json!(id), &json!("secret_affaires")), "{report:#}");
    assert!(line["motive"].as_str().unwrap().contains("L. 311-6"), "{report:#}");
    assert_eq!(report["datasets"].as_array().unwrap().len(), 1);
}

async fn r37_essential_has_two_codes_for_two_meanings(engine: Engine) {
    let (_federation, eau, _) = stage(engine).await;
    let remedy = refused(&eau, &with(open(), json!({"status": "essentielle"})), "/status").await;
    assert!(remedy.contains("essentielle_cp") && remedy.contains("vitale"), "{remedy}");
    // One is public and open; the other is never open.
    let schema = json!(["https://schema.example/marches"]);
    eau.publish(&with(open(), json!({"status": "essentielle_cp", "conforms_to": schema}))).await;
    refused(&eau, &with(open(), json!({"status": "vitale"})), "/rung").await;
}
