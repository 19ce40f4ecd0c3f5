//! Faults put in on purpose, to show that they are found. None is in the product: each is done to a node from outside, at
//! its database, its network or its edge (docs/testing.md says how each is made and what finds it).

use std::path::PathBuf;

use clap::ValueEnum;
use contracts::id::{DatasetId, Pid};
use node::identity::token::issue_peer;
use sqlx::{AssertSqlSafe, Connection, Executor};

use super::disk::Death;
use super::machine::{Machine, Stepped};
use super::net::{Answered, Sent};
use super::operation::Done;
use super::run::block_on;
use super::store::snapshot;
use super::template::did;
use super::violation::Invariant;
use super::world::{What, World};
use crate::flow::PURPOSE;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sabotage {
    /// What the gate refuses is given out all the same, before the node's edge.
    SkipDecision,
    /// A disk that says "written" and loses the last commit with the power.
    AnswerBeforeFlush,
    /// Messages leave though the commit that would release them is never made.
    SendBeforeCommit,
    /// A consumer takes bytes and records nothing.
    DropTwin,
    /// A provider's database forgets a revocation.
    IgnoreRevocation,
    /// A provider's database forgets the proofs that were used.
    ReuseToken,
    /// An old copy of a database is put back.
    RollbackDatabase,
    /// An old copy is put back and goes on, further than what it replaces.
    ForkLog,
}

impl Sabotage {
    /// What must find it.
    pub fn found_by(self) -> Invariant {
        match self {
            Self::SkipDecision => Invariant::Right,
            Self::AnswerBeforeFlush | Self::RollbackDatabase => Invariant::Kept,
            Self::SendBeforeCommit => Invariant::Converge,
            Self::DropTwin => Invariant::Twins,
            Self::IgnoreRevocation => Invariant::Fresh,
            Self::ReuseToken => Invariant::Once,
            Self::ForkLog => Invariant::Log,
        }
    }

    /// What leaves a node's edge, in place of what it answered.
    pub fn at_the_edge(self, machine: &Machine, sent: &Sent, answered: Answered) -> Answered {
        if self != Self::SkipDecision || !sent.is_data() || !matches!(answered.status, 401 | 403 | 409) {
            return answered;
        }
        let mut files: Vec<PathBuf> = std::fs::read_dir(machine.folder.join("data"))
            .map(|all| all.filter_map(|file| Some(file.ok()?.path())).collect())
            .unwrap_or_default();
        files.sort();
        let body = files.first().and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
        Answered { status: 200, headers: Vec::new(), body }
    }
}

impl World {
    /// The sabotage takes this turn, perhaps.
    pub fn sabotage_turn(&mut self) -> bool {
        let Some(sabotage) = self.sabotage else { return false };
        if !self.random.one_in(6) {
            return false;
        }
        let node = self.random.below(self.machines.len() as u64) as usize;
        if !self.is_up(node) {
            return false;
        }
        match sabotage {
            Sabotage::AnswerBeforeFlush => self.answer_before_flush(),
            Sabotage::SendBeforeCommit => self.send_before_commit(),
            Sabotage::DropTwin => self.drop_twin(),
            Sabotage::ReuseToken => self.reuse_token(),
            Sabotage::RollbackDatabase => self.roll_back(node),
            Sabotage::ForkLog => self.fork_log(node),
            Sabotage::IgnoreRevocation => self.revoke_one(),
            Sabotage::SkipDecision => false,
        }
    }

    fn copy(&mut self, node: usize) -> PathBuf {
        let machine = &mut self.machines[node];
        machine.restored += 1;
        let copy = machine.folder.join(format!("copy{}.sqlite", machine.restored));
        let url = machine.database.clone();
        block_on(snapshot(&url, &copy));
        copy
    }

    fn answer_before_flush(&mut self) -> bool {
        let Some(at) = self.waiting.iter().position(|w| !w.call.sent.is_data()) else { return false };
        let to = self.host(&self.waiting[at].call.sent.host);
        let waiting = self.waiting.remove(at);
        if !self.is_up(to) || self.are_apart(waiting.from, to) {
            self.waiting.push(waiting);
            return false;
        }
        let copy = self.copy(to);
        let answer = self.put(waiting.from, &waiting.call.sent, &waiting.what);
        self.reply(waiting, answer);
        if self.is_up(to) {
            self.fell(to);
        }
        self.place(to, &copy);
        self.start(to);
        true
    }

    fn send_before_commit(&mut self) -> bool {
        let number = self.random.below(self.model.sets.len() as u64) as usize;
        let (provider, consumer) = (self.model.sets[number].provider, self.model.sets[number].recipient);
        if !self.is_up(consumer) || !self.is_up(provider) || self.are_apart(provider, consumer) {
            return false;
        }
        let (keys, now) = (self.machines[consumer].up().hosted.keys(), self.machines[consumer].now());
        let disk = self.machines[consumer].up().disk.clone();
        disk.arm(0, Death::BeforeCommit);
        let id: DatasetId = self.datasets[number].clone();
        let operation = self.machines[consumer].up().negotiate(&did(provider), id, PURPOSE);
        self.ask(consumer, What::Other("negotiate"), operation);
        for message in disk.unwritten() {
            let url = url::Url::parse(&message.url).unwrap();
            let token = issue_peer(&keys, message.peer.as_str(), message.body.as_bytes(), now).unwrap();
            let sent = Sent {
                method: "POST".into(),
                host: url.host_str().unwrap_or_default().to_owned(),
                path: url.path().to_owned(),
                headers: vec![
                    ("authorization".into(), format!("Bearer {token}")),
                    ("content-type".into(), "application/json".into()),
                ],
                body: message.body.into_bytes(),
            };
            let answered = self.put(consumer, &sent, &What::Other("unwritten"));
            self.say(format!("sent and not written: {:?}", answered.map(|a| a.status)));
        }
        true
    }

