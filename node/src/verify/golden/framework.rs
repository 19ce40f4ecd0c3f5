//! The first published trust framework, which every later version must still verify.

use contracts::format::{DigestAlg, Instant, V1};
use contracts::framework::{
    Draft, FileType, FrameworkDocument, FrameworkFile, FrameworkType, Publisher, Words,
};
use contracts::id::FrameworkId;
use contracts::jcs::sha256_b64url;
use serde_json::Value;

use super::*;
use crate::identity::framework::sign_framework;

const NAME: &str = "framework-v1.framework.json";

/// The member of the golden files that publishes.
fn publisher() -> Side {
    let rows: Vec<Value> = serde_json::from_slice(&read("keys-v1.consumer.json")).unwrap();
    let rows: Vec<_> = rows.iter().map(row_from_json).collect();
    let (member, secret) = (member("epci.example.org"), MasterSecret::from_text(SECRET).unwrap());
    let keyring = Keyring::open(&member, &secret, &rows).unwrap();
    Side { member, keyring, rows }
}

fn framework() -> FrameworkFile {
    let by = publisher();
    let draft: Draft = serde_json::from_str(policies::framework::shipped("concession").unwrap()).unwrap();
    let at = Instant::from_seconds(T.seconds());
    let document = FrameworkDocument {
        kind: FrameworkType::Framework,
        v: V1,
        alg: DigestAlg::Sha256,
        id: FrameworkId::parse("urn:uuid:0192a000-0000-7000-8000-000000000005").unwrap(),
        version: draft.version,
        name: draft.name,
        about: draft.about,
        publisher: Publisher {
            did: by.did().clone(),
            name: by.member.name.clone(),
            identity: by.identity().digest().to_owned(),
        },
        derived_from: None,
        previous: None,
        published_at: at,
        in_force: at,
        sunset: None,
        parts: draft.parts,
        charter: Words {
            fr: sha256_b64url(draft.charter.fr.as_bytes()),
            en: sha256_b64url(draft.charter.en.as_bytes()),
        },
    };
    let bytes = document.canonical().unwrap();
    FrameworkFile {
        kind: FileType::File,
        v: V1,
        charter: draft.charter,
        identity: by.document(),
        signature: sign_framework(&bytes, by.signer(), T.plus_seconds(10)).unwrap(),
        framework: document,
    }
}

#[test]
fn the_golden_framework_verifies() {
    if !path(NAME).exists() {
        write(NAME, framework().canonical().unwrap());
        panic!("the golden framework was absent and is written anew: look at it, then commit it");
    }
    let mut anchors = Anchors::default();
    anchors.add(&read("did-v1.consumer.json")).unwrap();
    let report = verify_file(&read(NAME), &anchors);
    assert!(report.ok && report.anchored(), "{:?}", report.findings);
}

#[test]
fn a_framework_that_says_something_else_or_lacks_a_part_is_refused() {
    let refused = |bytes: &[u8], code: &str| {
        let report = verify_file(bytes, &Anchors::default());
        assert!(!report.ok && report.refusals().any(|f| f.code() == code), "{code}: {:?}", report.findings);
    };
    let good = framework();
    assert!(verify_file(&good.canonical().unwrap(), &Anchors::default()).ok);
    let mut other = good.clone();
    other.framework.parts.governance.notice_days = 1;
    refused(&other.canonical().unwrap(), "bad-signature");
    let mut other = good.clone();
    other.charter.fr = "autre chose".into();
    refused(&other.canonical().unwrap(), "altered");
    let mut lacking = serde_json::to_value(&good).unwrap();
    lacking["framework"]["parts"].as_object_mut().unwrap().remove("useCases");
    refused(&canonical(&lacking).unwrap(), "altered");
    // Signed, and saying what no framework may say.
    let mut other = good;
    other.framework.parts.governance.bodies[0].quorum = 9;
    let bytes = other.framework.canonical().unwrap();
    other.signature = sign_framework(&bytes, publisher().signer(), T).unwrap();
    refused(&other.canonical().unwrap(), "altered");
}
