//! What a member declares of itself is renewed before it ends, and its people are warned when that cannot be.

use node::domain::time::Clock;
use serde_json::json;
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, described, text};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(
    a_statement_is_renewed_when_it_is_used,
    a_statement_is_renewed_at_the_start,
    one_that_ended_is_warned_of
);

const DAY: i64 = 24 * 3600 * 1000;

/// Both on one clock.
async fn pair(engine: Engine) -> Federation {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    Federation::of(vec![setup("eau"), setup("epci")]).await
}

async fn warning(member: &Member) -> serde_json::Value {
    let status = member.get("/status").await.ok();
    let found = status["checks"].as_array().unwrap().iter().find(|c| c["name"] == "statement");
    found.unwrap_or_else(|| panic!("no check of the statement: {status:#}")).clone()
}

async fn made(member: &Member) -> usize {
    member.logged("member.statement-made").await
}

async fn a_statement_is_renewed_when_it_is_used(engine: Engine) {
    let federation = pair(engine).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let constraint = json!([
        {"leftOperand": "recipient", "operator": "eq", "rightOperand": epci.did},
        {"leftOperand": "fiducie:processingPlace", "operator": "eq", "rightOperand": "FR"},
    ]);
    let description =
        described(json!({"file": "a.csv"}), json!([{"action": "use", "constraint": constraint}]));
    let dataset = eau.publish(&description).await;
    federation.nodes[0].clock.advance(1);
    let charter = json!({"place": "FR", "law": "FR", "charter": {"id": "urn:charte:eau", "version": "2"}});
    epci.call(&epci.token, reqwest::Method::PUT, "/members/self/statement", Some(&charter)).await.ok();
    assert_eq!((made(&epci).await, warning(&epci).await["ok"].as_bool()), (2, Some(true)));
    // With more than a month to go nothing is made again.
    federation.nodes[0].clock.advance(300 * DAY);
    epci.contract(&eau, &dataset, PURPOSE).await;
    assert_eq!(made(&epci).await, 2);
    federation.nodes[0].clock.advance(50 * DAY);
    assert_eq!(warning(&epci).await["ok"], false, "nothing said that it ends");
    epci.contract(&eau, &dataset, PURPOSE).await;
    assert_eq!((made(&epci).await, warning(&epci).await["ok"].as_bool()), (3, Some(true)));
    // Past the end of the first one: the provider counts on the second, which says the same.
    federation.nodes[0].clock.advance(200 * DAY);
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    assert_eq!(epci.pulled(&transfer).await.0, b"a;b\n1;2\n");
    assert_eq!(epci.get("/members/self").await.ok()["statement"], charter);
}

async fn a_statement_is_renewed_at_the_start(engine: Engine) {
    let mut federation = pair(engine).await;
    federation.nodes[1].stop(true).await;
    federation.nodes[1].clock.advance(340 * DAY);
    federation.nodes[1].run(None).await.unwrap();
    federation.member(1).until_logged("member.statement-made", 2).await;
    assert_eq!(warning(&federation.member(1)).await["ok"], true);
}

async fn one_that_ended_is_warned_of(engine: Engine) {
    let mut federation = pair(engine).await;
    federation.nodes[1].stop(true).await;
    federation.nodes[1].clock.advance(366 * DAY);
    federation.nodes[1].run(None).await.unwrap();
    let epci = federation.member(1);
    let told = warning(&epci).await;
    assert_eq!(
        (told["ok"].as_bool(), made(&epci).await),
        (Some(false), 1),
        "an ended statement was made again"
    );
    assert!(text(&told["detail"]).contains("fiducie member declare"), "{told}");
    assert!(epci.get("/members/self").await.ok()["statement"].is_null());
    // It serves all the same, and a person declares again.
    assert_eq!(epci.public("/health/ready").await.status, 200);
    let arguments = ["member", "declare", "--place", "FR", "--law", "FR"];
    let declared = command(federation.nodes[1].folder.path(), &arguments).await.ok();
    assert_eq!(declared["place"], "FR");
    assert_eq!(warning(&epci).await["ok"], true);
}
