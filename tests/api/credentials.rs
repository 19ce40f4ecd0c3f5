//! `/credentials` and `<base>/dcp`: a credential from its issuer to its holder, shown at every call, and ended.

use node::app::Leniency;
use serde_json::{Value, json};
use tests::credentials::{KIND, stage};
use tests::engine::Engine;
use tests::on_both;

on_both!(
    a_credential_is_asked_for_shown_at_each_call_suspended_and_revoked,
    who_is_entitled_to_nothing_gets_nothing,
    a_credential_ends,
    members_say_what_proof_they_accept,
);

const DCP: &str = "accept = [\"dcp\"]\n";

async fn a_credential_is_asked_for_shown_at_each_call_suspended_and_revoked(engine: Engine) {
    let stage = stage(engine, DCP, Leniency::default()).await;
    let refused = stage.call().await.problem(502);
    assert!(refused.to_string().contains(&format!("no {KIND} was presented")), "{refused}");
    let profiles = ["vc20-bssl/jwt", "vc11-sl2021/jwt"];
    stage.entitle(json!({"level": profiles[0]}), 3600).await;
    stage.asked(profiles[0], "issued").await;
    stage.call().await.ok();
    let attested = stage.attested().await;
    assert_eq!((&attested[0]["type"], &attested[0]["issuer"]), (&json!(KIND), &json!(stage.issuer.did)));
    assert_eq!(attested[0]["facts"].as_object().unwrap().len(), 1);
    assert!(stage.verifier.logged("credential.verified").await > 0);
    let before = stage.verifier.logged("credential.verified").await;
    stage.call().await.ok();
    assert_eq!(stage.verifier.logged("credential.verified").await, before, "known already");
    // A status list is believed for a minute.
    stage.change("suspend").await.ok();
    stage.clock.advance(61_000);
    assert!(stage.call().await.problem(502).to_string().contains("suspended"));
    assert_eq!(stage.attested().await, json!([]), "nothing is attested any more");
    stage.change("resume").await.ok();
    stage.clock.advance(61_000);
    stage.call().await.ok();
    let revoked = stage.change("revoke").await.ok();
    assert_eq!(revoked["standing"], "revoked");
    stage.clock.advance(61_000);
    assert!(stage.call().await.problem(502).to_string().contains("revoked"));
    stage.change("resume").await.problem(409);
    stage.entitle(json!({"level": profiles[1]}), 3600).await;
    stage.asked(profiles[1], "issued").await;
    let held = stage.holder.get("/credentials/held").await.ok();
    assert_eq!(held.as_array().unwrap().len(), 2, "{held}");
    // The one that was revoked is not shown beside one that counts.
    stage.call().await.ok();
    assert_eq!(stage.attested().await[0]["facts"], json!({"level": profiles[1]}));
    assert_eq!(stage.holder.logged("credential.received").await, 2);
    for (kind, count) in [("issued", 2), ("suspended", 1), ("resumed", 1), ("revoked", 1)] {
        assert_eq!(stage.issuer.logged(&format!("credential.{kind}")).await, count);
    }
}

async fn who_is_entitled_to_nothing_gets_nothing(engine: Engine) {
    let stage = stage(engine, DCP, Leniency::default()).await;
    stage.asked("vc20-bssl/jwt", "rejected").await;
    assert_eq!(stage.issuer.logged("credential.refused").await, 1);
    assert_eq!(stage.holder.logged("credential.not-issued").await, 1);
    assert_eq!(stage.holder.get("/credentials/held").await.ok(), json!([]));
    let other = json!({"issuer": stage.issuer.did, "types": ["PassportCredential"]});
    stage.holder.post("/credentials/requests", &other).await.problem(400);
    let nobody = json!({"issuer": stage.verifier.did, "types": [KIND]});
    stage.holder.post("/credentials/requests", &nobody).await.problem(502);
}

async fn a_credential_ends(engine: Engine) {
    let stage = stage(engine, DCP, Leniency::default()).await;
    stage.entitle(json!({}), 60).await;
    stage.asked("vc20-bssl/jwt", "issued").await;
    stage.call().await.ok();
    stage.clock.advance(61_000);
    let refused = stage.call().await.problem(502);
    assert!(refused.to_string().contains("was presented"), "the holder does not show it: {refused}");
}

/// What is closed by default stays so: a member asks for no presentation, and takes none.
async fn members_say_what_proof_they_accept(engine: Engine) {
    let closed = stage(engine, "", Leniency::default()).await;
    closed.entitle(json!({}), 3600).await;
    closed.asked("vc20-bssl/jwt", "issued").await;
    // Our own tokens are bound to the message: the peer is known by its DID.
    closed.call().await.ok();
    assert_eq!(closed.attested().await, json!([]));
    let dcp = stage(engine, DCP, Leniency::default()).await;
    let asked = json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "CatalogRequestMessage"});
    let bare = dcp.holder.say(&dcp.verifier, "/catalog/request", &asked).await;
    assert!(bare.refusal(401, "CatalogError").to_string().contains("token"), "{}", bare.text());
    let document: Value = dcp.issuer.public("/.well-known/did.json").await.ok();
    let services = document["service"].as_array().unwrap();
    assert!(services.iter().any(|service| service["type"] == "IssuerService"));
    let document: Value = dcp.holder.public("/.well-known/did.json").await.ok();
    let services = document["service"].as_array().unwrap();
    assert!(!services.iter().any(|service| service["type"] == "IssuerService"));
    assert!(services.iter().any(|service| service["type"] == "CredentialService"));
    dcp.holder.public("/dcp/issuer/metadata").await.problem(404);
}
