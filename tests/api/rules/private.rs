//! Private data, intellectual property, security, archives.

use node::domain::time::Clock;
use reqwest::Method;
use serde_json::json;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::node::Setup;
use tests::on_both;

use super::{condition, open, refused, stage, with};

on_both!(
    r30_private_data_of_general_interest_say_whom_they_benefit,
    r31_private_data_say_their_origin_and_a_broker_may_be_refused,
    r32_of_secret_data_a_stranger_learns_existence_or_nothing,
    r35_a_competitor_of_the_contributor_gets_no_row,
    r36_what_others_have_rights_in_needs_a_licence,
    r39_security_data_are_for_named_parties,
    r40_an_embargo_ends_by_itself,
    r41_an_archive_is_not_deleted,
);

async fn r30_private_data_of_general_interest_say_whom_they_benefit(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let collected = json!({"origin": "producteur", "collection": "Boucles de comptage."});
    let private =
        with(closed("a.csv", &epci, PURPOSE), json!({"status": "privee_ig", "provenance": collected}));
    assert!(refused(&eau, &private, "/rights").await.contains("rights"));
    let rights = "Profite à la planification des mobilités ; aucun droit de tiers.";
    eau.publish(&with(private, json!({"rights": rights}))).await;
}

async fn r31_private_data_say_their_origin_and_a_broker_may_be_refused(engine: Engine) {
    let config = "[catalog]\nrefused_origins = [\"courtier\"]\n".to_owned();
    let strict = Setup { config, ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![strict, Setup::new(engine, "epci")]).await;
    federation.nodes.iter().for_each(|node| node.put("a.csv", "a;b\n1;2\n"));
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    eau.catalogued().await;
    let rights = "Profite à la planification des mobilités ; aucun droit de tiers.";
    let private = with(closed("a.csv", &epci, PURPOSE), json!({"status": "privee_ig", "rights": rights}));
    let from = |origin: &str| {
        let provenance =
            json!({"origin": origin, "collection": "Positions de téléphones, à l'insu des personnes."});
        with(private.clone(), json!({"provenance": provenance}))
    };
    // Both are said, and in known terms.
    assert!(refused(&eau, &private, "/provenance").await.contains("provenance"));
    let silent = with(private.clone(), json!({"provenance": {"origin": "partenaire"}}));
    refused(&eau, &silent, "/provenance/collection").await;
    refused(&eau, &from("ailleurs"), "/provenance/origin").await;
    // What a broker sold is published where no rule is against it, and not where one is.
    assert!(refused(&eau, &from("courtier"), "/provenance/origin").await.contains("refused_origins"));
    let elsewhere = with(
        from("courtier"),
        json!({"offers": [{"policy": {"permission": [{"action": "use",
        "constraint": [condition("recipient", "eq", json!(eau.did))]}]}}]}),
    );
    epci.publish(&elsewhere).await;
    let shown = eau.publish(&from("partenaire")).await;
    let token = format!("Bearer {}", epci.peer_token(&eau.did, b""));
    let path = format!("/catalog/datasets/{}.ttl", segment(&shown));
    let page = eau.raw(Method::GET, &path, &[("authorization", token.as_str())], Vec::new()).await.text();
    assert!(page.contains("ProvenanceStatement") && page.contains("à l'insu"), "{page}");
}

async fn r32_of_secret_data_a_stranger_learns_existence_or_nothing(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    eau.catalogued().await;
    let secret = with(closed("a.csv", &epci, PURPOSE), json!({"description": "Marge par tournée."}));
    let shown = eau.publish(&secret).await;
    let page = eau.public(&format!("/catalog/datasets/{}.ttl", segment(&shown))).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("Marge par tournée"), "{}", page.text());
    // The partner that the policy names sees what it may ask for.
    assert!(epci.catalogue_of(&eau).await.to_string().contains("Marge par tournée"));
    let hidden = with(secret, json!({"rung": "invisible", "offers": null}));
    let hidden = eau.publish(&hidden).await;
    assert_eq!(eau.public(&format!("/catalog/datasets/{}.ttl", segment(&hidden))).await.status, 404);
    assert!(!epci.catalogue_of(&eau).await.to_string().contains(&hidden));
}

