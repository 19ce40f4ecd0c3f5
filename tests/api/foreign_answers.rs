//! What peers of another make answer: less than we would, in other versions, or far more than can be kept.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{segment, text};
use tests::foreign::{Foreign, Says};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(
    two_hundred_and_empty_bodies_are_enough,
    fifty_thousand_datasets_are_read_and_more_are_cut,
    a_page_that_is_too_large_is_refused,
    the_version_is_chosen_or_refused,
    a_start_without_a_token_is_accepted_and_the_pull_refused,
);

const CONTEXT: &str = contracts::dsp::CONTEXT;
const DATASET: &str = "urn:d:1";
const VERSIONS: &str = "/.well-known/dspace-version";

async fn ours(engine: Engine, config: &str) -> (Federation, Member, Foreign) {
    let federation =
        Federation::of(vec![Setup { config: config.into(), ..Setup::new(engine, "epci") }]).await;
    let epci = federation.member(0);
    (federation, epci, Foreign::start())
}

/// Our request for the peer's only dataset, acknowledged without a body.
async fn requested(epci: &Member, foreign: &Foreign) -> String {
    foreign.offers(DATASET, "urn:o:1");
    let body = json!({"peer": foreign.did(), "dataset": DATASET});
    let id = text(&epci.post("/negotiations", &body).await.ok()["id"]);
    epci.until(&format!("/negotiations/{}", segment(&id)), |n| n["waits_for"] == "peer").await;
    id
}

async fn two_hundred_and_empty_bodies_are_enough(engine: Engine) {
    let (_federation, epci, foreign) = ours(engine, "").await;
    let id = requested(&epci, &foreign).await;
    let path = format!("/negotiations/{}", segment(&id));
    // Its name for the process comes with its first message; ours as a list of one, at a path with a slash more.
    let offer = json!({
        "@type": "ContractOfferMessage", "providerPid": "urn:theirs:1", "consumerPid": [id],
        "offer": {"@id": "urn:o:2", "@type": "Offer", "target": DATASET, "permission": {"action": "use"}},
    });
    foreign.say(&epci, &format!("{path}/offers/"), offer).await.ok();
    epci.until(&path, |n| n["state"] == "OFFERED").await;
    epci.post(&format!("{path}/accept"), &json!({})).await.ok();
    let accepted = epci.until(&path, |n| n["waits_for"] == "peer").await;
    assert_eq!(accepted["state"], "ACCEPTED");
    assert_eq!(foreign.wait("/negotiations/urn%3Atheirs%3A1/events", 1).await["eventType"], "ACCEPTED");
}

/// A page of 500 datasets.
fn page(foreign: &Foreign, number: usize) -> Value {
    let dataset = |n: usize| {
        json!({
            "@id": format!("urn:d:{n}"), "@type": "Dataset",
            "hasPolicy": [{"@id": format!("urn:o:{n}"), "@type": "Offer", "permission": [{"action": "use"}]}],
            "distribution": [{"@type": "Distribution", "format": "HttpData-PULL", "accessService": "urn:s"}],
        })
    };
    let datasets: Vec<Value> = (number * 500..(number + 1) * 500).map(dataset).collect();
    json!({
        "@context": [CONTEXT], "@type": "Catalog", "@id": "urn:c", "participantId": foreign.did(),
        "service": [{"@id": "urn:s", "@type": "DataService", "endpointURL": foreign.callback()}],
        "dataset": datasets,
    })
}

async fn fifty_thousand_datasets_are_read_and_more_are_cut(engine: Engine) {
    for (pages, cut) in [(100, false), (101, true)] {
        let (_federation, epci, foreign) = ours(engine, "").await;
        for number in 0..pages {
            let next = format!("/2025-1/catalog/request?page={}", number + 1);
            foreign.answers(
                "/catalog/request",
                match number + 1 == pages {
                    true => Says::Json(200, page(&foreign, number)),
                    false => Says::Page(page(&foreign, number), next),
                },
            );
        }
        let begun = Instant::now();
        let read = epci.post("/catalog", &json!({"peer": foreign.did()})).await.ok();
        assert_eq!(read["catalog"]["dataset"].as_array().map(Vec::len), Some(50_000));
        assert_eq!(read["cut"].as_bool().unwrap_or_default(), cut);
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    }
}

