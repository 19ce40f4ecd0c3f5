//! Tokens and signatures, before anything is known of who signed.

use node::domain::time::Timestamp;
use node::identity::dpop::{Proofs, Request};
use node::identity::jws::{self, TokenHeader};
use node::identity::proof::read_contract_signature;
use node::identity::token::{ClientToken, PeerToken, from_header};

use super::files_in;

const NOW: i64 = 1_767_225_600;

pub fn read(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for scheme in ["Bearer", "DPoP"] {
        let _token = from_header(scheme, Some(text));
    }
    let _signature = read_contract_signature(text);
    if let Ok(parts) = jws::parse::<TokenHeader>(text, 8192) {
        let _algorithm = parts.header.check();
        let _payload = parts.payload();
    }
    let now = Timestamp::from_seconds(NOW);
    if let Ok(token) = PeerToken::parse(text) {
        assert!(token.issuer().as_str().starts_with("did:") && token.kid().contains('#'));
    }
    if let Ok(token) = ClientToken::parse(text) {
        assert!(token.kid().contains('#'));
        let _verdict = (token.check("did:web:a.example", now), token.used(), token.access().len());
    }
    // No key has this thumbprint: whatever the proof says, it proves nothing.
    let request = Request { method: "GET", url: "https://a.example/data/1", token: "token" };
    assert!(Proofs::default().verify(text, "thumbprint", &request, now).is_err());
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = files_in(&["tests/golden"]);
    seeds.retain(|file| file.starts_with(b"ey"));
    assert!(seeds.len() >= 4, "{} tokens in tests/golden", seeds.len());
    let with_scheme: Vec<_> = seeds.iter().map(|token| [b"Bearer ", token.as_slice()].concat()).collect();
    seeds.extend(with_scheme);
    seeds
}
