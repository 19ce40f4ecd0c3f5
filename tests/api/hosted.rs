//! Members side by side on one node: nothing crosses without a contract.

use reqwest::Method;
use serde_json::json;
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::node::Setup;
use tests::on_both;

on_both!(nothing_crosses_between_hosted_members, neighbours_make_contracts_like_anybody);

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
