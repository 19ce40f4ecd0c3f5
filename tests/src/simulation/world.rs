//! All nodes of a story, the calls between them, the time, and the one source of chance.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use contracts::id::{AgreementId, DatasetId, Pid};
use node::domain::time::Clock;
use node::peer::SendError;
use node::peer::deliver::Outcome;
use node::peer::lanes::Key;
use tokio::time::Instant;

use super::http::{Flow, Local};
use super::machine::{Machine, Stepped};
use super::model::{Access, Model};
use super::net::{Answered, Call, Documents, Sent};
use super::operation::Done;
use super::sabotage::Sabotage;
use super::store::Databases;
use super::template;
use super::trace::Trace;
use super::violation::{Invariant, Violation};
use crate::random::Random;

/// Data requests remembered for attacks.
const SEEN: usize = 64;

/// What an operation is about.
#[derive(Debug, Clone)]
pub enum What {
    /// A message of the outbox; the agreement that a revocation is about.
    Message(Option<AgreementId>),
    /// A pull of a transfer, by the consumer's name, under a name of its own.
    Pull(Pid, String),
    Other(&'static str),
}

/// An operation that waits for an answer from elsewhere.
pub struct Waiting {
    pub from: usize,
    pub what: What,
    pub call: Call,
    pub(super) operation: Local<Done>,
}

/// An answer whose bytes are taken slowly.
pub struct Slow {
    pub at: usize,
    pub transfer: Pid,
    pub flow: Box<Flow>,
    /// The pull that takes them.
    pub waiting: Waiting,
    /// A revocation was answered since, at the provider.
    pub ended: bool,
}

/// How much happened.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub steps: u64,
    pub granted: u64,
    pub refused: u64,
    pub deaths: u64,
    pub lost: u64,
    pub entries: u64,
    pub pairs: u64,
}

pub struct World {
    pub random: Random,
    pub databases: Databases,
    pub machines: Vec<Machine>,
    pub waiting: Vec<Waiting>,
    /// Copies of messages that arrive later, once more.
    pub strays: Vec<(usize, Option<AgreementId>, Sent)>,
    pub slow: Vec<Slow>,
    /// Data requests seen on the wire, with their provider.
    pub seen: Vec<(usize, Pid, Sent)>,
    pub partitions: BTreeSet<(usize, usize)>,
    pub documents: Documents,
    pub model: Model,
    pub trace: Trace,
    pub tally: Tally,
    pub violations: Vec<Violation>,
    pub sabotage: Option<Sabotage>,
    /// Nothing goes wrong any more.
    pub calm: bool,
    /// Pulls that did not end: transfer, consumer and name.
    pub unfinished: Vec<(usize, Pid, String)>,
    pub datasets: Vec<DatasetId>,
    /// Providers' names of transfers, by the consumers' names. A day asks for each only once.
    pub names: HashMap<Pid, Pid>,
    pub pulls: u64,
    /// Copies of databases that are put back later.
    pub copies: BTreeMap<usize, PathBuf>,
    /// Faults may come once in so many steps.
    pub calmness: u64,
    /// A day instead of a story: many accesses, few faults, no long sleep.
    pub is_day: bool,
}

impl World {
    pub async fn prepare(
        databases: &Databases,
        templates: &[PathBuf],
        folder: &Path,
        nodes: usize,
    ) -> Vec<Machine> {
        let mut machines = Vec::new();
        for (index, template) in templates.iter().enumerate().take(nodes) {
            let place = folder.join(format!("n{index}"));
            std::fs::create_dir_all(place.join("data")).unwrap();
            std::fs::create_dir_all(place.join("received")).unwrap();
            std::fs::copy(template.join("secret"), place.join("secret")).unwrap();
            let database = databases.copy(template, index, &place).await;
            let clock = Clock::fixed(template::START.plus_seconds(3600));
            let (up, heads) = (None, Vec::new());
            machines.push(Machine { index, folder: place, database, clock, up, heads, restored: 0 });
        }
        machines
    }

    pub fn say(&mut self, line: impl Into<String>) {
        self.trace.say(line.into());
    }

    pub fn violated(&mut self, invariant: Invariant, what: impl Into<String>) {
        let violation = Violation { invariant, what: what.into() };
        self.say(format!("VIOLATED {violation}"));
        self.violations.push(violation);
    }

    pub fn is_up(&self, node: usize) -> bool {
        self.machines[node].up.is_some()
    }

    pub fn are_apart(&self, a: usize, b: usize) -> bool {
        self.partitions.contains(&(a.min(b), a.max(b)))
    }

    pub fn host(&self, name: &str) -> usize {
        (0..self.machines.len()).find(|n| template::host(*n) == name).expect("nodes call nodes")
    }

    pub fn start(&mut self, node: usize) {
        let documents = self.documents.clone();
        let waited = self.machines[node].start(&documents);
        let others = self.machines.iter().filter(|machine| machine.index != node);
        others.for_each(|machine| machine.clock.advance(waited));
        self.look(node);
    }

