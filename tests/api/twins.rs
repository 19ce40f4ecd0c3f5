//! What both members recorded of one exchange, compared: a twin that is missing, other or not given is found.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use node::app::twins;
use node::domain::time::Clock;
use node::identity::cipher::Cipher;
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::on_both;
use tests::temporary::Folder;

on_both!(twins_agree_or_the_difference_is_proven, a_peer_that_gives_nothing_is_told_after_a_while);

const DAY: i64 = 86_400_000;

/// Two members on one clock, with one contract and one file pulled under it.
async fn exchange(engine: Engine) -> (Federation, Clock, String) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    let federation = Federation::of(vec![setup("eau"), setup("epci"), setup("region")]).await;
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    eau.until_logged("delivery.acknowledged", 1).await;
    (federation, clock, agreement)
}

async fn compare(member: &Member, agreement: &str) -> Value {
    member.post(&format!("/contracts/{}/twins", segment(agreement)), &json!({})).await.ok()
}

/// What the one who runs the machine can do.
async fn tamper(node: &TestNode, sql: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&node.config.database_url()).await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
    connection.close().await.unwrap();
}

/// The same, in what is sealed: the machine has the keys.
async fn reword(node: &TestNode, kind: &str, from: &str, to: &str) {
    sqlx::any::install_default_drivers();
    let hosted = node.members[0].hosted();
    let mut connection = AnyConnection::connect(&node.config.database_url()).await.unwrap();
    let sql = "SELECT e.idx AS idx, b.body AS body, k.kid AS kid, k.sealed AS sealed FROM log_entry e \
               JOIN entry_body b ON b.member = e.member AND b.idx = e.idx \
               JOIN opening_key k ON k.member = b.member AND k.kid = b.opening_key WHERE e.kind = $1";
    let row = sqlx::query(sql).bind(kind).fetch_one(&mut connection).await.unwrap();
    let (index, kid): (i64, String) = (row.get("idx"), row.get("kid"));
    let sealed: Vec<u8> = row.get("sealed");
    let key = Cipher::new(&hosted.keys().openings().open(kid.as_bytes(), &sealed).unwrap()).unwrap();
    let about = format!("body/{index}").into_bytes();
    let body = STANDARD_NO_PAD.decode(row.get::<String, _>("body")).unwrap();
    let body = String::from_utf8(key.open(&about, &body).unwrap().to_vec()).unwrap();
    assert!(body.contains(from), "{body}");
    let body = STANDARD_NO_PAD.encode(key.seal(&about, body.replace(from, to).as_bytes()).unwrap());
    let changed = sqlx::query("UPDATE entry_body SET body = $1 WHERE idx = $2").bind(body).bind(index);
    assert_eq!(changed.execute(&mut connection).await.unwrap().rows_affected(), 1);
    connection.close().await.unwrap();
}

