//! Requests for access: who asks, whose the data are, and who is asked for an opinion.

use node::app::calendar;
use node::domain::time::Clock;
use node::store::Page;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{closed, described, segment, text};
use tests::framework::draft;
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(
    a_yes_of_all_becomes_a_contract_within_the_request,
    a_no_goes_to_who_asked_with_its_reasons_and_the_appeal,
    silence_past_the_deadline_is_what_the_rules_say,
    what_who_asks_may_not_know_leaves_no_trace,
    a_body_elsewhere_gives_its_opinion,
    requests_that_cannot_be_are_refused,
);

const PURPOSE: &str = "recherche_scientifique";
const DAY: i64 = 86_400_000;

/// An owner whose node agrees to nothing by itself, with a data protection officer, and a laboratory.
async fn stage(engine: Engine, more: &str) -> (Federation, Clock) {
    let clock = Clock::fixed(Clock::System.now());
    let names = ["eau", "labo", "ethique"];
    let setups = names.map(|name| {
        let config = match name {
            "eau" => format!("[contracts]\nautomatic = false\n[access_requests]\n{more}\n"),
            _ => String::new(),
        };
        Setup { clock: clock.clone(), config, ..Setup::new(engine, name) }
    });
    let federation = Federation::of(setups.into()).await;
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    (federation, clock)
}

const TWO: &str = "reviewers = [\"owner\", \"dpo\"]\ndays = 30";

async fn tick(federation: &Federation) {
    for member in federation.members() {
        calendar::round(member.app(), &member.hosted()).await.unwrap();
    }
}

fn wanted(dataset: &str) -> Value {
    json!({"dataset": dataset, "purpose": PURPOSE, "words": "Mesurer le taux de placement par formation."})
}

async fn asks(who: &Member, owner: &Member, wanted: Value) -> String {
    let sent = who.post("/access-requests", &json!({"peer": owner.did, "wanted": wanted})).await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    text(&sent.json()["id"])
}

async fn stands(member: &Member, id: &str, state: &str) -> Value {
    member.until(&format!("/access-requests/{}", segment(id)), |one| one["state"] == state).await
}

fn opinion(role: &str, yes: bool, words: &str) -> Value {
    json!({"role": role, "yes": yes, "words": words})
}

fn answer(id: &str) -> String {
    format!("/access-requests/{}/opinion", segment(id))
}