async fn a_page_that_is_too_large_is_refused(engine: Engine) {
    let (_federation, epci, foreign) = ours(engine, "").await;
    let large = json!({"@context": [CONTEXT], "@type": "Catalog", "@id": "urn:c", "x": "x".repeat(17 << 20)});
    foreign.answers("/catalog/request", Says::Json(200, large));
    let problem = epci.post("/catalog", &json!({"peer": foreign.did()})).await.problem(502);
    assert!(
        problem["detail"].as_str().is_some_and(|d| d.contains("more than 16777216 bytes")),
        "{problem:#}"
    );
}

async fn the_version_is_chosen_or_refused(engine: Engine) {
    let version = |version: &str, path: &str| json!({"version": version, "path": path, "binding": "HTTPS"});
    let others = [version("2024-1", "/old"), version("2026-1", "/new")];
    let ([old, new], ours_too) = (others.clone(), version("2025-1", "/2025-1/"));
    for (list, spoken) in [(json!([old, new, ours_too]), true), (json!(others), false)] {
        let (_federation, epci, foreign) = ours(engine, "").await;
        foreign.answers(VERSIONS, Says::Json(200, json!({"protocolVersions": list})));
        foreign.answers("/2025-1/catalog/request", Says::Json(200, page(&foreign, 0)));
        let asked = epci.post("/catalog", &json!({"peer": foreign.did()})).await;
        if spoken {
            assert_eq!(asked.ok()["catalog"]["dataset"].as_array().map(Vec::len), Some(500));
        } else {
            let problem = asked.problem(502);
            assert!(problem["detail"].as_str().is_some_and(|d| d.contains("2025-1")), "{problem:#}");
            assert!(foreign.received("/catalog/request").is_empty(), "spoken to all the same");
        }
        // Nor does this node serve a version that it does not list.
        let list = epci.public(VERSIONS).await.ok();
        assert_eq!(list["protocolVersions"].as_array().map(Vec::len), Some(1), "{list:#}");
        for version in ["2024-1", "2026-1", "2025-2"] {
            epci.public(&format!("/dsp/{version}/catalog/datasets/x")).await.problem(404);
        }
    }
}

/// An address that this node never calls: the state is the provider's to say, the call is ours to refuse.
async fn a_start_without_a_token_is_accepted_and_the_pull_refused(engine: Engine) {
    let (_federation, epci, foreign) = ours(engine, "[contracts]\naccept_unsigned = true\n").await;
    let id = requested(&epci, &foreign).await;
    let path = format!("/negotiations/{}", segment(&id));
    let agreement = json!({
        "@type": "ContractAgreementMessage", "providerPid": "urn:theirs:1", "consumerPid": id,
        "agreement": {
            "@id": "urn:a:1", "@type": "Agreement", "target": DATASET, "assigner": foreign.did(),
            "assignee": epci.did, "timestamp": "2026-11-22T00:00:00Z", "permission": [{"action": "use"}],
        },
    });
    foreign.say(&epci, &format!("{path}/agreement"), agreement).await.ok();
    epci.until(&path, |n| n["state"] == "VERIFIED" && n["waits_for"] == "peer").await;
    let event = json!({
        "@type": "ContractNegotiationEventMessage", "providerPid": "urn:theirs:1", "consumerPid": id,
        "eventType": "FINALIZED",
    });
    foreign.say(&epci, &format!("{path}/events"), event).await.ok();
    epci.negotiation(&id, "FINALIZED").await;
    let transfer = text(&epci.post("/transfers", &json!({"agreement": "urn:a:1"})).await.ok()["id"]);
    let path = format!("/transfers/{}", segment(&transfer));
    epci.until(&path, |t| t["waits_for"] == "peer").await;
    let start = json!({
        "@type": "TransferStartMessage", "providerPid": "urn:theirs:2", "consumerPid": transfer,
        "dataAddress": {"@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP",
            "endpoint": "http://169.254.169.254/latest"},
    });
    foreign.say(&epci, &format!("{path}/start"), start).await.ok();
    epci.transfer_in(&transfer, "STARTED").await;
    let pull = epci.pull(&transfer, json!({})).await;
    assert_eq!(pull["state"], "failed", "{pull:#}");
    assert!(pull.to_string().contains("https"), "{pull:#}");
}
