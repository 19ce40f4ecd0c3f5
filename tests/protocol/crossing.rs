//! Words that cross: whatever both sides of a transfer say at the same time, and in whatever order messages and answers
//! arrive, they end alike. Every order is tried.

use std::collections::HashSet;

use node::domain::negotiation::{Direction, Role};
use node::domain::process::REFUSED_BY_PEER;
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
}

impl Side {
    fn new(role: Role, state: &State) -> Self {
        Self { transfer: transfer(role, state.clone()), waiting: vec![], answer: None }
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
    let mut rests = true;
    for (from, to) in [(0, 1), (1, 0)] {
        if let Some(accepted) = sides[from].answer {
            rests = false;
            let mut next = sides.clone();
            next[from].answer = None;
            next[from].is_answered(accepted);
            explore(next, seen, ends);
        } else if let Some(message) = sides[from].waiting.first().cloned() {
            rests = false;
            let mut next = sides.clone();
            let received = next[to].transfer.clone().receive(message, NOW);
            next[from].answer = Some(received.is_ok());
            if let Ok(step) = received {
                next[to].transfer = step.next;
            }
            explore(next, seen, ends);
        }
    }
    if rests {
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

/// Known, and wrong: each side suspends, and one resumes before it hears of the other's suspension. Where the resumption
/// overtakes that suspension, one side goes on and the other does not. No byte leaves for it that should not: a data
/// request needs the provider's transfer started, and either may suspend or end it again. Found by the simulation.
#[test]
fn a_resumption_that_crosses_a_suspension_may_leave_them_apart() {
    for resuming in [0, 1] {
        let mut sides = [Role::Provider, Role::Consumer].map(|role| Side::new(role, &State::Started));
        for side in &mut sides {
            assert!(side.says(Message::Suspension { reason: None }));
        }
        assert!(sides[resuming].says(Message::Start { address: None }));
        let mut ends = HashSet::new();
        explore(sides, &mut HashSet::new(), &mut ends);
        assert!(ends.iter().any(|(ours, theirs)| ours != theirs), "mended: assert that they agree: {ends:?}");
    }
}
