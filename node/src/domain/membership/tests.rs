use super::*;

fn question(n: u8) -> QuestionId {
    QuestionId::parse(format!("urn:uuid:0192a000-0000-7000-8000-00000000000{n}")).unwrap()
}

fn membership(state: State) -> Membership {
    Membership {
        framework: FrameworkId::parse("urn:uuid:0192a000-0000-7000-8000-000000000005").unwrap(),
        version: Version::FIRST,
        side: Side::Operator,
        operator: ParticipantId::parse("did:web:region.example").unwrap(),
        applicant: ParticipantId::parse("did:web:labo.example").unwrap(),
        state,
        appealed: false,
        held: Held::default(),
        created: Timestamp(1),
        updated: Timestamp(1),
        row: 1,
    }
}

fn states() -> Vec<State> {
    let appealed = |from| State::Appealed { from, question: question(2) };
    vec![
        State::Sent,
        State::Applied { question: question(1) },
        State::Refused,
        State::Admitted,
        State::Member,
        State::Suspended,
        State::Excluded,
        appealed(Contested::Refused),
        appealed(Contested::Suspended),
        appealed(Contested::Excluded),
        State::Left,
    ]
}

fn deeds() -> Vec<(&'static str, Deed)> {
    let answered = |n, yes| Deed::Answered { question: question(n), yes };
    vec![
        ("yes", answered(1, true)),
        ("no", answered(1, false)),
        ("appeal yes", answered(2, true)),
        ("appeal no", answered(2, false)),
        ("charter", Deed::CharterSigned),
        ("suspend", Deed::Suspend),
        ("resume", Deed::Resume),
        ("exclude", Deed::Exclude),
        ("appeal", Deed::Appeal { question: question(2) }),
        ("leave", Deed::Leave),
    ]
}

/// The whole table: what is not in it is refused, and changes nothing.
#[test]
fn the_table_of_states_and_deeds() {
    let allowed = [
        ("applied", "yes", "admitted"),
        ("applied", "no", "refused"),
        ("applied", "leave", "left"),
        ("refused", "appeal", "appealed"),
        ("admitted", "charter", "member"),
        ("admitted", "leave", "left"),
        ("member", "suspend", "suspended"),
        ("member", "exclude", "excluded"),
        ("member", "leave", "left"),
        ("suspended", "resume", "member"),
        ("suspended", "exclude", "excluded"),
        ("suspended", "appeal", "appealed"),
        ("suspended", "leave", "left"),
        ("excluded", "appeal", "appealed"),
        ("appealed refused", "appeal yes", "admitted"),
        ("appealed refused", "appeal no", "refused"),
        ("appealed suspended", "appeal yes", "member"),
        ("appealed suspended", "appeal no", "suspended"),
        ("appealed excluded", "appeal yes", "member"),
        ("appealed excluded", "appeal no", "excluded"),
    ];
    let mut seen = 0;
    for state in states() {
        let name = match &state {
            State::Appealed { from, .. } => format!("appealed {}", from.as_str()),
            other => other.as_str().to_owned(),
        };
        for (deed, what) in deeds() {
            let expected = allowed.iter().find(|(from, by, _)| *from == name && *by == deed);
            match (membership(state.clone()).after(what), expected) {
                (Ok((next, _)), Some((_, _, to))) => {
                    assert_eq!(next.state.as_str(), *to, "{name} {deed}");
                    seen += 1;
                }
                (Err(refused), None) => assert_eq!(refused.state, state.as_str(), "{name} {deed}"),
                (outcome, expected) => panic!("{name} {deed}: {outcome:?}, expected {expected:?}"),
            }
        }
    }
    assert_eq!(seen, allowed.len());
}

#[test]
fn an_appeal_is_heard_once_until_the_member_is_one_again() {
    let refused = membership(State::Refused);
    let (appealed, _) = refused.after(Deed::Appeal { question: question(2) }).unwrap();
    let (refused, _) = appealed.after(Deed::Answered { question: question(2), yes: false }).unwrap();
    assert!(refused.clone().after(Deed::Appeal { question: question(3) }).is_err());
    let mut member = membership(State::Admitted);
    member.appealed = true;
    let (member, _) = member.after(Deed::CharterSigned).unwrap();
    let (suspended, _) = member.after(Deed::Suspend).unwrap();
    assert!(suspended.after(Deed::Appeal { question: question(3) }).is_ok());
}

#[test]
fn what_is_stored_is_read_again() {
    for state in states() {
        let from = match &state {
            State::Appealed { from, .. } => Some(*from),
            _ => None,
        };
        assert_eq!(State::parse(state.as_str(), state.question().cloned(), from), Some(state));
    }
    assert_eq!(State::parse("applied", None, None), None);
    assert_eq!(State::parse("member", Some(question(1)), None), None);
}
