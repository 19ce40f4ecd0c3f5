//! Memberships: an applicant at one node, an operator and those who sit in its bodies at others.

use contracts::ballot::{Choice, Question};
use contracts::framework::FrameworkFile;
use contracts::id::ParticipantId;
use contracts::jcs;
use node::domain::tally::{Cast, tally};
use node::domain::time::Clock;
use node::identity::membership::verify_ballot;
use node::identity::peer::PeerIdentity;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::framework::draft;
use tests::membership::{BODY, application};
use tests::node::Setup;
use tests::on_both;

on_both!(
    an_applicant_becomes_a_member_by_vote_and_signature,
    rules_and_numbers_refuse_with_their_reasons,
    ballots_that_do_not_count_are_refused,
    a_body_without_quorum_decides_nothing,
    who_is_suspended_or_excluded_may_appeal,
    a_member_leaves_and_its_contracts_end,
    an_application_that_is_not_taken_may_be_made_again,
    anybody_counts_the_ballots_again,
);

/// SIREN numbers with a right check digit.
const A: &str = "552100554";
const B: &str = "732829320";

async fn an_applicant_becomes_a_member_by_vote_and_signature(engine: Engine) {
    let federation = Federation::start(engine, &["region", "juriste", "juge", "labo"]).await;
    let [region, one, two, labo] = [0, 1, 2, 3].map(|n| federation.member(n));
    let id = region.runs_framework(&[&labo, &one], &[("juristes/1", &one), ("juristes/2", &two)]).await;
    // One voice each, in seats that exist.
    region.appoint(&id, BODY, "juristes/3", &one).await.problem(409);
    region.appoint(&id, BODY, "juristes/9", &labo).await.problem(400);
    labo.appoint(&id, BODY, "juristes/3", &labo).await.problem(404);

    labo.post(&format!("/frameworks/{id}/charter"), &json!({})).await.problem(404);
    let sent = labo.post(&format!("/frameworks/{id}/application"), &application(A)).await.ok();
    assert_eq!((&sent["state"], &sent["side"]), (&json!("sent"), &json!("applicant")));
    let applied = region.stands(&id, &labo, "applied").await;
    labo.stands(&id, &labo, "applied").await;
    let question = text(&applied["question"]);
    let asked = region.question(&id, &question).await;
    assert_eq!(asked["question"]["subject"], json!({"about": "admission", "applicant": labo.did}));
    // Not before the vote.
    labo.post(&format!("/frameworks/{id}/charter"), &json!({})).await.problem(409);
    // By command of who holds the seat; the ballot goes by the outbox.
    let ballot = json!({"operator": region.did, "question": question, "asked": asked["digest"],
        "seat": "juristes/1", "choice": "yes", "words": "Projet clair."});
    one.post("/ballots", &ballot).await.ok();
    region.until_logged("question.ballot", 1).await;
    let answer = format!("/questions/{}/answer", segment(&question));
    region.post(&answer, &json!({})).await.problem(409);
    // The quorum is two of four seats; ballots may still come, so that nothing is decided before the end.
    two.votes(&region, &asked, "juristes/2", Choice::Yes).await.ok();
    region.post(&answer, &json!({})).await.problem(409);
    // The last two seats make it complete.
    let (third, citizen) = (federation.member(3), federation.member(0));
    region.appoint(&id, BODY, "citoyens/1", &citizen).await.ok();
    region.appoint(&id, BODY, "juristes/3", &third).await.ok();
    // Who is concerned has no say.
    third.votes(&region, &asked, "juristes/3", Choice::Yes).await.problem(409);
    citizen.votes(&region, &asked, "citoyens/1", Choice::Abstain).await.ok();
    region.post(&answer, &json!({})).await.problem(409);
    let shown = region.question(&id, &question).await;
    assert_eq!(shown["ballots"].as_array().unwrap().len(), 3);
    assert!(shown.get("outcome").is_none());
}

