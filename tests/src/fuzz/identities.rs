//! DID documents and keys, as a name on the web shows them.

use contracts::id::ParticipantId;
use contracts::jwk::Jwk;
use node::identity::peer::PeerIdentity;
use node::verify::anchor::Anchors;
use serde_json::Value;

use super::files_in;

pub fn read(bytes: &[u8]) {
    let _anchored = Anchors::default().add(bytes);
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    if let Ok(jwk) = serde_json::from_value::<Jwk>(value.clone()) {
        assert_eq!(jwk.point().is_ok(), jwk.thumbprint().is_ok());
    }
    let Some(id) = value.get("id").and_then(Value::as_str) else { return };
    let Ok(did) = ParticipantId::did(id) else { return };
    if let Ok(identity) = PeerIdentity::parse(&did, bytes) {
        assert_eq!(identity.did(), &did);
        let again = PeerIdentity::from_value(&did, identity.shown().clone()).unwrap();
        assert_eq!(again.digest(), identity.digest());
    }
    let other = ParticipantId::did("did:web:nobody.example").unwrap();
    assert!(did == other || PeerIdentity::parse(&other, bytes).is_err());
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = files_in(&["tests/golden"]);
    seeds.retain(|file| serde_json::from_slice::<Value>(file).is_ok());
    seeds
}
