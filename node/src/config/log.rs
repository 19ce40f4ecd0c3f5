//! `[log]`: members' transparency logs, and who vouches for them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use contracts::id::ParticipantId;
use contracts::tlog::policy::Policy;
use serde::{Deserialize, Serialize};

use super::Config;
use super::load::Fault;
use crate::identity::stamp::Authorities;

/// Months that entries may be shown. CNIL, délibération 2021-122: half a year at least for what is logged of accesses.
const SHOWN: RangeInclusive<u32> = 6..=1200;

/// Members' transparency logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Names of members whose checkpoint and hash tiles are shown only to holders of a token; `*` for all.
    pub closed: Vec<String>,
    /// Seconds between two comparisons of a contract's exchanges with what the peer recorded.
    pub twins_every_s: u64,
    /// Seconds after which a missing twin, or a peer that gives none of its entries, is an alarm.
    pub twins_late_s: u64,
    /// Seconds between two submissions of a log that has grown to its witnesses.
    pub cosign_every_s: u64,
    /// DIDs of members whose logs the members here witness though they have no contract with them.
    pub witness_of: Vec<String>,
    /// Policy file (C2SP tlog-policy): witnesses and quorum. Empty: contract partners are asked, nothing is required.
    pub policy: PathBuf,
    /// Policy files of members, by name, instead of `policy`.
    pub policies: BTreeMap<String, PathBuf>,
    /// Addresses (https) of authorities that stamp checkpoints (RFC 3161).
    pub timestamps: Vec<String>,
    /// Seconds between two stamps of a log that has grown.
    pub timestamps_every_s: u64,
    /// PEM files of the authorities whose stamps count; none: whoever signs them.
    pub timestamps_authorities: Vec<PathBuf>,
    /// Whether missing stamps have the consequences of a missing quorum.
    pub timestamps_required: bool,
    /// Seconds without the quorum after which the operator is warned.
    pub unproven_warn_s: u64,
    /// And after which no new transfer of closed data begins; 0: transfers go on.
    pub unproven_refuse_s: u64,
    /// Months for which entries are shown, and what opens them is kept, to the end of the year; 0: for ever.
    pub retention_months: u32,
    /// Whether contract partners are asked at the start what they hold of the log.
    pub partners: Ask,
}

/// Asking partners what they hold of a member's log, before anything is recorded in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// Ask, and go on if some do not answer.
    Ask,
    /// Record nothing until all have answered.
    Require,
    /// Ask only after a restore.
    Off,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            closed: Vec::new(),
            twins_every_s: 86_400,
            twins_late_s: 86_400,
            cosign_every_s: 60,
            witness_of: Vec::new(),
            policy: PathBuf::new(),
            policies: BTreeMap::new(),
            timestamps: Vec::new(),
            timestamps_every_s: 3600,
            timestamps_authorities: Vec::new(),
            timestamps_required: false,
            unproven_warn_s: 900,
            unproven_refuse_s: 14_400,
            retention_months: 0,
            partners: Ask::Ask,
        }
    }
}

impl Log {
    pub fn is_closed(&self, member: &str) -> bool {
        self.closed.iter().any(|name| name == "*" || name == member)
    }

    /// The policy for all members, if there is one.
    ///
    /// # Errors
    /// What is wrong with the file, as a sentence.
    pub fn read_policy(&self, config: &Config) -> Result<Option<Policy>, String> {
        match self.policy.as_os_str().is_empty() {
            true => Ok(None),
            false => read(&config.path(&self.policy)).map(Some),
        }
    }

    /// Whose stamps count.
    ///
    /// # Errors
    /// What is wrong with a file, as a sentence.
    pub fn read_authorities(&self, config: &Config) -> Result<Authorities, String> {
        let mut authorities = Authorities::default();
        for file in &self.timestamps_authorities {
            let file = config.path(file);
            let wrong = |e: String| format!("{}: {e}", file.display());
            let pem = std::fs::read(&file).map_err(|e| wrong(e.to_string()))?;
            authorities.add(&pem).map_err(wrong)?;
        }
        Ok(authorities)
    }

    /// The policies of single members.
    ///
    /// # Errors
    /// What is wrong with a file, as a sentence.
    pub fn read_policies(&self, config: &Config) -> Result<BTreeMap<String, Policy>, String> {
        let read = |(name, file): (&String, &PathBuf)| Ok((name.clone(), read(&config.path(file))?));
        self.policies.iter().map(read).collect()
    }
}

fn read(path: &Path) -> Result<Policy, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Policy::parse(&bytes).map_err(|e| format!("{}: {e}", path.display()))
}

/// Adds what is wrong to `faults`.
pub(super) fn check(config: &Config, faults: &mut Vec<Fault>) {
    let log = &config.log;
    let mut fault = |field: &str, value: String, remedy: String| {
        faults.push(Fault { field: format!("log.{field}"), value, remedy });
    };
    for (key, value) in [
        ("twins_every_s", log.twins_every_s),
        ("twins_late_s", log.twins_late_s),
        ("cosign_every_s", log.cosign_every_s),
        ("timestamps_every_s", log.timestamps_every_s),
        ("unproven_warn_s", log.unproven_warn_s),
    ] {
        if !(1..=31_536_000).contains(&value) {
            fault(key, value.to_string(), "give 1 second to a year".into());
        }
    }
    if log.retention_months != 0 && !SHOWN.contains(&log.retention_months) {
        let remedy =
            format!("give {} to {} months; or 0, and entries are shown for ever", SHOWN.start(), SHOWN.end());
        fault("retention_months", log.retention_months.to_string(), remedy);
    }
    if log.unproven_refuse_s != 0 && log.unproven_refuse_s < log.unproven_warn_s {
        let remedy = format!(
            "give at least log.unproven_warn_s ({}): a warning comes before; or 0, and nothing is refused",
            log.unproven_warn_s
        );
        fault("unproven_refuse_s", log.unproven_refuse_s.to_string(), remedy);
    }
    for did in &log.witness_of {
        if !did.starts_with("did:web:") || ParticipantId::did(did).is_err() {
            fault("witness_of", format!("{did:?}"), "write the member's did:web".into());
        }
    }
    for address in &log.timestamps {
        if !url::Url::parse(address).is_ok_and(|url| url.scheme() == "https") {
            fault("timestamps", format!("{address:?}"), "write the authority's https address".into());
        }
    }
    if log.timestamps_required && log.timestamps.is_empty() {
        fault("timestamps_required", "true".into(), "name an authority in log.timestamps".into());
    }
    if let Err(error) = log.read_authorities(config) {
        fault("timestamps_authorities", format!("{:?}", log.timestamps_authorities), error);
    }
    if let Err(error) = log.read_policy(config) {
        fault("policy", format!("{:?}", log.policy), error);
    }
    if let Err(error) = log.read_policies(config) {
        fault("policies", format!("{:?}", log.policies), error);
    }
}