    fn drop_twin(&mut self) -> bool {
        let live = self.model.ways().find(|(pid, _)| !self.model.is_over(pid));
        let Some(pid) = live.and_then(|(pid, _)| Pid::parse(pid.as_str()).ok()) else {
            return false;
        };
        let consumer = self.model.deals[&self.model.ways[pid.as_str()].agreement].consumer;
        if !self.is_up(consumer) {
            return false;
        }
        self.pulls += 1;
        let operation = self.machines[consumer].up().pull(pid.clone(), format!("dropped{}", self.pulls));
        if let Stepped::Calls(rest, call) = self.machines[consumer].step(operation) {
            let answer = self.put(consumer, &call.sent, &What::Pull(pid, String::new()));
            self.say(format!("taken and not recorded: {:?}", answer.map(|a| a.status)));
            self.machines[consumer].let_go((rest, call));
        }
        true
    }

    fn execute(&mut self, node: usize, sql: &str) {
        let url = self.machines[node].database.clone();
        self.fell(node);
        block_on(async {
            let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
            connection.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
            connection.close().await.unwrap();
        });
        self.start(node);
    }

    fn reuse_token(&mut self) -> bool {
        let used = self
            .seen
            .iter()
            .rev()
            .find(|(provider, _, sent)| self.model.is_used(sent) && self.is_up(*provider));
        let Some((provider, pid, sent)) = used.cloned() else { return false };
        self.execute(provider, "DELETE FROM replay");
        let consumer = self.model.deals[&self.model.ways[pid.as_str()].agreement].consumer;
        self.partitions.clear();
        self.try_for_bytes("replay", consumer, provider, &pid, sent);
        true
    }

    fn revoke_one(&mut self) -> bool {
        let deals: Vec<_> = self.model.deals().collect();
        let Some((id, _)) = deals.get(self.random.clone().below(deals.len() as u64) as usize) else {
            return false;
        };
        let id = (*id).clone();
        self.revoke(&id);
        true
    }

    /// After a revocation that a node answered.
    pub fn sabotage_after_revocation(&mut self, node: usize, agreement: &str) {
        let provider = self.model.sets[self.model.deals[agreement].set].provider;
        if self.sabotage != Some(Sabotage::IgnoreRevocation) || node != provider {
            return;
        }
        let forget = format!(
            "DELETE FROM revocation WHERE agreement = '{agreement}'; UPDATE transfer SET state = 'STARTED', \
             body = json_set(body, '$.terminated', NULL, '$.unacknowledged', NULL, '$.suspended', NULL) \
             WHERE agreement = '{agreement}'; UPDATE outbox SET state = 'refused' WHERE state = 'waiting'"
        );
        self.execute(node, &forget);
        let ways = self.model.ways().filter(|(_, way)| way.agreement == agreement);
        let ways: Vec<String> = ways.map(|(pid, _)| pid.clone()).collect();
        self.partitions.clear();
        for pid in &ways {
            let consumer = self.model.deals[agreement].consumer;
            if self.is_up(consumer) {
                let pid = Pid::parse(pid.as_str()).unwrap();
                self.calm = true;
                self.pull_as(consumer, &pid, "after");
                self.calm = false;
            }
        }
    }

    fn roll_back(&mut self, node: usize) -> bool {
        match self.copies.remove(&node) {
            None => {
                let copy = self.copy(node);
                self.copies.insert(node, copy);
            }
            Some(old) => {
                self.say(format!("n{node} gets an old copy back"));
                self.fell(node);
                self.place(node, &old);
                self.start(node);
            }
        }
        true
    }

    /// Nobody looks until the second log is as long as the first.
    fn fork_log(&mut self, node: usize) -> bool {
        if !self.model.sets.iter().any(|set| set.provider == node) {
            return false;
        }
        let copy = self.copy(node);
        let described = |n: usize| {
            crate::flow::described(
                serde_json::json!({"file": self.file_of(node)}),
                serde_json::json!([{"action": "use", "constraint": [
                    {"leftOperand": "recipient", "operator": "eq", "rightOperand": format!("did:web:{n}.example")}
                ]}]),
            )
        };
        let [one, other] = [described(1), described(2)];
        let operation = self.machines[node].up().publish(one);
        self.ask(node, What::Other("publish"), operation);
        self.fell(node);
        self.place(node, &copy);
        let documents = self.documents.clone();
        let waited = self.machines[node].start(&documents);
        let others = self.machines.iter().filter(|machine| machine.index != node);
        others.for_each(|machine| machine.clock.advance(waited));
        for _ in 0..2 {
            let operation = self.machines[node].up().publish(other.clone());
            if let Stepped::Done(Done::Dataset(_)) = self.machines[node].step(operation) {}
        }
        self.look(node);
        true
    }

    fn file_of(&self, node: usize) -> String {
        let number = self.model.sets.iter().position(|set| set.provider == node).unwrap_or_default();
        format!("{number}.csv")
    }
}
