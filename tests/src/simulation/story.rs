//! What happens: at each step the seed chooses among what is possible now.

use contracts::id::{AgreementId, Pid};
use node::domain::transfer::StateKind;

use super::disk::Death;
use super::fate::RETRY;
use super::operation::{Done, Word};
use super::sabotage::Sabotage;
use super::template::did;
use super::world::{What, World, agreement_of};
use crate::flow::{OTHER_PURPOSE, PURPOSE};

#[derive(Debug, Clone)]
enum Act {
    Send(usize),
    Network,
    Stray,
    Negotiate(usize),
    Transfer(String),
    Pull(String),
    Attack,
    Word(String),
    Revoke(String),
    Receipts(usize),
    GoOn,
    Time,
    Skew(usize),
    Cut(usize),
    Arm(usize),
    Fill(usize),
    Stop(usize),
    Start(usize),
    Part,
    Join,
    Restore(usize),
}

impl World {
    /// One thing happens.
    pub fn turn(&mut self) {
        self.tally.steps += 1;
        // Names begin with the time they are drawn at: drawn in different steps, they sort alike in every run.
        let span = 1 + self.random.below(20) as i64;
        self.machines.iter().for_each(|machine| machine.clock.advance(span));
        if self.sabotage_turn() {
            return;
        }
        let mut acts: Vec<(u64, Act)> = Vec::new();
        self.work(&mut acts);
        self.wishes(&mut acts);
        if self.random.one_in(self.calmness) {
            self.faults(&mut acts);
        }
        let all: u64 = acts.iter().map(|(weight, _)| weight).sum();
        let mut at = self.random.below(all);
        let chosen = acts.into_iter().find(|(weight, _)| {
            let here = at < *weight;
            at = at.saturating_sub(*weight);
            here
        });
        if let Some((_, act)) = chosen {
            self.happen(act);
        }
    }

    /// What nodes would do by themselves.
    fn work(&mut self, acts: &mut Vec<(u64, Act)>) {
        for node in 0..self.machines.len() {
            if self.is_up(node) {
                let ready = self.machines[node].has_turn();
                acts.push((if ready { 14 } else { 1 }, Act::Send(node)));
                acts.push((1, Act::Receipts(node)));
                let full = self.machines[node].up.as_ref().is_some_and(|up| up.disk.is_full());
                acts.push((if full { 4 } else { 0 }, Act::Stop(node)));
            } else {
                acts.push((8, Act::Start(node)));
            }
        }
        acts.push((14 * self.waiting.len() as u64, Act::Network));
        acts.push((3 * self.strays.len() as u64, Act::Stray));
        acts.push((5 * self.slow.len() as u64, Act::GoOn));
        acts.push((3 * self.partitions.len() as u64, Act::Join));
    }

    /// What people and programs want.
    fn wishes(&mut self, acts: &mut Vec<(u64, Act)>) {
        let chance = self.random.below(if self.is_day { 60 } else { 3 });
        self.model.tidy();
        let model = &self.model;
        for (number, set) in model.sets.iter().enumerate() {
            let deals = model.deals_of(number);
            if self.is_up(set.recipient) {
                acts.push((if deals == 0 { 3 } else { 1 }, Act::Negotiate(number)));
            }
        }
        for (id, deal) in model.live_deals() {
            let ways = model.ways_of(id);
            if self.is_up(deal.consumer) {
                acts.push((if ways == 0 { 5 } else { 1 }, Act::Transfer(id.clone())));
            }
            acts.push((u64::from(chance == 0), Act::Revoke(id.clone())));
        }
        for (pid, _) in model.live_ways() {
            acts.push((8, Act::Pull(pid.clone())));
            acts.push((2, Act::Word(pid.clone())));
        }
        if !self.seen.is_empty() {
            acts.push((5, Act::Attack));
        }
    }

