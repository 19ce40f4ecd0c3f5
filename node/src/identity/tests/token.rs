use contracts::jcs::sha256_b64url;
use serde_json::{Value, json};

use crate::domain::time::Timestamp;
use crate::identity::dpop::{self, Proofs, Request};
use crate::identity::jws::{self, TokenHeader};
use crate::identity::keys::Purpose;
use crate::identity::public::Alg;
use crate::identity::token::{
    DataTokens, Expected, Grant, PeerClaims, PeerToken, TokenError, issue_data, issue_peer,
};
use crate::verify::fixture::{Side, T, agreement, receipt};

const BODY: &[u8] = b"{}";

fn expected<'a>(audience: &'a str, body: &'a [u8], now: Timestamp) -> Expected<'a> {
    Expected { audience, body, require_body: true, now }
}

fn check(token: &str, from: &Side, expected: &Expected<'_>) -> Result<PeerClaims, TokenError> {
    PeerToken::parse(token)?.verify(&from.identity(), expected)
}

/// A token of `side` with some claims replaced, correctly signed.
fn crafted(side: &Side, change: Value) -> String {
    let key = side.keyring.current(Purpose::Sign, T).unwrap();
    let mut claims = json!({"iss": side.did(), "aud": "did:web:me", "iat": T.seconds(), "exp": T.seconds() + 60,
        "jti": "1", "bh": sha256_b64url(BODY)});
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let mut header = TokenHeader::new(Alg::Es256, "JWT");
    header.kid = Some(key.kid().to_owned());
    jws::sign(&header, claims.to_string().as_bytes(), &key.signer).unwrap()
}

#[test]
fn a_peer_token_is_for_one_audience_body_and_moment() {
    let side = Side::new("epci.example.org");
    let token = issue_peer(&side.keyring, "did:web:me", BODY, T).unwrap();
    let claims = check(&token, &side, &expected("did:web:me", BODY, T)).unwrap();
    assert_eq!(&claims.issuer, side.did());
    assert_eq!(claims.thumbprint, side.keyring.current(Purpose::Sign, T).unwrap().public.thumbprint());
    let refused = |audience, body, now| check(&token, &side, &expected(audience, body, now)).unwrap_err();
    assert_eq!(refused("did:web:other", BODY, T), TokenError::WrongAudience);
    assert_eq!(refused("did:web:me", b"{ }", T), TokenError::BodyMismatch);
    // 60 s of clock difference are forgiven, not more.
    assert!(check(&token, &side, &expected("did:web:me", BODY, T.plus_seconds(359))).is_ok());
    assert_eq!(refused("did:web:me", BODY, T.plus_seconds(360)), TokenError::Expired);
    assert!(check(&token, &side, &expected("did:web:me", BODY, T.plus_seconds(-60))).is_ok());
    assert_eq!(refused("did:web:me", BODY, T.plus_seconds(-61)), TokenError::NotYet);
    // It is remembered as used for as long as it would be accepted.
    assert!(claims.replay_until >= T.plus_seconds(360));
    // Same name, other keys.
    let stranger = Side::new("epci.example.org");
    assert!(matches!(
        check(&token, &stranger, &expected("did:web:me", BODY, T)),
        Err(TokenError::UnknownKey(_))
    ));
}

#[test]
fn odd_peer_tokens_are_refused() {
    let side = Side::new("epci.example.org");
    let me = expected("did:web:me", BODY, T);
    assert!(check(&crafted(&side, json!({})), &side, &me).is_ok());
    assert!(check(&crafted(&side, json!({"aud": ["did:web:me"]})), &side, &me).is_ok());
    let second = T.seconds();
    for (change, error) in [
        (json!({"aud": ["did:web:me", "did:web:other"]}), TokenError::WrongAudience),
        (json!({"exp": second + 301}), TokenError::TooLong),
        (json!({"iat": i64::MIN}), TokenError::TooLong),
        (json!({"exp": i64::MAX}), TokenError::TooLong),
        (json!({"bh": null}), TokenError::BodyMismatch),
        (json!({"sub": "did:web:other"}), TokenError::IssuerMismatch),
        (json!({"iss": "did:web:other"}), TokenError::IssuerMismatch),
        (json!({"nbf": second + 61}), TokenError::NotYet),
    ] {
        assert_eq!(check(&crafted(&side, change.clone()), &side, &me), Err(error), "{change}");
    }
    for change in
        [json!({"jti": ""}), json!({"jti": "x".repeat(300)}), json!({"exp": "soon"}), json!({"iss": "me"})]
    {
        let refused = check(&crafted(&side, change.clone()), &side, &me);
        assert!(matches!(refused, Err(TokenError::Malformed(_))), "{change}: {refused:?}");
    }
    for text in ["", ".", "..", "a.b.c", &"a".repeat(10_000)] {
        assert!(matches!(PeerToken::parse(text), Err(TokenError::Malformed(_))), "{text}");
    }
}

