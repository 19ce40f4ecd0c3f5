//! Duties of contracts: who may say what, what comes again, what everybody may read.

use reqwest::Method;
use serde_json::json;
use tests::check::check;
use tests::duties::{DAY, rounds, settle, stage};
use tests::engine::Engine;
use tests::flow::{PURPOSE, described, text};
use tests::member::Member;
use tests::on_both;

on_both!(
    what_is_not_to_be_said_is_refused,
    what_is_to_be_done_every_year_comes_again,
    what_was_not_done_is_listed_when_the_member_says_so,
);

async fn what_is_not_to_be_said_is_refused(engine: Engine) {
    let (federation, _, agreement) = stage(engine, "").await;
    let [eau, epci, region] = [0, 1, 2].map(|i| federation.member(i));
    settle(&eau, &agreement, 0, "fulfil", "x").await.problem(409);
    settle(&epci, &agreement, 0, "waive", "x").await.problem(409);
    settle(&epci, &agreement, 7, "fulfil", "x").await.problem(404);
    settle(&region, &agreement, 0, "fulfil", "x").await.problem(404);
    settle(&epci, &agreement, 0, "fulfil", "  ").await.problem(400);
    let reader = epci.call("", Method::GET, "/duties", None).await;
    reader.problem(401);
    let notice = text(&settle(&epci, &agreement, 0, "fulfil", "fait").await.ok()["evidence"]["notice"]);
    settle(&epci, &agreement, 0, "fulfil", "encore").await.problem(409);
    eau.until("/duties", |page| page["items"][0]["state"] == "fulfilled").await;
    // A notice counts from who signed it only, and for what is theirs to say.
    let say = async |from: &Member, to: &Member, notice: &str| {
        let body = serde_json::to_vec(&json!({"notice": notice})).unwrap();
        let bearer = format!("Bearer {}", from.peer_token(&to.did, &body));
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        to.raw(Method::POST, "/peer/v1/duties", &headers, body).await
    };
    say(&region, &eau, &notice).await.problem(400);
    say(&epci, &eau, "a.b.c").await.problem(400);
    say(&epci, &region, &notice).await.problem(404);
    assert_eq!(say(&epci, &eau, &notice).await.status, 200, "said again, it changes nothing");
    assert_eq!(eau.logged("duty.fulfilled-by-peer").await, 1);
    check(&federation).await;
}

async fn what_is_to_be_done_every_year_comes_again(engine: Engine) {
    let (federation, clock, _) = stage(engine, "").await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    let mut offer = described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
    offer["rung"] = json!("ouvert_identifie");
    offer["status"] = json!("interet_general");
    let yearly = json!({"leftOperand": "timeInterval", "operator": "eq", "rightOperand": "P1Y"});
    offer["offers"][0]["policy"]["obligation"] = json!([{"action": "inform", "constraint": [yearly]}]);
    federation.nodes[1].put("a.csv", "a\n");
    let dataset = epci.publish(&offer).await;
    let agreement = eau.contract(&epci, &dataset, PURPOSE).await;
    let of = async |member: &Member| -> Vec<(u64, String)> {
        let all = member.all("/duties").await;
        let own = all.into_iter().filter(|duty| duty["contract"] == agreement.as_str());
        own.map(|duty| (duty["occurrence"].as_u64().unwrap(), text(&duty["state"]))).collect()
    };
    settle(&eau, &agreement, 0, "fulfil", "Bilan de la première année").await.ok();
    epci.until_logged("duty.fulfilled-by-peer", 1).await;
    for member in [&eau, &epci] {
        assert_eq!(of(member).await, [(1, "fulfilled".into()), (2, "pending".into())]);
    }
    clock.advance(750 * DAY);
    rounds(&[&eau, &epci]).await;
    for member in [&eau, &epci] {
        let expected = [(1, "fulfilled".into()), (2, "overdue".into()), (3, "pending".into())];
        assert_eq!(of(member).await, expected);
    }
    // The first that is open is what is said to be done.
    settle(&eau, &agreement, 0, "fulfil", "Bilan de la deuxième année").await.ok();
    epci.until_logged("duty.fulfilled-by-peer", 2).await;
    assert_eq!(of(&epci).await[1].1, "fulfilled");
    check(&federation).await;
}

async fn what_was_not_done_is_listed_when_the_member_says_so(engine: Engine) {
    let (federation, clock, agreement) = stage(engine, "[duties]\nsuspend_days = 0\nlist_days = 10\n").await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    clock.advance(205 * DAY);
    rounds(&[&eau, &epci]).await;
    assert_eq!(eau.public("/log/overdue").await.ok(), json!([]));
    clock.advance(10 * DAY);
    rounds(&[&eau, &epci]).await;
    let listed = eau.public("/log/overdue").await.ok();
    assert_eq!((listed.as_array().unwrap().len(), &listed[0]["peer"]), (1, &json!(epci.did)));
    assert_eq!(listed[0]["action"], "inform");
    assert_eq!(epci.public("/log/overdue").await.ok(), json!([]));
    settle(&epci, &agreement, 1, "fulfil", "Bilan remis").await.ok();
    eau.until("/duties", |page| page["items"][1]["state"] == "fulfilled").await;
    assert_eq!(eau.public("/log/overdue").await.ok(), json!([]), "done, it is listed no longer");
    check(&federation).await;
}
