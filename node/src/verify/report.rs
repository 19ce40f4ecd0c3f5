//! The result of a verification: what was found, said to persons in French and English, and to programs in JSON.

use ontology::Lang;
use serde_json::{Value, json};

use super::finding::Finding;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Contract,
    /// Of hosting.
    Convention,
    /// Trust framework.
    Framework,
    Receipt,
    Revocation,
    /// Extract of a member's log.
    LogExtract,
    /// One entry's proof (C2SP tlog-proof).
    LogProof,
    /// A whole log.
    Log,
    /// An evidence pack.
    Pack,
    Unknown,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Convention => "convention",
            Self::Framework => "framework",
            Self::Receipt => "receipt",
            Self::Revocation => "revocation",
            Self::LogExtract => "log-extract",
            Self::LogProof => "log-proof",
            Self::Log => "log",
            Self::Pack => "evidence-pack",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a key is known to be the participant's by what the verifier brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchored {
    /// An anchor shows this key for this DID.
    Yes,
    /// Anchors of this DID show other keys: a stranger signed.
    Stranger,
    /// No anchor of this DID was given.
    NotGiven,
}

/// A key that made a verified signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyShown {
    pub did: String,
    pub kid: String,
    /// RFC 7638 thumbprint.
    pub thumbprint: String,
    /// Capacity of a signer of a contract; empty elsewhere.
    pub capacity: String,
    /// Date the signature gives itself (RFC 3339).
    pub at: String,
    pub anchored: Anchored,
}

/// Who signed a contract, of its parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    Both,
    Partly,
    Nobody,
    /// Not a contract.
    NotApplicable,
}

/// The result for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub kind: Kind,
    /// Nothing is wrong. With anchors: who signed is proven.
    pub ok: bool,
    /// Every byte is as it was signed.
    pub integrity: bool,
    pub signed: Signed,
    pub keys: Vec<KeyShown>,
    pub findings: Vec<Finding>,
    /// What the file says, by name, in reading order.
    pub fields: Vec<(&'static str, String)>,
}

impl Report {
    pub fn new(kind: Kind) -> Self {
        let (keys, findings, fields) = Default::default();
        Self { kind, ok: false, integrity: false, signed: Signed::NotApplicable, keys, findings, fields }
    }
    pub fn refused(kind: Kind, finding: Finding) -> Self {
        let mut report = Self::new(kind);
        report.findings.push(finding);
        report
    }
    pub fn field(&mut self, name: &'static str, value: impl ToString) {
        self.fields.push((name, value.to_string()));
    }
    /// Concludes: whole and nothing refused.
    pub fn conclude(mut self) -> Self {
        self.integrity = !self.findings.iter().any(Finding::breaks_integrity);
        let refused = self.refusals().next().is_some();
        self.ok = !refused;
        self.findings.insert(0, if self.integrity { Finding::Whole } else { Finding::NotWhole });
        self
    }
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.refuses())
    }
    /// Whether every signing key is anchored.
    pub fn anchored(&self) -> bool {
        !self.keys.is_empty() && self.keys.iter().all(|key| key.anchored == Anchored::Yes)
    }
    /// The report in sentences.
    pub fn sentences(&self, lang: Lang) -> Vec<String> {
        self.findings.iter().map(|finding| finding.sentence(lang)).collect()
    }
    pub fn to_json(&self) -> Value {
        let anchored = |a: Anchored| match a {
            Anchored::Yes => "yes",
            Anchored::Stranger => "stranger",
            Anchored::NotGiven => "not-given",
        };
        let keys: Vec<_> = self
            .keys
            .iter()
            .map(|k| {
                json!({"did": k.did, "kid": k.kid, "thumbprint": k.thumbprint, "capacity": k.capacity, "at": k.at,
                    "anchored": anchored(k.anchored)})
            })
            .collect();
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|f| {
                json!({"code": f.code(), "refused": f.refuses(), "fr": f.sentence(Lang::Fr), "en": f.sentence(Lang::En)})
            })
            .collect();
        let fields: serde_json::Map<_, _> = self
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
            .collect();
        json!({
            "kind": self.kind.as_str(),
            "ok": self.ok,
            "integrity": self.integrity,
            "anchored": self.anchored(),
            "signed": match self.signed {
                Signed::Both => Value::from("both"),
                Signed::Partly => Value::from("partly"),
                Signed::Nobody => Value::from("nobody"),
                Signed::NotApplicable => Value::Null,
            },
            "keys": keys,
            "findings": findings,
            "fields": fields,
        })
    }
}
