//! Whether an asker may ever meet an offer: compiled once for all offers that say the same.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use contracts::odrl::Policy;
use policies::{Compiled, Facts, Foresight, Request};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::domain::dataset::Asker;
use crate::domain::time::Timestamp;

/// What of an offer's policy decides who is shown it.
#[derive(Debug)]
pub struct Condition {
    /// Nothing for a policy that cannot be read: it shows, and negotiation judges it again.
    compiled: Option<Compiled>,
    /// The answer changes as time passes.
    timed: bool,
    /// The answer depends on who asks.
    personal: bool,
    /// For who is not known, at any time.
    anonymous: bool,
}

impl Condition {
    fn of(policy: &Value) -> Self {
        let read = Policy::try_from(policy.clone()).ok();
        let compiled = read.and_then(|policy| policies::compile(&policy).ok());
        let timed = compiled.is_some() && mentions(policy, "dateTime");
        let personal = mentions(policy, "recipient") || policy.get("assignee").is_some();
        let mut condition = Self { compiled, timed, personal, anonymous: true };
        condition.anonymous = condition.ever(None, None);
        condition
    }

    /// As [`crate::domain::dataset::Offer::may_be_met`].
    pub fn may_be_met(&self, asker: Asker<'_>, now: Timestamp) -> bool {
        match asker {
            Asker::Member => true,
            Asker::Anonymous if !self.timed => self.anonymous,
            Asker::Anonymous => self.ever(None, Some(now)),
            Asker::Participant(did) => self.ever(Some(did.to_string()), Some(now)),
        }
    }

    /// Whether everybody is shown the offer at any time, or nobody; nothing when it depends on who asks and when.
    pub(super) fn is_for_all(&self) -> Option<bool> {
        match (&self.compiled, self.timed || self.personal) {
            (None, _) => Some(true),
            (Some(_), false) => Some(self.anonymous),
            (Some(_), true) => None,
        }
    }

    /// Whether the passing of time alone can change the answer.
    pub fn is_timed(&self) -> bool {
        self.timed
    }

    fn ever(&self, recipient: Option<String>, now: Option<Timestamp>) -> bool {
        let facts = Facts { now: now.map(Timestamp::to_date), recipient, ..Facts::default() };
        self.compiled.as_ref().is_none_or(|compiled| {
            policies::foresee(compiled, &Request { target: None, ..Request::read("") }, &facts)
                != Foresight::Never
        })
    }
}

fn mentions(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.contains(word),
        Value::Array(items) => items.iter().any(|item| mentions(item, word)),
        Value::Object(members) => members.values().any(|member| mentions(member, word)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Conditions in use, by the digest of what they say.
#[derive(Default)]
pub(super) struct Conditions {
    known: HashMap<[u8; 16], Weak<Condition>>,
    tidy_at: usize,
}

impl Conditions {
    /// The condition of a policy; its identifier does not count.
    pub(super) fn of(&mut self, policy: &Value) -> Arc<Condition> {
        let mut said = policy.clone();
        if let Some(members) = said.as_object_mut() {
            members.remove("@id");
        }
        let mut key = [0; 16];
        key.copy_from_slice(&Sha256::digest(said.to_string().as_bytes())[..16]);
        if let Some(known) = self.known.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        if self.known.len() >= self.tidy_at {
            self.known.retain(|_, condition| condition.strong_count() > 0);
            self.tidy_at = (self.known.len() * 2).max(1024);
        }
        let condition = Arc::new(Condition::of(&said));
        self.known.insert(key, Arc::downgrade(&condition));
        condition
    }
}