/// A clock of its own lets the time of a ballot pass.
async fn admitted(engine: Engine, number: &str) -> (Federation, Clock, String) {
    let clock = Clock::fixed(Clock::System.now());
    let names = ["region", "juriste", "juge", "labo"];
    let setups = names.map(|name| Setup { clock: clock.clone(), ..Setup::new(engine, name) });
    let federation = Federation::of(setups.into()).await;
    let [region, one, two, labo] = [0, 1, 2, 3].map(|n| federation.member(n));
    let id = region.runs_framework(&[&labo], &[("juristes/1", &one), ("juristes/2", &two)]).await;
    labo.post(&format!("/frameworks/{id}/application"), &application(number)).await.ok();
    let question = text(&region.stands(&id, &labo, "applied").await["question"]);
    let asked = region.question(&id, &question).await;
    one.votes(&region, &asked, "juristes/1", Choice::Yes).await.ok();
    two.votes(&region, &asked, "juristes/2", Choice::Yes).await.ok();
    clock.advance(31 * 86_400_000);
    let answered = region.post(&format!("/questions/{}/answer", segment(&question)), &json!({})).await.ok();
    assert_eq!(answered["outcome"], "yes");
    labo.stands(&id, &labo, "admitted").await;
    (federation, clock, id)
}

async fn joined(engine: Engine) -> (Federation, Clock, String) {
    let (federation, clock, id) = admitted(engine, A).await;
    let [region, labo] = [0, 3].map(|n| federation.member(n));
    labo.post(&format!("/frameworks/{id}/charter"), &json!({})).await.ok();
    region.stands(&id, &labo, "member").await;
    labo.stands(&id, &labo, "member").await;
    (federation, clock, id)
}

/// What makes an application another one.
type Change = fn(&mut Value);

async fn rules_and_numbers_refuse_with_their_reasons(engine: Engine) {
    let (federation, _, id) = admitted(engine, A).await;
    let [region, one, labo] = [0, 1, 3].map(|n| federation.member(n));
    // Another applicant with the number of one that is here.
    let file = region.public(&format!("/frameworks/{id}")).await.ok();
    one.post("/frameworks/imports", &file).await.ok();
    let path = format!("/frameworks/{id}/application");
    let apply = |change: Change| {
        let (one, path) = (one.clone(), path.clone());
        async move {
            let mut wanted = application(B);
            change(&mut wanted);
            one.post(&path, &wanted).await
        }
    };
    let wrong: [(Change, &str); 8] = [
        (|a| a["siren"] = json!(A), A),
        (|a| a["siren"] = json!("123456789"), "123456789"),
        (|a| drop(a.as_object_mut().unwrap().remove("siren")), "est demandé"),
        (|a| a["siret"] = json!("55210055400013"), "55210055400013"),
        (|a| a["kind"] = json!("etat"), "etat"),
        (|a| a["place"] = json!("US"), "US"),
        (|a| drop(a.as_object_mut().unwrap().remove("law")), "inconnu"),
        (|a| a["themes"] = json!(["JUST"]), "ENVI"),
    ];
    for (change, said) in wrong {
        apply(change).await.ok();
        let refused = region.refused_for(&id, &one, said).await;
        let heard = one.refused_for(&id, &one, said).await;
        assert_eq!(heard["reasons"], refused["reasons"]);
    }
    // What cannot be read is refused at once; and the nearest thing that is right is asked of the body.
    apply(|a| a["words"] = json!(" ")).await.problem(400);
    apply(|a| a["name"] = json!("a\nb")).await.problem(400);
    apply(|_| ()).await.ok();
    region.stands(&id, &one, "applied").await;
    one.stands(&id, &one, "applied").await;
    one.post(&path, &application(B)).await.problem(409);
    // Nobody applies at its own framework, nor under one that it has not taken.
    region.post(&path, &application(B)).await.problem(409);
    federation.member(2).post(&path, &application(B)).await.problem(404);
    // Nor in somebody else's name.
    let stolen = one
        .app()
        .store
        .read(one.hosted().id())
        .await
        .unwrap()
        .all_memberships(&node::store::Page::first(9))
        .await
        .unwrap()[0]
        .held
        .application
        .clone();
    labo.brings(&region, "/peer/v1/memberships", &json!({"word": stolen})).await.problem(400);
}