async fn a_yes_of_all_becomes_a_contract_within_the_request(engine: Engine) {
    let (federation, clock) = stage(engine, TWO).await;
    let [eau, labo] = [0, 1].map(|n| federation.member(n));
    let dataset = eau.publish(&closed("a.csv", &labo, PURPOSE)).await;
    let ends = clock.now().plus_seconds(60 * 86_400).rfc3339();
    let mut asked = wanted(&dataset);
    asked["ends"] = json!(ends);
    let id = asks(&labo, &eau, asked).await;
    let open = stands(&labo, &id, "open").await;
    assert!(open["due"].is_string() && open["side"] == "asker", "{open:#}");
    let kept = eau.get(&format!("/access-requests/{}", segment(&id))).await.ok();
    assert_eq!((&kept["side"], &kept["deadline"]), (&json!("owner"), &json!("due")));
    eau.post(&answer(&id), &opinion("owner", true, "Utile au territoire.")).await.ok();
    // Half a yes is none.
    tick(&federation).await;
    assert!(labo.all("/negotiations").await.is_empty());
    eau.post(&answer(&id), &opinion("dpo", true, "AIPD vue.")).await.ok();
    stands(&labo, &id, "granted").await;
    tick(&federation).await;
    let granted =
        labo.until(&format!("/access-requests/{}", segment(&id)), |one| one["negotiation"].is_string()).await;
    let negotiation = text(&granted["negotiation"]);
    let agreement = text(&labo.negotiation(&negotiation, "FINALIZED").await["agreement"]);
    for member in [&eau, &labo] {
        let mut reader = member.app().store.read(member.hosted().id()).await.unwrap();
        let kept = reader.agreements(&Page::first(9)).await.unwrap();
        assert_eq!(kept[0].until.unwrap().rfc3339(), ends, "{}", member.name);
    }
    let address = labo.address(&labo.transfer(&agreement, PURPOSE).await).await;
    assert_eq!(labo.fetch(&address, &[]).await.status, 200);
    // The log has who said what, and why.
    let opinions: Vec<_> =
        eau.log().await.into_iter().filter(|entry| entry.kind == "access-request.opinion").collect();
    assert_eq!(opinions.len(), 2);
    let words = opinions[1].body.clone().unwrap();
    assert_eq!((&words["role"]["value"], &words["words"]["value"]), (&json!("dpo"), &json!("AIPD vue.")));
    // Once, whatever the clock does; and nothing beyond what was granted concludes by itself.
    tick(&federation).await;
    assert_eq!(labo.all("/negotiations").await.len(), 1);
    let other = labo.negotiate(&eau, &dataset, "recherche").await;
    labo.until(&format!("/negotiations/{}", segment(&other)), |n| {
        n["state"] != "REQUESTED" || n["peer_id"].is_string()
    })
    .await;
    assert_ne!(labo.get(&format!("/negotiations/{}", segment(&other))).await.ok()["state"], "FINALIZED");
    // A yes is for one contract, which may be revoked: another one is not agreed to without a person.
    let again = labo.negotiate(&eau, &dataset, PURPOSE).await;
    let theirs = labo.peer_id("negotiations", &again).await;
    eau.until(&format!("/negotiations/{}", segment(&theirs)), |n| n["waits_for"] == "person").await;
    // The day after the project.
    clock.advance(60 * DAY);
    let late = labo.post("/transfers", &json!({"agreement": agreement, "purpose": PURPOSE})).await;
    assert!(late.problem(403).to_string().contains("pris fin"));
}

async fn a_no_goes_to_who_asked_with_its_reasons_and_the_appeal(engine: Engine) {
    let (federation, _) = stage(engine, TWO).await;
    let [eau, labo] = [0, 1].map(|n| federation.member(n));
    let dataset = eau.publish(&closed("a.csv", &labo, PURPOSE)).await;
    let id = asks(&labo, &eau, wanted(&dataset)).await;
    stands(&labo, &id, "open").await;
    eau.post(&answer(&id), &opinion("dpo", false, "Minimisation insuffisante.")).await.ok();
    let refused = stands(&labo, &id, "refused").await;
    let reasons = refused["reasons"].to_string();
    assert!(reasons.contains("Minimisation insuffisante.") && reasons.contains("protection"), "{reasons}");
    assert!(refused["appeal"].as_str().unwrap().contains("CADA"), "{refused:#}");
    // It is decided.
    eau.post(&answer(&id), &opinion("owner", true, "Tout de même.")).await.problem(409);
    tick(&federation).await;
    assert!(labo.all("/negotiations").await.is_empty());
    assert_eq!(eau.logged("access-request.refused").await, 1);
    // It may be asked again, and decided otherwise.
    let id = asks(&labo, &eau, wanted(&dataset)).await;
    stands(&labo, &id, "open").await;
}