    /// A node is gone, with all that it was doing.
    pub fn fell(&mut self, node: usize) {
        self.tally.deaths += 1;
        self.abandon(node);
        self.machines[node].cut();
    }

    /// What a node was doing goes with it; connections to it, and from it, break.
    pub fn abandon(&mut self, node: usize) {
        while let Some(at) = self.waiting.iter().position(|w| w.from == node) {
            let waiting = self.waiting.remove(at);
            self.forget_pull(node, &waiting.what);
            self.machines[node].let_go(waiting);
        }
        while let Some(at) = self.slow.iter().position(|s| s.at == node || s.waiting.from == node) {
            let slow = self.slow.remove(at);
            self.break_off(slow);
        }
    }

    /// The connection of a slow answer breaks: neither side gets on.
    pub fn break_off(&mut self, slow: Slow) {
        let Slow { at, flow, waiting, .. } = slow;
        self.machines[at].up().held -= 1;
        self.machines[at].let_go(flow);
        self.forget_pull(waiting.from, &waiting.what);
        self.machines[waiting.from].let_go((waiting.operation, waiting.call));
    }

    fn forget_pull(&mut self, node: usize, what: &What) {
        if let What::Pull(pid, name) = what {
            self.unfinished.push((node, pid.clone(), name.clone()));
        }
    }

    /// Asks a node for something, and sees it through until it ends or waits for the network.
    pub fn ask(&mut self, node: usize, what: What, operation: Local<Done>) -> Option<Done> {
        let mut operation = operation;
        loop {
            match self.machines[node].step(operation) {
                Stepped::Died => {
                    self.say(format!("n{node} died"));
                    self.forget_pull(node, &what);
                    self.fell(node);
                    return None;
                }
                Stepped::Answered(answered) => {
                    self.say(format!("n{node} died, its answer on the wire"));
                    self.fell(node);
                    return Some(Done::Answered(answered));
                }
                Stepped::Done(done) => {
                    if !matches!(done, Done::Head(_)) {
                        self.look(node);
                    }
                    return Some(done);
                }
                // Questions are answered at once: only messages and data have a fate of their own.
                Stepped::Calls(rest, call) if self.calm || is_question(&call.sent) => {
                    let answer = self.put(node, &call.sent, &what);
                    let Some(answer) = answer.filter(|a| !(a.is_transient() && call.sent.is_data())) else {
                        if call.sent.is_data() {
                            self.forget_pull(node, &what);
                            self.machines[node].let_go((rest, call));
                            return None;
                        }
                        let host = call.sent.host;
                        let _ = call.reply.send(Err(SendError::Timeout { host }));
                        operation = rest;
                        continue;
                    };
                    let _ = call.reply.send(Ok(answer.response()));
                    operation = rest;
                }
                Stepped::Calls(rest, call) => {
                    self.waiting.push(Waiting { from: node, what, call, operation: rest });
                    return None;
                }
            }
        }
    }

    /// A request arrives at the node it is for. `None`: nobody answers.
    pub fn put(&mut self, from: usize, sent: &Sent, what: &What) -> Option<Answered> {
        let to = self.host(&sent.host);
        if !self.is_up(to) || self.are_apart(from, to) {
            return None;
        }
        if let (true, What::Pull(pid, _)) = (sent.is_data(), what) {
            self.saw(to, pid.clone(), sent.clone());
        }
        let operation = self.machines[to].up().answer(sent.clone());
        let done = self.ask(to, What::Other("answer"), operation);
        let agreement = match what {
            What::Message(agreement) => agreement.as_ref().map(AgreementId::as_str),
            _ => None,
        };
        let Some(Done::Answered(answered)) = done else {
            self.model.heard(to, sent, agreement, None);
            *self.model.broken.entry(to).or_default() += u64::from(sent.is_data());
            return None;
        };
        self.model.heard(to, sent, agreement, Some(answered.status));
        let answered = match &self.sabotage {
            Some(sabotage) => sabotage.at_the_edge(&self.machines[to], sent, answered),
            None => answered,
        };
        self.judge_status(to, sent, &answered);
        if sent.is_data() {
            let pid = match what {
                What::Pull(pid, _) => pid.to_string(),
                _ => String::new(),
            };
            self.judge_data((from, to), &pid, sent, &answered);
            if matches!(answered.status, 0 | 200 | 206) && !answered.body.is_empty() {
                self.used(&pid);
            }
        }
        Some(answered)
    }

    /// Keeps a data request for who would use it again.
    pub fn saw(&mut self, provider: usize, pid: Pid, sent: Sent) {
        if self.seen.len() >= SEEN {
            self.seen.remove(0);
        }
        self.seen.push((provider, pid, sent));
    }

