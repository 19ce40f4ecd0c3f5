//! What may happen, kept beside the product and without asking it: from what the simulation made nodes do, and from what
//! it saw on the wire.
//!
//! A fact that gives a right counts from the moment it may be true; one that takes a right counts once the provider has
//! answered that it is so. What a node did that died before its answer is neither.

use std::collections::{BTreeMap, BTreeSet};

use contracts::jcs::sha256_b64url;
use serde_json::Value;

use super::net::{Answered, Sent};
use super::order::{Order, prune};
use super::violation::{Invariant, Violation};

/// Tolerance of clocks, in seconds (RFC 7519 leaves it to the receiver; the product states 60).
const SKEW: i64 = 60;

/// Transfers that are gone on with.
const LIVE: usize = 12;

/// A dataset under one offer.
#[derive(Debug, Clone)]
pub struct Set {
    pub id: String,
    pub provider: usize,
    pub recipient: usize,
    /// Uses allowed.
    pub most: Option<u64>,
    /// Uses are allowed before this instant, in milliseconds.
    pub until: Option<i64>,
}

/// A contract.
#[derive(Debug, Clone)]
pub struct Deal {
    pub set: usize,
    pub consumer: usize,
    signed: bool,
    revoked: bool,
    spent: u64,
}

/// A transfer, by the consumer's name.
#[derive(Debug, Clone)]
pub struct Way {
    /// In the order they were asked for.
    pub number: usize,
    pub agreement: String,
    pub fits: bool,
    ended: bool,
    suspended: bool,
}

/// Bytes that left, or may have.
#[derive(Debug, Clone)]
pub struct Given {
    pub provider: usize,
    pub reference: String,
    pub entry: u64,
}

/// Who asks for bytes, where and when.
pub struct Access<'a> {
    pub provider: usize,
    pub caller: usize,
    pub now: i64,
    /// The consumer's name of the transfer.
    pub transfer: &'a str,
}

#[derive(Debug, Default)]
pub struct Model {
    pub sets: Vec<Set>,
    pub deals: BTreeMap<String, Deal>,
    pub ways: BTreeMap<String, Way>,
    pub given: Vec<Given>,
    /// Data requests whose provider died over them, or whose connection broke, by provider.
    pub broken: BTreeMap<usize, u64>,
    /// Data requests refused by a decision, by provider.
    pub refused: BTreeMap<usize, u64>,
    /// Revocations answered, by node.
    pub revocations: BTreeMap<usize, BTreeSet<String>>,
    /// Processes answered, by node: kind and name.
    pub answered: BTreeSet<(usize, &'static str, String)>,
    /// Names in the order they were first seen: a day makes thousands, and looks at them at each step.
    order: Order,
    by_pid: BTreeMap<String, String>,
    proofs: BTreeSet<String>,
    messages: BTreeSet<String>,
}

impl Model {
    /// Bytes came for a request. All that is wrong about it.
    pub fn bytes_left(&mut self, access: &Access<'_>, sent: &Sent, answered: &Answered) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut wrong = |invariant, what: &str| found.push(Violation { invariant, what: what.to_owned() });
        let proof = sent.header("dpop").unwrap_or_default();
        if !self.proofs.insert(proof.to_owned()) {
            wrong(Invariant::Once, "bytes left twice for one proof of possession");
        }
        if expired(sent.header("authorization").unwrap_or_default(), access.now) {
            wrong(Invariant::Fresh, "bytes left for a data token that had expired");
        }
        let reference = answered.header(node::dataplane::REFERENCE);
        let entry = answered.header(node::dataplane::ENTRY).and_then(|v| v.parse().ok());
        match (reference, entry) {
            (Some(reference), Some(entry)) => {
                let reference = reference.to_owned();
                self.given.push(Given { provider: access.provider, reference, entry });
            }
            _ => wrong(Invariant::Log, "bytes left without the name of their entry"),
        }
        let Some(way) = self.ways.get(access.transfer) else {
            wrong(Invariant::Right, "bytes left for a transfer nobody asked for");
            return found;
        };
        let Some(deal) = self.deals.get(&way.agreement) else {
            wrong(Invariant::Right, "bytes left without an agreement");
            return found;
        };
        let set = &self.sets[deal.set];
        if !deal.signed {
            wrong(Invariant::Right, "bytes left under an agreement that nobody countersigned");
        }
        if !way.fits {
            wrong(Invariant::Right, "bytes left for another purpose than the agreed one");
        }
        if access.caller != deal.consumer || set.recipient != deal.consumer || set.provider != access.provider
        {
            wrong(Invariant::Right, "bytes left to somebody else than the contract's consumer");
        }
        if way.ended || way.suspended {
            wrong(
                Invariant::Right,
                "bytes left under a transfer that its provider knew to be ended or suspended",
            );
        }
        if deal.revoked {
            wrong(Invariant::Fresh, "bytes left under a contract whose revocation the provider had answered");
        }
        if set.until.is_some_and(|until| access.now >= until) {
            wrong(Invariant::Fresh, "bytes left after the last day of the contract's policy");
        }
        found
    }

