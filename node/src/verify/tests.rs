use contracts::contract::{Capacity, ContractDocument, ContractError, ContractFile};
use contracts::revocation::RevocationFile;
use ontology::Lang;
use serde_json::json;

use super::anchor::Anchors;
use super::fixture::*;
use super::report::{Anchored, Report, Signed};
use super::verify_file;
use crate::identity::keys::Purpose;
use crate::identity::proof::sign_contract;
use crate::identity::receipt::sign_receipts;

fn anchors(sides: &[&Side]) -> Anchors {
    let mut anchors = Anchors::default();
    sides.iter().for_each(|side| drop(anchors.add(&side.anchor()).unwrap()));
    anchors
}

fn verify(file: &ContractFile, anchors: &Anchors) -> Report {
    verify_file(&file.canonical().unwrap(), anchors)
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|f| f.code()).collect()
}

/// Every byte altered in turn, in three ways, must be found, with and without anchors.
fn every_byte_counts(bytes: &[u8], anchored: &Anchors) {
    let alone = Anchors::default();
    assert!(verify_file(bytes, &alone).ok, "{:?}", verify_file(bytes, &alone).findings);
    assert!(verify_file(bytes, anchored).ok, "{:?}", verify_file(bytes, anchored).findings);
    for i in 0..bytes.len() {
        for mask in [0x01, 0x20, 0x80] {
            let mut altered = bytes.to_vec();
            altered[i] ^= mask;
            assert!(
                !verify_file(&altered, &alone).ok,
                "byte {i} ^ {mask}: {}",
                String::from_utf8_lossy(&altered)
            );
            assert!(!verify_file(&altered, anchored).ok, "byte {i} ^ {mask}, anchored");
        }
    }
    for end in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert!(!verify_file(&bytes[..end], &alone).ok);
    }
    assert!(!verify_file(&[bytes, b"\n"].concat(), &alone).ok);
}

#[test]
fn every_byte_of_a_contract_file_counts() {
    let (a, b) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    let mut file = file(&a, &b);
    file.revocations.push(revocation(&a));
    every_byte_counts(&file.canonical().unwrap(), &anchors(&[&a, &b]));
}

#[test]
fn every_byte_of_receipt_and_revocation_files_counts() {
    let (a, b) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    let key = b.keyring.current(Purpose::Sign, T).unwrap().public.jwk().clone();
    let receipts = (0..5).map(|n| receipt(&a, &b, n)).collect();
    let files = sign_receipts(receipts, b.signer(), T.plus_seconds(60), Some(&key)).unwrap();
    for file in [&files[0], &files[3]] {
        every_byte_counts(&contracts::jcs::canonical(file).unwrap(), &anchors(&[&b]));
    }
    let file = RevocationFile::new(revocation(&b), Some(key));
    every_byte_counts(&contracts::jcs::canonical(&file).unwrap(), &anchors(&[&b]));
    // Without its key the file needs an anchor.
    let bare = contracts::jcs::canonical(&RevocationFile { key: None, ..file }).unwrap();
    assert!(codes(&verify_file(&bare, &Anchors::default())).contains(&"no-key"));
    assert!(verify_file(&bare, &anchors(&[&b])).ok);
}

#[test]
fn alone_it_says_keys_are_not_anchored_and_with_anchors_who() {
    let (a, b) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    let file = file(&a, &b);
    let alone = verify(&file, &Anchors::default());
    assert!(alone.ok && alone.integrity && !alone.anchored());
    assert_eq!(alone.signed, Signed::Both);
    assert!(alone.sentences(Lang::En).iter().any(|s| s.starts_with("Keys not anchored")));
    assert!(alone.sentences(Lang::Fr).iter().any(|s| s.starts_with("Clés non ancrées")));
    let anchored = verify(&file, &anchors(&[&a, &b]));
    assert!(anchored.ok && anchored.anchored());
    // An anchor for one of two does not prove the other.
    let half = verify(&file, &anchors(&[&a]));
    assert!(!half.ok && codes(&half).contains(&"no-anchor-for"));
    // Bare keys by DID are anchors too.
    let mut keys = Anchors::default();
    for side in [&a, &b] {
        let jwk = side.keyring.current(Purpose::Sign, T).unwrap().public.jwk().clone();
        keys.add(json!({side.did().as_str(): {"keys": [jwk]}}).to_string().as_bytes()).unwrap();
    }
    assert!(verify(&file, &keys).anchored());
}

#[test]
fn a_stranger_who_signs_again_is_refused_with_anchors_only() {
    let (a, b) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    // Same names, other keys: the stranger's file is whole, and only anchors tell.
    let (x, y) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    let forged = file(&x, &y);
    assert!(verify(&forged, &Anchors::default()).ok);
    let report = verify(&forged, &anchors(&[&a, &b]));
    assert!(!report.ok && report.integrity);
    assert!(report.keys.iter().all(|k| k.anchored == Anchored::Stranger));
    // A stranger's signature put in the place of a party's does not even verify.
    let mut file = file(&a, &b);
    file.signatures[1] = y.sign(&file.contract.canonical().unwrap());
    assert!(!verify(&file, &Anchors::default()).ok);
}

