//! The data plane: ranges, and tokens used wrongly.

use node::domain::time::Clock;
use node::domain::transfer::Address;
use serde_json::json;
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(
    ranges_are_served_and_the_impossible_is_said,
    a_token_used_wrongly_opens_nothing,
    time_ends_a_token,
    clocks_may_differ_a_little,
);

struct Stage {
    federation: Federation,
    eau: Member,
    epci: Member,
    transfer: String,
    address: Address,
}

async fn stage_of(federation: Federation) -> Stage {
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.bin", (0..=255u8).cycle().take(100_000).collect::<Vec<_>>());
    let dataset = eau.publish(&closed("a.bin", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let address = epci.address(&transfer).await;
    Stage { federation, eau, epci, transfer, address }
}

async fn stage(engine: Engine) -> Stage {
    stage_of(Federation::start(engine, &["eau", "epci", "region"]).await).await
}

async fn ranges_are_served_and_the_impossible_is_said(engine: Engine) {
    let Stage { federation, epci, address, .. } = stage(engine).await;
    let whole = epci.fetch(&address, &[]).await;
    assert_eq!((whole.status, whole.body.len()), (200, 100_000));
    assert!(whole.header("fiducie-reference").len() == 32);
    let etag = whole.header("etag").to_owned();
    for (range, from, to) in
        [("bytes=0-0", 0, 1), ("bytes=99990-", 99_990, 100_000), ("bytes=-7", 99_993, 100_000)]
    {
        let part = epci.fetch(&address, &[("range", range), ("if-range", &etag)]).await;
        assert_eq!(part.status, 206, "{range}");
        assert_eq!(part.header("content-range"), format!("bytes {from}-{}/100000", to - 1));
        assert_eq!(part.body[..], whole.body[from..to]);
    }
    // Changed since: the whole comes, never a mixture.
    let part = epci.fetch(&address, &[("range", "bytes=5-9"), ("if-range", "\"other\"")]).await;
    assert_eq!((part.status, part.body.len()), (200, 100_000));
    let beyond = epci.fetch(&address, &[("range", "bytes=100000-")]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */100000"));
    check(&federation).await;
}

async fn a_token_used_wrongly_opens_nothing(engine: Engine) {
    let Stage { federation, eau, epci, transfer, address } = stage(engine).await;
    let region = federation.member(2);
    let (url, token) = (address.endpoint.as_str(), address.token.as_str());
    let bound = format!("DPoP {token}");
    let good = || epci.proof(url, token);
    let mut forged = token.to_owned();
    let middle = forged.rfind('.').unwrap() + 10;
    forged.replace_range(middle..=middle, if &forged[middle..=middle] == "A" { "B" } else { "A" });
    let elsewhere = url.replace("/data/", "/data/x");
    let used = good();
    assert_eq!(epci.fetch_with(url, &bound, &used, &[]).await.status, 200);
    let opened = eau.logged("delivery.opened").await;
    let wrong = [
        ("no token", String::new(), String::new()),
        ("no proof", bound.clone(), String::new()),
        ("as bearer", format!("Bearer {token}"), good()),
        ("bearer without proof", format!("Bearer {token}"), String::new()),
        ("forged", format!("DPoP {forged}"), epci.proof(url, &forged)),
        ("stolen", bound.clone(), region.proof(url, token)),
        ("replayed proof", bound.clone(), used),
        ("proof for another address", bound.clone(), epci.proof(&elsewhere, token)),
        ("proof for another token", bound.clone(), epci.proof(url, &forged)),
        ("a peer token", format!("DPoP {}", epci.peer_token(&eau.did, b"")), good()),
        ("not a token", "DPoP x.y.z".into(), good()),
    ];
    for (what, authorization, proof) in wrong {
        let answer = epci.fetch_with(url, &authorization, &proof, &[]).await;
        let problem = answer.problem(401);
        assert!(answer.body.len() < 4000 && !problem.to_string().contains(token), "{what}");
        assert!(answer.header("www-authenticate").contains("DPoP"), "{what}: {:?}", answer.headers);
    }
    // In the language that is asked for.
    for (lang, said) in [("fr", "La preuve ne va pas avec le jeton"), ("en", "The proof does not go with")] {
        let answer =
            epci.fetch_with(url, &bound, &region.proof(url, token), &[("accept-language", lang)]).await;
        assert!(answer.problem(401)["detail"].as_str().unwrap().starts_with(said), "{}", answer.text());
    }
    // The right token at another transfer, and at the other node.
    let name = epci.peer_id("transfers", &transfer).await;
    let other = url.replace(segment(&name), segment(&transfer));
    assert_eq!(epci.fetch_with(&other, &bound, &epci.proof(&other, token), &[]).await.status, 401);
    let at_region = url.replace(&eau.base, &region.base);
    assert_eq!(epci.fetch_with(&at_region, &bound, &epci.proof(&at_region, token), &[]).await.status, 401);
    assert_eq!(eau.logged("delivery.opened").await, opened, "a wrong token opened a delivery");
    // The provider's log tells of them, each cause once: of whom the token was, and for what.
    let told = eau.log().await.into_iter().filter(|e| e.kind == "access.unproven");
    let told: Vec<_> = told.map(|e| e.body.unwrap()).collect();
    let mut causes: Vec<_> = told.iter().map(|b| b["cause"]["value"].as_str().unwrap()).collect();
    causes.sort_unstable();
    assert_eq!(causes, ["other-transfer", "proof", "replayed", "token"]);
    assert!(told.iter().all(|b| b["peer"]["value"] == epci.did.as_str()), "{told:#?}");
    assert!(told.iter().all(|b| b["transfer"]["value"] == name.as_str()), "{told:#?}");
    assert_eq!(region.logged("access.unproven").await, 0, "a transfer that is not its own was recorded");
    check(&federation).await;
}

fn fixed(engine: Engine, name: &str) -> Setup {
    Setup { clock: Clock::fixed(Clock::System.now()), ..Setup::new(engine, name) }
}

async fn time_ends_a_token(engine: Engine) {
    let federation = Federation::of(vec![fixed(engine, "eau"), fixed(engine, "epci")]).await;
    let Stage { federation, eau, epci, address, .. } = stage_of(federation).await;
    assert_eq!(epci.fetch(&address, &[]).await.status, 200);
    let old = epci.proof(&address.endpoint, &address.token);
    let bound = format!("DPoP {}", address.token);
    federation.nodes.iter().for_each(|n| n.clock.advance(20 * 60 * 1000));
    epci.fetch_with(&address.endpoint, &bound, &old, &[]).await.problem(401);
    assert_eq!(epci.fetch(&address, &[]).await.status, 200, "a fresh proof of a token that still lives");
    federation.nodes.iter().for_each(|n| n.clock.advance(2 * 24 * 3600 * 1000));
    epci.fetch(&address, &[]).await.problem(401);
    let last = eau.log().await.into_iter().rfind(|e| e.kind == "access.unproven").unwrap().body.unwrap();
    assert_eq!((&last["cause"]["value"], &last["times"]["value"]), (&json!("expired"), &json!("1")));
    // A flood leaves one entry a minute, which counts it.
    let before = eau.logged("access.unproven").await;
    for _ in 0..30 {
        epci.fetch(&address, &[]).await.problem(401);
    }
    assert_eq!(eau.logged("access.unproven").await, before);
    federation.nodes.iter().for_each(|n| n.clock.advance(61_000));
    epci.fetch(&address, &[]).await.problem(401);
    let last = eau.log().await.pop().unwrap().body.unwrap();
    assert_eq!((&last["cause"]["value"], &last["times"]["value"]), (&json!("expired"), &json!("31")));
    // Who knows neither a token nor a transfer leaves nothing.
    let size = eau.log().await.len();
    eau.raw(reqwest::Method::GET, "/data/0198d3a0-0000-7000-8000-000000000000", &[], vec![])
        .await
        .problem(401);
    assert_eq!(eau.log().await.len(), size);
}

async fn clocks_may_differ_a_little(engine: Engine) {
    let federation = Federation::of(vec![fixed(engine, "eau"), fixed(engine, "epci")]).await;
    federation.nodes[1].clock.advance(40_000);
    let Stage { federation, eau, epci, address, .. } = stage_of(federation).await;
    assert_eq!(epci.fetch(&address, &[]).await.status, 200);
    federation.nodes[1].clock.advance(10 * 60 * 1000);
    epci.fetch(&address, &[]).await.problem(401);
    epci.ask(&eau, "/catalog/datasets/0198d3a0-0000-7000-8000-000000000000")
        .await
        .refusal(401, "CatalogError");
}
