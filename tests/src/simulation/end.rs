//! What must be true at last, read from the nodes' own databases and compared with the simulation's own account.

use std::collections::BTreeMap;

use contracts::tlog::{Hash, leaf_hash, node_hash};
use node::domain::agreement::Standing;

use super::operation::{Done, Shown};
use super::violation::Invariant::{Converge, Counters, Kept, Log, Right};
use super::world::{What, World};

/// The right edge of a tree (RFC 9162, section 2.1): its complete subtrees, with their heights.
#[derive(Default)]
struct Edge(Vec<(u32, Hash)>);

impl Edge {
    fn push(&mut self, leaf: Hash) {
        let mut new = (0, leaf);
        while let Some((height, left)) = self.0.pop_if(|(height, _)| *height == new.0) {
            new = (height + 1, node_hash(&left, &new.1));
        }
        self.0.push(new);
    }
    fn root(&self) -> Option<Hash> {
        let mut all = self.0.iter().rev().map(|(_, hash)| *hash);
        let first = all.next()?;
        Some(all.fold(first, |right, left| node_hash(&left, &right)))
    }
}

impl World {
    /// Every invariant that speaks of the end.
    pub fn judge(&mut self) {
        let mut shown = Vec::new();
        for node in 0..self.machines.len() {
            let operation = self.machines[node].up().show();
            match self.ask(node, What::Other("show"), operation) {
                Some(Done::Shown(all)) => shown.push(*all),
                _ => return self.violated(Kept, format!("n{node} cannot show what it holds")),
            }
        }
        for (node, shown) in shown.iter().enumerate() {
            self.log_is_whole(node, shown);
            self.kept(node, shown);
            self.deliveries_are_closed(node, shown);
            self.outbox_is_empty(node, shown);
        }
        self.processes_agree(&shown);
        self.contracts_agree(&shown);
    }

    /// The tree over the entries is what was signed, and every head ever shown is a beginning of it.
    fn log_is_whole(&mut self, node: usize, shown: &Shown) {
        self.tally.entries += shown.entries.len() as u64;
        if let Some(fault) = &shown.fault {
            return self.violated(Log, format!("n{node}: {fault}"));
        }
        let heads: BTreeMap<u64, Hash> = self.machines[node].heads.iter().copied().collect();
        let (mut edge, mut size, mut wrong) = (Edge::default(), 0, None);
        for entry in &shown.entries {
            edge.push(leaf_hash(&entry.leaf));
            size += 1;
            if heads.get(&size).is_some_and(|head| edge.root() != Some(*head)) {
                wrong = wrong.or(Some(size));
            }
        }
        let longest = heads.last_key_value().map_or(0, |(size, _)| *size);
        if let Some(before) = wrong.or((longest > size).then_some(longest)) {
            let what =
                format!("n{node}: the log of {size} does not continue the one of {before} shown before");
            self.violated(Log, what);
        }
    }

    /// What was answered is there.
    fn kept(&mut self, node: usize, shown: &Shown) {
        let lost: Vec<String> = self
            .model
            .answered
            .iter()
            .filter(|(at, kind, pid)| *at == node && !shown.has(kind, pid))
            .map(|(_, kind, _)| format!("n{node}: a {kind} that was answered is lost"))
            .collect();
        lost.into_iter().for_each(|what| self.violated(Kept, what));
        let revocations = self.model.revocations.get(&node).cloned().unwrap_or_default();
        for id in revocations {
            if !shown.agreements.iter().any(|a| a.id.as_str() == id && a.revoked.is_some()) {
                self.violated(Kept, format!("n{node}: a revocation that was answered is lost"));
            }
        }
    }

