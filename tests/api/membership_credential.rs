//! A membership is a credential: given with it, suspended with it, and taken with it.

use contracts::ballot::Choice;
use node::app::Leniency;
use serde_json::{Value, json};
use tests::credentials::{KIND, Stage, stage};
use tests::engine::Engine;
use tests::flow::{segment, text};
use tests::membership::application;
use tests::on_both;

on_both!(
    a_member_shows_its_credential_until_the_operator_suspends_it,
    who_leaves_shows_nothing_any_more,
    a_membership_ends_without_the_one_of_another_framework,
);

/// The operator issues what it decides; the holder becomes a member of its framework.
async fn joined(engine: Engine) -> (Stage, String) {
    let verifier = "accept = [\"dcp\"]\nstatus_s = 86400\n";
    let stage = stage(engine, verifier, Leniency::default()).await;
    let id = join(&stage, 1).await;
    (stage, id)
}

/// The holder becomes a member of one more framework, and has that many credentials then.
async fn join(stage: &Stage, count: usize) -> String {
    let (region, labo, judge) = (&stage.issuer, &stage.holder, &stage.verifier);
    let seats = [("juristes/1", judge), ("juristes/2", region)];
    let id = region.runs_framework(&[labo], &seats).await;
    labo.post(&format!("/frameworks/{id}/application"), &application("552100554")).await.ok();
    let question = text(&region.stands(&id, labo, "applied").await["question"]);
    let asked = region.question(&id, &question).await;
    judge.votes(region, &asked, "juristes/1", Choice::Yes).await.ok();
    region.votes(region, &asked, "juristes/2", Choice::Yes).await.ok();
    stage.clock.advance(31 * 86_400_000);
    region.post(&format!("/questions/{}/answer", segment(&question)), &json!({})).await.ok();
    labo.stands(&id, labo, "admitted").await;
    // Admitted is not yet a member: the charter is not signed.
    if count == 1 {
        stage.call().await.problem(502);
    }
    labo.post(&format!("/frameworks/{id}/charter"), &json!({})).await.ok();
    labo.stands(&id, labo, "member").await;
    labo.until("/credentials/held", |held: &Value| held.as_array().is_some_and(|all| all.len() == count))
        .await;
    id
}

async fn a_member_shows_its_credential_until_the_operator_suspends_it(engine: Engine) {
    let (stage, id) = joined(engine).await;
    stage.call().await.ok();
    let attested = stage.attested().await;
    let facts = &attested[0]["facts"];
    assert_eq!((&attested[0]["type"], &facts["memberKind"]), (&json!(KIND), &json!("recherche")));
    assert_eq!((&facts["siren"], &facts["processingPlace"]), (&json!("552100554"), &json!("FR")));
    assert!(facts["charter"]["version"].is_string(), "{facts:#}");
    let listed = stage.issuer.all("/memberships").await[0]["credential"].clone();
    assert_eq!(listed, attested[0]["credential"]);
    assert_eq!(listed, stage.holder.all("/memberships").await[0]["credential"]);
    let member = stage.holder.did.replace('%', "%25");
    let act = |what: &str| format!("/frameworks/{id}/members/{member}/{what}");
    let why = json!({"reason": "Charte non respectée."});
    stage.issuer.post(&act("suspend"), &why).await.ok();
    assert_eq!(stage.issuer.logged("credential.suspended").await, 1);
    // The list was looked at just now: a day passes before the verifier looks again by itself.
    stage.clock.advance(86_401_000);
    assert!(stage.call().await.problem(502).to_string().contains("suspended"));
    stage.issuer.post(&act("resume"), &json!({})).await.ok();
    stage.clock.advance(86_401_000);
    stage.call().await.ok();
}

async fn who_leaves_shows_nothing_any_more(engine: Engine) {
    let (stage, id) = joined(engine).await;
    stage.call().await.ok();
    stage.holder.post(&format!("/frameworks/{id}/exit"), &json!({"reason": "Fin du projet."})).await.ok();
    stage.issuer.until_logged("credential.revoked", 1).await;
    stage.clock.advance(86_401_000);
    stage.call().await.problem(502);
}

async fn a_membership_ends_without_the_one_of_another_framework(engine: Engine) {
    let (stage, first) = joined(engine).await;
    let second = join(&stage, 2).await;
    stage.call().await.ok();
    let frameworks = |attested: &Value| -> Vec<String> {
        let all = attested.as_array().unwrap().iter().filter(|one| one["lost"].is_null());
        all.map(|one| segment(text(&one["facts"]["framework"]).as_str()).to_owned()).collect()
    };
    let shown = frameworks(&stage.attested().await);
    assert!(shown.len() == 2 && shown.contains(&first) && shown.contains(&second), "{shown:?}");
    let member = stage.holder.did.replace('%', "%25");
    let why = json!({"reason": "Charte non respectée."});
    stage.issuer.post(&format!("/frameworks/{first}/members/{member}/suspend"), &why).await.ok();
    stage.clock.advance(86_401_000);
    // What is taken back is not shown beside what counts: the other membership goes on.
    stage.call().await.ok();
    assert_eq!(frameworks(&stage.attested().await), std::slice::from_ref(&second));
    stage.holder.post(&format!("/frameworks/{second}/exit"), &json!({"reason": "Fin du projet."})).await.ok();
    stage.issuer.until_logged("credential.revoked", 1).await;
    stage.clock.advance(86_401_000);
    stage.call().await.problem(502);
}