    fn faults(&mut self, acts: &mut Vec<(u64, Act)>) {
        acts.push((4, Act::Time));
        acts.push((3, Act::Part));
        for node in 0..self.machines.len() {
            acts.push((1, Act::Skew(node)));
            if self.is_up(node) {
                acts.push((1, Act::Cut(node)));
                acts.push((1, Act::Arm(node)));
                acts.push((1, Act::Fill(node)));
                acts.push((1, Act::Stop(node)));
                if self.databases.are_files() {
                    acts.push((1, Act::Restore(node)));
                }
            }
        }
    }

    fn happen(&mut self, act: Act) {
        match act {
            Act::Send(node) => {
                self.send(node);
            }
            Act::Network => self.network(),
            Act::Stray => self.stray(),
            Act::Negotiate(set) => self.negotiate(set),
            Act::Transfer(agreement) => self.open_transfer(&agreement),
            Act::Pull(pid) => self.pull(&pid),
            Act::Attack => self.attack(),
            Act::Word(pid) => self.word(&pid),
            Act::Revoke(agreement) => self.revoke(&agreement),
            Act::Receipts(node) => {
                self.receipts(node);
            }
            Act::GoOn => self.go_on(),
            Act::Time => {
                let spans = [1_000, RETRY, RETRY, 3_600_000, 100_000_000];
                let most = if self.is_day { 3 } else { 5 };
                let span = spans[self.random.below(most) as usize];
                self.pass(span);
            }
            Act::Skew(node) => self.skew(node),
            Act::Cut(node) => {
                self.say(format!("n{node} loses its power"));
                self.fell(node);
            }
            Act::Arm(node) => {
                let spared = self.random.below(3);
                let death = if self.random.one_in(2) { Death::BeforeCommit } else { Death::AfterCommit };
                self.say(format!("n{node} will die {death:?} after {spared}"));
                self.machines[node].up().disk.arm(spared, death);
            }
            Act::Fill(node) => {
                self.say(format!("n{node} disk full"));
                self.machines[node].up().disk.fill();
            }
            Act::Stop(node) => self.stop(node),
            Act::Start(node) => {
                self.say(format!("n{node} starts"));
                self.start(node);
            }
            Act::Part => self.part(),
            Act::Join => self.join(),
            Act::Restore(node) => self.restore(node),
        }
    }

    /// The outbox worker of a node takes its next turn.
    pub fn send(&mut self, node: usize) -> bool {
        if !self.machines[node].has_turn() {
            return false;
        }
        let up = self.machines[node].up();
        let Some(turn) = up.turn.take() else { return false };
        let what = What::Message(agreement_of(&turn.key));
        let operation = up.attempt(turn);
        let done = self.ask(node, what.clone(), operation);
        self.settled(node, &what, done);
        true
    }

    pub fn negotiate(&mut self, set: usize) {
        let (provider, consumer) = (self.model.sets[set].provider, self.model.sets[set].recipient);
        let purpose = if self.random.one_in(8) { OTHER_PURPOSE } else { PURPOSE };
        self.say(format!("n{consumer} negotiates d{set}"));
        let id = self.datasets[set].clone();
        let operation = self.machines[consumer].up().negotiate(&did(provider), id, purpose);
        let what = What::Other("negotiate");
        let done = self.ask(consumer, what.clone(), operation);
        if let Some(Done::Negotiation(pid)) = self.settled(consumer, &what, done) {
            self.model.answered.insert((consumer, "negotiation", pid.to_string()));
        }
    }

