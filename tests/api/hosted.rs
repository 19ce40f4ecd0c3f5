//! Members side by side on one node: nothing crosses without a contract.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use reqwest::{Body, Method};
use serde_json::json;
use tests::binary::command;
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::node::Setup;
use tests::on_both;

on_both!(
    nothing_crosses_between_hosted_members,
    neighbours_make_contracts_like_anybody,
    a_member_is_added_while_the_node_runs,
    one_member_in_demand_leaves_room_for_its_neighbours,
);

async fn side_by_side(engine: Engine) -> Federation {
    let members = [("epci", ""), ("haut", "/haut"), ("bas", "/bas")];
    let members = members.map(|(name, path)| (name.to_owned(), path.to_owned())).to_vec();
    Federation::of(vec![Setup { members, ..Setup::new(engine, "") }]).await
}

async fn nothing_crosses_between_hosted_members(engine: Engine) {
    let federation = side_by_side(engine).await;
    let [epci, haut, bas] = [0, 1, 2].map(|i| federation.nodes[0].members[i].clone());
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    assert_eq!(haut.public("/did.json").await.ok()["id"], haut.did.as_str());
    assert!(haut.did.ends_with(":haut") && haut.did != bas.did);
    let dataset = haut.publish(&closed("a.csv", &bas, PURPOSE)).await;
    let path = format!("/datasets/{}", segment(&dataset));
    for other in [&epci, &bas] {
        other.get(&path).await.problem(404);
        assert!(other.all("/datasets").await.is_empty());
        // A token is good at its own member only.
        haut.call(&other.token, Method::GET, &path, None).await.problem(401);
        other.call(&haut.token, Method::GET, "/members/self", None).await.problem(401);
        assert!(!other.public("/catalog").await.text().contains(&dataset));
        assert!(!other.log().await.iter().any(|e| e.kind.starts_with("dataset.")));
    }
    // A token made for one member is refused by its neighbour, and works once at the right one.
    let body = serde_json::to_vec(&json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "CatalogRequestMessage"})).unwrap();
    let token = bas.peer_token(&haut.did, &body);
    bas.say_with(&epci, "/catalog/request", body.clone(), &token).await.refusal(401, "CatalogError");
    bas.say_with(&haut, "/catalog/request", body.clone(), &token).await.ok();
    bas.say_with(&haut, "/catalog/request", body.clone(), &token).await.refusal(401, "CatalogError");
    // Another body than the one that was signed.
    let token = bas.peer_token(&haut.did, b"{}");
    bas.say_with(&haut, "/catalog/request", body, &token).await.refusal(401, "CatalogError");
    check(&federation).await;
}

async fn neighbours_make_contracts_like_anybody(engine: Engine) {
    let federation = side_by_side(engine).await;
    let [_, haut, bas] = [0, 1, 2].map(|i| federation.nodes[0].members[i].clone());
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = haut.publish(&closed("a.csv", &bas, PURPOSE)).await;
    let agreement = bas.contract(&haut, &dataset, PURPOSE).await;
    let transfer = bas.transfer(&agreement, PURPOSE).await;
    assert_eq!(bas.pulled(&transfer).await.0, b"a;b\n1;2\n");
    haut.until_logged("delivery.acknowledged", 1).await;
    let checked = check(&federation).await;
    assert_eq!((checked.contracts, checked.exchanges), (2, 1));
}

