//! UC4 of the requirements: a laboratory asks for data on training and employment under an ethical charter. What is asked,
//! audited and refused; queries at source are another matter.

use serde_json::{Value, json};
use tests::credentials::Stage;
use tests::engine::Engine;
use tests::flow::{segment, text};
use tests::on_both;
use tests::operands::offer;
use tests::use_case::cooperative_with;

on_both!(uc4_what_is_allowed_and_what_is_refused);

const RESEARCH: &str = "recherche_scientifique";
const DAY: i64 = 86_400_000;
/// The owner agrees to nothing by itself, and asks its data protection officer.
const OWNER: &str =
    "[contracts]\nautomatic = false\n[access_requests]\nreviewers = [\"owner\", \"dpo\"]\ndays = 30\n";

fn is(left: &str, operator: &str, right: Value) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right})
}

/// Job offers: for research, by who signed the charter, in this use case, with an audit under the framework.
fn terms(framework: &str, case: &str) -> Value {
    let mut offer = offer("purpose", "isA", json!(RESEARCH));
    let more = [
        is("fiducie:charterVersion", "gteq", json!("urn:fiducie:charte:ethique@1.0")),
        is("fiducie:useCase", "eq", json!(case)),
        is("fiducie:ethicalAudit", "eq", json!(format!("urn:uuid:{framework}"))),
    ];
    let constraints = &mut offer["offers"][0]["policy"]["permission"][0]["constraint"];
    constraints.as_array_mut().unwrap().extend(more);
    offer["title"] = json!("Offres d'emploi");
    offer
}

async fn asks(stage: &Stage, wanted: &Value) -> String {
    let body = json!({"peer": stage.verifier.did, "wanted": wanted});
    text(&stage.holder.post("/access-requests", &body).await.json()["id"])
}

async fn stands(stage: &Stage, id: &str, state: &str) -> Value {
    stage.holder.until(&format!("/access-requests/{}", segment(id)), |one| one["state"] == state).await
}

