//! Which message is sent next: one lane per process keeps its order, members take turns, and no peer takes more than
//! its share of what is sent at the same time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use contracts::id::{MemberId, ParticipantId};
use tokio::time::Instant;

use crate::domain::outgoing::{Process, Queued};

/// Messages of one lane kept in memory; the others wait in the store.
const KEPT: usize = 4;
/// Sequence numbers remembered of lanes that are empty.
const REMEMBERED: usize = 20_000;

/// A process of a member.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub member: MemberId,
    pub process: Process,
}

/// A lane's turn: its next message, or `None` if it is to be read from the store.
#[derive(Debug, PartialEq, Eq)]
pub struct Turn {
    pub key: Key,
    pub peer: ParticipantId,
    pub message: Option<Queued>,
}

#[derive(Debug)]
struct Lane {
    peer: ParticipantId,
    kept: VecDeque<Queued>,
    /// Sequence number of the last message known to wait here.
    last: i64,
    /// The store has messages that are not kept here.
    more: bool,
    /// Something was added since the lane had its turn.
    touched: bool,
}

#[derive(Debug)]
pub struct Lanes {
    lanes: HashMap<Key, Lane>,
    ready: HashMap<MemberId, VecDeque<Key>>,
    turn: VecDeque<MemberId>,
    held: HashMap<ParticipantId, Vec<Key>>,
    waiting: BinaryHeap<Reverse<(Instant, u64)>>,
    sleepers: HashMap<u64, Key>,
    sleeps: u64,
    /// Last finished message of lanes that are gone, so that their next one is known to be next.
    finished: HashMap<Key, i64>,
    sending: HashMap<ParticipantId, usize>,
    in_all: usize,
    most: usize,
    most_per_peer: usize,
}

impl Lanes {
    pub fn new(most: usize, most_per_peer: usize) -> Self {
        Self {
            lanes: HashMap::new(),
            ready: HashMap::new(),
            turn: VecDeque::new(),
            held: HashMap::new(),
            waiting: BinaryHeap::new(),
            sleepers: HashMap::new(),
            sleeps: 0,
            finished: HashMap::new(),
            sending: HashMap::new(),
            in_all: 0,
            most: most.max(1),
            most_per_peer: most_per_peer.max(1),
        }
    }

    /// A message just committed.
    pub fn add(&mut self, message: Queued) {
        let key = Key { member: message.member.clone(), process: message.process.clone() };
        if let Some(lane) = self.lanes.get_mut(&key) {
            if message.seq <= lane.last {
                return;
            }
            let follows = message.seq == lane.last + 1 && !lane.more;
            lane.last = message.seq;
            lane.touched = true;
            if follows && lane.kept.len() < KEPT {
                lane.kept.push_back(message);
            } else {
                lane.more = true;
            }
            return;
        }
        let next = self.finished.remove(&key).unwrap_or(0) + 1;
        let (peer, last) = (message.peer.clone(), message.seq);
        // Something may wait before it that we were never told of: then the store is asked.
        let (kept, more) =
            if message.seq == next { (VecDeque::from([message]), false) } else { (VecDeque::new(), true) };
        self.lanes.insert(key.clone(), Lane { peer, kept, last, more, touched: false });
        self.enqueue(key);
    }

    /// A process with waiting messages, found in the store.
    pub fn found(&mut self, key: Key, peer: ParticipantId) {
        if self.lanes.contains_key(&key) {
            return;
        }
        self.finished.remove(&key);
        self.lanes
            .insert(key.clone(), Lane { peer, kept: VecDeque::new(), last: 0, more: true, touched: false });
        self.enqueue(key);
    }

    fn enqueue(&mut self, key: Key) {
        let line = self.ready.entry(key.member.clone()).or_default();
        if line.is_empty() {
            self.turn.push_back(key.member.clone());
        }
        line.push_back(key);
    }

    /// The next lane that may send; it is taken until [`Self::done`], [`Self::later`] or [`Self::empty`].
    pub fn turn(&mut self) -> Option<Turn> {
        while self.in_all < self.most {
            let member = self.turn.pop_front()?;
            let Some(line) = self.ready.get_mut(&member) else { continue };
            let key = line.pop_front();
            if line.is_empty() {
                self.ready.remove(&member);
            } else {
                self.turn.push_back(member);
            }
            let Some(key) = key else { continue };
            let Some(lane) = self.lanes.get_mut(&key) else { continue };
            let sending = self.sending.entry(lane.peer.clone()).or_default();
            if *sending >= self.most_per_peer {
                self.held.entry(lane.peer.clone()).or_default().push(key);
                continue;
            }
            *sending += 1;
            self.in_all += 1;
            lane.touched = false;
            let (peer, message) = (lane.peer.clone(), lane.kept.pop_front());
            return Some(Turn { key, peer, message });
        }
        None
    }

    /// The message is settled: on to the next of its lane.
    pub fn done(&mut self, key: Key, peer: &ParticipantId, seq: i64) {
        self.release(peer);
        let Some(lane) = self.lanes.get_mut(&key) else { return };
        lane.last = lane.last.max(seq);
        match lane.kept.is_empty() && !lane.more {
            true => self.remove(key),
            false => self.enqueue(key),
        }
    }

