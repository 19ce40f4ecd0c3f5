//! Personal data: what is declared before anything is offered, and for which purposes data leave.

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::flow::{PURPOSE, closed, segment};
use tests::on_both;

use super::{condition, refused, stage, with};

on_both!(
    r01_personal_columns_need_controller_purposes_basis_and_retention,
    r02_the_authority_is_the_controller_not_its_operator,
    r03_data_leave_for_the_purpose_of_the_contract_or_a_narrower_one,
    r05_biometric_identification_is_prohibited_whatever_the_contract,
);

async fn r01_personal_columns_need_controller_purposes_basis_and_retention(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let columns = json!([{"name": "a", "type": "integer"}, {"name": "b", "type": "text", "personal": true}]);
    let described = with(closed("a.csv", &epci, PURPOSE), json!({"columns": columns}));
    assert!(refused(&eau, &described, "/personal").await.contains("personal"));
    let whole = json!({"columns": ["b"], "responsable_traitement": {"name": "Ville"}, "finalites": [PURPOSE],
        "base_legale": "mission_interet_public", "duree_conservation": "P2Y"});
    for member in ["responsable_traitement", "finalites", "base_legale", "duree_conservation"] {
        let mut part: Value = whole.clone();
        part.as_object_mut().unwrap().remove(member);
        let described = with(described.clone(), json!({"personal": part}));
        refused(&eau, &described, &format!("/personal/{member}")).await;
    }
    eau.publish(&with(described, json!({"personal": whole}))).await;
}

async fn r02_the_authority_is_the_controller_not_its_operator(engine: Engine) {
    let (_federation, operator, epci) = stage(engine).await;
    let personal = |controller: Value| {
        json!({"columns": ["b"], "responsable_traitement": controller, "finalites": [PURPOSE],
            "base_legale": "mission_interet_public", "duree_conservation": "P2Y"})
    };
    let concession = with(
        closed("a.csv", &epci, PURPOSE),
        json!({"status": "interet_general",
        "producer": {"name": "Compagnie fermière", "siren": "552081317"}}),
    );
    for operator_itself in
        [json!({"name": "compagnie FERMIÈRE"}), json!({"name": "CF", "siren": "552081317"})]
    {
        let described = with(concession.clone(), json!({"personal": personal(operator_itself)}));
        let remedy = refused(&operator, &described, "/personal/responsable_traitement").await;
        assert!(remedy.contains("authority"), "{remedy}");
    }
    let authority = json!({"name": "Communauté de communes"});
    operator.publish(&with(concession, json!({"personal": personal(authority)}))).await;
}

async fn r03_data_leave_for_the_purpose_of_the_contract_or_a_narrower_one(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let dataset = eau.publish(&closed("a.csv", &epci, "eau_assainissement")).await;
    let agreement = epci.contract(&eau, &dataset, "eau_assainissement").await;
    for purpose in ["eau_assainissement", "performance_reseau_eau"] {
        let transfer = epci.transfer(&agreement, purpose).await;
        assert_eq!(epci.pulled(&transfer).await.0, b"a;b\n1;2\n");
    }
    // Wider, beside it, or none that anybody knows.
    for purpose in ["service_public", "prospection", "eau"] {
        let id = epci.post("/transfers", &json!({"agreement": agreement, "purpose": purpose})).await.ok();
        let path = format!("/transfers/{}", segment(id["id"].as_str().unwrap()));
        let ended = epci.until(&path, |t| t["state"] == "TERMINATED").await;
        assert!(ended["reason"].as_str().unwrap().contains("finalité"), "{ended:#}");
    }
}

async fn r05_biometric_identification_is_prohibited_whatever_the_contract(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let biometric = "identification_biometrique";
    // A contract that names the purpose, or sets none at all, does not give it.
    let named = closed("a.csv", &epci, "securite_publique");
    let mut free = closed("a.csv", &epci, PURPOSE);
    free["offers"][0]["policy"]["permission"][0]["constraint"] =
        json!([condition("recipient", "eq", json!(epci.did))]);
    for (description, allowed) in [(named, "securite_publique"), (free, PURPOSE)] {
        let dataset = eau.publish(&description).await;
        let refused = epci.negotiate(&eau, &dataset, biometric).await;
        let ended = epci.negotiation(&refused, "TERMINATED").await;
        assert!(ended["reason"].as_str().unwrap().contains("R-05"), "{ended:#}");
        let agreement = epci.contract(&eau, &dataset, allowed).await;
        let asked = json!({"agreement": agreement, "purpose": biometric});
        let id = epci.post("/transfers", &asked).await.ok();
        let path = format!("/transfers/{}", segment(id["id"].as_str().unwrap()));
        let ended = epci.until(&path, |t| t["state"] == "TERMINATED").await;
        assert!(ended["reason"].as_str().unwrap().contains("R-05"), "{ended:#}");
        epci.pulled(&epci.transfer(&agreement, allowed).await).await;
    }
    // The refusal is a decision of the log, which is made again the same.
    let log = eau.log().await;
    let refused = log.iter().rfind(|e| e.leaf.contains("refuse")).unwrap();
    let replayed = eau.get(&format!("/log/entries/{}/decision", refused.index)).await.ok();
    assert_eq!(replayed["same"], true, "{replayed:#}");
    assert!(replayed["kept"]["reasons"].to_string().contains("R-05"), "{replayed:#}");
}
