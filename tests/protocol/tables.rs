//! The whole state machines: every state × message × role × direction, as `docs/protocol` shows them, and the processes
//! obeying them.

use std::fmt::Write;

use contracts::id::{AgreementId, DatasetId, OfferId, ParticipantId, Pid};
use node::domain::negotiation::{self as n, Direction, Refusal, Role};
use node::domain::plane::DataPlane;
use node::domain::time::Timestamp;
use node::domain::transfer as t;
use tests::document;

const SIDES: [(Role, Direction); 4] = [
    (Role::Consumer, Direction::Sent),
    (Role::Consumer, Direction::Received),
    (Role::Provider, Direction::Sent),
    (Role::Provider, Direction::Received),
];

fn sender(role: Role, direction: Direction) -> Role {
    if direction == Direction::Sent { role } else { role.other() }
}

/// Four tables: rows are states, columns are messages, a cell is the next state.
fn tables<S: Copy, M: Copy>(
    states: &[(&str, Option<S>)],
    messages: &[(&str, M)],
    next: impl Fn(Option<S>, M, Role, Direction) -> &'static str,
) -> String {
    let mut out = String::new();
    for (role, direction) in SIDES {
        let way = if direction == Direction::Sent { "sends" } else { "receives" };
        let title = if role == Role::Consumer { "consumer" } else { "provider" };
        write!(out, "\n## The {title} {way}\n\n| state |").unwrap();
        messages.iter().for_each(|(name, _)| write!(out, " {name} |").unwrap());
        out.push_str("\n|---|");
        messages.iter().for_each(|_| out.push_str("---|"));
        for (name, state) in states {
            write!(out, "\n| {name} |").unwrap();
            for (_, message) in messages {
                write!(out, " {} |", next(*state, *message, sender(role, direction), direction)).unwrap();
            }
        }
        out.push('\n');
    }
    out.push('\n');
    out
}

fn states<S: Copy>(all: &[S], name: fn(S) -> &'static str) -> Vec<(&'static str, Option<S>)> {
    std::iter::once(("none yet", None)).chain(all.iter().map(|s| (name(*s), Some(*s)))).collect()
}

#[test]
fn negotiation_table() {
    let messages = n::MessageKind::ALL.map(|m| (m.as_str(), m));
    let table = tables(&states(&n::StateKind::ALL, n::StateKind::as_str), &messages, |s, m, who, way| {
        n::transition(s, m, who, way).map_or("", n::StateKind::as_str)
    });
    document::holds("docs/protocol/negotiation.md", &table);
}

#[test]
fn transfer_table() {
    let messages = t::MessageKind::ALL.map(|m| (m.as_str(), m));
    let table = tables(&states(&t::StateKind::ALL, t::StateKind::as_str), &messages, |s, m, who, _| {
        t::transition(s, m, who).map_or("", t::StateKind::as_str)
    });
    document::holds("docs/protocol/transfer.md", &table);
}

fn pid(name: &str) -> Pid {
    Pid::parse(name).unwrap()
}

fn terms(offer: &str) -> n::Terms {
    n::Terms {
        dataset: DatasetId::parse("d").unwrap(),
        offer: OfferId::parse(offer).unwrap(),
        policy: "{}".into(),
        shown: None,
        until: None,
    }
}

fn negotiation(role: Role, state: n::State) -> n::Negotiation {
    n::Negotiation {
        pid: pid("ours"),
        role,
        peer: ParticipantId::parse("did:web:peer.example").unwrap(),
        peer_pid: Some(pid("theirs")),
        callback: "https://peer.example/dsp/2025-1".into(),
        terms: terms("first"),
        state,
        statements: vec![],
        unacknowledged: None,
        needs_person: true,
        version: 3,
        created: Timestamp(1),
        updated: Timestamp(1),
    }
}

fn negotiation_states() -> Vec<n::State> {
    let id = || AgreementId::parse("agreement").unwrap();
    let end = n::Termination { by_us: true, code: None, reason: None };
    vec![
        n::State::Requested,
        n::State::Offered,
        n::State::Accepted,
        n::State::Agreed(id()),
        n::State::Verified(id()),
        n::State::Finalized(id()),
        n::State::Terminated(end),
    ]
}

fn negotiation_messages() -> Vec<n::Message> {
    vec![
        n::Message::Request(terms("second")),
        n::Message::Offer(terms("second")),
        n::Message::Accepted,
        n::Message::Agreement(AgreementId::parse("agreement").unwrap()),
        n::Message::Verification,
        n::Message::Finalized,
        n::Message::Termination { code: Some("1".into()), reason: None },
    ]
}

