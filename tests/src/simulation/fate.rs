//! What becomes of what is on its way, and of the machines: the faults.

use contracts::id::AgreementId;
use tokio::time::Instant;

use super::net::{Answered, Sent};
use super::operation::Done;
use super::store::snapshot;
use super::world::{Slow, Waiting, What, World};

/// After which every second attempt is due, whatever was drawn for it and however clocks were set: in milliseconds.
pub const RETRY: i64 = 120_000;
/// Clocks of nodes that are set differ by less than the product tolerates.
const MOST_SKEW: i64 = 25_000;

impl World {
    /// Something becomes of one request on its way: any of them, so they overtake each other.
    pub fn network(&mut self) {
        let chosen = self.random.below(self.waiting.len() as u64) as usize;
        let waiting = self.waiting.remove(chosen);
        let to = self.host(&waiting.call.sent.host);
        let (from, kind) = (waiting.from, if waiting.call.sent.is_data() { "data" } else { "message" });
        if !self.is_up(to) || self.are_apart(from, to) {
            self.say(format!("n{from} → n{to} {kind}: unreachable"));
            self.reply(waiting, None);
            return;
        }
        match self.random.below(16) {
            0 => {
                self.tally.lost += 1;
                self.say(format!("n{from} → n{to} {kind}: lost"));
                self.reply(waiting, None);
            }
            1 => self.lose_answer(waiting, to),
            2 | 3 if !waiting.call.sent.is_data() => self.double(waiting, to),
            2..=5 if waiting.call.sent.is_data() => self.begin_slowly(waiting, to),
            _ => self.deliver(waiting, to),
        }
    }

    fn deliver(&mut self, waiting: Waiting, to: usize) {
        let answer = self.put(waiting.from, &waiting.call.sent, &waiting.what);
        let status = answer.as_ref().map(|a| a.status);
        self.say(format!("n{} → n{to}: {status:?}", waiting.from));
        // The node that asked may be the one that died.
        self.reply(waiting, answer);
    }

    fn double(&mut self, waiting: Waiting, to: usize) {
        self.say("the next one comes twice");
        self.strays.push((waiting.from, agreement(&waiting.what), waiting.call.sent.clone()));
        self.deliver(waiting, to);
    }

    fn lose_answer(&mut self, waiting: Waiting, to: usize) {
        self.tally.lost += 1;
        let from = waiting.from;
        if waiting.call.sent.is_data() {
            // The connection breaks before a byte was taken.
            let operation = self.machines[to].up().begin(waiting.call.sent.clone());
            self.machines[to].up().held += 1;
            let done = self.ask(to, What::Other("answer"), operation);
            if let Some(up) = &mut self.machines[to].up {
                up.held = up.held.saturating_sub(1);
            }
            *self.model.broken.entry(to).or_default() += 1;
            if let Some(Done::Flow(flow)) = done {
                self.machines[to].let_go(flow);
            }
        } else {
            self.put(from, &waiting.call.sent, &waiting.what);
        }
        self.say(format!("n{from} → n{to}: answer lost"));
        self.reply(waiting, None);
    }

    /// A copy of an earlier message arrives.
    pub fn stray(&mut self) {
        let chosen = self.random.below(self.strays.len() as u64) as usize;
        let (from, agreement, sent) = self.strays.remove(chosen);
        let to = self.host(&sent.host);
        let answer = self.put(from, &sent, &What::Message(agreement));
        self.say(format!("n{from} → n{to} again: {:?}", answer.map(|a| a.status)));
    }

    fn begin_slowly(&mut self, waiting: Waiting, to: usize) {
        let (from, sent) = (waiting.from, waiting.call.sent.clone());
        let What::Pull(pid, _) = waiting.what.clone() else { return self.deliver(waiting, to) };
        self.saw(to, pid.clone(), sent.clone());
        let operation = self.machines[to].up().begin(sent.clone());
        self.machines[to].up().held += 1;
        let Some(Done::Flow(mut flow)) = self.ask(to, What::Other("answer"), operation) else {
            *self.model.broken.entry(to).or_default() += 1;
            self.reply(waiting, None);
            return;
        };
        let status = flow.answer.status;
        self.say(format!("n{from} → n{to} slowly: {status}"));
        if !matches!(status, 200 | 206) {
            self.machines[to].up().held -= 1;
            self.machines[to].let_go(flow);
            // Told by the next pull.
            self.judge_data(
                (from, to),
                pid.as_str(),
                &sent,
                &Answered { status, headers: vec![], body: vec![] },
            );
            self.reply(waiting, None);
            return;
        }
        flow.answer.body = vec![0];
        self.judge_data((from, to), pid.as_str(), &sent, &flow.answer);
        flow.answer.body.clear();
        self.slow.push(Slow { at: to, transfer: pid, flow, waiting, ended: false });
    }