    /// The store has nothing for the lane. What was added while it was asked makes it ask again.
    pub fn empty(&mut self, key: Key, peer: &ParticipantId) {
        self.release(peer);
        match self.lanes.get(&key).map(|lane| lane.touched) {
            Some(true) => self.enqueue(key),
            Some(false) => self.remove(key),
            None => {}
        }
    }

    fn remove(&mut self, key: Key) {
        let Some(lane) = self.lanes.remove(&key) else { return };
        if self.finished.len() >= REMEMBERED {
            self.finished.clear();
        }
        self.finished.insert(key, lane.last);
    }

    /// The lane waits. Its messages are read from the store again: waiting costs no memory.
    pub fn later(&mut self, key: Key, peer: &ParticipantId, until: Instant) {
        self.release(peer);
        if let Some(lane) = self.lanes.get_mut(&key) {
            lane.kept.clear();
            lane.more = true;
            self.sleeps += 1;
            self.waiting.push(Reverse((until, self.sleeps)));
            self.sleepers.insert(self.sleeps, key);
        }
    }

    fn release(&mut self, peer: &ParticipantId) {
        self.in_all = self.in_all.saturating_sub(1);
        if let Some(sending) = self.sending.get_mut(peer) {
            *sending = sending.saturating_sub(1);
            if *sending == 0 {
                self.sending.remove(peer);
            }
        }
        for key in self.held.remove(peer).unwrap_or_default() {
            self.enqueue(key);
        }
    }

    /// When the first waiting lane wakes.
    pub fn wakes_at(&self) -> Option<Instant> {
        self.waiting.peek().map(|Reverse((at, _))| *at)
    }

    /// Makes lanes ready whose wait is over.
    pub fn wake(&mut self, now: Instant) {
        while let Some(Reverse((at, sleep))) = self.waiting.peek().copied() {
            if at > now {
                break;
            }
            self.waiting.pop();
            if let Some(key) = self.sleepers.remove(&sleep) {
                self.enqueue(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contracts::id::Pid;

    use super::*;
    use crate::domain::time::Timestamp;

    fn message(member: &str, process: &str, peer: &str, seq: i64) -> Queued {
        Queued {
            row: seq,
            member: MemberId::parse(member).unwrap(),
            process: Process::Transfer(Pid::parse(process).unwrap()),
            seq,
            peer: ParticipantId::parse(peer).unwrap(),
            kind: "start".into(),
            url: String::new(),
            body: String::new(),
            attempts: 0,
            created: Timestamp(0),
            next_at: Timestamp(0),
        }
    }

    fn seq(turn: &Option<Turn>) -> Option<i64> {
        turn.as_ref().and_then(|t| t.message.as_ref()).map(|m| m.seq)
    }

    #[test]
    fn a_process_keeps_its_order_and_one_message_in_flight() {
        let mut lanes = Lanes::new(8, 8);
        for n in [1, 2, 2, 3] {
            lanes.add(message("m", "a", "p", n));
        }
        let first = lanes.turn();
        assert_eq!(seq(&first), Some(1));
        assert_eq!(lanes.turn(), None, "the second waits for the first");
        let Turn { key, peer, .. } = first.unwrap();
        lanes.done(key.clone(), &peer, 1);
        assert_eq!(seq(&lanes.turn()), Some(2));
        lanes.later(key.clone(), &peer, Instant::now());
        assert_eq!(lanes.turn(), None);
        lanes.wake(Instant::now() + Duration::from_millis(1));
        let again = lanes.turn().unwrap();
        assert_eq!(again.message, None, "after a wait the store says what is first");
        lanes.done(key.clone(), &peer, 2);
        lanes.turn().unwrap();
        lanes.done(key.clone(), &peer, 3);
        lanes.turn().unwrap();
        lanes.empty(key, &peer);
        lanes.add(message("m", "a", "p", 4));
        assert_eq!(seq(&lanes.turn()), Some(4), "known to follow the last one");
    }

    #[test]
    fn a_gap_asks_the_store() {
        let mut lanes = Lanes::new(8, 8);
        lanes.add(message("m", "a", "p", 3));
        let turn = lanes.turn().unwrap();
        assert_eq!(turn.message, None);
        // Committed after the store was read, told before the answer came.
        lanes.add(message("m", "a", "p", 4));
        lanes.empty(turn.key, &turn.peer);
        assert!(lanes.turn().is_some(), "asked again instead of forgotten");
    }

    #[test]
    fn members_take_turns_and_no_peer_takes_everything() {
        let mut lanes = Lanes::new(3, 2);
        for process in ["a", "b", "c", "d"] {
            lanes.add(message("m", process, "p", 1));
        }
        lanes.add(message("n", "e", "q", 1));
        let turns: Vec<Turn> = std::iter::from_fn(|| lanes.turn()).collect();
        let to: Vec<&str> = turns.iter().map(|t| t.peer.as_str()).collect();
        assert_eq!(to, ["p", "q", "p"]);
        lanes.done(turns[1].key.clone(), &turns[1].peer, 1);
        assert_eq!(lanes.turn(), None, "`p` has its share");
        lanes.done(turns[0].key.clone(), &turns[0].peer, 1);
        assert_eq!(lanes.turn().map(|t| t.peer.to_string()), Some("p".to_owned()));
    }
}