async fn ballots_that_do_not_count_are_refused(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let names = ["region", "juriste", "juge", "labo"];
    let setups = names.map(|name| Setup { clock: clock.clone(), ..Setup::new(engine, name) });
    let federation = Federation::of(setups.into()).await;
    let [region, one, two, labo] = [0, 1, 2, 3].map(|n| federation.member(n));
    let id = region.runs_framework(&[&labo, &two], &[("juristes/1", &one)]).await;
    let path = format!("/frameworks/{id}/application");
    labo.post(&path, &application(A)).await.ok();
    let first = text(&region.stands(&id, &labo, "applied").await["question"]);
    two.post(&path, &application(B)).await.ok();
    let second = text(&region.stands(&id, &two, "applied").await["question"]);
    let [first, second] = [region.question(&id, &first).await, region.question(&id, &second).await];
    let ballot = one.ballot(&first, "juristes/1", Choice::No);
    let message = json!({ "ballot": ballot });
    // By who does not hold the seat, for a seat that does not exist, of other words, brought by somebody else.
    two.votes(&region, &first, "juristes/1", Choice::Yes).await.problem(409);
    one.votes(&region, &first, "juristes/7", Choice::Yes).await.problem(409);
    one.votes(&region, &first, "citoyens/1", Choice::Yes).await.problem(409);
    two.brings(&region, "/peer/v1/ballots", &message).await.problem(400);
    let mut other = first.clone();
    other["digest"] = second["digest"].clone();
    one.votes(&region, &other, "juristes/1", Choice::Yes).await.problem(409);
    other["question"]["id"] = json!("urn:uuid:0192a000-0000-7000-8000-000000000009");
    one.votes(&region, &other, "juristes/1", Choice::Yes).await.problem(404);
    // It counts once: not again as it was, nor another one of the same seat.
    one.brings(&region, "/peer/v1/ballots", &message).await.ok();
    one.votes(&region, &first, "juristes/1", Choice::Yes).await.problem(409);
    let spaced = format!("{{\"ballot\": \"{ballot}\" }}").into_bytes();
    let bearer = format!("Bearer {}", one.peer_token(&region.did, &spaced));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    region.raw(reqwest::Method::POST, "/peer/v1/ballots", &headers, spaced).await.problem(409);
    // Nor for another question, nor after the end.
    let moved = json!({"ballot": one.ballot(&first, "juristes/1", Choice::Yes)});
    one.brings(&region, "/peer/v1/ballots", &moved).await.problem(409);
    clock.advance(31 * 86_400_000);
    one.votes(&region, &second, "juristes/1", Choice::Yes).await.problem(409);
    assert_eq!(region.logged("question.ballot").await, 1);
    let shown = region.question(&id, first["question"]["id"].as_str().unwrap()).await;
    assert_eq!(shown["ballots"][0]["ballot"], ballot.as_str());
}

async fn a_body_without_quorum_decides_nothing(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let names = ["region", "juriste", "juge", "labo"];
    let setups = names.map(|name| Setup { clock: clock.clone(), ..Setup::new(engine, name) });
    let federation = Federation::of(setups.into()).await;
    let [region, one, two, labo] = [0, 1, 2, 3].map(|n| federation.member(n));
    let id = region.runs_framework(&[&labo], &[("juristes/1", &one), ("juristes/2", &two)]).await;
    labo.post(&format!("/frameworks/{id}/application"), &application(A)).await.ok();
    let question = text(&region.stands(&id, &labo, "applied").await["question"]);
    let asked = region.question(&id, &question).await;
    one.votes(&region, &asked, "juristes/1", Choice::Yes).await.ok();
    // Who withdraws for an interest of its own is not there.
    two.votes(&region, &asked, "juristes/2", Choice::Recused).await.ok();
    clock.advance(31 * 86_400_000);
    let answer = format!("/questions/{}/answer", segment(&question));
    let refused = region.post(&answer, &json!({})).await.problem(409);
    assert!(refused["detail"].as_str().unwrap().contains("quorum"), "{refused}");
    region.stands(&id, &labo, "applied").await;
    assert_eq!(region.logged("question.answered").await, 0);
}