#[test]
fn a_negotiation_moves_as_its_table_says_and_by_nothing_else() {
    let mut moved = 0;
    for state in negotiation_states() {
        for message in negotiation_messages() {
            for (role, direction) in SIDES {
                let (from, kind) = (state.kind(), message.kind());
                let who = sender(role, direction);
                let before = negotiation(role, state.clone());
                let result = match direction {
                    Direction::Sent => before.send(message.clone(), Timestamp(9)),
                    Direction::Received => before.receive(message.clone(), Timestamp(9)),
                };
                match (n::transition(Some(from), kind, who, direction), result) {
                    (Some(to), Ok(step)) => {
                        moved += 1;
                        assert_eq!(step.next.state.kind(), to);
                        assert_eq!(step.next.updated, Timestamp(9));
                        assert!(!step.next.needs_person, "a step answers the question to the person");
                        assert_eq!(step.next.unacknowledged.is_some(), direction == Direction::Sent);
                        assert_eq!(step.event, step.next.event());
                    }
                    (None, Err(Refusal::NotNow { state, expected })) => {
                        assert_eq!(state, from.as_str());
                        let possible: Vec<_> = n::MessageKind::ALL
                            .into_iter()
                            .filter(|m| n::transition(Some(from), *m, who, direction).is_some())
                            .map(n::MessageKind::as_str)
                            .collect();
                        assert_eq!(expected, possible);
                        assert!(!expected.contains(&kind.as_str()));
                    }
                    (table, result) => {
                        panic!("{from:?} {kind:?} {role:?} {direction:?}: {table:?} but {result:?}")
                    }
                }
            }
        }
    }
    // Nothing leaves a final state, and what one side may send the other may receive.
    assert!(moved > 20);
    for from in n::StateKind::ALL {
        for kind in n::MessageKind::ALL {
            for who in [Role::Consumer, Role::Provider] {
                let sent = n::transition(Some(from), kind, who, Direction::Sent);
                let received = n::transition(Some(from), kind, who, Direction::Received);
                assert!(sent.is_none() || sent == received, "{from:?} {kind:?}");
                assert!(!from.is_final() || received.is_none());
            }
        }
    }
}

pub fn transfer(role: Role, state: t::State) -> t::Transfer {
    t::Transfer {
        pid: pid("ours"),
        role,
        peer: ParticipantId::parse("did:web:peer.example").unwrap(),
        peer_pid: Some(pid("theirs")),
        callback: "https://peer.example/dsp/2025-1".into(),
        agreement: AgreementId::parse("agreement").unwrap(),
        dataset: DatasetId::parse("d").unwrap(),
        format: "HttpData-PULL".into(),
        purpose: None,
        statements: vec![],
        binding: None,
        address: None,
        destination: None,
        signaled: None,
        plane: DataPlane::Local,
        state,
        unacknowledged: None,
        needs_person: true,
        version: 3,
        created: Timestamp(1),
        updated: Timestamp(1),
    }
}

#[test]
fn a_transfer_moves_as_its_table_says_and_by_nothing_else() {
    let end = t::Termination { by_us: false, code: None, reason: None };
    let states = [
        t::State::Requested,
        t::State::Started,
        t::State::Suspended { by_us: true, reason: None },
        t::State::Completed,
        t::State::Terminated(end),
    ];
    let messages = [
        t::Message::Request,
        t::Message::Start { address: None },
        t::Message::Suspension { reason: None },
        t::Message::Completion,
        t::Message::Termination { code: None, reason: None },
    ];
    for state in &states {
        for message in &messages {
            for (role, direction) in SIDES {
                let before = transfer(role, state.clone());
                let result = match direction {
                    Direction::Sent => before.send(message.clone(), Timestamp(9)),
                    Direction::Received => before.receive(message.clone(), Timestamp(9)),
                };
                let table = t::transition(Some(state.kind()), message.kind(), sender(role, direction));
                match (table, result) {
                    (Some(to), Ok(step)) => assert_eq!(step.next.state.kind(), to),
                    // Both suspended at once, and nothing changes: see `crossing`.
                    (None, Ok(step)) => {
                        let both = (state.kind(), message.kind(), direction);
                        let crossed =
                            (t::StateKind::Suspended, t::MessageKind::Suspension, Direction::Received);
                        assert_eq!((both, &step.next.state), (crossed, state));
                    }
                    (None, Err(Refusal::NotNow { state: named, expected })) => {
                        assert_eq!(named, state.kind().as_str());
                        assert!(!expected.contains(&message.kind().as_str()));
                    }
                    (table, result) => panic!("{state:?} {message:?} {role:?}: {table:?} but {result:?}"),
                }
            }
        }
    }
}