async fn a_member_is_added_while_the_node_runs(engine: Engine) {
    let mut federation = side_by_side(engine).await;
    let [epci, haut, bas] = [0, 1, 2].map(|i| federation.nodes[0].members[i].clone());
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let wanted = |path: &str| json!({"name": "amont", "url": format!("{}{path}", epci.base), "place": "FR"});
    // Only the host's own administrators, and only what can be a member.
    assert!(haut.post("/members", &wanted("/amont")).await.problem(403)["reasons"][0].is_string());
    let label = json!({"role": "operator", "label": "outil"});
    let operator = text(&epci.post("/tokens", &label).await.ok()["token"]);
    epci.call(&operator, Method::POST, "/members", Some(&wanted("/amont"))).await.problem(403);
    epci.post("/members", &wanted("/haut")).await.problem(409);
    epci.post("/members", &json!({"name": "x", "url": "http://x.example"})).await.problem(400);
    epci.post("/members", &json!({"name": "x", "url": "not an address"})).await.problem(400);
    epci.post("/members", &json!({"name": "x"})).await.problem(400);
    epci.public("/amont/did.json").await.problem(404);
    let made = epci.post("/members", &wanted("/amont")).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"));
    assert_eq!(epci.public("/amont/did.json").await.ok()["id"], made.ok()["did"]);
    // The same with the command, which finds that the node runs.
    let url = format!("{}/aval", epci.base);
    let arguments = ["--member", "epci", "member", "add", "--name", "aval", "--url", &url, "--law", "FR"];
    let added = command(federation.nodes[0].folder.path(), &arguments).await.ok();
    assert_eq!(added["url"], url.as_str());
    let access = federation.nodes[0].folder.path().join("access");
    let written = json!({"member": "amont", "url": made.ok()["base_url"], "token": made.ok()["token"]});
    std::fs::write(access.join("amont.json"), written.to_string()).unwrap();
    federation.nodes[0].read_access();
    let named = |name: &str| federation.nodes[0].members.iter().find(|m| m.name == name).unwrap().clone();
    let [amont, aval] = [named("amont"), named("aval")];
    assert_eq!(amont.get("/members/self").await.ok()["statement"]["place"], "FR");
    // They exchange like anybody, and are still there after a restart.
    let dataset = amont.publish(&closed("a.csv", &aval, PURPOSE)).await;
    let agreement = aval.contract(&amont, &dataset, PURPOSE).await;
    let transfer = aval.transfer(&agreement, PURPOSE).await;
    assert_eq!(aval.pulled(&transfer).await.0, b"a;b\n1;2\n");
    amont.until_logged("delivery.acknowledged", 1).await;
    drop((epci, haut, bas, amont, aval));
    federation.nodes[0].stop(true).await;
    federation.nodes[0].run(None).await.unwrap();
    let checked = check(&federation).await;
    assert_eq!((federation.members().len(), checked.exchanges), (5, 1));
}

async fn one_member_in_demand_leaves_room_for_its_neighbours(engine: Engine) {
    let members = [("epci", ""), ("haut", "/haut"), ("bas", "/bas")];
    let members = members.map(|(name, path)| (name.to_owned(), path.to_owned())).to_vec();
    let config = "[limits]\nmember_in_flight = 8\ncaller_in_flight = 400\ncaller_per_s = 10000\ncaller_burst = 10000\nbody_s = 20\n";
    let setup = Setup { members, config: config.into(), ..Setup::new(engine, "") };
    let federation = Federation::of(vec![setup]).await;
    let [haut, bas] = [1, 2].map(|i| federation.nodes[0].members[i].clone());
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    // All places of one member are taken by bodies that do not come: its next caller waits, its neighbours' do not.
    let mut held = Vec::new();
    for _ in 0..8 {
        let haut = haut.clone();
        held.push(tokio::spawn(async move {
            // Again if a question below has its place just now.
            loop {
                let begun = stream::iter([Ok::<_, std::io::Error>(b"[".to_vec())]);
                let body = Body::wrap_stream(begun.chain(stream::pending()));
                let request =
                    haut.client.post(format!("{}/api/v1/datasets", haut.base)).bearer_auth(&haut.token);
                let _ = request.header("content-type", "application/json").body(body).send().await;
            }
        }));
    }
    let mut full = haut.get("/status").await;
    for _ in 0..200 {
        if full.status == 429 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        full = haut.get("/status").await;
    }
    assert!(!full.header("retry-after").is_empty());
    assert!(full.problem(429)["detail"].as_str().unwrap().contains("member_in_flight"));
    for _ in 0..20 {
        bas.get("/status").await.ok();
    }
    held.iter().for_each(|request| request.abort());
    while haut.get("/status").await.status == 429 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Writes are taken in turn: who asks for little is done before who asks for much.
    let description = closed("a.csv", &bas, PURPOSE);
    let mut many = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (haut, description) = (haut.clone(), description.clone());
        many.spawn(async move {
            for _ in 0..40 {
                haut.publish(&description).await;
            }
        });
    }
    bas.publish(&closed("a.csv", &haut, PURPOSE)).await;
    let begun = Instant::now();
    for _ in 0..5 {
        bas.publish(&closed("a.csv", &haut, PURPOSE)).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let ahead = haut.all("/datasets").await.len();
    many.join_all().await;
    assert!(ahead < 240, "the neighbour's few came after all of the many");
    assert_eq!((haut.all("/datasets").await.len(), bas.all("/datasets").await.len()), (240, 6));
    check(&federation).await;
}