#[test]
fn both_parties_must_sign_once() {
    let (a, b) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    let mut file = file(&a, &b);
    let both = file.signatures.clone();
    file.signatures.pop();
    let report = verify(&file, &Anchors::default());
    assert_eq!((report.ok, report.integrity, report.signed), (false, true, Signed::Partly));
    file.signatures.clear();
    assert_eq!(verify(&file, &Anchors::default()).signed, Signed::Nobody);
    file.signatures = vec![both[0].clone(), both[1].clone(), both[1].clone()];
    assert!(codes(&verify(&file, &Anchors::default())).contains(&"signed-twice"));
    // A second capacity beside the node is welcome.
    let bytes = file.contract.canonical().unwrap();
    file.signatures[2] = sign_contract(&bytes, b.signer(), Capacity::Dpo, None, T).unwrap();
    assert!(verify(&file, &Anchors::default()).ok);
}

#[test]
fn a_body_signs_beside_the_parties_bound_by_its_document() {
    let (a, b, body) =
        (Side::new("eau.example.org"), Side::new("epci.example.org"), Side::new("cada.example.org"));
    let mut file = file(&a, &b);
    let bytes = file.contract.canonical().unwrap();
    file.identities.insert(body.did().to_string(), body.document());
    assert!(!verify(&file, &Anchors::default()).ok, "a document nobody signs under");
    let digest = body.identity().digest().to_owned();
    let sign = |identity| sign_contract(&bytes, body.signer(), Capacity::Body, identity, T).unwrap();
    file.signatures.push(sign(Some(digest)));
    every_byte_counts(&file.canonical().unwrap(), &anchors(&[&a, &b, &body]));
    file.signatures[2] = sign(None);
    assert!(!verify(&file, &Anchors::default()).ok);
}

#[test]
fn revocations_are_shown_and_only_a_partys_counts() {
    let (a, b, c) =
        (Side::new("eau.example.org"), Side::new("epci.example.org"), Side::new("autre.example.org"));
    let mut file = file(&a, &b);
    file.revocations.push(revocation(&b));
    let report = verify(&file, &anchors(&[&a, &b]));
    assert!(report.ok && codes(&report).contains(&"revoked"));
    file.revocations[0] = revocation(&c);
    assert!(codes(&verify(&file, &Anchors::default())).contains(&"foreign-revocation"));
}

#[test]
fn other_forms_of_the_same_file_are_refused() {
    let (a, b) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    let bytes = file(&a, &b).canonical().unwrap();
    let text = String::from_utf8(bytes).unwrap();
    for other in [
        text.replacen(r#""v":1"#, r#""v":1,"v":1"#, 1),
        text.replacen(r#""framework":null,"#, "", 1),
        text.replacen(r#""framework":null"#, r#""extra":1,"framework":null"#, 1),
        text.replacen(r#""v":1}"#, r#""v":2}"#, 1),
        text.replace(":", ": "),
        text.replacen(r#""v":1}"#, r#""v":1.0}"#, 1),
        format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
        String::new(),
        "null".into(),
    ] {
        assert_ne!(other, text);
        assert!(!verify_file(other.as_bytes(), &Anchors::default()).ok, "{other}");
    }
}

#[test]
fn a_contract_that_contradicts_itself_is_no_contract() {
    let (a, b) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    let good = document(&a, &b, TEXT);
    let parse = |d: &ContractDocument| ContractDocument::parse(&d.canonical().unwrap());
    assert_eq!(parse(&good).unwrap(), good);
    type Change = fn(&mut ContractDocument);
    let changes: [(&str, Change); 9] = [
        ("parties", |d| d.parties.swap(0, 1)),
        ("parties", |d| d.parties.truncate(1)),
        ("parties", |d| d.parties[1].did = d.parties[0].did.clone()),
        ("parties.0.identity", |d| d.parties[0].identity = "x".into()),
        ("policy.assignee", |d| d.policy["assignee"] = json!("did:web:other")),
        ("policy.target", |d| d.policy["target"] = json!(["a"])),
        ("policy.@id", |d| drop(d.policy.as_object_mut().unwrap().remove("@id"))),
        ("term.until", |d| d.term.until = Some(d.term.from)),
        ("dataset.revision", |d| d.dataset.revision = 0),
    ];
    for (at, change) in changes {
        let mut bad = good.clone();
        change(&mut bad);
        match parse(&bad) {
            Err(ContractError::Inconsistent(e)) => assert_eq!(e.at, at),
            other => panic!("{at}: {other:?}"),
        }
    }
}
