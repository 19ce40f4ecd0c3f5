//! Words that cross: whatever both sides of a transfer say at the same time, and in whatever order messages and answers
//! arrive, they end alike. Every order is tried.

use std::collections::HashSet;

use node::domain::negotiation::{Direction, Role};
use node::domain::process::{REFUSED_BY_PEER, Refusal};
use node::domain::time::Timestamp;
use node::domain::transfer::{Message, MessageKind, State, StateKind, Transfer};

use crate::tables::transfer;

const NOW: Timestamp = Timestamp(9);

/// One side, the messages it has to send, and the answer on its way to it.
#[derive(Debug, Clone)]
struct Side {
    transfer: Transfer,
    waiting: Vec<Message>,
    answer: Option<bool>,
    /// What it will say as soon as it may.
    wants: Vec<Message>,
}

impl Side {
    fn new(role: Role, state: &State) -> Self {
        Self { transfer: transfer(role, state.clone()), waiting: vec![], answer: None, wants: vec![] }
    }

    fn says(&mut self, message: Message) -> bool {
        match self.transfer.clone().send(message.clone(), NOW) {
            Ok(step) => self.transfer = step.next,
            Err(_) => return false,
        }
        self.waiting.push(message);
        true
    }

    /// The peer's answer to the first of what it had to send, as `app::transfer::sent` takes it.
    fn is_answered(&mut self, accepted: bool) {
        let kind = self.waiting.remove(0).kind();
        if self.transfer.unacknowledged != Some(kind) {
            return;
        }
        if accepted || self.transfer.state.kind() == StateKind::Terminated {
            self.transfer.unacknowledged = None;
            return;
        }
        self.transfer = self.transfer.clone().broken(REFUSED_BY_PEER, "refused", NOW).unwrap().next;
        self.waiting.push(Message::Termination { code: None, reason: None });
    }
}

/// Delivers in every order from here on; gives the states in which both came to rest.
fn explore(sides: [Side; 2], seen: &mut HashSet<String>, ends: &mut HashSet<(StateKind, StateKind)>) {
    if !seen.insert(format!("{sides:?}")) {
        return;
    }
    let (mut rests, mut waits) = (true, false);
    for (from, to) in [(0, 1), (1, 0)] {
        if let Some(word) = sides[from].wants.first().cloned() {
            let mut next = sides.clone();
            next[from].wants.remove(0);
            if next[from].says(word) {
                explore(next, seen, ends);
            }
        }
        if let Some(accepted) = sides[from].answer {
            rests = false;
            let mut next = sides.clone();
            next[from].answer = None;
            next[from].is_answered(accepted);
            explore(next, seen, ends);
        } else if let Some(message) = sides[from].waiting.first().cloned() {
            let mut next = sides.clone();
            // As `app::transfer::receive` looks into its outbox.
            let resumes = next[to].waiting.first().is_some_and(|first| first.kind() == MessageKind::Start);
            let (before, received) =
                (next[to].transfer.state.kind(), next[to].transfer.clone().receive(message, NOW));
            if let (Err(Refusal::Crossing(_)), false) = (&received, resumes) {
                // It is said again later, and nothing else before it.
                waits = true;
                continue;
            }
            rests = false;
            next[from].answer = Some(received.is_ok());
            if let Ok(step) = received {
                next[to].transfer = step.next;
                // As `app::transfer::receive` does.
                if next[to].transfer.suspends_too(before) {
                    next[to].waiting.push(Message::Suspension { reason: None });
                }
            }
            explore(next, seen, ends);
        }
    }
    if rests {
        assert!(!waits, "both wait for ever: {sides:?}");
        assert!(sides.iter().all(|side| side.transfer.unacknowledged.is_none()), "{sides:?}");
        ends.insert((sides[0].transfer.state.kind(), sides[1].transfer.state.kind()));
    }
}