async fn twins_agree_or_the_difference_is_proven(engine: Engine) {
    let (federation, clock, agreement) = exchange(engine).await;
    let [eau, epci, region] = [0, 1, 2].map(|n| federation.member(n));
    let path = format!("/contracts/{}/twins", segment(&agreement));
    eau.get(&path).await.problem(404);
    for side in [&eau, &epci] {
        let found = compare(side, &agreement).await;
        assert_eq!((&found["state"], &found["pairs"]), (&json!("agree"), &json!(1)), "{found:#}");
        assert_eq!(side.get(&path).await.ok(), found);
    }
    eau.get(&format!("{path}/evidence")).await.problem(404);

    // Nobody but the other party gets the entries.
    let message = json!({"agreement": agreement, "from": 0});
    let body = serde_json::to_vec(&message).unwrap();
    let ask = |asker: Member, token: String| {
        let (eau, body) = (eau.clone(), body.clone());
        async move {
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            drop(asker);
            eau.raw(reqwest::Method::POST, "/peer/v1/log-extracts", &headers, body).await
        }
    };
    let token = region.peer_token(&eau.did, &body);
    ask(region.clone(), token).await.problem(404);
    ask(region.clone(), region.token.clone()).await.problem(401);
    let token = epci.peer_token(&eau.did, &body);
    let given = ask(epci.clone(), token.clone()).await.ok();
    let kinds = given["extract"]["entries"].as_array().unwrap().len();
    assert_eq!(kinds, 3, "opened, closed, acknowledged: {given:#}");
    assert!(
        !given.to_string().contains("\"facts\":{\"value"),
        "what the decision looked at stays with the provider"
    );
    ask(epci.clone(), token).await.problem(401);

    // The consumer's entry disappears from what it gives. At once that may be lateness, a day later it is an alarm.
    tamper(
        &federation.nodes[1],
        "DELETE FROM entry_body WHERE idx IN (SELECT idx FROM log_entry WHERE kind = 'delivery.received')",
    )
    .await;
    let found = compare(&eau, &agreement).await;
    assert_eq!(
        (&found["state"], found["awaited"].as_array().unwrap().len()),
        (&json!("agree"), 1),
        "{found:#}"
    );
    clock.advance(DAY + 1000);
    let found = compare(&eau, &agreement).await;
    assert_eq!((&found["state"], found["differences"].as_array().unwrap().len()), (&json!("differ"), 1));
    assert!(found["differences"][0]["what"].as_str().unwrap().contains("only the provider"), "{found:#}");
    compare(&eau, &agreement).await;
    assert_eq!(eau.logged("twins.differ").await, 1, "one alarm for one difference");
    assert_eq!(eau.get("/log/twins").await.ok()["items"][0]["state"], "differ");

    // Both sides' entries are kept, and anybody can check them.
    let folder = Folder::default();
    let evidence = folder.path().join("evidence");
    let dir = federation.nodes[0].folder.path();
    let arguments = ["log", "twins", &agreement, "--evidence", evidence.to_str().unwrap()];
    let told = command(dir, &arguments).await;
    assert_eq!((told.code, &told.json["state"]), (1, &json!("differ")), "{told:?}");
    let anchors = [&eau, &epci].map(|member| member.public("/.well-known/did.json"));
    let anchors = futures_util::future::join_all(anchors).await;
    let names: Vec<_> =
        anchors.iter().enumerate().map(|(n, a)| folder.write(&format!("{n}.json"), &a.body)).collect();
    let mut arguments = vec!["verify", evidence.to_str().unwrap()];
    names.iter().for_each(|name| arguments.extend(["--anchor", name.to_str().unwrap()]));
    let verified = command(folder.path(), &arguments).await.ok();
    assert_eq!(verified["files"].as_array().unwrap().len(), 2);
    assert!(
        verified["files"].as_array().unwrap().iter().all(|f| f["report"]["anchored"] == true),
        "{verified:#}"
    );

    // The one that drops its own entry has the other's against it.
    let found = compare(&epci, &agreement).await;
    assert_eq!(found["state"], "differ", "{found:#}");
}

async fn a_peer_that_gives_nothing_is_told_after_a_while(engine: Engine) {
    let (mut federation, clock, agreement) = exchange(engine).await;
    let eau = federation.member(0);
    let round = |eau: &Member| {
        let eau = eau.clone();
        async move { twins::round(eau.app(), &eau.hosted()).await.unwrap() }
    };
    let last = |eau: &Member| {
        let (eau, path) = (eau.clone(), format!("/contracts/{}/twins", segment(&agreement)));
        async move { eau.get(&path).await }
    };
    round(&eau).await;
    assert_eq!(last(&eau).await.status, 404, "not before a day has passed");
    clock.advance(DAY);
    round(&eau).await;
    let first = last(&eau).await.ok();
    assert_eq!((&first["state"], &first["pairs"]), (&json!("agree"), &json!(1)));

    // A value that was changed does not open what the log committed to: then nothing was given.
    reword(&federation.nodes[1], "delivery.received", "\"complete\"", "\"broken\"").await;
    let found = compare(&eau, &agreement).await;
    assert_eq!(found["state"], "waiting");
    assert!(found["failure"].as_str().unwrap().contains("do not open"), "{found:#}");
    reword(&federation.nodes[1], "delivery.received", "\"broken\"", "\"complete\"").await;

    federation.nodes[1].stop(true).await;
    clock.advance(DAY);
    round(&eau).await;
    assert_eq!(last(&eau).await.ok()["state"], "waiting", "a day of silence is tolerated");
    clock.advance(DAY);
    round(&eau).await;
    let silent = last(&eau).await.ok();
    assert_eq!(
        (&silent["state"], &silent["answered"]),
        (&json!("unanswered"), &first["answered"]),
        "{silent:#}"
    );
    assert_eq!(eau.logged("twins.unanswered").await, 1);
    federation.nodes[1].run(None).await.unwrap();
    assert_eq!(compare(&eau, &agreement).await["state"], "agree");
    assert_eq!(eau.logged("twins.agree").await, 1);
}
