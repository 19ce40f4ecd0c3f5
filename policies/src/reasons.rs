//! The reasons of a decision, as a list that costs little to write: what the policy says is shared with it, what was found
//! is written once.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decision::{Key, Reason, RuleKind, Verdict};
use crate::facts::Attestation;
use crate::operand::{Operand, Operator};
use crate::program::{Part, Said};

/// Every step of a decision, in order.
#[derive(Clone)]
pub struct Reasons {
    /// Of the policy.
    texts: Arc<str>,
    /// What was found.
    found: String,
    entries: Vec<Entry>,
}

/// A reason, its texts by place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub kind: RuleKind,
    pub key: Key,
    pub said: Said,
    /// Whether it names what was expected.
    pub expects: bool,
    pub operand: Option<Operand>,
    pub operator: Option<Operator>,
    pub found: Option<Part>,
    pub level: Option<Attestation>,
    pub verdict: Verdict,
}

impl Entry {
    pub(crate) fn new(kind: RuleKind, key: Key, said: Said, verdict: Verdict) -> Entry {
        let (operand, operator, found, level) = (None, None, None, None);
        Entry { kind, key, said, expects: true, operand, operator, found, level, verdict }
    }
}

impl Reasons {
    pub(crate) fn new(texts: &Arc<str>) -> Reasons {
        let (texts, found) = (Arc::clone(texts), String::with_capacity(256));
        Reasons { texts, found, entries: Vec::with_capacity(32) }
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(crate) fn set(&mut self, at: usize, verdict: Verdict) {
        if let Some(entry) = self.entries.get_mut(at) {
            entry.verdict = verdict;
        }
    }

    /// Writes down what was found.
    pub(crate) fn write(&mut self, write: impl FnOnce(&mut String)) -> Part {
        let from = self.found.len();
        write(&mut self.found);
        Part::between(from, self.found.len())
    }

    #[cfg(test)]
    pub(crate) fn found(&self) -> &str {
        &self.found
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Reason<'_>> {
        self.entries.iter().map(|entry| Reason {
            kind: entry.kind,
            key: entry.key,
            pointer: entry.said.pointer().of(&self.texts).into(),
            operand: entry.operand,
            operator: entry.operator,
            expected: entry.expects.then(|| entry.said.expected().of(&self.texts).into()),
            found: entry.found.map(|found| found.of(&self.found).into()),
            level: entry.level,
            verdict: entry.verdict,
        })
    }
}

impl<'a> FromIterator<Reason<'a>> for Reasons {
    fn from_iter<I: IntoIterator<Item = Reason<'a>>>(reasons: I) -> Reasons {
        let (mut texts, mut found, mut entries) = (String::new(), String::new(), Vec::new());
        for reason in reasons {
            let said =
                Said::write(&mut texts, &reason.pointer, reason.expected.as_deref().unwrap_or_default());
            let text = |text: Cow<'_, str>| {
                let from = found.len();
                found.push_str(&text);
                Part::between(from, found.len())
            };
            entries.push(Entry {
                kind: reason.kind,
                key: reason.key,
                said,
                expects: reason.expected.is_some(),
                operand: reason.operand,
                operator: reason.operator,
                found: reason.found.map(text),
                level: reason.level,
                verdict: reason.verdict,
            });
        }
        Reasons { texts: texts.into(), found, entries }
    }
}

impl PartialEq for Reasons {
    fn eq(&self, other: &Reasons) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Reasons {}

impl fmt::Debug for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Reasons {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Reasons {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reasons, D::Error> {
        Vec::<Reason<'static>>::deserialize(deserializer).map(Reasons::from_iter)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reasons_that_are_kept_say_what_they_said() {
        let written = json!([
            {"kind": "policy", "key": "target", "pointer": "", "expected": "urn:été", "found": "", "verdict": "unsatisfied"},
            {"kind": "permission", "key": "constraint", "pointer": "/permission/0/constraint/0", "operand": "dateTime",
             "operator": "lt", "expected": "", "level": "declared", "verdict": "unknown"},
        ]);
        let read: Reasons = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), written);
        assert_eq!(read.iter().collect::<Reasons>(), read);
    }
}
