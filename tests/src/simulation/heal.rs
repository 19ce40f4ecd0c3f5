//! The end of all faults: machines are started, networks joined, clocks set, and everything gets its time.

use contracts::id::{AgreementId, Pid};

use super::operation::Done;
use super::world::{What, World};

/// Rounds of two minutes in which everything must come to rest.
const ROUNDS: usize = 40;
/// After which an exchange without its twin is missed (`log.twins_late_s`), and more.
const LATE: i64 = 2 * 86_400_000;

impl World {
    /// Lets everything come to rest.
    pub fn heal(&mut self) {
        self.say("healing");
        self.calm = true;
        self.partitions.clear();
        self.strays.clear();
        while !self.slow.is_empty() {
            let slow = self.slow.remove(0);
            self.take_the_rest(slow);
        }
        for node in 0..self.machines.len() {
            match &self.machines[node].up {
                Some(up) if up.disk.is_full() => self.stop(node),
                Some(up) => up.disk.disarm(),
                None => {}
            }
        }
        for node in 0..self.machines.len() {
            if !self.is_up(node) {
                self.start(node);
            }
        }
        let latest = self.machines.iter().map(|m| m.now().0).max().unwrap_or_default();
        self.machines.iter().for_each(|m| m.clock.advance(latest - m.now().0));
        while !self.waiting.is_empty() {
            let waiting = self.waiting.remove(0);
            let answer = self.put(waiting.from, &waiting.call.sent, &waiting.what);
            self.reply(waiting, answer);
        }
        self.rest();
        self.finish_pulls();
        self.rest();
    }

    /// Time passes until nobody has anything to send.
    fn rest(&mut self) {
        for _ in 0..ROUNDS {
            self.pass(super::fate::RETRY);
            let mut busy = false;
            for node in 0..self.machines.len() {
                while self.receipts(node) > 0 {
                    busy = true;
                }
                while self.send(node) {
                    busy = true;
                }
            }
            if !busy {
                return;
            }
        }
        self.violated(super::violation::Invariant::Converge, "there is no end to the sending");
    }

    /// Pulls that were cut go on, as their node would have them do.
    fn finish_pulls(&mut self) {
        let mut unfinished = std::mem::take(&mut self.unfinished);
        unfinished.dedup();
        for (node, pid, name) in unfinished {
            if !name.is_empty() && self.is_up(node) {
                self.say(format!("n{node} goes on with {name}"));
                self.pull_as(node, &pid, &name);
            }
        }
    }

    /// Both parties of each contract compare what they recorded, when it is too late for an excuse.
    pub fn compare(&mut self) {
        self.pass(LATE);
        let deals: Vec<(String, usize, usize)> = self
            .model
            .deals()
            .map(|(id, deal)| (id.clone(), self.model.sets[deal.set].provider, deal.consumer))
            .collect();
        for (id, provider, consumer) in deals {
            for node in [provider, consumer] {
                let id = AgreementId::parse(id.as_str()).unwrap();
                let operation = self.machines[node].up().twins(id);
                if let Some(Done::Twins(outcome)) = self.ask(node, What::Other("twins"), operation) {
                    match outcome {
                        Ok((pairs, differences)) => {
                            self.tally.pairs += pairs;
                            self.say(format!("n{node} twins {pairs}"));
                            for what in differences {
                                self.violated(super::violation::Invariant::Twins, format!("n{node}: {what}"));
                            }
                        }
                        Err(class) => self.say(format!("n{node} twins: {class}")),
                    }
                }
            }
        }
    }

    /// A node's own name of a transfer.
    pub fn name_at(&mut self, node: usize, provider: usize, pid: &str) -> Option<Pid> {
        let pid = Pid::parse(pid).unwrap();
        if node != provider {
            return Some(pid);
        }
        if let Some(known) = self.names.get(&pid).filter(|_| self.is_day) {
            return Some(known.clone());
        }
        let operation = self.machines[node].up().named(pid.clone());
        let found = match self.ask(node, What::Other("name"), operation) {
            Some(Done::Named(found)) => found?,
            _ => return None,
        };
        self.names.insert(pid, found.clone());
        Some(found)
    }
}
