//! Deciding again: the same policy, request and facts must give the same report, whoever asks and whenever.

use contracts::{jcs, odrl};
use ontology::Lang;
use policies::{Compiled, Fault, Outcome, Reason, explain, model};
use serde_json::Value;

use super::{Kept, Lack, Report, compliance};

/// A policy ready to be decided by, and the digest of its canonical form.
#[derive(Debug, Clone)]
pub struct ReadyPolicy {
    pub compiled: Compiled,
    /// The same as reports are made from.
    pub(super) general: Option<model::Policy>,
    pub digest: String,
}

/// Why a policy cannot be decided by.
#[derive(Debug, Clone)]
pub enum Unread {
    Shape(String),
    /// Terms that are not understood.
    Faults(Vec<Fault>),
}

impl ReadyPolicy {
    pub fn read(policy: &Value) -> Result<Self, Unread> {
        let shape = |e: &dyn ToString| Unread::Shape(e.to_string());
        let digest = digest(policy).map_err(|e| shape(&e))?;
        let read = odrl::Policy::try_from(policy.clone()).map_err(|e| shape(&e))?;
        let compiled = policies::compile(&read).map_err(Unread::Faults)?;
        Ok(Self { compiled, general: compliance::general(&read), digest })
    }
}

fn digest(policy: &Value) -> Result<String, jcs::JcsError> {
    Ok(jcs::sha256_b64url(&jcs::canonical_value(policy)?))
}

impl Unread {
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        match self {
            Self::Shape(what) => vec![what.clone()],
            Self::Faults(faults) => faults.iter().map(|fault| explain::fault(fault, lang)).collect(),
        }
    }
}

/// Why nothing can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannotReplay {
    /// The policy at hand is not the one that was decided by.
    OtherPolicy,
}

/// What was decided then, and what this program decides now.
#[derive(Debug, Clone)]
pub struct Replayed {
    pub kept: Report,
    /// Refused where the policy is not understood any more.
    pub now: Result<Report, Unread>,
}

/// A step of the decision that came out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// JSON pointer of the rule, duty or constraint; empty for the agreement as a whole.
    pub rule: String,
    pub kept: Option<Reason<'static>>,
    pub now: Option<Reason<'static>>,
}

impl Kept {
    /// Decides again by the agreement's policy.
    ///
    /// # Errors
    /// [`CannotReplay::OtherPolicy`] when it is not the one that was decided by then.
    pub fn replay(&self, policy: &Value) -> Result<Replayed, CannotReplay> {
        let kept = self.report();
        self.decided_by(policy)?;
        let now = ReadyPolicy::read(policy).map(|policy| self.again(&policy));
        Ok(Replayed { kept, now })
    }

    /// # Errors
    /// [`CannotReplay::OtherPolicy`] when this is not the policy that was decided by.
    pub fn decided_by(&self, policy: &Value) -> Result<(), CannotReplay> {
        match &self.policy {
            Some(own) if digest(policy).ok().as_ref() != Some(own) => Err(CannotReplay::OtherPolicy),
            _ => Ok(()),
        }
    }

    fn again(&self, policy: &ReadyPolicy) -> Report {
        let decision = policies::decide(&policy.compiled, &self.request, &self.facts);
        let lacks: Option<Lack> = match &self.right {
            Some(right) => right.bars(&self.facts),
            None => self.lacks,
        };
        // Version 1 kept only a sentence of why the agreement gave no right; it cannot be judged again.
        let stands = lacks.is_none() && self.standing.is_none();
        let outcome = if stands { decision.outcome } else { Outcome::Refuse };
        // Earlier records name no report in the vocabulary.
        let report = self.compliance.as_ref().and_then(|_| policy.compliance(&self.request, &self.facts));
        self.reported(outcome, lacks, decision, report.map(|report| super::digest(&report)))
    }
}

impl Replayed {
    pub fn is_same(&self) -> bool {
        self.now.as_ref().is_ok_and(|now| *now == self.kept)
    }

    /// Steps that came out differently, by rule.
    pub fn changed(&self) -> Vec<Changed> {
        let Ok(now) = &self.now else { return Vec::new() };
        let (before, after) = (&self.kept.decision.reasons, &now.decision.reasons);
        let about = |one: &Reason<'_>, other: &Reason<'_>| {
            (one.kind, one.key, &one.pointer, one.operand)
                == (other.kind, other.key, &other.pointer, other.operand)
        };
        let mut changed: Vec<_> = before
            .iter()
            .map(|kept| (after.iter().find(|now| about(&kept, now)), kept))
            .filter(|(now, kept)| now.as_ref() != Some(kept))
            .map(|(now, kept)| Changed {
                rule: kept.pointer.to_string(),
                kept: Some(kept.into_owned()),
                now: now.map(Reason::into_owned),
            })
            .collect();
        let new = after.iter().filter(|now| !before.iter().any(|kept| about(&kept, now)));
        changed.extend(new.map(|now| Changed {
            rule: now.pointer.to_string(),
            kept: None,
            now: Some(now.into_owned()),
        }));
        changed
    }
}
