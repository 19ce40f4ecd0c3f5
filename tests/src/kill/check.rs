//! Compares what was answered with what is there after the kills.

use std::collections::{BTreeMap, BTreeSet};

use contracts::tlog::{Hash, consistency_proof, root, verify_consistency};

use super::notes::{Done, Kept, NEGOTIATION, Side, TRANSFER, rank};

/// A negotiation or a transfer, as one side shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub id: String,
    pub peer_id: Option<String>,
    pub state: String,
    pub waits_for: String,
}

/// One entry of a log, with its bytes verified against its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub index: u64,
    pub kind: String,
    pub reference: Option<String>,
    pub hash: Hash,
}

/// One node, as it is now.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub negotiations: Vec<Process>,
    pub transfers: Vec<Process>,
    /// Contracts and whether they are revoked.
    pub contracts: BTreeMap<String, bool>,
    pub entries: Vec<Entry>,
    pub head: (u64, Hash),
    /// The head's signature by the member's own key.
    pub head_signed: bool,
    /// Contract files that did not verify, with why.
    pub refused_files: Vec<String>,
}

/// Both nodes, and the digests of the files that arrived.
#[derive(Debug, Clone, Default)]
pub struct Both {
    pub provider: Seen,
    pub consumer: Seen,
    pub files: BTreeMap<String, String>,
}

impl Both {
    pub fn side(&self, side: Side) -> &Seen {
        match side {
            Side::Provider => &self.provider,
            Side::Consumer => &self.consumer,
        }
    }
}

/// Every violation, as a sentence. Empty: nothing lost, nothing stuck, nothing untrue.
pub fn violations(kept: &Kept, seen: &Both) -> Vec<String> {
    let mut found = Vec::new();
    agree(&mut found, "negotiation", &seen.provider.negotiations, &seen.consumer.negotiations);
    agree(&mut found, "transfer", &seen.provider.transfers, &seen.consumer.transfers);
    for side in Side::BOTH {
        let node = seen.side(side);
        log(&mut found, side, kept, node);
        held(&mut found, side, "negotiation", &NEGOTIATION, &kept.negotiations, &node.negotiations);
        held(&mut found, side, "transfer", &TRANSFER, &kept.transfers, &node.transfers);
        for file in &node.refused_files {
            found.push(format!("{side:?}: contract file does not verify: {file}"));
        }
    }
    for contract in kept.revoked.keys() {
        for side in Side::BOTH {
            if seen.side(side).contracts.get(contract) != Some(&true) {
                found.push(format!("{side:?}: revocation of {contract} is lost"));
            }
        }
    }
    deliveries(&mut found, seen);
    for done in &kept.done {
        pulled(&mut found, done, seen);
    }
    found
}

/// Both sides show the same processes in the same state, and nobody is about to do something.
fn agree(found: &mut Vec<String>, what: &str, provider: &[Process], consumer: &[Process]) {
    let by_id: BTreeMap<_, _> = provider.iter().map(|p| (p.id.as_str(), p)).collect();
    let mut met = BTreeSet::new();
    for ours in consumer {
        let theirs = ours.peer_id.as_deref().and_then(|id| by_id.get(id));
        let Some(theirs) = theirs else {
            // Refused before the provider knew it: nobody waits for anything.
            if (ours.state.as_str(), ours.waits_for.as_str()) == ("TERMINATED", "nothing")
                && ours.peer_id.is_none()
            {
                continue;
            }
            found.push(format!("{what} {} ({}) is unknown to the provider", ours.id, ours.state));
            continue;
        };
        met.insert(theirs.id.as_str());
        if theirs.peer_id.as_deref() != Some(&ours.id) {
            found.push(format!("{what} {}: the provider pairs it with {:?}", ours.id, theirs.peer_id));
        }
        if theirs.state != ours.state {
            found.push(format!(
                "{what} {}: consumer says {} (waits for {}), provider says {} (waits for {})",
                ours.id, ours.state, ours.waits_for, theirs.state, theirs.waits_for
            ));
        } else if stuck(what, ours) || stuck(what, theirs) {
            found.push(format!(
                "{what} {} is stuck in {}: consumer waits for {}, provider for {}",
                ours.id, ours.state, ours.waits_for, theirs.waits_for
            ));
        }
    }
    for theirs in provider.iter().filter(|p| !met.contains(p.id.as_str())) {
        found.push(format!("{what} {} ({}) is unknown to the consumer", theirs.id, theirs.state));
    }
}

