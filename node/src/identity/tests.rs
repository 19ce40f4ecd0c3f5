mod resolve;
mod speed;
mod token;

use contracts::contract::Capacity;

use super::document::did_document;
use super::keys::Purpose;
use super::peer::{KeyRefusal, PeerIdentity};
use super::proof::{ProofError, sign_contract, verify_contract_signature};
use super::seal::MasterSecret;
use crate::verify::fixture::{SECRET, Side, T};

/// What a key signed while valid stays verifiable after its replacement; what it signs later does not.
#[test]
fn a_replaced_key_proves_the_past_only() {
    let side = Side::new("eau.example.org");
    let old = side.keyring.current(Purpose::Sign, T).unwrap().clone();
    let secret = MasterSecret::from_text(SECRET).unwrap();
    let later = T.plus_seconds(1000);
    let ring = side.keyring.rotate(&side.member, Purpose::Sign, &secret, later).unwrap().keyring;
    let document = did_document(&side.member, &ring, later);
    let identity = PeerIdentity::from_value(side.did(), serde_json::to_value(&document).unwrap()).unwrap();
    let sign =
        |key: &super::keys::Key, at| sign_contract(b"x", &key.signer, Capacity::Node, None, at).unwrap();
    let verify = |jws: &str| verify_contract_signature(jws, b"x", &identity, Some(later));

    assert!(verify(&sign(&old, T)).is_ok());
    assert!(verify(&sign(&old, later.plus_seconds(-1))).is_ok());
    let refused = verify(&sign(&old, later));
    assert!(matches!(refused, Err(ProofError::Key(KeyRefusal::NotValidThen(_)))), "{refused:?}");
    let new = ring.current(Purpose::Sign, later).unwrap();
    assert!(verify(&sign(new, later)).is_ok());
    assert!(matches!(verify(&sign(new, T)), Err(ProofError::Key(_))), "before the key was");
    assert!(matches!(verify(&sign(new, later.plus_seconds(3600))), Err(ProofError::Future)));
    // The old key no longer speaks for the member.
    assert!(identity.authentication_key(old.kid(), T.seconds()).is_err());
    // Log keys are shown, and sign no contract; data keys are not shown.
    let log = ring.current(Purpose::Log, later).unwrap();
    assert!(identity.has_key(log.kid()));
    assert!(matches!(verify(&sign(log, later)), Err(ProofError::Key(KeyRefusal::NotForUse(_)))));
    assert!(!identity.has_key(ring.current(Purpose::Data, later).unwrap().kid()));
}

#[test]
fn a_contract_signature_is_for_one_document() {
    let side = Side::new("eau.example.org");
    let jws = side.sign(b"one");
    assert!(verify_contract_signature(&jws, b"one", &side.identity(), None).is_ok());
    assert!(verify_contract_signature(&jws, b"two", &side.identity(), None).is_err());
    let other = Side::new("eau.example.org").identity();
    assert!(verify_contract_signature(&jws, b"one", &other, None).is_err());
}
