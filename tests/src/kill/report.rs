//! What came of the kills, in figures.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::check::Both;
use super::notes::Kept;

/// Counts over all rounds.
#[derive(Debug, Default)]
pub struct Report {
    pub seed: u64,
    pub kills: BTreeMap<&'static str, u32>,
    pub negotiations: BTreeMap<String, usize>,
    pub transfers: BTreeMap<String, usize>,
    pub deliveries: BTreeMap<String, usize>,
    pub entries: usize,
    pub answers: usize,
    pub heads: usize,
    pub pulls: usize,
    pub contract_files: usize,
    pub ready: Vec<Duration>,
    pub settled: Vec<Duration>,
    pub violations: Vec<String>,
}

impl Report {
    /// Adds what one pair of nodes had at its end.
    pub fn add(&mut self, kept: &Kept, seen: &Both) {
        for process in &seen.consumer.negotiations {
            *self.negotiations.entry(process.state.clone()).or_default() += 1;
        }
        for process in &seen.consumer.transfers {
            *self.transfers.entry(process.state.clone()).or_default() += 1;
        }
        for entry in seen.provider.entries.iter().chain(&seen.consumer.entries) {
            if entry.kind.starts_with("delivery.") {
                *self.deliveries.entry(entry.kind.clone()).or_default() += 1;
            }
        }
        self.entries += seen.provider.entries.len() + seen.consumer.entries.len();
        self.answers += kept.negotiations.len() + kept.transfers.len() + kept.revoked.len() + kept.done.len();
        self.heads += kept.heads.values().map(Vec::len).sum::<usize>();
        self.pulls += kept.done.len();
    }

    /// Nothing was lost, and the load was real: kills in the void prove nothing.
    pub fn passed(&self) -> bool {
        self.violations.is_empty()
            && self.negotiations.contains_key("FINALIZED")
            && self.transfers.contains_key("STARTED")
            && self.pulls > 0
    }
}

fn counts<K: fmt::Display, V: fmt::Display>(map: &BTreeMap<K, V>) -> String {
    map.iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
}

fn spread(times: &[Duration]) -> String {
    let mut times = times.to_vec();
    times.sort();
    let at =
        |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1)));
    match (at(0.5), times.last()) {
        (Some(median), Some(longest)) => {
            format!("median {:.2} s, longest {:.2} s", median.as_secs_f64(), longest.as_secs_f64())
        }
        _ => "none".into(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "kill -9 (seed {})", self.seed)?;
        writeln!(f, "  kills           {}", counts(&self.kills))?;
        writeln!(f, "  negotiations    {}", counts(&self.negotiations))?;
        writeln!(f, "  transfers       {}", counts(&self.transfers))?;
        writeln!(f, "  deliveries      {}", counts(&self.deliveries))?;
        writeln!(
            f,
            "  log entries     {}, all verified; {} heads served before kills, all continued",
            self.entries, self.heads
        )?;
        writeln!(
            f,
            "  answers         {} processes, revocations and pulls answered, all still true",
            self.answers
        )?;
        writeln!(f, "  pulls           {} answered as done, each file with its digest", self.pulls)?;
        writeln!(f, "  contract files  {} verified with anchors by `fiducie verify`", self.contract_files)?;
        writeln!(f, "  ready again     {}", spread(&self.ready))?;
        writeln!(f, "  both agree      {} after the restart", spread(&self.settled))?;
        for violation in &self.violations {
            writeln!(f, "  VIOLATION       {violation}")?;
        }
        match self.passed() {
            true => write!(f, "nothing lost, nothing stuck"),
            false if self.violations.is_empty() => {
                write!(f, "FAILED: too little was going on to prove anything")
            }
            false => write!(f, "FAILED: {} violations", self.violations.len()),
        }
    }
}
