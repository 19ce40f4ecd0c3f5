use contracts::id::DatasetId;

use super::*;

fn request(silence: Silence, opinions: &[(Role, Option<bool>)]) -> AccessRequest {
    let given = |yes| Given { yes, words: "Pourquoi.".into(), word: "w".into() };
    AccessRequest {
        id: RequestId::parse("urn:uuid:0192a000-0000-7000-8000-000000000007").unwrap(),
        side: Side::Owner,
        peer: ParticipantId::parse("did:web:labo.example").unwrap(),
        wanted: Wanted {
            dataset: DatasetId::parse("urn:uuid:0192a000-0000-7000-8000-000000000001").unwrap(),
            offer: None,
            purpose: "recherche".into(),
            framework: None,
            use_case: None,
            ends: None,
            words: "Pour quoi.".into(),
        },
        signed: "x".into(),
        state: State::Open,
        reviews: opinions
            .iter()
            .map(|(role, yes)| Review { role: *role, of: None, given: yes.map(given) })
            .collect(),
        due: Some(Deadline(Timestamp(100))),
        silence,
        offer: None,
        negotiation: None,
        reasons: Vec::new(),
        appeal: None,
        created: Timestamp(1),
        updated: Timestamp(1),
        row: 1,
    }
}

#[test]
fn the_first_no_refuses_and_silence_is_what_the_rules_say() {
    use Role::{Dpo, Owner};
    use Silence::{Consents, Refuses};
    let refused = |outcome: &Option<Outcome>| match outcome {
        Some(Outcome::Refused(who)) => {
            who.iter().map(|(role, _)| role.as_str()).collect::<Vec<_>>().join(" ")
        }
        Some(Outcome::Granted) => "granted".into(),
        None => "-".into(),
    };
    for (silence, opinions, in_time, after) in [
        (Refuses, [(Owner, None), (Dpo, None)], "-", "owner dpo"),
        (Refuses, [(Owner, Some(true)), (Dpo, None)], "-", "dpo"),
        (Refuses, [(Owner, Some(true)), (Dpo, Some(true))], "granted", "granted"),
        (Refuses, [(Owner, Some(false)), (Dpo, None)], "owner", "owner"),
        (Consents, [(Owner, Some(true)), (Dpo, None)], "-", "granted"),
        (Consents, [(Owner, None), (Dpo, Some(false))], "dpo", "dpo"),
    ] {
        let request = request(silence, &opinions);
        let found = [100, 101].map(|at| refused(&request.outcome(Timestamp(at))));
        assert_eq!(found, [in_time, after], "{silence:?} {opinions:?}");
        let decided = AccessRequest { state: State::Refused, ..request };
        assert_eq!(decided.outcome(Timestamp(200)), None);
    }
}

#[test]
fn an_opinion_counts_once_in_time_and_of_whom_it_is_asked() {
    let given = || Given { yes: true, words: "Oui.".into(), word: "w".into() };
    let other = ParticipantId::parse("did:web:ethique.example").unwrap();
    let mut asked = request(Silence::Refuses, &[(Role::Owner, None), (Role::Ethics, None)]);
    asked.reviews[1].of = Some(other.clone());
    let opine = |role, by, at| asked.clone().opine(role, by, given(), Timestamp(at)).map(|(next, _)| next);
    assert_eq!(opine(Role::Owner, None, 101).unwrap_err(), NotCounted::Closed);
    assert_eq!(opine(Role::Dpo, None, 100).unwrap_err(), NotCounted::NotAsked);
    assert_eq!(opine(Role::Ethics, None, 100).unwrap_err(), NotCounted::NotAsked);
    assert_eq!(opine(Role::Owner, Some(&other), 100).unwrap_err(), NotCounted::NotAsked);
    let next = opine(Role::Ethics, Some(&other), 100).unwrap();
    assert_eq!(
        next.clone().opine(Role::Ethics, Some(&other), given(), Timestamp(1)).unwrap_err(),
        NotCounted::Twice
    );
    let (next, _) = next.opine(Role::Owner, None, given(), Timestamp(1)).unwrap();
    assert_eq!(next.outcome(Timestamp(1)), Some(Outcome::Granted));
}
