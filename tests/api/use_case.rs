//! Use cases of a trust framework: an operator, who proposes and receives, and who has the data.

use std::time::{Duration, Instant};

use contracts::ballot::Choice;
use node::domain::transfer::Address;
use serde_json::{Value, json};
use tests::credentials::{Stage, USE_CASE};
use tests::engine::Engine;
use tests::flow::{PURPOSE, segment, text};
use tests::on_both;
use tests::operands::offer;
use tests::use_case::cooperative;

on_both!(
    an_approved_use_case_gives_access_and_its_withdrawal_ends_it,
    the_end_of_a_use_case_and_of_its_audit_end_what_is_under_way,
    what_the_rules_do_not_allow_is_refused_with_every_reason,
    who_has_an_interest_has_no_say,
    a_body_that_says_no_or_nothing_leaves_it_where_it_is,
);

const SIZE: usize = 64 << 20;
const DAY: i64 = 86_400_000;

/// A dataset for who has this use case approved, with many bytes.
async fn restricted(stage: &Stage, case: &str) -> String {
    stage.nodes[2].put("a.csv", "a;b\n".repeat(SIZE / 4));
    stage.verifier.publish(&offer("fiducie:useCase", "eq", json!(case))).await
}

/// Takes bytes, does something meanwhile, and sees that they end; then a new request is refused for the use case.
async fn ends_while_flowing(stage: &Stage, address: &Address, act: impl Future<Output = ()>) {
    let mut flowing = stage.holder.flow(address).await;
    assert_eq!(flowing.status(), 200);
    flowing.chunk().await.unwrap().unwrap();
    act.await;
    let began = Instant::now();
    stage.verifier.until_logged("credential.lost", 1).await;
    let mut received = 0;
    let broken = loop {
        match flowing.chunk().await {
            Ok(Some(chunk)) => received += chunk.len(),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && received < SIZE, "everything arrived: {received} bytes");
    assert!(began.elapsed() < Duration::from_secs(5), "bytes came for {:?}", began.elapsed());
    let refused = stage.holder.fetch(address, &[]).await.problem(403);
    assert!(refused.to_string().contains("cas d'usage"), "{refused}");
}

async fn an_approved_use_case_gives_access_and_its_withdrawal_ends_it(engine: Engine) {
    let (stage, id) = cooperative(engine).await;
    let case = stage.proposed(&id, &stage.proposal(400)).await;
    let dataset = restricted(&stage, &case).await;
    stage.holder.refused(&stage.clock, &stage.verifier, &dataset, (PURPOSE, "cas d'usage")).await;
    // Another one that is approved is not this one.
    stage.approved(&id, &stage.proposal(400)).await;
    stage.holder.refused(&stage.clock, &stage.verifier, &dataset, (PURPOSE, "cas d'usage")).await;
    stage.audited(&id, &case, 400).await;
    let questions = stage.asked_for(&case, "test").await;
    stage.answer(&id, &questions[0], Choice::Yes).await;
    let answer = format!("/questions/{}/answer", segment(&questions[0]));
    stage.issuer.post(&answer, &json!({})).await.ok();
    let approved = stage.holder.case(&case, |case| case["approved"] == true).await;
    assert_eq!((&approved["state"], &approved["side"]), (&json!("test"), &json!("party")));
    let both = |held: &Value| held.to_string().contains(USE_CASE);
    stage.holder.until("/credentials/held", both).await;
    stage.issuer.until_logged("credential.issued", 5).await;
    let agreement = stage.holder.contract(&stage.verifier, &dataset, PURPOSE).await;
    let address = stage.holder.address(&stage.holder.transfer(&agreement, PURPOSE).await).await;
    let withdrawal = async {
        let path = format!("/use-cases/{}/withdraw", segment(&case));
        stage.issuer.post(&path, &json!({"reason": " "})).await.problem(400);
        let asked = stage.issuer.post(&path, &json!({"reason": "Sorties trop fines."})).await.ok();
        assert_eq!(asked["state"], "test", "nothing changes before the vote");
        stage.issuer.post(&path, &json!({"reason": "Encore."})).await.problem(409);
        let question = text(&asked["questions"][0]);
        stage.answer(&id, &question, Choice::Yes).await;
        let path = format!("/questions/{}/answer", segment(&question));
        stage.issuer.post(&path, &json!({})).await.ok();
    };
    ends_while_flowing(&stage, &address, withdrawal).await;
    let over = stage.holder.case(&case, |case| case["state"] == "abandonne").await;
    assert_eq!((&over["ending"], &over["approved"]), (&json!("withdrawn"), &json!(false)));
    // It is a matter of everybody, and cannot be taken back.
    let shown = stage.issuer.public(&format!("/frameworks/{id}/use-cases")).await;
    assert!(!shown.header("fiducie-seal").is_empty());
    let states: Vec<_> =
        shown.json()["items"].as_array().unwrap().iter().map(|c| text(&c["state"])).collect();
    assert_eq!(states, ["abandonne", "test"]);
    let body = json!({"to": "confirme", "reason": "Reprise."});
    stage.holder.post(&format!("/use-cases/{}/step", segment(&case)), &body).await;
    assert_eq!(stage.issuer.logged("use-case.approved").await, 2);
    assert_eq!(stage.issuer.logged("use-case.lapsed").await, 1);
    stage.verifier.public(&format!("/frameworks/{id}/use-cases")).await.problem(404);
}

async fn the_end_of_a_use_case_and_of_its_audit_end_what_is_under_way(engine: Engine) {
    let (stage, id) = cooperative(engine).await;
    let mut short = stage.proposal(1);
    short["ends"] = json!(stage.clock.now().plus_seconds(120).rfc3339());
    let case = stage.approved(&id, &short).await;
    let dataset = restricted(&stage, &case).await;
    let agreement = stage.holder.contract(&stage.verifier, &dataset, PURPOSE).await;
    let address = stage.holder.address(&stage.holder.transfer(&agreement, PURPOSE).await).await;
    let end = async {
        stage.clock.advance(120_000);
        stage.tick().await;
    };
    ends_while_flowing(&stage, &address, end).await;
    let over = stage.holder.case(&case, |case| case["state"] == "abandonne").await;
    assert_eq!(over["ending"], "ended");
    stage.holder.holds(USE_CASE, false).await;
    // An audit that ends before: what it let through stops, until there is another.
    let case = stage.proposed(&id, &stage.proposal(200)).await;
    stage.audited(&id, &case, 10).await;
    let question = &stage.asked_for(&case, "test").await[0];
    stage.answer(&id, question, Choice::Yes).await;
    stage.issuer.post(&format!("/questions/{}/answer", segment(question)), &json!({})).await.ok();
    stage.holder.case(&case, |case| case["approved"] == true).await;
    stage.holder.holds(USE_CASE, true).await;
    let dataset = restricted(&stage, &case).await;
    let agreement = stage.holder.contract(&stage.verifier, &dataset, PURPOSE).await;
    stage.clock.advance(10 * DAY);
    // By its date alone, before anybody looked.
    stage.holder.not_started(&stage.clock, &agreement, (PURPOSE, "cas d'usage")).await;
    stage.tick().await;
    let lapsed = stage.holder.case(&case, |case| case["approved"] == false).await;
    assert_eq!(lapsed["state"], "test");
    stage.audited(&id, &case, 100).await;
    stage.holder.case(&case, |case| case["approved"] == true).await;
    stage.holder.holds(USE_CASE, true).await;
    stage.holder.transfer(&agreement, PURPOSE).await;
    assert_eq!(stage.issuer.logged("use-case.lapsed").await, 2);
}

async fn what_the_rules_do_not_allow_is_refused_with_every_reason(engine: Engine) {
    let (stage, id) = cooperative(engine).await;
    let (region, labo, eau) = (&stage.issuer, &stage.holder, &stage.verifier);
    let wrong: [(&str, Value, &str); 6] = [
        ("purposes", json!(["publicite"]), "publicite"),
        ("purposes", json!(["recherche_scientifique", "controle_individuel"]), "interdit"),
        ("purposes", json!(["n_importe_quoi"]), "référentiel"),
        ("purposes", json!(["prospection"]), "n'admet pas"),
        ("recipients", json!([eau.did]), eau.did.as_str()),
        ("ends", json!("2020-01-01T00:00:00Z"), "2020-01-01"),
    ];
    for (field, value, said) in wrong {
        let mut proposal = stage.proposal(100);
        proposal[field] = value;
        let case = stage.proposed(&id, &proposal).await;
        let refused = labo.case(&case, |case| case["ending"] == "refused").await;
        assert!(refused["reasons"].to_string().contains(said), "{said}: {refused:#}");
        assert_eq!(region.case(&case, |_| true).await["reasons"], refused["reasons"]);
    }
    // What cannot be read is refused at once.
    let path = format!("/frameworks/{id}/use-cases");
    for (field, value) in [
        ("title", json!("a\nb")),
        ("words", json!("x".repeat(100_000))),
        ("words", json!(" ")),
        ("purposes", json!([])),
        ("recipients", json!(vec![labo.did.clone(); 33])),
        ("datasets", json!(vec![format!("urn:{}", "x".repeat(500)); 32])),
        ("ends", json!("demain")),
        ("surprise", json!(1)),
    ] {
        let mut proposal = stage.proposal(100);
        proposal[field] = value;
        labo.post(&path, &proposal).await.problem(400);
    }
    // Who is no member proposes nothing, and nobody speaks for somebody else.
    let refused = eau.post(&path, &stage.proposal(100)).await;
    let id_of = text(&refused.json()["id"]);
    eau.case(&id_of, |case| case["ending"] == "refused").await;
    region.get(&format!("/use-cases/{}", segment(&id_of))).await.problem(404);
    let case = stage.proposed(&id, &stage.proposal(100)).await;
    eau.post(&format!("/use-cases/{}/step", segment(&case)), &json!({"to": "test", "reason": "Moi."}))
        .await
        .problem(404);
    let stolen = json!({"word": labo.case(&case, |_| true).await["signed"]});
    eau.brings(region, "/peer/v1/use-cases", &stolen).await.problem(400);
    // Again: it is there.
    labo.brings(region, "/peer/v1/use-cases", &json!({"word": stolen["word"], "x": 1})).await.problem(400);
    labo.brings(region, "/peer/v1/use-cases", &stolen).await.ok();
    assert_eq!(region.logged("use-case.proposed").await, 7);
    // No step without an audit, nor one that the framework does not have.
    let step = |to: &str| json!({"to": to, "reason": "Allons."});
    for to in ["test", "confirme"] {
        labo.post(&format!("/use-cases/{}/step", segment(&case)), &step(to)).await;
    }
    // An audit that is over, by who has no seat, or is a party.
    let audit = |until: String| json!({"words": "Vu.", "until": until});
    let at = format!("/frameworks/{id}/use-cases/{}/audit", segment(&case));
    let until = |days: i64| stage.clock.now().plus_seconds(days * 86_400).rfc3339();
    for (who, until) in [(eau, until(-1)), (eau, until(4000)), (labo, until(30))] {
        assert_eq!(who.post(&at, &audit(until)).await.status, 202);
    }
    eau.post(&at, &audit("bientôt".into())).await.problem(400);
    stage.audited(&id, &case, 30).await;
    let kept = region.case(&case, |_| true).await;
    assert_eq!((&kept["state"], kept.get("questions")), (&json!("idee"), None), "{kept:#}");
    assert_eq!(region.logged("use-case.asked").await, 0);
    assert_eq!(region.logged("use-case.audited").await, 1);
}

async fn who_has_an_interest_has_no_say(engine: Engine) {
    let (stage, id) = cooperative(engine).await;
    let case = stage.proposed(&id, &stage.proposal(100)).await;
    stage.audited(&id, &case, 100).await;
    let question = &stage.asked_for(&case, "test").await[0];
    let asked = stage.issuer.question(&id, question).await;
    let subject = &asked["question"]["subject"];
    assert_eq!(subject["conflicts"], json!(["experts/3"]), "{asked:#}");
    assert_eq!(subject["parties"], json!([stage.holder.did]));
    assert_eq!(stage.issuer.logged("question.conflict").await, 1);
    stage.holder.votes(&stage.issuer, &asked, "experts/3", Choice::Yes).await.problem(409);
    // Nor somebody else in that seat.
    stage.verifier.votes(&stage.issuer, &asked, "experts/3", Choice::Yes).await.problem(409);
    stage.issuer.votes(&stage.issuer, &asked, "experts/1", Choice::Yes).await.ok();
    stage.issuer.votes(&stage.issuer, &asked, "experts/1", Choice::No).await.problem(409);
    let answer = format!("/questions/{}/answer", segment(question));
    stage.issuer.post(&answer, &json!({})).await.problem(409);
    // All who may have spoken: the seat in conflict is not waited for.
    stage.verifier.votes(&stage.issuer, &asked, "experts/2", Choice::Yes).await.ok();
    assert_eq!(stage.issuer.post(&answer, &json!({})).await.ok()["outcome"], "yes");
    assert_eq!(stage.issuer.post(&answer, &json!({})).await.ok()["outcome"], "yes");
    assert_eq!(stage.issuer.logged("question.answered").await, 2);
    stage.issuer.case(&case, |case| case["state"] == "test").await;
}

async fn a_body_that_says_no_or_nothing_leaves_it_where_it_is(engine: Engine) {
    let (stage, id) = cooperative(engine).await;
    let case = stage.proposed(&id, &stage.proposal(200)).await;
    stage.audited(&id, &case, 200).await;
    let first = &stage.asked_for(&case, "test").await[0];
    let asked = stage.issuer.question(&id, first).await;
    stage.issuer.votes(&stage.issuer, &asked, "experts/1", Choice::Yes).await.ok();
    // Who declares an interest of its own is not there: no quorum when the vote closes.
    stage.verifier.votes(&stage.issuer, &asked, "experts/2", Choice::Recused).await.ok();
    stage.clock.advance(31 * DAY);
    stage.verifier.votes(&stage.issuer, &asked, "experts/2", Choice::Yes).await.problem(409);
    stage.tick().await;
    let kept = stage.holder.case(&case, |case| case["reasons"].to_string().contains("quorum")).await;
    assert_eq!((&kept["state"], kept.get("questions")), (&json!("idee"), None));
    assert_eq!(stage.issuer.question(&id, first).await["outcome"], "no-quorum");
    // It may be put again; no is no, with the words of who said it.
    let second = &stage.asked_for(&case, "test").await[0];
    let asked = stage.issuer.question(&id, second).await;
    let ballot = json!({"operator": stage.issuer.did, "question": second, "asked": asked["digest"],
        "seat": "experts/2", "choice": "no", "words": "Le protocole de minimisation manque."});
    stage.verifier.post("/ballots", &ballot).await.ok();
    stage.issuer.votes(&stage.issuer, &asked, "experts/1", Choice::No).await.ok();
    stage.issuer.until_logged("question.ballot", 6).await;
    stage.issuer.post(&format!("/questions/{}/answer", segment(second)), &json!({})).await.ok();
    let kept = stage.holder.case(&case, |case| case["reasons"].to_string().contains("minimisation")).await;
    assert_eq!((&kept["state"], &kept["approved"]), (&json!("idee"), &json!(false)));
    stage.holder.holds(USE_CASE, false).await;
    // Who proposed it ends it, and nobody else.
    let path = format!("/use-cases/{}/abandon", segment(&case));
    stage.verifier.post(&path, &json!({"reason": "Moi."})).await.problem(404);
    stage.holder.post(&path, &json!({"reason": "Sans moyens."})).await;
    let over = stage.issuer.case(&case, |case| case["state"] == "abandonne").await;
    assert_eq!((&over["ending"], &over["reasons"]), (&json!("abandoned"), &json!(["Sans moyens."])));
}