#[test]
fn what_both_sides_say_at_once_ends_alike() {
    let states = [State::Requested, State::Started, State::Suspended { by_us: true, reason: None }];
    let words = [
        Message::Start { address: None },
        Message::Suspension { reason: None },
        Message::Completion,
        Message::Termination { code: None, reason: None },
    ];
    let mut tried = 0;
    for state in &states {
        for ours in &words {
            for theirs in &words {
                let mut sides = [Role::Provider, Role::Consumer].map(|role| Side::new(role, state));
                if !sides[0].says(ours.clone()) || !sides[1].says(theirs.clone()) {
                    continue;
                }
                let mut ends = HashSet::new();
                explore(sides, &mut HashSet::new(), &mut ends);
                let said = format!("{state:?}, {ours:?} and {theirs:?}: {ends:?}");
                assert!(ends.iter().all(|(provider, consumer)| provider == consumer), "{said}");
                if [ours, theirs].iter().any(|word| word.kind() == MessageKind::Termination) {
                    assert_eq!(
                        ends,
                        HashSet::from([(StateKind::Terminated, StateKind::Terminated)]),
                        "{said}"
                    );
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn a_completion_that_was_heard_is_the_end() {
    for (role, direction) in [(Role::Provider, Direction::Sent), (Role::Consumer, Direction::Received)] {
        let started = transfer(role, State::Started);
        let mut completed = match direction {
            Direction::Sent => started.send(Message::Completion, NOW).unwrap().next,
            Direction::Received => started.receive(Message::Completion, NOW).unwrap().next,
        };
        completed.unacknowledged = None;
        let termination = Message::Termination { code: None, reason: None };
        assert!(completed.clone().receive(termination, NOW).is_err());
        assert!(completed.broken("code", "reason", NOW).is_err());
    }
}

/// Each side suspends, or the one that may, and either resumes at any moment, before or after what it hears: both end
/// suspended or both started.
#[test]
fn resumptions_and_suspensions_that_cross_end_alike() {
    let mut tried = 0;
    for first in 0..4_u32 {
        for then in 0..16_u32 {
            let mut sides = [Role::Provider, Role::Consumer].map(|role| Side::new(role, &State::Started));
            // What each still wants to say, as soon as its state lets it and in any order with what arrives.
            for (n, side) in sides.iter_mut().enumerate() {
                if first >> n & 1 == 1 {
                    assert!(side.says(Message::Suspension { reason: None }));
                }
                if then >> (2 * n) & 1 == 1 {
                    side.wants.push(Message::Start { address: None });
                }
                if then >> (2 * n) & 2 == 2 {
                    side.wants.push(Message::Suspension { reason: None });
                }
            }
            let mut ends = HashSet::new();
            explore(sides, &mut HashSet::new(), &mut ends);
            let said = format!("{first} {then}: {ends:?}");
            assert!(!ends.is_empty() && ends.iter().all(|(ours, theirs)| ours == theirs), "{said}");
            tried += 1;
        }
    }
    assert_eq!(tried, 64);
}

/// Suspended by both and resumed by one that had heard of it: the resumption counts.
#[test]
fn a_resumption_that_knew_of_the_suspension_counts() {
    let mut sides = [Role::Provider, Role::Consumer].map(|role| Side::new(role, &State::Started));
    assert!(sides[0].says(Message::Suspension { reason: None }));
    let suspension = sides[0].waiting[0].clone();
    sides[1].transfer = sides[1].transfer.clone().receive(suspension.clone(), NOW).unwrap().next;
    // Its answer is lost: the provider says it again, and is answered as before.
    assert!(sides[1].says(Message::Start { address: None }));
    let refused = sides[0].transfer.clone().receive(Message::Start { address: None }, NOW);
    assert_eq!(refused.unwrap_err(), Refusal::Crossing("suspension"));
    sides[0].is_answered(true);
    let resumed = sides[0].transfer.clone().receive(Message::Start { address: None }, NOW).unwrap().next;
    assert_eq!((resumed.state.kind(), resumed.unacknowledged), (StateKind::Started, None));
}