async fn who_is_suspended_or_excluded_may_appeal(engine: Engine) {
    let (federation, clock, id) = joined(engine).await;
    let [region, one, two, labo] = [0, 1, 2, 3].map(|n| federation.member(n));
    let of = |what: &str| format!("/frameworks/{id}/members/{}/{what}", labo.did.replace('%', "%25"));
    region.post(&of("suspend"), &json!({})).await.problem(400);
    region.post(&of("suspend"), &json!({"reason": "Audit en cours."})).await.ok();
    let heard = labo.stands(&id, &labo, "suspended").await;
    assert_eq!(heard["reasons"], json!(["Audit en cours."]));
    region.post(&of("suspend"), &json!({"reason": "Encore."})).await.problem(409);
    region.post(&of("resume"), &json!({})).await.ok();
    labo.stands(&id, &labo, "member").await;
    labo.post(&format!("/frameworks/{id}/appeal"), &json!({"reason": "Rien."})).await.problem(409);

    // Excluded by vote of the body that admitted it.
    let asked = region.post(&of("exclude"), &json!({"reason": "Charte violée."})).await.ok();
    region.stands(&id, &labo, "member").await;
    let question = region.question(&id, asked["question"].as_str().unwrap()).await;
    for (seat, holder) in [("juristes/1", &one), ("juristes/2", &two)] {
        holder.votes(&region, &question, seat, Choice::Yes).await.ok();
    }
    clock.advance(31 * 86_400_000);
    let answer = |question: &str| format!("/questions/{}/answer", segment(question));
    region.post(&answer(asked["question"].as_str().unwrap()), &json!({})).await.ok();
    labo.stands(&id, &labo, "excluded").await;
    labo.post(&format!("/frameworks/{id}/application"), &application(A)).await.problem(409);

    // Another body hears the appeal.
    labo.post(&format!("/frameworks/{id}/appeal"), &json!({"reason": "Nous n'avons rien publié."}))
        .await
        .ok();
    let appealed = region.stands(&id, &labo, "appealed").await;
    let question = region.question(&id, appealed["question"].as_str().unwrap()).await;
    assert_eq!(question["question"]["body"], "ethique");
    for (seat, holder) in [("experts/1", &one), ("experts/2", &two), ("experts/3", &region)] {
        region.appoint(&id, "ethique", seat, holder).await.ok();
        holder.votes(&region, &question, seat, Choice::No).await.ok();
    }
    clock.advance(31 * 86_400_000);
    region.post(&answer(appealed["question"].as_str().unwrap()), &json!({})).await.ok();
    labo.stands(&id, &labo, "excluded").await;
    labo.post(&format!("/frameworks/{id}/appeal"), &json!({"reason": "Encore."})).await.ok();
    // Once: the operator refuses what its own rules refuse, and asks no body again.
    region.until_logged("question.answered", 3).await;
    assert_eq!(region.stands(&id, &labo, "excluded").await["state"], "excluded");
}