    pub fn open_transfer(&mut self, agreement: &str) {
        let consumer = self.model.deals[agreement].consumer;
        let fits = !self.random.one_in(6);
        let purpose = if fits { PURPOSE } else { OTHER_PURPOSE };
        let id = AgreementId::parse(agreement).unwrap();
        let operation = self.machines[consumer].up().transfer(id, purpose);
        let what = What::Other("transfer");
        let done = self.ask(consumer, what.clone(), operation);
        if let Some(Done::Transfer(transfer)) = self.settled(consumer, &what, done) {
            self.say(format!(
                "n{consumer} transfer {}",
                if fits { "as agreed" } else { "for another purpose" }
            ));
            self.model.asked(transfer.pid.as_str(), agreement, fits);
            self.model.answered.insert((consumer, "transfer", transfer.pid.to_string()));
        }
    }

    fn pull(&mut self, pid: &str) {
        let consumer = self.model.deals[&self.model.ways[pid].agreement].consumer;
        if !self.is_up(consumer) {
            return;
        }
        self.pulls += 1;
        let name = format!("p{}", self.pulls);
        self.say(format!("n{consumer} pulls {name}"));
        self.pull_as(consumer, &Pid::parse(pid).unwrap(), &name);
    }

    pub fn pull_as(&mut self, consumer: usize, pid: &Pid, name: &str) {
        let operation = self.machines[consumer].up().pull(pid.clone(), name.to_owned());
        let what = What::Pull(pid.clone(), name.to_owned());
        let done = self.ask(consumer, what.clone(), operation);
        self.settled(consumer, &what, done);
    }

    fn word(&mut self, pid: &str) {
        let words = [Word::Suspend, Word::Resume, Word::Resume, Word::Complete, Word::Terminate];
        let word = words[self.random.below(5) as usize];
        let deal = &self.model.deals[&self.model.ways[pid].agreement];
        let (provider, consumer) = (self.model.sets[deal.set].provider, deal.consumer);
        // Both sides suspend and resume, at once too. Without a draw: seeds that were found tell the stories they told.
        let by_provider = match word {
            Word::Suspend | Word::Resume => {
                (self.model.ways[pid].number as u64 + self.tally.steps).is_multiple_of(2)
            }
            Word::Complete | Word::Terminate => self.random.one_in(2),
        };
        let node = if by_provider { provider } else { consumer };
        if !self.is_up(node) {
            return;
        }
        let Some(name) = self.name_at(node, provider, pid) else { return };
        if node == provider && word == Word::Resume {
            self.model.provider_said(pid, false, false);
        }
        self.say(format!("n{node} {word:?}"));
        let operation = self.machines[node].up().word(name, word);
        let what = What::Other("word");
        let done = self.ask(node, what.clone(), operation);
        if let Some(Done::Transfer(transfer)) = self.settled(node, &what, done) {
            let state = transfer.state.kind();
            self.say(format!("n{node} now {}", state.as_str()));
            if node == provider {
                self.model.provider_said(pid, state.is_final(), state == StateKind::Suspended);
            }
        }
    }

    pub fn revoke(&mut self, agreement: &str) {
        let deal = &self.model.deals[agreement];
        let (provider, consumer) = (self.model.sets[deal.set].provider, deal.consumer);
        let by_provider = self.random.one_in(2) || self.sabotage == Some(Sabotage::IgnoreRevocation);
        let node = if by_provider { provider } else { consumer };
        if !self.is_up(node) {
            return;
        }
        let operation = self.machines[node].up().revoke(AgreementId::parse(agreement).unwrap());
        let what = What::Other("revoke");
        if let Some(Done::Plain(outcome)) = self.ask(node, what, operation) {
            self.say(format!("n{node} revokes: {}", outcome.err().unwrap_or("ok")));
            if outcome.is_ok() {
                self.model.revoked(node, agreement);
                self.revoked_in_flight(node);
                self.sabotage_after_revocation(node, agreement);
            }
        }
    }

    pub fn receipts(&mut self, node: usize) -> usize {
        let operation = self.machines[node].up().receipts();
        let what = What::Other("receipts");
        let done = self.ask(node, what.clone(), operation);
        match self.settled(node, &what, done) {
            Some(Done::Count(count)) => count,
            _ => 0,
        }
    }
}
