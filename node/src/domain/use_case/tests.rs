use contracts::format::Instant;
use contracts::framework::Step;

use super::*;

fn question(n: u8) -> QuestionId {
    QuestionId::parse(format!("urn:uuid:0192a000-0000-7000-8000-00000000000{n}")).unwrap()
}

fn pending(to: Phase) -> Pending {
    Pending { to, put: [1, 2].map(|n| Put { question: question(n), yes: false }).into() }
}

fn case(state: State) -> UseCase {
    let did = |name: &str| ParticipantId::parse(format!("did:web:{name}.example")).unwrap();
    UseCase {
        id: UseCaseId::parse("urn:uuid:0192a000-0000-7000-8000-000000000007").unwrap(),
        framework: FrameworkId::parse("urn:uuid:0192a000-0000-7000-8000-000000000005").unwrap(),
        version: Version::FIRST,
        side: Side::Operator,
        operator: did("region"),
        proposer: did("labo"),
        state,
        since: Timestamp::from_seconds(0),
        approved: false,
        audit: None,
        proposal: Proposal {
            title: "Titre".into(),
            words: "Pour quoi.".into(),
            purposes: vec!["recherche".into()],
            datasets: Vec::new(),
            recipients: vec![did("labo"), did("eau")],
            territory: None,
            ends: Instant::from_seconds(1000 * 86_400),
        },
        signed: "x".into(),
        reasons: Vec::new(),
        created: Timestamp(1),
        updated: Timestamp(1),
        row: 1,
    }
}

fn at(phase: Phase) -> State {
    State::At { phase, pending: None }
}

fn rules() -> UseCases {
    let step = |from, to, audit| Step { from, to, bodies: vec!["ethique".into()], audit };
    UseCases {
        steps: vec![step(Phase::Idee, Phase::Test, false), step(Phase::Test, Phase::Confirme, true)],
        test_days: 365,
        requests: None,
    }
}

/// Every state with every deed: where it leads, or that it does not.
#[test]
fn a_use_case_goes_only_where_votes_and_its_proposer_lead() {
    let audit = Audited {
        by: ParticipantId::parse("did:web:a.example").unwrap(),
        until: Timestamp(9),
        word: "w".into(),
    };
    let waits = |phase, to| State::At { phase, pending: Some(pending(to)) };
    let states = [
        State::Sent,
        at(Phase::Idee),
        waits(Phase::Idee, Phase::Test),
        at(Phase::Test),
        at(Phase::Confirme),
        waits(Phase::Confirme, Phase::Abandonne),
        State::Over(Ending::Ended),
    ];
    let deeds = [
        Deed::Ask(pending(Phase::Test)),
        Deed::Ask(pending(Phase::Abandonne)),
        Deed::Answered { question: question(1), yes: false },
        Deed::Answered { question: question(9), yes: true },
        Deed::Audited(audit),
        Deed::Abandon,
    ];
    let found: Vec<String> = states
        .iter()
        .map(|state| {
            let reached =
                deeds.iter().map(|deed| match case(state.clone()).after(deed.clone(), Timestamp(5)) {
                    Ok((next, _)) if next.state.pending().is_some() => format!("{}?", next.state.as_str()),
                    Ok((next, _)) => next.state.as_str().to_owned(),
                    Err(_) => "-".to_owned(),
                });
            reached.collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(
        found,
        [
            "- - - - - -",
            "idee? idee? - - idee abandonne",
            "- - idee - idee? abandonne",
            "- test? - - test abandonne",
            "confirme? confirme? - - confirme abandonne",
            "- - confirme - confirme? abandonne",
            "- - - - - -",
        ]
    );
}

#[test]
fn a_step_is_taken_when_every_body_says_yes() {
    let yes = |n| Deed::Answered { question: question(n), yes: true };
    let asked = case(State::At { phase: Phase::Idee, pending: Some(pending(Phase::Test)) });
    let (half, event) = asked.after(yes(1), Timestamp(5)).unwrap();
    assert_eq!((half.state.as_str(), event.kind()), ("idee", "use-case.step-advised"));
    let (whole, event) = half.after(yes(2), Timestamp(6)).unwrap();
    assert_eq!((&whole.state, event.kind(), whole.since), (&at(Phase::Test), "use-case.moved", Timestamp(6)));
    let asked = case(State::At { phase: Phase::Confirme, pending: Some(pending(Phase::Abandonne)) });
    let (half, _) = asked.after(yes(2), Timestamp(5)).unwrap();
    let (over, _) = half.after(yes(1), Timestamp(5)).unwrap();
    assert_eq!(over.state, State::Over(Ending::Withdrawn));
}

#[test]
fn time_ends_tests_audits_and_use_cases() {
    let day = |n: i64| Timestamp::from_seconds(n * 86_400);
    let audited = |until| {
        let by = ParticipantId::parse("did:web:a.example").unwrap();
        UseCase {
            audit: Some(Audited { by, until: day(until), word: "w".into() }),
            ..case(at(Phase::Confirme))
        }
    };
    for (case, now, state, approved) in [
        (case(at(Phase::Idee)), 1, "idee", false),
        (case(at(Phase::Test)), 364, "test", true),
        (case(at(Phase::Test)), 365, "abandonne", false),
        (case(at(Phase::Confirme)), 1, "confirme", false),
        (audited(10), 9, "confirme", true),
        (audited(10), 10, "confirme", false),
        (audited(2000), 999, "confirme", true),
        (audited(2000), 1000, "abandonne", false),
        (case(at(Phase::Idee)), 1000, "abandonne", false),
        (case(State::Over(Ending::Refused)), 1000, "abandonne", false),
    ] {
        let (next, _) = case.at(&rules(), day(now));
        assert_eq!((next.state.as_str(), next.approved), (state, approved), "{now}");
    }
    assert_eq!(case(at(Phase::Test)).until(&rules()), day(365));
    assert_eq!(audited(10).until(&rules()), day(10));
    assert_eq!(audited(2000).until(&rules()), day(1000));
}
