//! An operator of a framework is no master: what it attests and runs gives it nothing of what its members exchange, and what
//! it attests in their name they find.

use node::app::Leniency;
use reqwest::Method;
use serde_json::{Value, json};
use tests::credentials::{KIND, stage};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::on_both;

on_both!(
    a_credential_issued_in_its_name_is_found_by_its_holder,
    an_operator_gets_no_byte_of_a_contract_of_others,
);

/// What the issuer's log tells of credentials in the holder's name.
async fn named(holder: &Member, issuer: &Member) -> Vec<Value> {
    let path = format!("/credentials/issuers/{}/check", tests::api::segment(&issuer.did));
    holder.post(&path, &json!({})).await.ok().as_array().unwrap().clone()
}

async fn a_credential_issued_in_its_name_is_found_by_its_holder(engine: Engine) {
    let stage = stage(engine, "accept = [\"dcp\"]\n", Leniency::default()).await;
    let (region, labo) = (&stage.issuer, &stage.holder);
    assert_eq!(named(labo, region).await, Vec::<Value>::new());
    stage.entitle(json!({"memberKind": "recherche"}), 3600).await;
    stage.asked("vc20-bssl/jwt", "issued").await;
    let known = named(labo, region).await;
    assert_eq!((known.len(), &known[0]["known"], &known[0]["last"]), (1, &json!(true), &json!("issued")));
    // The operator makes one that its holder never asked for, and uses it elsewhere.
    let made =
        json!({"holder": labo.did, "type": KIND, "claims": {"memberKind": "commune"}, "seconds": 3600});
    let made = region.post("/credentials/issued", &made).await.ok();
    for _ in 0..2 {
        let found = named(labo, region).await;
        let unknown: Vec<&Value> = found.iter().filter(|one| one["known"] == false).collect();
        assert_eq!((found.len(), unknown.len()), (2, 1), "{found:#?}");
        assert_eq!((&unknown[0]["id"], &unknown[0]["type"]), (&made["id"], &json!(KIND)));
        assert_eq!(labo.logged("credential.unknown").await, 1, "each is recorded once");
    }
    stage.change("revoke").await.ok();
    let last: Vec<String> = named(labo, region).await.iter().map(|one| text(&one["last"])).collect();
    assert!(last.contains(&"revoked".into()) && last.contains(&"issued".into()), "{last:?}");
    // Nobody else hears of them; and that they were read stands in the issuer's log.
    assert_eq!(named(&stage.verifier, region).await, Vec::<Value>::new());
    assert!(region.logged("log.read").await >= 4);
}

async fn an_operator_gets_no_byte_of_a_contract_of_others(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci", "operateur"]).await;
    let [eau, epci, operator] = [0, 1, 2].map(|i| federation.member(i));
    const SECRET: &str = "volumes;prélevés;secret-des-affaires\n1;2;3\n";
    federation.nodes[0].put("volumes.csv", SECRET);
    let dataset = eau.publish(&closed("volumes.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    let address = epci.address(&transfer).await;
    let process = epci.peer_id("transfers", &transfer).await;
    eau.transfer_in(&process, "STARTED").await;
    let negotiations = eau.all("/negotiations").await;
    let [process, started] = [&process, &text(&negotiations[0]["id"])].map(|pid| segment(pid).to_owned());
    let before = standing(&eau).await;

    // It knows every identifier, address and token there is; its own identity is good and its credentials are its own.
    let pid = |name: &str, id: &str| {
        json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": name,
        "providerPid": format!("urn:uuid:{id}"), "consumerPid": transfer, "code": "x", "reason": ["x"]})
    };
    let mut answers = Vec::new();
    for path in [format!("/negotiations/{started}"), format!("/transfers/{process}")] {
        answers.push((path.clone(), operator.ask(&eau, &path).await));
    }
    let messages = [
        (
            format!("/negotiations/{started}/termination"),
            pid("ContractNegotiationTerminationMessage", &started),
        ),
        (
            format!("/negotiations/{started}/agreement/verification"),
            pid("ContractAgreementVerificationMessage", &started),
        ),
        (format!("/transfers/{process}/start"), pid("TransferStartMessage", &process)),
        (format!("/transfers/{process}/suspension"), pid("TransferSuspensionMessage", &process)),
        (format!("/transfers/{process}/completion"), pid("TransferCompletionMessage", &process)),
        (format!("/transfers/{process}/termination"), pid("TransferTerminationMessage", &process)),
        (
            "/transfers/request".into(),
            json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "TransferRequestMessage",
                "agreementId": agreement, "format": "HttpData-PULL", "consumerPid": "urn:uuid:01a20185-0000-7000-8000-00000000000a",
                "callbackAddress": format!("{}/dsp/2025-1", operator.base)}),
        ),
    ];
    for (path, message) in messages {
        answers.push((path.clone(), operator.say(&eau, &path, &message).await));
    }
    for (path, message) in [
        ("/peer/v1/log-extracts", json!({"agreement": agreement})),
        ("/peer/v1/revocations", json!({"agreement": agreement, "revocation": "x.y.z"})),
        ("/peer/v1/receipts", json!({"receipts": []})),
        ("/peer/v1/duties", json!({"agreement": agreement})),
    ] {
        let body = serde_json::to_vec(&message).unwrap();
        let bearer = format!("Bearer {}", operator.peer_token(&eau.did, &body));
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        answers.push((path.to_owned(), eau.raw(Method::POST, path, &headers, body).await));
    }
    // The data: with the consumer's token and its own key, with a token it made, with that of its own management.
    let (url, token) = (address.endpoint.as_str(), address.token.as_str());
    for token in [token.to_owned(), operator.peer_token(&eau.did, b""), operator.token.clone()] {
        let proof = operator.proof(url, &token);
        answers.push((url.to_owned(), operator.fetch_with(url, &format!("DPoP {token}"), &proof, &[]).await));
    }
    for path in ["/contracts", "/deliveries", "/datasets", "/log/entries"] {
        answers.push((path.to_owned(), eau.call(&operator.token, Method::GET, path, None).await));
    }
    for (path, answer) in &answers {
        assert!((400..500).contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
        let said = answer.text();
        assert!(!said.contains("secret-des-affaires") && !said.contains("volumes.csv"), "{path}: {said}");
    }
    // Nothing has moved, and who has the right goes on.
    assert_eq!(standing(&eau).await, before);
    let got = epci.fetch(&address, &[]).await;
    assert_eq!((got.status, got.text().as_str()), (200, SECRET));
    let negotiated = json!({"peer": eau.did, "dataset": dataset, "purpose": PURPOSE});
    operator.post("/negotiations", &negotiated).await.problem(404);
}

/// How contracts, negotiations and transfers stand.
async fn standing(eau: &Member) -> Vec<[Value; 3]> {
    let mut out = Vec::new();
    for path in ["/contracts", "/negotiations", "/transfers"] {
        let all = eau.all(path).await;
        out.extend(all.iter().map(|one| ["id", "standing", "state"].map(|name| one[name].clone())));
    }
    out
}