/// Nothing here waits for a person, except a suspended transfer: everything else must have gone on by itself.
pub fn stuck(what: &str, process: &Process) -> bool {
    let still = matches!(process.state.as_str(), "FINALIZED" | "TERMINATED" | "COMPLETED")
        || what == "transfer" && matches!(process.state.as_str(), "STARTED" | "SUSPENDED");
    !still || process.waits_for == "acknowledgement"
}

/// What was answered before the kill is still so, or further on.
fn held(
    found: &mut Vec<String>,
    side: Side,
    what: &str,
    order: &[&str],
    answered: &BTreeMap<(Side, String), String>,
    now: &[Process],
) {
    let now: BTreeMap<_, _> = now.iter().map(|p| (p.id.as_str(), p.state.as_str())).collect();
    for ((_, id), state) in answered.iter().filter(|((s, _), _)| *s == side) {
        match now.get(id.as_str()) {
            None => found.push(format!("{side:?}: {what} {id} was answered ({state}) and is lost")),
            Some(later) if rank(order, later) < rank(order, state) => {
                found.push(format!("{side:?}: {what} {id} was {state} and is {later}"));
            }
            Some(_) => {}
        }
    }
}

/// The tree is whole, its head is what it says, and every head served before is a beginning of it.
fn log(found: &mut Vec<String>, side: Side, kept: &Kept, node: &Seen) {
    let hashes: Vec<Hash> = node.entries.iter().map(|e| e.hash).collect();
    for (place, entry) in node.entries.iter().enumerate() {
        if entry.index != place as u64 {
            return found.push(format!("{side:?}: entry {} stands at {place}", entry.index));
        }
    }
    let (size, top) = node.head;
    if size != hashes.len() as u64 || top != root(&hashes) {
        return found
            .push(format!("{side:?}: the head ({size}) is not that of the {} entries", hashes.len()));
    }
    if !node.head_signed {
        found.push(format!("{side:?}: the head is not signed by the member's log key"));
    }
    for head in kept.heads.get(&side).into_iter().flatten() {
        let first = head.size as usize;
        let whole = if first >= hashes.len() {
            first == hashes.len() && head.root == top
        } else {
            let proof = consistency_proof(&hashes, first);
            first == 0 || verify_consistency(head.size, size, &proof, &head.root, &top)
        };
        if !whole {
            found.push(format!(
                "{side:?}: the log of {size} does not continue the one of {} served before",
                head.size
            ));
        }
    }
}

/// Every delivery was opened once, and closed or orphaned once; what the consumer received was opened.
fn deliveries(found: &mut Vec<String>, seen: &Both) {
    let (mut opened, mut ended) = (BTreeMap::new(), BTreeMap::new());
    for entry in &seen.provider.entries {
        let Some(reference) = entry.reference.as_deref() else { continue };
        match entry.kind.as_str() {
            "delivery.opened" => *opened.entry(reference).or_insert(0) += 1,
            "delivery.closed" | "delivery.orphaned" => *ended.entry(reference).or_insert(0) += 1,
            _ => {}
        }
    }
    for (reference, times) in &opened {
        let ends = ended.get(reference).copied().unwrap_or(0);
        if (*times, ends) != (1, 1) {
            found.push(format!("delivery {reference}: opened {times} times, ended {ends} times"));
        }
    }
    for reference in ended.keys().filter(|r| !opened.contains_key(*r)) {
        found.push(format!("delivery {reference}: ended and never opened"));
    }
    for entry in seen.consumer.entries.iter().filter(|e| e.kind == "delivery.received") {
        let reference = entry.reference.as_deref().unwrap_or_default();
        if !opened.contains_key(reference) {
            found.push(format!("reception {reference}: the provider opened no such delivery"));
        }
    }
}

/// A pull that was answered as done: its entry and its file are there, and are the published bytes.
fn pulled(found: &mut Vec<String>, done: &Done, seen: &Both) {
    let name = format!("pull of {} ({})", done.transfer, done.reference);
    if done.sha256 != done.expected {
        found.push(format!("{name}: digest {} is not that of the published file", done.sha256));
    }
    if seen.files.get(&done.file) != Some(&done.expected) {
        found.push(format!("{name}: the file {} is missing or changed", done.file));
    }
    let entry = seen
        .consumer
        .entries
        .iter()
        .find(|e| e.kind == "delivery.received" && e.reference.as_deref() == Some(&done.reference));
    if entry.is_none() {
        found.push(format!("{name}: no entry in the consumer's log"));
    }
}

#[cfg(test)]
#[path = "sabotage.rs"]
mod sabotage;