async fn a_member_leaves_and_its_contracts_end(engine: Engine) {
    let (federation, _, id) = joined(engine).await;
    let [region, one, labo] = [0, 1, 3].map(|n| federation.member(n));
    // The directory is sealed by who runs the framework, and names whom it admitted.
    let read = labo.post(&format!("/frameworks/{id}/directory"), &json!({})).await.ok();
    assert_eq!(
        (&read[0]["did"], &read[0]["siren"], read.as_array().unwrap().len()),
        (&json!(labo.did), &json!(A), 1)
    );
    let page = region.public(&format!("/frameworks/{id}/members")).await;
    assert!(!page.header("fiducie-seal").is_empty());
    one.public(&format!("/frameworks/{id}/members")).await.problem(404);
    assert_eq!(labo.get(&format!("/frameworks/{id}/directory")).await.ok(), read);
    // A contract with somebody outside of the framework stays.
    federation.nodes[1].put("a.csv", "a;b\n1;2\n");
    let dataset = one.publish(&closed("a.csv", &labo, PURPOSE)).await;
    let outside = labo.contract(&one, &dataset, PURPOSE).await;
    let path = format!("/frameworks/{id}/exit");
    labo.post(&path, &json!({"reason": " "})).await.problem(400);
    let left = labo.post(&path, &json!({"reason": "Fin du projet.", "contracts": true})).await.ok();
    assert_eq!((&left["membership"]["state"], &left["ended"]), (&json!("left"), &json!([])));
    region.stands(&id, &labo, "left").await;
    assert!(labo.get(&format!("/contracts/{}", segment(&outside))).await.ok()["revoked"].is_null());
    assert_eq!(region.public(&format!("/frameworks/{id}/members")).await.ok()["members"], json!([]));
    labo.post(&path, &json!({"reason": "Encore."})).await.problem(409);
    labo.until_logged("membership.heard", 4).await;
    assert_eq!(labo.logged("membership.left").await, 1);
}

async fn an_application_that_is_not_taken_may_be_made_again(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let setups = ["region", "labo"].map(|name| Setup { clock: clock.clone(), ..Setup::new(engine, name) });
    let federation = Federation::of(setups.into()).await;
    let [region, labo] = [0, 1].map(|n| federation.member(n));
    let id = region.runs_framework(&[&labo], &[]).await;
    let mut next = draft("climate-data-hub");
    next["id"] = json!(format!("urn:uuid:{id}"));
    next["version"] = json!("1.1.0");
    let published = region.publish_framework(&next).await;
    clock.advance(31 * 86_400_000);
    // Under rules that are no longer in force.
    let path = format!("/frameworks/{id}/application");
    labo.post(&path, &application(A)).await.ok();
    // A conflict may pass: it is tried again for a while before it counts.
    for _ in 0..1_000 {
        if labo.all("/memberships").await[0]["state"] == "refused" {
            break;
        }
        clock.advance(60_000);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    labo.refused_for(&id, &labo, "1.1.0").await;
    assert!(region.all("/memberships").await.is_empty());
    labo.post("/frameworks/imports", &region.framework_file(&published).await).await.ok();
    labo.post(&path, &application(A)).await.ok();
    region.stands(&id, &labo, "applied").await;
}

async fn anybody_counts_the_ballots_again(engine: Engine) {
    let (federation, _, id) = admitted(engine, A).await;
    let [region, one, two] = [0, 1, 2].map(|n| federation.member(n));
    let listed = region.public(&format!("/frameworks/{id}/questions")).await.ok();
    let page = region.question(&id, listed["items"][0]["question"]["id"].as_str().unwrap()).await;
    let question: Question = serde_json::from_value(page["question"].clone()).unwrap();
    assert_eq!(jcs::digest(&question).unwrap(), page["digest"].as_str().unwrap());
    let mut cast = Vec::new();
    for shown in page["ballots"].as_array().unwrap() {
        let holder = [&one, &two].into_iter().find(|member| shown["by"] == member.did.as_str()).unwrap();
        let did = ParticipantId::parse(holder.did.as_str()).unwrap();
        let identity = PeerIdentity::parse(&did, &holder.public("/did.json").await.body).unwrap();
        let ballot = verify_ballot(shown["ballot"].as_str().unwrap(), &identity, None).unwrap();
        assert_eq!(
            (&ballot.question, &ballot.asked),
            (&question.id, &page["digest"].as_str().unwrap().to_owned())
        );
        cast.push(Cast { seat: ballot.seat, choice: ballot.choice });
    }
    let version = question.version;
    let file = region.public(&format!("/frameworks/{id}/versions/{version}")).await.ok();
    let framework: FrameworkFile = serde_json::from_value(file).unwrap();
    let counted = tally(framework.framework.body(&question.body).unwrap(), &cast);
    assert_eq!(
        (counted.yes, counted.no, counted.outcome.as_str()),
        (2, 0, page["outcome"].as_str().unwrap())
    );
}