async fn r35_a_competitor_of_the_contributor_gets_no_row(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci", "concurrent"]).await;
    let [eau, epci, rival] = [0, 1, 2].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let mut described = closed("a.csv", &epci, PURPOSE);
    described["rung"] = json!("partenaires_nommes");
    described["offers"][0]["policy"]["permission"][0]["constraint"] = json!([
        condition("recipient", "isAnyOf", json!([epci.did, rival.did])),
        condition("recipient", "isNoneOf", json!([rival.did])),
    ]);
    let dataset = eau.publish(&described).await;
    let asked = json!({"peer": eau.did, "dataset": dataset, "purpose": PURPOSE});
    let answered = rival.post("/negotiations", &asked).await;
    assert!(answered.is_callers_fault(), "{}", answered.text());
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    epci.pulled(&epci.transfer(&agreement, PURPOSE).await).await;
    // The rival cannot use the partner's contract either.
    let stolen = json!({"agreement": agreement, "purpose": PURPOSE});
    assert!(rival.post("/transfers", &stolen).await.is_callers_fault());
}

async fn r36_what_others_have_rights_in_needs_a_licence(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let theirs = with(closed("a.csv", &epci, PURPOSE), json!({"status": "pi_tiers"}));
    assert!(refused(&eau, &theirs, "/licence").await.contains("licence"));
    eau.publish(&with(theirs, json!({"licence": "https://licence.example/cession"}))).await;
}

async fn r39_security_data_are_for_named_parties(engine: Engine) {
    let (_federation, eau, epci) = stage(engine).await;
    let plans = with(closed("a.csv", &epci, PURPOSE), json!({"status": "securite"}));
    for rung in ["ouvert", "ouvert_identifie", "agregat_public", "membres_du_cadre"] {
        refused(&eau, &with(plans.clone(), json!({"rung": rung})), "/rung").await;
    }
    // An offer that names nobody is none for these.
    let anybody = json!([{"policy": {"permission": [{"action": "use"}]}}]);
    refused(&eau, &with(plans.clone(), json!({"offers": anybody})), "/offers/0/policy").await;
    eau.publish(&plans).await;
}

async fn r40_an_embargo_ends_by_itself(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name: &str| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    let federation = Federation::of(vec![setup("eau"), setup("epci")]).await;
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let research = with(closed("a.csv", &epci, PURPOSE), json!({"status": "recherche_en_cours"}));
    assert!(refused(&eau, &research, "/embargo").await.contains("embargo"));
    let mut later = clock.now().to_date();
    later += time::Duration::days(10);
    let day = later.date().to_string();
    let dataset = eau.publish(&with(research, json!({"embargo": day}))).await;
    // Its description is shown; of the data nothing is promised before that day.
    let before = epci.negotiate(&eau, &dataset, PURPOSE).await;
    let ended = epci.negotiation(&before, "TERMINATED").await;
    assert!(ended["reason"].as_str().unwrap().contains("embargo"), "{ended:#}");
    clock.advance(11 * 86_400_000);
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    epci.pulled(&epci.transfer(&agreement, PURPOSE).await).await;
}

async fn r41_an_archive_is_not_deleted(engine: Engine) {
    let (_federation, eau, _) = stage(engine).await;
    let archive = eau.publish(&with(open(), json!({"status": "archive"}))).await;
    let path = |id: &str| format!("/datasets/{}", segment(id));
    let refused = eau.call(&eau.token, Method::DELETE, &path(&archive), None).await.problem(409);
    assert!(refused["detail"].as_str().unwrap().contains("L. 212"), "{refused:#}");
    assert_eq!(eau.get(&path(&archive)).await.status, 200);
    let other = eau.publish(&open()).await;
    assert!(eau.call(&eau.token, Method::DELETE, &path(&other), None).await.status < 300);
}
