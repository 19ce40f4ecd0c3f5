//! A decision as it is kept beside its log entry, and the report that the entry names by digest.

pub mod compliance;
mod replay;
mod right;

use contracts::jcs;
use policies::evaluation::World;
use policies::{Decision, Facts, Outcome, Request};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use replay::{CannotReplay, Changed, ReadyPolicy, Replayed, Unread};
pub use right::{Lack, Revoked, Right};

/// Version of the kept form that is written; earlier ones are read too.
const VERSION: u8 = 3;

/// Everything a decision looked at and what it said, in canonical form erasable beside the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kept {
    pub v: u8,
    /// Random, so that the record's digest says nothing about it.
    pub salt: String,
    /// Digest of the canonical policy that was decided by; not kept in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    pub request: Request,
    pub facts: Facts,
    /// What was known of the agreement as a right; not kept in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Right>,
    /// Why the agreement gave no right, whatever its policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Lack>,
    pub decision: Decision,
    /// Digest of the report in the compliance-report vocabulary; not kept before version 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compliance: Option<String>,
    /// Version 1: the same, as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
enum ReportType {
    #[default]
    #[serde(rename = "fiducie-decision")]
    Decision,
}

/// What was decided and why: its canonical bytes are the report, whose digest the entry commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    #[serde(rename = "type")]
    kind: ReportType,
    v: u8,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    pub request: Request,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Lack>,
    pub decision: Decision,
    /// Digest of the report in the compliance-report vocabulary ([`compliance`]), from version 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compliance: Option<String>,
}

impl Kept {
    pub fn new(
        salt: String,
        policy: &ReadyPolicy,
        asked: (Request, Facts),
        right: Right,
        decision: Decision,
    ) -> Self {
        let (request, facts) = asked;
        let lacks = right.bars(&facts);
        let (facts, report) = policy.reported(&request, World { facts, ..World::default() });
        let compliance = report.as_deref().map(digest);
        let (v, policy, right) = (VERSION, Some(policy.digest.clone()), Some(right));
        Self { v, salt, policy, request, facts, right, lacks, decision, compliance, standing: None }
    }

    /// Reads a record as it was kept.
    ///
    /// # Errors
    /// What is not as any version of it is.
    pub fn parse(json: &str) -> Result<Self, String> {
        let value = jcs::parse(json.as_bytes()).map_err(|e| e.to_string())?;
        let kept: Self = serde_json::from_value(value).map_err(|e| e.to_string())?;
        match (kept.v, kept.policy.is_some(), kept.right.is_some()) {
            (1, false, false) | (2, true, true) if kept.compliance.is_none() => Ok(kept),
            (3, true, true) => Ok(kept),
            (1..=VERSION, ..) => Err(format!("not a record of version {}", kept.v)),
            (v, ..) => Err(format!("version {v}: this program reads versions 1 to {VERSION}")),
        }
    }

    pub fn is_permitted(&self) -> bool {
        self.lacks.is_none() && self.standing.is_none() && self.decision.is_permit()
    }

    /// The report of what was decided.
    pub fn report(&self) -> Report {
        let outcome = if self.is_permitted() { Outcome::Permit } else { Outcome::Refuse };
        self.reported(outcome, self.lacks, self.decision.clone(), self.compliance.clone())
    }

    fn reported(
        &self,
        outcome: Outcome,
        lacks: Option<Lack>,
        decision: Decision,
        compliance: Option<String>,
    ) -> Report {
        let (kind, policy, request) = (ReportType::Decision, self.policy.clone(), self.request.clone());
        let v = if compliance.is_some() { 2 } else { 1 };
        Report { kind, v, outcome, policy, request, lacks, decision, compliance }
    }
}

impl Report {
    /// The report itself: canonical JSON.
    ///
    /// # Errors
    /// Never for a report of a decision.
    pub fn to_json(&self) -> Result<String, jcs::JcsError> {
        Ok(String::from_utf8_lossy(&jcs::canonical(self)?).into_owned())
    }
}

/// Hexadecimal SHA-256 of a report, as entries name it and as `sha256sum` prints it.
pub fn digest(report: &str) -> String {
    hex::encode(Sha256::digest(report))
}

#[cfg(test)]
mod tests;
