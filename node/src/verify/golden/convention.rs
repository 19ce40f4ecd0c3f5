//! The first convention of hosting, which every later version must still verify, and word the same way.

use contracts::convention::{
    Answers, ConventionDocument, ConventionFile, ConventionType, FileType, Measures, Party, Processing, Term,
    Texts,
};
use contracts::format::{DigestAlg, Instant, V1};
use contracts::id::ConventionId;
use contracts::jcs::sha256_b64url;
use serde_json::Value;

use super::*;
use crate::identity::convention::sign_convention;
use crate::text::convention::{TEMPLATE, VERSION, words};

const NAME: &str = "convention-v1.convention.json";

/// One of the two members of the golden files.
fn side(name: &str, host: &str) -> Side {
    let rows: Vec<Value> = serde_json::from_slice(&read(&format!("keys-v1.{name}.json"))).unwrap();
    let rows: Vec<_> = rows.iter().map(row_from_json).collect();
    let (member, secret) = (member(host), MasterSecret::from_text(SECRET).unwrap());
    let keyring = Keyring::open(&member, &secret, &rows).unwrap();
    Side { member, keyring, rows }
}

fn convention() -> ConventionFile {
    let (host, hosted) = (side("consumer", "epci.example.org"), side("provider", "eau.example.org"));
    let party = |side: &Side| Party {
        did: side.did().clone(),
        name: side.member.name.clone(),
        identity: side.identity().digest().to_owned(),
    };
    let at = Instant::from_seconds(T.seconds());
    let mut document = ConventionDocument {
        kind: ConventionType::Convention,
        v: V1,
        alg: DigestAlg::Sha256,
        id: ConventionId::parse("urn:uuid:0192a000-0000-7000-8000-000000000004").unwrap(),
        host: party(&host),
        hosted: party(&hosted),
        processing: Processing {
            subject: "Données de l'eau potable.".into(),
            data: vec!["coordonnées d'abonnés".into()],
            persons: vec!["abonnés".into()],
        },
        answers: Answers::default(),
        measures: Measures::default(),
        term: Term { from: at, until: None },
        texts: Texts::default(),
        created_at: at,
    };
    let texts = words(&document);
    document.texts = Texts {
        template: TEMPLATE.into(),
        version: VERSION.into(),
        fr: sha256_b64url(texts.fr.as_bytes()),
        en: sha256_b64url(texts.en.as_bytes()),
    };
    let bytes = document.canonical().unwrap();
    let sign = |side: &Side| sign_convention(&bytes, side.signer(), T.plus_seconds(10)).unwrap();
    let signatures = vec![sign(&host), sign(&hosted)];
    let identities = [&host, &hosted].map(|side| (side.did().to_string(), side.document()));
    let kind = FileType::File;
    ConventionFile { kind, v: V1, convention: document, texts, identities: identities.into(), signatures }
}

#[test]
fn the_golden_convention_verifies_and_is_worded_the_same() {
    if !path(NAME).exists() {
        write(NAME, convention().canonical().unwrap());
        panic!("the golden convention was absent and is written anew: look at it, then commit it");
    }
    let mut anchors = Anchors::default();
    for name in ["provider", "consumer"] {
        anchors.add(&read(&format!("did-v1.{name}.json"))).unwrap();
    }
    let report = verify_file(&read(NAME), &anchors);
    assert!(report.ok && report.anchored(), "{:?}", report.findings);
    let kept = ConventionFile::parse(&read(NAME)).unwrap();
    assert_eq!(kept.texts, words(&kept.convention), "other words need another version of the template");
}

#[test]
fn a_convention_that_one_did_not_sign_or_that_says_something_else_is_refused() {
    let refused = |file: &ConventionFile, code: &str| {
        let report = verify_file(&file.canonical().unwrap(), &Anchors::default());
        assert!(!report.ok && report.refusals().any(|f| f.code() == code), "{code}: {:?}", report.findings);
    };
    let good = convention();
    assert!(verify_file(&good.canonical().unwrap(), &Anchors::default()).ok);
    refused(&ConventionFile { signatures: good.signatures[..1].to_vec(), ..good.clone() }, "not-signed-by");
    let twice = vec![good.signatures[0].clone(); 2];
    refused(&ConventionFile { signatures: twice, ..good.clone() }, "not-signed-by");
    let mut other = good.clone();
    other.convention.measures.notice_days = 1;
    refused(&other, "bad-signature");
    let mut other = good.clone();
    other.texts.fr = "autre chose".into();
    refused(&other, "altered");
    // Signed by both, with words that do not say it.
    let mut other = good;
    other.texts.en = "Nothing.\n".into();
    other.convention.texts.en = sha256_b64url(other.texts.en.as_bytes());
    let bytes = other.convention.canonical().unwrap();
    let sides = [side("consumer", "epci.example.org"), side("provider", "eau.example.org")];
    other.signatures = sides.iter().map(|s| sign_convention(&bytes, s.signer(), T).unwrap()).collect();
    refused(&other, "altered");
}