    /// A byte of an answer is out: this is a use. One that ended before its first byte is none, and is given back.
    pub fn used(&mut self, transfer: &str) -> Option<Violation> {
        let deal = self.deals.get_mut(&self.ways.get(transfer)?.agreement)?;
        deal.spent += 1;
        let what = "more uses than the contract allows".to_owned();
        let most = self.sets[deal.set].most;
        most.is_some_and(|most| deal.spent > most)
            .then_some(Violation { invariant: Invariant::Counters, what })
    }

    /// A message reached a node: `status` is its answer, or nothing when it died over it.
    pub fn heard(&mut self, to: usize, sent: &Sent, agreement: Option<&str>, status: Option<u16>) {
        let message = sent.json();
        let text = |name: &str| message[name].as_str().unwrap_or_default().to_owned();
        let kind = text("@type");
        let pid = text("consumerPid");
        if kind == "ContractAgreementMessage" {
            self.agreed(&message, to, &pid);
        }
        let first = self.messages.insert(sha256_b64url(&sent.body));
        let sure = first && status.is_some_and(|s| (200..300).contains(&s));
        if sent.path == "/peer/v1/revocations"
            && let Some(id) = agreement
            && sure
        {
            self.revoked(to, id);
        }
        if kind == "ContractAgreementVerificationMessage"
            && let Some(deal) = self.by_pid.get(&pid).and_then(|id| self.deals.get_mut(id))
        {
            deal.signed = true;
        }
        let provider = self.provider_of(&pid);
        let Some(way) = self.ways.get_mut(&pid).filter(|_| provider == Some(to)) else { return };
        match kind.as_str() {
            "TransferTerminationMessage" | "TransferCompletionMessage" if sure => way.ended = true,
            "TransferSuspensionMessage" if sure => way.suspended = true,
            "TransferStartMessage" => way.suspended = false,
            _ => {}
        }
    }

    fn agreed(&mut self, message: &Value, consumer: usize, pid: &str) {
        let agreement = &message["agreement"];
        let (Some(id), Some(target)) = (agreement["@id"].as_str(), agreement["target"].as_str()) else {
            return;
        };
        let Some(set) = self.sets.iter().position(|set| set.id == target) else { return };
        if !self.deals.contains_key(id) {
            let new = Deal { set, consumer, signed: false, revoked: false, spent: 0 };
            self.deals.insert(id.to_owned(), new);
            self.order.deal(id, set);
        }
        self.by_pid.insert(pid.to_owned(), id.to_owned());
    }

    /// A node answered that it knows of a revocation.
    pub fn revoked(&mut self, node: usize, agreement: &str) {
        self.revocations.entry(node).or_default().insert(agreement.to_owned());
        if let Some(deal) = self.deals.get_mut(agreement)
            && self.sets[deal.set].provider == node
        {
            deal.revoked = true;
        }
    }