async fn silence_past_the_deadline_is_what_the_rules_say(engine: Engine) {
    let (federation, clock) = stage(engine, TWO).await;
    let [eau, labo] = [0, 1].map(|n| federation.member(n));
    let dataset = eau.publish(&closed("a.csv", &labo, PURPOSE)).await;
    let id = asks(&labo, &eau, wanted(&dataset)).await;
    stands(&labo, &id, "open").await;
    eau.post(&answer(&id), &opinion("owner", true, "Oui.")).await.ok();
    clock.advance(30 * DAY);
    tick(&federation).await;
    stands(&eau, &id, "open").await;
    clock.advance(1_000);
    eau.post(&answer(&id), &opinion("dpo", true, "Trop tard.")).await.problem(409);
    tick(&federation).await;
    let refused = stands(&labo, &id, "refused").await;
    assert!(refused["reasons"].to_string().contains("pas de réponse"), "{refused:#}");

    // Under a framework where silence consents, after its own time.
    let mut rules = draft("charte-ethique");
    rules["parts"]["useCases"]["requests"] = json!({"days": 10, "silence": "consents"});
    let published = eau.publish_framework(&rules).await;
    let mut asked = wanted(&dataset);
    asked["framework"] = published["id"].clone();
    let id = asks(&labo, &eau, asked.clone()).await;
    stands(&labo, &id, "open").await;
    clock.advance(10 * DAY + 1_000);
    tick(&federation).await;
    stands(&labo, &id, "granted").await;
    // A purpose that it prohibits is refused at once, and its body of appeals named.
    asked["purpose"] = json!("controle_individuel");
    let id = asks(&labo, &eau, asked).await;
    let refused = stands(&labo, &id, "refused").await;
    assert!(refused["reasons"].to_string().contains("interdit"), "{refused:#}");
    assert!(refused["appeal"].as_str().unwrap().contains("Comité d'éthique"), "{refused:#}");
}

async fn what_who_asks_may_not_know_leaves_no_trace(engine: Engine) {
    let (federation, _) = stage(engine, TWO).await;
    let [eau, labo, other] = [0, 1, 2].map(|n| federation.member(n));
    let mut hidden = closed("a.csv", &other, PURPOSE);
    hidden["rung"] = json!("invisible");
    hidden.as_object_mut().unwrap().remove("offers");
    let dataset = eau.publish(&hidden).await;
    let before = eau.log().await.len();
    let none = "urn:uuid:0192a000-0000-7000-8000-00000000dead";
    let mut said = Vec::new();
    for asked in [dataset.as_str(), none] {
        let id = asks(&labo, &eau, wanted(asked)).await;
        let refused = stands(&labo, &id, "refused").await;
        said.push((refused["reasons"].clone(), refused.get("appeal").cloned(), refused.get("due").cloned()));
    }
    assert_eq!(said[0], said[1], "the same is said of what is hidden and of what is not there");
    assert_eq!(eau.log().await.len(), before);
    assert!(eau.all("/access-requests").await.is_empty());
}

async fn a_body_elsewhere_gives_its_opinion(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let ethics =
        tests::node::TestNode::start(Setup { clock: clock.clone(), ..Setup::new(engine, "ethique") }).await;
    let body = ethics.members[0].clone();
    let config = format!(
        "[contracts]\nautomatic = false\n[access_requests]\nreviewers = [\"owner\", \"ethics {}\"]\ndays = 30\n",
        body.did
    );
    let setup = |name: &str, config: &str| Setup {
        clock: clock.clone(),
        config: config.to_owned(),
        ..Setup::new(engine, name)
    };
    let federation = Federation::of(vec![setup("eau", &config), setup("labo", "")]).await;
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let [eau, labo] = [0, 1].map(|n| federation.member(n));
    let dataset = eau.publish(&closed("a.csv", &labo, PURPOSE)).await;
    let id = asks(&labo, &eau, wanted(&dataset)).await;
    let listed = |page: &Value| page["items"].as_array().is_some_and(|all| !all.is_empty());
    let asked = body.until("/access-requests", listed).await["items"][0].clone();
    assert_eq!((&asked["side"], &asked["wanted"]["purpose"]), (&json!("reviewer"), &json!(PURPOSE)));
    // Only who is asked, as what it is asked, and once.
    eau.post(&answer(&id), &opinion("ethics", true, "À sa place.")).await.problem(409);
    labo.post(&answer(&id), &opinion("ethics", true, "Moi-même.")).await.problem(404);
    body.post(&answer(&id), &opinion("dpo", true, "Autre chose.")).await.problem(409);
    eau.post(&answer(&id), &opinion("owner", true, "Oui.")).await.ok();
    body.post(&answer(&id), &opinion("ethics", true, " ")).await.problem(400);
    body.post(&answer(&id), &opinion("ethics", true, &"x".repeat(5_000))).await.problem(400);
    body.post(&answer(&id), &opinion("ethics", true, "Audit fait.")).await.ok();
    body.post(&answer(&id), &opinion("ethics", false, "Non.")).await.problem(409);
    let granted = stands(&labo, &id, "granted").await;
    assert!(granted["reasons"].as_array().is_none(), "{granted:#}");
    let kept = eau.get(&format!("/access-requests/{}", segment(&id))).await.ok();
    assert_eq!(kept["reviews"][1]["of"], body.did.as_str());
    // The opinion as it was signed: not again, and not by somebody else.
    let word = json!({"word": kept["reviews"][1]["word"]});
    labo.brings(&eau, "/peer/v1/access-requests", &word).await.problem(400);
    body.brings(&eau, "/peer/v1/access-requests", &word).await.ok();
    assert_eq!(eau.logged("access-request.opinion").await, 2);
}