    /// Every delivery that began has one end, each that was seen is in the log, and none that was not.
    fn deliveries_are_closed(&mut self, node: usize, shown: &Shown) {
        let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let mut refused = 0;
        for entry in &shown.entries {
            let reference = entry.reference.as_deref().unwrap_or_default();
            match entry.kind.as_str() {
                "delivery.opened" => counts.entry(reference).or_default().0 += 1,
                "delivery.closed" | "delivery.orphaned" => counts.entry(reference).or_default().1 += 1,
                "access.refused" => refused += 1,
                _ => {}
            }
        }
        let mut found = Vec::new();
        for (opened, ended) in counts.values() {
            if (*opened, *ended) != (1, 1) {
                found.push(format!("n{node}: a delivery opened {opened} times and ended {ended} times"));
            }
        }
        for given in self.model.given.iter().filter(|given| given.provider == node) {
            let entry = shown.entries.get(usize::try_from(given.entry).unwrap_or(usize::MAX));
            let named = entry.and_then(|e| e.reference.as_deref()) == Some(given.reference.as_str());
            if !named || entry.is_none_or(|e| e.kind != "delivery.opened") {
                found.push(format!("n{node}: bytes left, and entry {} does not say so", given.entry));
            }
        }
        let expected = self.model.refused.get(&node).copied().unwrap_or_default();
        if refused < expected {
            found.push(format!("n{node}: {expected} requests were refused, {refused} are in the log"));
        }
        let given = self.model.given.iter().filter(|given| given.provider == node).count() as u64;
        let broken = self.model.broken.get(&node).copied().unwrap_or_default();
        let opened = counts.len() as u64;
        if opened > given + broken {
            found.push(format!("n{node}: {opened} deliveries in the log, {given} seen and {broken} cut"));
        }
        found.into_iter().for_each(|what| self.violated(Log, what));
        self.counters_hold(node, shown);
    }

    /// Openings under each contract, by the log, are no more than its policy allows.
    fn counters_hold(&mut self, node: usize, shown: &Shown) {
        for agreement in &shown.agreements {
            let Some(deal) = self.model.deals.get(agreement.id.as_str()) else { continue };
            let set = &self.model.sets[deal.set];
            let uses = shown.uses.get(agreement.id.as_str()).copied().unwrap_or_default();
            if set.provider == node && set.most.is_some_and(|most| uses > most) {
                let what = format!("n{node}: {uses} uses counted, {:?} allowed", set.most);
                self.violated(Counters, what);
            }
        }
    }

    fn outbox_is_empty(&mut self, node: usize, shown: &Shown) {
        if shown.outbox > 0 {
            self.violated(Converge, format!("n{node}: {} messages were never sent", shown.outbox));
        }
    }

    /// Each process is at both sides, in the same state, and nobody waits.
    fn processes_agree(&mut self, shown: &[Shown]) {
        let mut found = Vec::new();
        for (node, own) in shown.iter().enumerate() {
            for process in &own.processes {
                let what = format!("n{node}: a {} in state {}", process.kind, process.state);
                if process.waits {
                    found.push(format!("{what} waits for an acknowledgement"));
                }
                let other = process.peer_pid.as_ref().and_then(|pid| {
                    shown
                        .iter()
                        .enumerate()
                        .find(|(n, s)| *n != node && s.has(process.kind, pid))
                        .map(|(_, s)| s)
                });
                let theirs = other.and_then(|s| s.find(process.kind, process.peer_pid.as_deref()?));
                match theirs {
                    // Refused before the other side knew it: nobody waits for anything.
                    None if process.state == "TERMINATED" && process.peer_pid.is_none() => {}
                    None => found.push(format!("{what} is unknown to the other side")),
                    Some(theirs) if theirs.state != process.state => {
                        found.push(format!("{what} is {} at the other side", theirs.state));
                    }
                    Some(theirs) if theirs.peer_pid.as_deref() != Some(&process.pid) => {
                        found.push(format!(
                            "{what} is paired with another at the other side, in state {}, {:?} instead of {:?}",
                            theirs.state,
                            theirs.peer_pid,
                            process.pid
                        ));
                    }
                    Some(_) => {}
                }
            }
        }
        found.into_iter().for_each(|what| self.violated(Converge, what));
    }

    /// What is signed by both is the same at both, revoked at both or at none.
    fn contracts_agree(&mut self, shown: &[Shown]) {
        let mut found = Vec::new();
        for (node, own) in shown.iter().enumerate() {
            for agreement in own.agreements.iter().filter(|a| a.standing == Standing::Signed) {
                let other = shown
                    .iter()
                    .enumerate()
                    .find_map(|(n, s)| s.agreements.iter().find(|a| n != node && a.id == agreement.id));
                let document = |a: &node::domain::agreement::Agreement| {
                    a.contract.as_ref().map(|contract| contract.document.clone())
                };
                match other {
                    None => found
                        .push((Converge, format!("n{node}: a contract that the other party does not hold"))),
                    Some(other) if document(other) != document(agreement) => {
                        found.push((Right, format!("n{node}: the parties hold different contracts")));
                    }
                    Some(other) if other.revoked.is_some() != agreement.revoked.is_some() => {
                        found.push((Converge, format!("n{node}: a revocation only one party knows of")));
                    }
                    Some(_) => {}
                }
            }
        }
        found.into_iter().for_each(|(invariant, what)| self.violated(invariant, what));
    }
}
