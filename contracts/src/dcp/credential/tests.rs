use serde_json::json;

use super::super::presentation;
use super::super::status::{self, Bits, MIN_BITS, Purpose, StatusList};
use super::super::{Profile, Scope};
use super::*;

const AT: i64 = 1_800_000_000;

fn credential() -> Credential {
    let subject = json!({"id": "did:web:holder.example", "level": "gold"});
    let entry = |purpose, index| StatusEntry { purpose, index, list: "https://issuer.example/l/1".into() };
    Credential {
        id: Some("urn:uuid:0194".into()),
        issuer: ParticipantId::did("did:web:issuer.example").unwrap(),
        types: vec![BASE_TYPE.into(), "MembershipCredential".into()],
        subject: subject.as_object().unwrap().clone(),
        from: AT,
        until: Some(AT + 3600),
        status: vec![entry(Purpose::Revocation, 5), entry(Purpose::Suspension, 9)],
        schemas: vec![SchemaReference { id: "https://issuer.example/s".into(), kind: "JsonSchema".into() }],
    }
}

#[test]
fn both_profiles_are_written_and_read_again() {
    for profile in Profile::ALL {
        let claims = credential().claims(profile, AT);
        assert_eq!(claims.get("vc").is_some(), profile == Profile::Vc11);
        assert_eq!(read(&claims, Form::Exact).unwrap(), (profile, credential()));
    }
    assert!(Scope::Type("MembershipCredential".into()).covers(&credential()));
    assert!(Scope::Id("urn:uuid:0194".into()).covers(&credential()));
    assert!(!Scope::Type("LabelCredential".into()).covers(&credential()));
    assert_eq!(credential().facts().into_iter().collect::<Vec<_>>(), [("level".to_owned(), json!("gold"))]);
}

#[test]
fn parts_that_disagree_or_are_not_understood_are_refused() {
    let good = credential().claims(Profile::Vc11, AT);
    let with = |pointer: &str, value: Value| {
        let mut claims = good.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        claims.pointer_mut(parent).unwrap()[name] = value;
        read(&claims, Form::Exact).unwrap_err().at
    };
    for (pointer, value, at) in [
        ("/iss", json!("did:web:other.example"), "iss"),
        ("/sub", json!("did:web:other.example"), "sub"),
        ("/vc/issuer", json!("issuer"), "iss"),
        ("/vc/type", json!(["MembershipCredential"]), "type"),
        ("/vc/@context", json!(["https://example.org"]), "@context"),
        ("/vc/issuanceDate", json!("yesterday"), "issuanceDate"),
        ("/vc/credentialSubject", json!([{}, {}]), "credentialSubject"),
        ("/vc/credentialStatus/0/type", json!("RevocationList2020"), "credentialStatus/type"),
        ("/vc/credentialStatus/0/statusPurpose", json!("refresh"), "credentialStatus/statusPurpose"),
        ("/vc/credentialStatus/0/statusListIndex", json!("-1"), "credentialStatus/statusListIndex"),
        ("/exp", json!("soon"), "exp"),
    ] {
        assert_eq!(with(pointer, value), at, "{pointer}");
    }
}

/// The narrower of both intervals counts.
#[test]
fn claims_of_the_token_narrow_those_of_the_credential() {
    let mut claims = credential().claims(Profile::Vc11, AT);
    claims["nbf"] = (AT + 10).into();
    claims["exp"] = (AT + 20).into();
    let (_, read) = read(&claims, Form::Exact).unwrap();
    assert_eq!((read.from, read.until), (AT + 10, Some(AT + 20)));
}

#[test]
fn a_loose_form_lets_pass_what_the_model_asks_for_and_nothing_else() {
    let mut claims = credential().claims(Profile::Vc11, AT);
    claims["sub"] = json!("2f7b");
    claims["vc"]["type"] = json!(["MembershipCredential"]);
    claims["vc"]["@context"] = json!("2f7b");
    assert!(read(&claims, Form::Exact).is_err());
    assert_eq!(read(&claims, Form::Loose).unwrap().1.kind(), "MembershipCredential");
    claims["iss"] = json!("did:web:other.example");
    assert!(read(&claims, Form::Loose).is_err());
}

#[test]
fn presentations_carry_credentials_as_their_profile_does() {
    for profile in Profile::ALL {
        let shown = ["a.b.c".to_owned(), "d.e.f".to_owned()];
        let claims = presentation::claims(profile, "did:web:h", "did:web:v", "j", AT, &shown);
        let read = presentation::read(&claims).unwrap();
        assert_eq!(
            (read.holder.as_str(), read.audience.as_slice()),
            ("did:web:h", &["did:web:v".to_owned()][..])
        );
        assert_eq!((read.credentials, read.expires), (shown.to_vec(), Some(AT + 300)));
        let mut other = claims.clone();
        other["sub"] = json!("did:web:x");
        assert_eq!(presentation::read(&other).unwrap_err().at, "sub");
    }
    let many = vec!["a.b.c".to_owned(); 33];
    let claims = presentation::claims(Profile::Vc11, "did:web:h", "did:web:v", "j", AT, &many);
    assert!(presentation::read(&claims).is_err());
}

#[test]
fn lists_are_written_and_read_again() {
    let mut bits = Bits::new(MIN_BITS);
    bits.set(5, true);
    let issuer = ParticipantId::did("did:web:issuer.example").unwrap();
    let list = StatusList {
        issuer,
        purpose: Purpose::Revocation,
        stated: Some(AT),
        from: AT,
        until: Some(AT + 60),
        bits,
    };
    for profile in Profile::ALL {
        let claims = list.claims(profile, "https://issuer.example/l/1", AT);
        assert_eq!(status::read(&claims, Form::Exact).unwrap(), list);
        assert!(read(&claims, Form::Loose).is_ok(), "a list is a credential");
    }
}
