use serde_json::json;

use super::*;

const NOW: i64 = 1_800_000_000;

fn did(name: &str) -> ParticipantId {
    ParticipantId::did(format!("did:web:{name}.example")).unwrap()
}

fn credential() -> Credential {
    let subject = json!({"id": did("holder"), "member": true});
    Credential {
        id: Some("urn:uuid:1".into()),
        issuer: did("issuer"),
        types: vec!["VerifiableCredential".into(), "MembershipCredential".into()],
        subject: subject.as_object().unwrap().clone(),
        from: NOW - 100,
        until: Some(NOW + 100),
        status: Vec::new(),
        schemas: Vec::new(),
    }
}

fn judged(credential: &Credential) -> Result<(), Refusal> {
    let holder = did("holder");
    let trusted = |issuer: &ParticipantId, credential: &Credential| {
        *issuer == did("issuer") && credential.kind() == "MembershipCredential"
    };
    check(credential, &Expected { holder: &holder, now: NOW, leeway: 5, trusted: &trusted })
}

#[test]
fn issuer_holder_and_validity_each_count() {
    assert_eq!(judged(&credential()), Ok(()));
    let with = |change: fn(&mut Credential)| {
        let mut changed = credential();
        change(&mut changed);
        judged(&changed)
    };
    assert!(matches!(with(|c| c.issuer = did("stranger")), Err(Refusal::Untrusted(..))));
    assert!(matches!(with(|c| c.types[1] = "LabelCredential".into()), Err(Refusal::Untrusted(..))));
    assert_eq!(
        with(|c| drop(c.subject.insert("id".into(), "did:web:other.example".into()))),
        Err(Refusal::OtherHolder)
    );
    assert_eq!(with(|c| drop(c.subject.remove("id"))), Err(Refusal::OtherHolder));
    assert_eq!(with(|c| c.from = NOW + 6), Err(Refusal::NotYet));
    assert_eq!(with(|c| c.from = NOW + 5), Ok(()));
    assert_eq!(with(|c| c.until = Some(NOW - 5)), Err(Refusal::Expired));
    assert_eq!(with(|c| c.until = Some(NOW - 4)), Ok(()));
    assert_eq!(with(|c| c.until = None), Ok(()));
}

fn list(set: &[u64]) -> StatusList {
    let mut bits = Bits::new(MIN_BITS);
    set.iter().for_each(|index| assert!(bits.set(*index, true)));
    let (purpose, stated) = (Purpose::Revocation, Some(NOW - 10));
    StatusList { issuer: did("issuer"), purpose, stated, from: NOW - 10, until: Some(NOW + 10), bits }
}

fn believed(list: &StatusList, seen: Option<&StatusList>) -> Result<(), Refusal> {
    let seen = seen.map(|seen| Seen { stated: seen.stated, bits: seen.bits.clone() });
    check_list(list, &did("issuer"), MIN_BITS, seen.as_ref(), NOW, 5)
}

#[test]
fn a_list_is_the_issuers_long_enough_of_now_and_never_goes_back() {
    assert_eq!(believed(&list(&[1]), None), Ok(()));
    assert_eq!(believed(&StatusList { issuer: did("other"), ..list(&[]) }, None), Err(Refusal::OtherList));
    let short = StatusList { bits: Bits::new(16_384), ..list(&[]) };
    assert_eq!(believed(&short, None), Err(Refusal::ShortList(16_384)));
    assert_eq!(believed(&StatusList { until: Some(NOW - 6), ..list(&[]) }, None), Err(Refusal::StaleList));
    assert_eq!(believed(&list(&[1, 2]), Some(&list(&[1]))), Ok(()));
    assert_eq!(believed(&list(&[2]), Some(&list(&[1]))), Err(Refusal::RolledBack));
    let newer = StatusList { stated: Some(NOW - 9), ..list(&[1]) };
    assert_eq!(believed(&list(&[1]), Some(&newer)), Err(Refusal::RolledBack));
    assert_eq!(believed(&StatusList { stated: None, ..list(&[1]) }, Some(&newer)), Err(Refusal::RolledBack));
    let suspension = |set| StatusList { purpose: Purpose::Suspension, ..list(set) };
    assert_eq!(believed(&suspension(&[]), Some(&suspension(&[1]))), Ok(()), "a suspension ends");
}

#[test]
fn the_bit_decides() {
    let entry = |index, purpose| StatusEntry { purpose, index, list: "https://issuer.example/l".into() };
    let revoked = list(&[7]);
    assert_eq!(check_status(&entry(6, Purpose::Revocation), &revoked), Ok(()));
    assert_eq!(check_status(&entry(7, Purpose::Revocation), &revoked), Err(Refusal::Revoked));
    assert_eq!(check_status(&entry(7, Purpose::Suspension), &revoked), Err(Refusal::OtherList));
    assert_eq!(
        check_status(&entry(131_072, Purpose::Revocation), &revoked),
        Err(Refusal::BeyondList(131_072))
    );
    let suspended = StatusList { purpose: Purpose::Suspension, ..list(&[7]) };
    assert_eq!(check_status(&entry(7, Purpose::Suspension), &suspended), Err(Refusal::Suspended));
}