    /// Bytes that are taken slowly: some more of them, to the end or not.
    pub fn go_on(&mut self) {
        let chosen = self.random.below(self.slow.len() as u64) as usize;
        let slow = self.slow.remove(chosen);
        if self.random.one_in(3) {
            self.say(format!("n{} bytes broken off", slow.at));
            return self.break_off(slow);
        }
        self.take_the_rest(slow);
    }

    /// All bytes that are still to come, and their end.
    pub fn take_the_rest(&mut self, slow: Slow) {
        let Slow { at, flow, ended, waiting, transfer } = slow;
        self.machines[at].up().held -= 1;
        let reading = Box::pin(async move { Done::Answered(flow.rest().await) });
        let answered = match self.ask(at, What::Other("bytes"), reading) {
            Some(Done::Answered(answered)) => answered,
            _ => {
                self.reply(waiting, None);
                return;
            }
        };
        let came = answered.body.len();
        self.say(format!("n{at} bytes: {came}"));
        if came > 0 {
            self.used(transfer.as_str());
        }
        if ended && came > 0 {
            let what = format!("{came} bytes left after the revocation was answered");
            self.violated(super::violation::Invariant::Fresh, what);
        }
        self.reply(waiting, (answered.status != 0).then_some(answered));
    }

    /// A revocation was answered: no byte after it.
    pub fn revoked_in_flight(&mut self, node: usize) {
        let model = &self.model;
        for slow in self.slow.iter_mut().filter(|slow| slow.at == node) {
            let agreement = model.ways.get(slow.transfer.as_str()).map(|way| &way.agreement);
            let revoked = model.revocations.get(&node);
            slow.ended |= agreement.zip(revoked).is_some_and(|(id, all)| all.contains(id));
        }
    }

    /// Time passes everywhere; what waits for its time is tried again after two minutes.
    pub fn pass(&mut self, millis: i64) {
        self.say(format!("{millis} ms pass"));
        for machine in &mut self.machines {
            machine.clock.advance(millis);
            if let (Some(up), true) = (&mut machine.up, millis >= RETRY) {
                up.lanes.wake(Instant::now());
                machine.scan(false);
            }
        }
    }

    pub fn skew(&mut self, node: usize) {
        let jump = self.random.below(2 * MOST_SKEW as u64) as i64 - MOST_SKEW;
        let others = self.machines.iter().filter(|m| m.index != node).map(|m| m.now().0);
        let (least, most) = others.fold((i64::MAX, i64::MIN), |(a, b), n| (a.min(n), b.max(n)));
        let now = self.machines[node].now().0;
        let then = (now + jump).clamp(most - MOST_SKEW, least + MOST_SKEW);
        self.say(format!("n{node} clock jumps by {}", then - now));
        self.machines[node].clock.advance(then - now);
    }

    pub fn part(&mut self) {
        let nodes = self.machines.len() as u64;
        let a = self.random.below(nodes) as usize;
        let b = (a + 1 + self.random.below(nodes - 1) as usize) % nodes as usize;
        self.partitions.insert((a.min(b), a.max(b)));
        self.say(format!("n{a} and n{b} do not reach each other"));
    }

    pub fn join(&mut self) {
        if let Some((a, b)) = self.partitions.pop_first() {
            self.say(format!("n{a} and n{b} reach each other again"));
        }
    }

    pub fn stop(&mut self, node: usize) {
        self.say(format!("n{node} stops"));
        self.abandon(node);
        self.machines[node].stop();
    }

    /// The node goes on from a copy of its database, made at this very moment.
    pub fn restore(&mut self, node: usize) {
        let machine = &self.machines[node];
        let copy = machine.folder.join(format!("copy{}.sqlite", machine.restored + 1));
        let url = machine.database.clone();
        self.say(format!("n{node} goes on from a copy"));
        super::run::block_on(snapshot(&url, &copy));
        self.fell(node);
        self.place(node, &copy);
        self.start(node);
    }

    /// Puts a copy in place of a node's database.
    pub fn place(&mut self, node: usize, copy: &std::path::Path) {
        let machine = &mut self.machines[node];
        machine.restored += 1;
        machine.database = format!("sqlite://{}", copy.display());
    }
}

fn agreement(what: &What) -> Option<AgreementId> {
    match what {
        What::Message(agreement) => agreement.clone(),
        _ => None,
    }
}

/// A request with one header replaced.
pub fn with_header(mut sent: Sent, name: &str, value: String) -> Sent {
    sent.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    sent.headers.push((name.to_owned(), value));
    sent
}
