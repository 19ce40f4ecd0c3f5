//! Whether an agreement gives a right at all, before its policy is asked.

use contracts::id::ParticipantId;
use ontology::purpose::Purpose;
use policies::Facts;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::domain::agreement::{Agreement, Standing};
use crate::text::{Sentence, say};

/// What is looked at of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Right {
    /// How the contract stands (`signed`, …).
    pub standing: String,
    /// The configuration at that moment: whether agreements that the peer did not sign count.
    pub accepts_unsigned: bool,
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<OffsetDateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Revoked {
    pub by: ParticipantId,
    pub ground: String,
    /// As it is said to persons.
    pub at: String,
}

/// Why an agreement gives no right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lack {
    Revoked,
    Ended,
    Unsigned,
    Pending,
    Abandoned,
    /// The purpose is one that no contract can permit.
    Prohibited,
}

impl Right {
    pub fn of(agreement: &Agreement, accepts_unsigned: bool) -> Self {
        let revoked = agreement.revoked.as_ref().map(|revoked| Revoked {
            by: revoked.by.clone(),
            ground: revoked.ground.clone(),
            at: revoked.at.rfc3339(),
        });
        let until = agreement.until.map(|until| until.to_date());
        Self { standing: agreement.standing.as_str().into(), accepts_unsigned, until, revoked }
    }

    /// Signed by both (or accepted unsigned), not revoked, within its term; else why not. An unknown instant is
    /// within no term.
    pub fn lacks(&self, now: Option<OffsetDateTime>) -> Option<Lack> {
        if self.revoked.is_some() {
            return Some(Lack::Revoked);
        }
        if self.until.is_some_and(|until| now.is_none_or(|now| now >= until)) {
            return Some(Lack::Ended);
        }
        match Standing::parse(&self.standing) {
            Some(Standing::Signed) => None,
            Some(Standing::Unsigned) if self.accepts_unsigned => None,
            Some(Standing::Unsigned) => Some(Lack::Unsigned),
            // What is not known gives no right.
            Some(Standing::Pending) | None => Some(Lack::Pending),
            Some(Standing::Abandoned) => Some(Lack::Abandoned),
        }
    }

    /// What keeps a use from being decided by the policy at all: its purpose, else the right itself.
    pub fn bars(&self, facts: &Facts) -> Option<Lack> {
        let purpose = facts.purpose.as_deref().and_then(Purpose::parse);
        match purpose.is_some_and(Purpose::is_prohibited) {
            true => Some(Lack::Prohibited),
            false => self.lacks(facts.now),
        }
    }

    /// Why, for persons.
    pub fn sentence(&self, lack: Lack) -> Sentence {
        match lack {
            Lack::Revoked => {
                let (at, by, ground) = self
                    .revoked
                    .as_ref()
                    .map_or(("…", "…", "…"), |r| (r.at.as_str(), r.by.as_str(), r.ground.as_str()));
                say("refusal.revoked").with("at", at).with("by", by).with("ground", ground)
            }
            Lack::Ended => {
                let until = self.until.map(crate::domain::time::Timestamp::from_date);
                say("refusal.ended").with("at", until.unwrap_or_default().rfc3339())
            }
            Lack::Unsigned => say("refusal.unsigned"),
            Lack::Pending => say("refusal.pending"),
            Lack::Abandoned => say("refusal.abandoned"),
            Lack::Prohibited => say("refusal.prohibited-purpose"),
        }
    }
}
