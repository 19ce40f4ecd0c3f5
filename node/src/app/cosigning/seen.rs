//! What is known of this node's witnesses: whom the policies name, and what each last answered.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use contracts::id::MemberId;
use contracts::tlog::note::{Note, NoteSignature};
use contracts::tlog::policy::Policy;

use crate::app::Hosted;
use crate::config::Config;
use crate::domain::time::Timestamp;
use crate::identity::stamp::Authorities;

/// What came of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The witness cosigned the log at this size.
    Cosigned(u64),
    /// 404: it is not a witness of this log.
    Unknown,
    /// 403: it knows other keys of this log.
    NotSigned,
    /// 400, or an answer that is none of the specification.
    Refused(String),
    /// 422: what it cosigned before is not the beginning of this log. The log was changed, or went back and on.
    Diverged,
    /// 409 with a size that this log does not have: the log went back, as from a backup.
    Behind(u64),
    /// It was given a newer checkpoint meanwhile.
    Overtaken,
    Unreachable(String),
}

impl Outcome {
    /// As metrics name it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cosigned(_) => "cosigned",
            Self::Unknown => "unknown-log",
            Self::NotSigned => "not-signed",
            Self::Refused(_) => "refused",
            Self::Diverged => "diverged",
            Self::Behind(_) => "behind",
            Self::Overtaken => "overtaken",
            Self::Unreachable(_) => "unreachable",
        }
    }

    /// Whether the witness knows another log, or more of it, than this member has.
    pub fn contradicts(&self) -> bool {
        matches!(self, Self::Diverged | Self::Behind(_))
    }

    /// Whether the same question may be answered otherwise.
    fn is_passing(&self) -> bool {
        match self {
            Self::Cosigned(_) | Self::Behind(_) | Self::Overtaken | Self::Unreachable(_) => true,
            Self::Unknown | Self::NotSigned | Self::Refused(_) | Self::Diverged => false,
        }
    }
}

/// The last submission to a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub outcome: Outcome,
    pub at: Timestamp,
    /// Size of the log as submitted.
    pub tried: u64,
}

/// Policies, and what witnesses answered since the process began.
#[derive(Default)]
pub struct Cosigning {
    policy: Option<Policy>,
    policies: BTreeMap<String, Policy>,
    authorities: Authorities,
    members: Mutex<HashMap<MemberId, OfMember>>,
}

#[derive(Default)]
struct OfMember {
    seen: BTreeMap<String, Seen>,
    /// A checkpoint with some of the cosignatures asked for.
    partly: Option<Note>,
}

impl Cosigning {
    /// Reads the configured policies.
    ///
    /// # Errors
    /// What is wrong with a file, as a sentence.
    pub fn from_config(config: &Config) -> Result<Self, String> {
        let policy = config.log.read_policy(config)?;
        let policies = config.log.read_policies(config)?;
        let authorities = config.log.read_authorities(config)?;
        Ok(Self { policy, policies, authorities, members: Mutex::default() })
    }

    /// The policy for a member's log, if there is one.
    pub fn policy(&self, hosted: &Hosted) -> Option<&Policy> {
        let policy = self.policies.get(&hosted.member.name).or(self.policy.as_ref());
        policy.filter(|policy| policy.is_about(&hosted.log_origin()))
    }

    /// Whose time stamps are believed; without any, those of all.
    pub(super) fn authorities(&self) -> &Authorities {
        &self.authorities
    }

    /// What each witness last answered, by the name of its key.
    pub fn seen(&self, hosted: &Hosted) -> Vec<(String, Seen)> {
        let members = self.lock();
        let of = members.get(hosted.id());
        of.into_iter()
            .flat_map(|of| of.seen.iter())
            .map(|(name, seen)| (name.clone(), seen.clone()))
            .collect()
    }

    /// The witnesses that know another log of this member than it has, or more of it: while there is one, the log as it is
    /// here was rolled back or rewritten, and nothing should be added to it.
    pub fn contradictions(&self, hosted: &Hosted) -> Vec<(String, Outcome)> {
        let seen = self.seen(hosted).into_iter().filter(|(_, seen)| seen.outcome.contradicts());
        seen.map(|(name, seen)| (name, seen.outcome)).collect()
    }

    pub(super) fn saw(&self, hosted: &Hosted, witness: &str, seen: Seen) {
        let (member, outcome) = (hosted.id(), seen.outcome.clone());
        let before = {
            let mut members = self.lock();
            members.entry(member.clone()).or_default().seen.insert(witness.to_owned(), seen)
        };
        let same = before.is_some_and(|before| before.outcome.as_str() == outcome.as_str());
        match outcome {
            _ if same => {}
            Outcome::Cosigned(size) => tracing::debug!(%member, witness, size, "the log was cosigned"),
            Outcome::Overtaken => {}
            Outcome::Behind(size) => {
                tracing::error!(%member, witness, size, "the log is behind what a witness cosigned: rolled back?");
            }
            Outcome::Diverged => {
                tracing::error!(%member, witness, "the log does not continue what a witness cosigned");
            }
            Outcome::Unknown => tracing::info!(%member, witness, "not a witness of this log"),
            other => tracing::warn!(%member, witness, ?other, "the log is not cosigned"),
        }
    }

    /// The size at which a witness knows the log, as far as we know.
    pub(super) fn known(&self, hosted: &Hosted, witness: &str) -> u64 {
        let members = self.lock();
        match members.get(hosted.id()).and_then(|of| of.seen.get(witness)).map(|seen| &seen.outcome) {
            Some(Outcome::Cosigned(size)) => *size,
            _ => 0,
        }
    }

    /// Whether asking a witness about a log of this size can bring something.
    pub(super) fn is_due(&self, hosted: &Hosted, witness: &str, size: u64) -> bool {
        let members = self.lock();
        let seen = members.get(hosted.id()).and_then(|of| of.seen.get(witness));
        seen.is_none_or(|seen| seen.tried != size || seen.outcome.is_passing())
    }

    /// Signatures of this text that were not enough.
    pub(super) fn partly(&self, hosted: &Hosted, text: &str) -> Vec<NoteSignature> {
        let members = self.lock();
        let note = members.get(hosted.id()).and_then(|of| of.partly.as_ref());
        note.filter(|note| note.text == text).map_or_else(Vec::new, |note| note.signatures.clone())
    }

    pub(super) fn keep_partly(&self, hosted: &Hosted, note: Note) {
        self.lock().entry(hosted.id().clone()).or_default().partly = Some(note);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MemberId, OfMember>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
