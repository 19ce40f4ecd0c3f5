//! One file of each format, made once with fixed keys (for tests only): every later version must still verify them.
//! Written anew only when they are absent: when a format gets its first version.

mod convention;
mod framework;

use std::path::PathBuf;

use contracts::id::ParticipantId;
use contracts::jcs::canonical;
use contracts::revocation::RevocationFile;
use contracts::statement::{Charter, Place, Statement};
use serde_json::{Value, json};

use super::anchor::Anchors;
use super::fixture::*;
use super::verify_file;
use crate::domain::time::Timestamp;
use crate::identity::dpop::{self, Proofs, Request};
use crate::identity::keys::{KeyRow, Keyring, Purpose};
use crate::identity::peer::PeerIdentity;
use crate::identity::proof::{sign_statement, verify_statement};
use crate::identity::public::Alg;
use crate::identity::receipt::sign_receipts;
use crate::identity::seal::MasterSecret;
use crate::identity::token::{DataTokens, Expected, Grant, PeerToken, issue_data, issue_peer};

const BODY: &[u8] = b"{\"@type\":\"ContractRequestMessage\"}";
const URL: &str = "https://eau.example.org/data/0192a000-0000-7000-8000-000000000003";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/golden").join(name)
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn text(name: &str) -> String {
    String::from_utf8(read(name)).unwrap()
}

fn write(name: &str, content: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path("")).unwrap();
    std::fs::write(path(name), content).unwrap();
}

fn row_to_json(row: &KeyRow) -> Value {
    json!({"kid": row.kid, "purpose": row.purpose.as_str(), "alg": row.alg.as_str(), "public": row.public_jwk,
        "sealed": hex::encode(&row.sealed), "from": row.valid_from.millis()})
}

fn row_from_json(value: &Value) -> KeyRow {
    let text = |name: &str| value[name].as_str().unwrap().to_owned();
    KeyRow {
        kid: text("kid"),
        purpose: Purpose::parse(&text("purpose")).unwrap(),
        alg: Alg::parse(&text("alg")).unwrap(),
        public_jwk: text("public"),
        sealed: hex::decode(text("sealed")).unwrap(),
        valid_from: Timestamp(value["from"].as_i64().unwrap()),
        valid_until: None,
    }
}

fn statement(side: &Side) -> Statement {
    let mut said = Statement::new(side.did().clone(), T.seconds(), T.seconds() + 86_400);
    said.place = Some(Place { processing: "FR".into() });
    said.law = Some("FR".into());
    said.charter = Some(Charter { id: "https://example.org/charte".into(), version: "2".into() });
    said
}

#[test]
fn golden_files_are_there() {
    if !path("contract-v1.contract.json").exists() {
        write_golden_files();
        panic!("the golden files were absent and are written anew: look at them, then commit them");
    }
}

fn write_golden_files() {
    let (a, b) = (Side::new("eau.example.org"), Side::new("epci.example.org"));
    for (name, side) in [("provider", &a), ("consumer", &b)] {
        let rows: Vec<_> = side.rows.iter().map(row_to_json).collect();
        write(&format!("keys-v1.{name}.json"), serde_json::to_vec_pretty(&rows).unwrap());
        write(&format!("did-v1.{name}.json"), side.anchor());
    }
    let mut contract = file(&a, &b);
    contract.revocations.push(revocation(&a));
    write("contract-v1.contract.json", contract.canonical().unwrap());
    let sign = b.keyring.current(Purpose::Sign, T).unwrap();
    let (jwk, jkt) = (sign.public.jwk(), sign.public.thumbprint());
    let receipts = (0..3).map(|n| receipt(&a, &b, n)).collect();
    let receipts = sign_receipts(receipts, b.signer(), T, Some(jwk)).unwrap();
    write("receipt-v1.receipt.json", canonical(&receipts[1]).unwrap());
    let revoked = RevocationFile::new(revocation(&b), Some(jwk.clone()));
    write("revocation-v1.revocation.json", canonical(&revoked).unwrap());
    write("statement-v1.jws", sign_statement(&statement(&b), b.signer()).unwrap());
    write("peer-token-v1.jwt", issue_peer(&b.keyring, a.did().as_str(), BODY, T).unwrap());
    let data = a.member.data_base();
    let transfer = receipt(&a, &b, 0).transfer;
    let grant = Grant {
        audience: &data,
        party: b.did(),
        agreement: &agreement(),
        transfer: &transfer,
        jkt: Some(jkt),
        expires: T.plus_seconds(600),
    };
    let (token, _) = issue_data(&a.keyring, &grant, T).unwrap();
    let request = Request { method: "GET", url: URL, token: &token };
    write("dpop-proof-v1.jwt", dpop::make(&b.keyring, jkt, &request, T).unwrap());
    write("data-token-v1.jwt", token);
}

#[test]
fn golden_files_verify() {
    let mut anchors = Anchors::default();
    for name in ["provider", "consumer"] {
        anchors.add(&read(&format!("did-v1.{name}.json"))).unwrap();
    }
    for name in ["contract-v1.contract.json", "receipt-v1.receipt.json", "revocation-v1.revocation.json"] {
        let report = verify_file(&read(name), &anchors);
        assert!(report.ok && report.anchored(), "{name}: {:?}", report.findings);
        let alone = verify_file(&read(name), &Anchors::default());
        assert!(alone.ok && !alone.anchored(), "{name} alone: {:?}", alone.findings);
    }
}

#[test]
fn golden_keys_open_and_tokens_verify() {
    let secret = MasterSecret::from_text(SECRET).unwrap();
    let rings = [("provider", "eau.example.org"), ("consumer", "epci.example.org")].map(|(name, host)| {
        let rows: Vec<Value> = serde_json::from_slice(&read(&format!("keys-v1.{name}.json"))).unwrap();
        let rows: Vec<_> = rows.iter().map(row_from_json).collect();
        (member(host), Keyring::open(&member(host), &secret, &rows).unwrap())
    });
    let [(provider, ring), (consumer, _)] = rings;
    let identity = PeerIdentity::parse(&consumer.did, &read("did-v1.consumer.json")).unwrap();
    let token = text("peer-token-v1.jwt");
    let peer = PeerToken::parse(&token).unwrap();
    let expected = Expected { audience: provider.did.as_str(), body: BODY, require_body: true, now: T };
    let claims = peer.verify(&identity, &expected).unwrap();
    assert_eq!(claims.issuer, ParticipantId::did("did:web:epci.example.org").unwrap());

    let statement = verify_statement(&text("statement-v1.jws"), &identity, T).unwrap();
    assert_eq!(statement.law.as_deref(), Some("FR"));

    let token = text("data-token-v1.jwt");
    let data = DataTokens::default().verify(&token, &ring, &provider.data_base(), T).unwrap();
    assert_eq!(data.sub, consumer.did);
    let request = Request { method: "GET", url: URL, token: &token };
    let jkt = &data.cnf.as_ref().unwrap().jkt;
    assert_eq!(*jkt, claims.thumbprint);
    Proofs::default().verify(&text("dpop-proof-v1.jwt"), jkt, &request, T).unwrap();
}
