use std::time::Instant;

use crate::identity::dpop::{self, Proofs, Request};
use crate::identity::keys::Purpose;
use crate::identity::token::{Expected, PeerToken, issue_peer};
use crate::verify::fixture::{Side, T};

fn per_second(name: &str, count: u32, mut f: impl FnMut()) {
    let start = Instant::now();
    (0..count).for_each(|_| f());
    println!("{name}: {:.0}/s", f64::from(count) / start.elapsed().as_secs_f64());
}

/// Figures of one core, to compare with `openssl speed`: `cargo test -p node identity_speed -- --nocapture`.
#[test]
fn identity_speed() {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
    };
    let side = Side::new("epci.example.org");
    let key = side.keyring.current(Purpose::Sign, T).unwrap();
    let message = vec![7; 400];
    let signature = key.signer.sign(&message).unwrap();
    per_second("josekit ES256 sign", 500, || drop(key.signer.sign(&message).unwrap()));
    per_second("josekit ES256 verify", 500, || assert!(key.public.verify(&message, &signature)));
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let rng = aws_lc_rs::rand::SystemRandom::new();
    let other = pair.sign(&rng, &message).unwrap();
    let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref()).unwrap();
    per_second("aws-lc ES256 sign", 500, || _ = pair.sign(&rng, &message).unwrap());
    per_second("aws-lc ES256 verify", 500, || public.verify_sig(&message, other.as_ref()).unwrap());

    let identity = side.identity();
    let token = issue_peer(&side.keyring, "did:web:me", &message, T).unwrap();
    let expected = Expected { audience: "did:web:me", body: &message, require_body: true, now: T };
    per_second("peer token issue", 500, || {
        drop(issue_peer(&side.keyring, "did:web:me", &message, T).unwrap())
    });
    per_second("peer token verify", 500, || {
        drop(PeerToken::parse(&token).unwrap().verify(&identity, &expected).unwrap())
    });
    let jkt = key.public.thumbprint();
    let request = Request { method: "GET", url: "https://eau.example.org/data/1", token: &token };
    let (proof, proofs) = (dpop::make(&side.keyring, jkt, &request, T).unwrap(), Proofs::default());
    per_second("proof make", 500, || drop(dpop::make(&side.keyring, jkt, &request, T).unwrap()));
    per_second("proof verify", 500, || drop(proofs.verify(&proof, jkt, &request, T).unwrap()));
}