/// The end of a negotiation is told some moments after the answer, by the clock.
async fn ended(stage: &Stage, negotiation: &str) -> Value {
    for _ in 0..1_000 {
        let found = stage.holder.get(&format!("/negotiations/{}", segment(negotiation))).await.ok();
        if found["state"] == "TERMINATED" {
            return found;
        }
        stage.clock.advance(250);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{negotiation} does not end");
}

async fn uc4_what_is_allowed_and_what_is_refused(engine: Engine) {
    let (stage, framework) = cooperative_with(engine, OWNER).await;
    let (region, labo, carif) = (&stage.issuer, &stage.holder, &stage.verifier);
    stage.nodes[2].put("a.csv", "id;code_rome\n1;M1805\n");

    // The use case is proposed, audited, and approved for a test; the project ends in ninety days.
    let case = stage.proposed(&framework, &stage.proposal(90)).await;
    stage.audited(&framework, &case, 40).await;
    let dataset = carif.publish(&terms(&framework, &case)).await;
    let ends = stage.clock.now().plus_seconds(90 * 86_400).rfc3339();
    let wanted = json!({"dataset": dataset, "purpose": RESEARCH, "framework": format!("urn:uuid:{framework}"),
        "useCase": case, "ends": ends, "words": "Fouille de textes d'offres d'emploi."});

    // Refused: a purpose that the charter prohibits, before anybody is asked; and in a contract of anybody.
    let mut control = wanted.clone();
    control["purpose"] = json!("controle_individuel");
    let refused = stands(&stage, &asks(&stage, &control).await, "refused").await;
    assert!(refused["reasons"].to_string().contains("controle_individuel"), "{refused:#}");
    assert!(refused["appeal"].as_str().unwrap().contains("Comité d'éthique"), "{refused:#}");
    let mut forbidden = terms(&framework, &case);
    forbidden["offers"][0]["policy"]["permission"][0]["constraint"][0]["rightOperand"] =
        json!("controle_individuel");
    let refused = carif.post("/datasets", &forbidden).await.problem(403);
    assert!(refused.to_string().contains("controle_individuel"), "{refused}");
    let control = json!({"peer": carif.did, "dataset": dataset, "purpose": "controle_individuel"});
    let refused = labo.post("/negotiations", &control).await.problem(403);
    assert!(refused.to_string().contains("interdit"), "{refused}");
    // Refused: who is outside of the charter.
    region
        .post("/negotiations", &json!({"peer": carif.did, "dataset": dataset, "purpose": RESEARCH}))
        .await
        .problem(502);

    // The request is answered by the owner and its officer: a no with its motive, then a yes of both.
    let first = asks(&stage, &wanted).await;
    stands(&stage, &first, "open").await;
    let answer = |id: &str, role: &str, yes: bool, words: &str| {
        let (path, body) = (
            format!("/access-requests/{}/opinion", segment(id)),
            json!({"role": role, "yes": yes, "words": words}),
        );
        async move { carif.post(&path, &body).await.ok() }
    };
    answer(&first, "dpo", false, "L'AIPD n'est pas jointe.").await;
    let refused = stands(&stage, &first, "refused").await;
    assert!(refused["reasons"].to_string().contains("AIPD"), "{refused:#}");
    let second = asks(&stage, &wanted).await;
    stands(&stage, &second, "open").await;
    answer(&second, "dpo", true, "AIPD jointe.").await;
    answer(&second, "owner", true, "Utile au territoire.").await;
    // Granted, and still refused while the commission has not said yes.
    stage.tick().await;
    let granted = labo
        .until(&format!("/access-requests/{}", segment(&second)), |one| one["negotiation"].is_string())
        .await;
    let early = ended(&stage, &text(&granted["negotiation"])).await;
    assert!(early.to_string().contains("cas d'usage"), "{early:#}");
    stage.votes_for(&framework, &case).await;

    // Allowed: asked again, it is a contract by itself, and the bytes come.
    let third = asks(&stage, &wanted).await;
    stands(&stage, &third, "open").await;
    answer(&third, "owner", true, "Utile au territoire.").await;
    answer(&third, "dpo", true, "AIPD jointe.").await;
    stands(&stage, &third, "granted").await;
    stage.tick().await;
    let granted = labo
        .until(&format!("/access-requests/{}", segment(&third)), |one| one["negotiation"].is_string())
        .await;
    let agreement = text(&labo.negotiation(&text(&granted["negotiation"]), "FINALIZED").await["agreement"]);
    let transfer = labo.transfer(&agreement, RESEARCH).await;
    assert_eq!(labo.fetch(&labo.address(&transfer).await, &[]).await.text(), "id;code_rome\n1;M1805\n");
    // Refused: the same data for another purpose.
    labo.not_started(&stage.clock, &agreement, ("controle_individuel", "finalité")).await;

    // Refused: the attestation has expired. Allowed again with a new one.
    stage.clock.advance(40 * DAY);
    stage.tick().await;
    labo.not_started(&stage.clock, &agreement, (RESEARCH, "audit éthique")).await;
    labo.case(&case, |case| case["approved"] == false).await;
    stage.audited(&framework, &case, 100).await;
    labo.case(&case, |case| case["approved"] == true).await;
    labo.holds(tests::credentials::USE_CASE, true).await;
    labo.transfer(&agreement, RESEARCH).await;
    // Refused: the day after the project.
    stage.clock.advance(50 * DAY);
    let late =
        labo.post("/transfers", &json!({"agreement": agreement, "purpose": RESEARCH})).await.problem(403);
    assert!(late.to_string().contains("pris fin"), "{late}");

    // From the request to the decision, everything is in the logs of who did it.
    for (kind, count) in [
        ("access-request.received", 4),
        ("access-request.opinion", 5),
        ("access-request.refused", 2),
        ("access-request.granted", 2),
    ] {
        assert_eq!(carif.logged(kind).await, count, "{kind}");
    }
    for (kind, count) in [("use-case.proposed", 1), ("use-case.audited", 2), ("use-case.approved", 2)] {
        assert_eq!(region.logged(kind).await, count, "{kind}");
    }
}