    pub fn asked(&mut self, pid: &str, agreement: &str, fits: bool) {
        let number = self.ways.len();
        let way = Way { number, agreement: agreement.to_owned(), fits, ended: false, suspended: false };
        self.ways.insert(pid.to_owned(), way);
        self.order.way(pid, agreement);
    }

    pub fn provider_of(&self, pid: &str) -> Option<usize> {
        let deal = self.deals.get(&self.ways.get(pid)?.agreement)?;
        Some(self.sets[deal.set].provider)
    }

    /// Contracts in the order they were first seen: their names are random.
    pub fn deals(&self) -> impl DoubleEndedIterator<Item = (&String, &Deal)> {
        self.order.deals.iter().map(|id| (id, &self.deals[id]))
    }

    /// Those that nobody revoked, and at most so many: a day makes hundreds.
    pub fn live_deals(&self) -> Vec<(&String, &Deal)> {
        let open = self.order.open_deals.iter().rev().map(|id| (id, &self.deals[id]));
        open.filter(|(_, deal)| !deal.revoked).take(LIVE).collect()
    }

    /// Transfers in the order they were asked for.
    pub fn ways(&self) -> impl DoubleEndedIterator<Item = (&String, &Way)> {
        self.order.ways.iter().map(|pid| (pid, &self.ways[pid]))
    }

    /// Those that have not certainly ended, and at most so many: a day makes thousands.
    pub fn live_ways(&self) -> Vec<(&String, &Way)> {
        let open = self.order.open_ways.iter().rev().map(|pid| (pid, &self.ways[pid]));
        open.filter(|(_, way)| !self.is_closed(way)).take(LIVE).collect()
    }

    fn is_closed(&self, way: &Way) -> bool {
        way.ended || self.deals[&way.agreement].revoked
    }

    /// Lets go of what has ended, which never comes back: nobody chooses it any more.
    pub fn tidy(&mut self) {
        let mut order = std::mem::take(&mut self.order);
        prune(&mut order.open_deals, |id| self.deals[id].revoked);
        prune(&mut order.open_ways, |pid| self.is_closed(&self.ways[pid]));
        self.order = order;
    }

    /// How many contracts were seen of a dataset.
    pub fn deals_of(&self, set: usize) -> usize {
        self.order.deals_of.get(&set).copied().unwrap_or_default()
    }

    /// How many transfers were asked for under a contract.
    pub fn ways_of(&self, agreement: &str) -> usize {
        self.order.ways_of.get(agreement).copied().unwrap_or_default()
    }

    /// Whether bytes have left for this proof.
    pub fn is_used(&self, sent: &Sent) -> bool {
        sent.header("dpop").is_some_and(|proof| self.proofs.contains(proof))
    }

    /// Whether the provider certainly knows that there is no right.
    pub fn is_over(&self, pid: &str) -> bool {
        let Some(way) = self.ways.get(pid) else { return false };
        let deal = self.deals.get(&way.agreement);
        !way.fits || way.ended || way.suspended || deal.is_some_and(|deal| deal.revoked)
    }

    /// The provider itself ended, suspended or resumed a transfer.
    pub fn provider_said(&mut self, pid: &str, ended: bool, suspended: bool) {
        if let Some(way) = self.ways.get_mut(pid) {
            way.ended |= ended;
            way.suspended = suspended;
        }
    }
}

/// Whether a data token says itself that it is over. Read here, by the letter of RFC 7519.
fn expired(authorization: &str, now: i64) -> bool {
    use base64::Engine;
    let claims = authorization.split_whitespace().last().and_then(|token| token.split('.').nth(1));
    let claims = claims.and_then(|part| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).ok());
    let claims: Value = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    claims["exp"].as_i64().is_none_or(|exp| exp + SKEW <= now.div_euclid(1000))
}