#[test]
fn a_stolen_data_token_is_no_use_without_its_key() {
    let (a, b, thief) =
        (Side::new("eau.example.org"), Side::new("epci.example.org"), Side::new("x.example.org"));
    let jkt = |side: &Side| side.keyring.current(Purpose::Sign, T).unwrap().public.thumbprint().to_owned();
    let (mine, his) = (jkt(&b), jkt(&thief));
    let audience = a.member.data_base();
    let transfer = receipt(&a, &b, 0).transfer;
    let grant = Grant {
        audience: &audience,
        party: b.did(),
        agreement: &agreement(),
        transfer: &transfer,
        jkt: Some(&mine),
        expires: T.plus_seconds(600),
    };
    let (token, jti) = issue_data(&a.keyring, &grant, T).unwrap();
    let tokens = DataTokens::default();
    for _ in 0..2 {
        assert_eq!(tokens.verify(&token, &a.keyring, &audience, T).unwrap().jti, jti);
    }
    // Remembered or not, it expires, and it is this member's only.
    assert_eq!(
        tokens.verify(&token, &a.keyring, &audience, T.plus_seconds(660)).unwrap_err(),
        TokenError::Expired
    );
    assert!(tokens.verify(&token, &b.keyring, &audience, T).is_err());
    assert_eq!(
        tokens.verify(&token, &a.keyring, "https://a/data", T).unwrap_err(),
        TokenError::WrongAudience
    );
    let mut altered = token.clone();
    altered.replace_range(
        token.len() - 10..token.len() - 9,
        if &token[token.len() - 10..token.len() - 9] == "A" { "B" } else { "A" },
    );
    assert_eq!(tokens.verify(&altered, &a.keyring, &audience, T).unwrap_err(), TokenError::BadSignature);

    let url = "https://eau.example.org/data/1?x=1";
    let request = Request { method: "GET", url, token: &token };
    let proofs = Proofs::default();
    let proof = dpop::make(&b.keyring, &mine, &request, T).unwrap();
    assert!(proofs.verify(&proof, &mine, &request, T).is_ok());
    assert!(
        proofs
            .verify(&proof, &mine, &Request { url: "https://eau.example.org/data/1", ..request }, T)
            .is_ok()
    );
    let stolen = dpop::make(&thief.keyring, &his, &request, T).unwrap();
    assert_eq!(proofs.verify(&stolen, &mine, &request, T), Err(TokenError::ProofMismatch("jwk")));
    for (other, name) in [
        (Request { method: "POST", ..request }, "htm"),
        (Request { url: "https://eau.example.org/data/2", ..request }, "htu"),
        (Request { token: "other", ..request }, "ath"),
    ] {
        assert_eq!(proofs.verify(&proof, &mine, &other, T), Err(TokenError::ProofMismatch(name)));
    }
    assert_eq!(proofs.verify(&proof, &mine, &request, T.plus_seconds(60)), Err(TokenError::Expired));
    assert_eq!(proofs.verify(&proof, &mine, &request, T.plus_seconds(-61)), Err(TokenError::NotYet));
    // No kind of token passes for another.
    assert!(PeerToken::parse(&token).is_err() && PeerToken::parse(&proof).is_err());
    assert!(proofs.verify(&token, &mine, &request, T).is_err());
    let peer = issue_peer(&a.keyring, &audience, b"", T).unwrap();
    assert!(tokens.verify(&peer, &a.keyring, &audience, T).is_err());
}