    fn judge_status(&mut self, to: usize, sent: &Sent, answered: &Answered) {
        let full = self.machines[to].up.as_ref().is_some_and(|up| up.disk.is_full());
        // A resumption that crosses a suspension is asked to come again.
        let crosses = answered.status == 503
            && sent.path.ends_with("/start")
            && answered.header("retry-after").is_some();
        if answered.status >= 500 && !full && !crosses {
            let (status, path) = (answered.status, sent.path.split('/').nth(1).unwrap_or_default());
            let said = String::from_utf8_lossy(&answered.body).into_owned();
            self.violated(Invariant::Sound, format!("n{to} answered {status} to /{path}: {said}"));
        }
    }

    /// Bytes of a transfer are out.
    pub fn used(&mut self, pid: &str) {
        if let Some(violation) = self.model.used(pid) {
            self.violated(violation.invariant, violation.what);
        }
    }

    /// Bytes came, or a refusal.
    pub fn judge_data(&mut self, way: (usize, usize), pid: &str, sent: &Sent, answered: &Answered) {
        let (caller, provider) = way;
        if !matches!(answered.status, 0 | 200 | 206) {
            self.tally.refused += 1;
            *self.model.refused.entry(provider).or_default() += u64::from(answered.status == 403);
            return;
        }
        if answered.body.is_empty() {
            return;
        }
        self.tally.granted += 1;
        let now = self.machines[provider].now().0;
        let access = Access { provider, caller, now, transfer: pid };
        for violation in self.model.bytes_left(&access, sent, answered) {
            self.violated(violation.invariant, violation.what);
        }
    }

    /// Gives an operation its answer, or none, and sees it through.
    pub fn reply(&mut self, waiting: Waiting, answer: Option<Answered>) -> Option<Done> {
        let Waiting { from, what, call, operation } = waiting;
        if let What::Pull(..) = what
            && answer.as_ref().is_none_or(|a| a.is_transient() || a.status == 0)
        {
            // It would try again after a while: the simulation asks it to, later.
            self.forget_pull(from, &what);
            self.machines[from].let_go((operation, call));
            return None;
        }
        let host = call.sent.host;
        let _ = call.reply.send(answer.map(Answered::response).ok_or(SendError::Timeout { host }));
        let done = self.ask(from, what.clone(), operation);
        self.settled(from, &what, done)
    }

    /// What an operation means for the outbox and the tally.
    pub fn settled(&mut self, node: usize, what: &What, done: Option<Done>) -> Option<Done> {
        let done = done?;
        match done {
            Done::Sent(key, peer, outcome) => {
                self.say(format!("n{node} sent: {}", outcome_of(&outcome)));
                let lanes = &mut self.machines[node].up().lanes;
                match outcome {
                    Outcome::Done(seq) => lanes.done(key, &peer, seq),
                    Outcome::Empty => lanes.empty(key, &peer),
                    Outcome::Later(_) => lanes.later(key, &peer, Instant::now()),
                }
                None
            }
            Done::Plain(outcome) => {
                self.say(format!("n{node} {}: {}", name_of(what), outcome.err().unwrap_or("ok")));
                if let (What::Pull(..), Err("unavailable" | "peer" | "busy" | "internal")) = (what, outcome) {
                    self.forget_pull(node, what);
                }
                None
            }
            Done::Pulled(files) => {
                if let (What::Pull(_, name), true) = (what, self.is_day) {
                    let _ = std::fs::remove_file(self.machines[node].folder.join("received").join(name));
                }
                self.say(format!("n{node} pulled {:?}", files.iter().map(|f| f.0).collect::<Vec<_>>()));
                None
            }
            other => Some(other),
        }
    }

    /// What the node shows of its log now: it only ever grows.
    pub fn look(&mut self, node: usize) {
        let Some(up) = &self.machines[node].up else { return };
        let operation = up.head();
        let Some(Done::Head(Some(head))) = self.ask(node, What::Other("head"), operation) else { return };
        let last = self.machines[node].heads.last().copied().unwrap_or_default();
        if head.0 < last.0 {
            self.violated(Invariant::Kept, format!("n{node} had {} entries and has {}", last.0, head.0));
        } else if head.0 == last.0 && last.0 > 0 && head.1 != last.1 {
            self.violated(Invariant::Log, format!("n{node} shows two logs of {} entries", head.0));
        }
        if head != last {
            self.say(format!("n{node} log {}", head.0));
            self.machines[node].heads.push(head);
        }
    }
}

fn is_question(sent: &Sent) -> bool {
    sent.method == "GET" && !sent.is_data() || sent.path.ends_with("/catalog/request")
}

pub fn outcome_of(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done(_) => "done",
        Outcome::Later(_) => "later",
        Outcome::Empty => "empty",
    }
}

fn name_of(what: &What) -> &'static str {
    match what {
        What::Message(_) => "message",
        What::Pull(..) => "pull",
        What::Other(name) => name,
    }
}

/// The agreement that a lane tells of, if it does.
pub fn agreement_of(key: &Key) -> Option<AgreementId> {
    match &key.process {
        node::domain::outgoing::Process::Agreement(id) => Some(id.clone()),
        _ => None,
    }
}