async fn requests_that_cannot_be_are_refused(engine: Engine) {
    let (federation, _) = stage(engine, TWO).await;
    let [eau, labo, other] = [0, 1, 2].map(|n| federation.member(n));
    let dataset = eau.publish(&closed("a.csv", &other, PURPOSE)).await;
    let ask = |wanted: Value| {
        let labo = labo.clone();
        let body = json!({"peer": eau.did, "wanted": wanted});
        async move { labo.post("/access-requests", &body).await }
    };
    for (field, value) in [
        ("words", json!("x".repeat(100_000))),
        ("words", json!("")),
        ("purpose", json!("x".repeat(1_000))),
        ("useCase", json!("urn:uuid:0192a000-0000-7000-8000-000000000001")),
        ("ends", json!("bientôt")),
        ("surprise", json!(true)),
    ] {
        let mut wanted = wanted(&dataset);
        wanted[field] = value;
        ask(wanted).await.problem(400);
    }
    eau.post("/access-requests", &json!({"peer": eau.did, "wanted": wanted(&dataset)})).await.problem(400);
    // What no opinion can allow.
    for (field, value, said) in [
        ("purpose", json!("n_importe_quoi"), "référentiel"),
        ("purpose", json!("identification_biometrique"), ""),
        ("ends", json!("2020-01-01T00:00:00Z"), "2020"),
    ] {
        let mut wanted = wanted(&dataset);
        wanted[field] = value;
        let id = asks(&labo, &eau, wanted).await;
        let refused = stands(&labo, &id, "refused").await;
        assert!(refused["reasons"].to_string().contains(said), "{said}: {refused:#}");
    }
    // Under rules that the owner does not follow; and the same again while it is open.
    let mut strange = wanted(&dataset);
    strange["framework"] = json!("urn:uuid:0192a000-0000-7000-8000-000000000005");
    let strange = asks(&labo, &eau, strange).await;
    let first = asks(&labo, &eau, wanted(&dataset)).await;
    stands(&labo, &first, "open").await;
    let again = asks(&labo, &eau, wanted(&dataset)).await;
    for (id, said) in [(&strange, "cadre"), (&again, "attendez")] {
        let refused = stands(&labo, id, "refused").await;
        assert!(refused["reasons"].to_string().contains(said), "{refused:#}");
    }
    // It knows that the dataset exists, and no offer is made to it: nobody can say yes.
    eau.post(&answer(&first), &opinion("owner", true, "Oui.")).await.ok();
    let refused = eau.post(&answer(&first), &opinion("dpo", true, "Oui.")).await.problem(409);
    assert!(refused["detail"].as_str().unwrap().contains("no offer"), "{refused:#}");
    let mut opened = described(
        json!({"file": "a.csv"}),
        json!([{"action": "use", "constraint": [{"leftOperand": "recipient", "operator": "eq", "rightOperand": labo.did}]}]),
    );
    opened["id"] = json!(dataset);
    eau.publish(&opened).await;
    eau.post(&answer(&first), &opinion("dpo", true, "Oui.")).await.ok();
    stands(&labo, &first, "granted").await;
}
