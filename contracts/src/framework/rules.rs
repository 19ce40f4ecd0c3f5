//! First of the five parts after the objectives: what members sign, who may be one, what data may be used for, and what
//! contracts say by default.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Words;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub charter: Charter,
    /// Who there is, as this framework calls them.
    pub members: Vec<MemberKind>,
    pub admission: Admission,
    pub purposes: Purposes,
    /// Clauses that its contracts have unless the parties say otherwise.
    pub clauses: Vec<Clause>,
    pub templates: Vec<Template>,
    pub witnesses: Witnesses,
}

/// What every member signs. Its words are in the package, their digests in the signed document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charter {
    /// IRI or URN: what `charterVersion` of a policy names.
    pub id: String,
    /// Numbers separated by points.
    pub version: String,
    pub name: Words,
    pub principles: Vec<Principle>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principle {
    pub id: String,
    pub name: Words,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberKind {
    /// Code of a kind of member, as policies know it.
    pub kind: String,
    pub name: Words,
}

/// How one becomes a member, and who decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admission {
    /// A kind that no rule names is not admitted.
    pub rules: Vec<AdmissionRule>,
    /// The body that votes on who applies.
    pub vote: String,
    /// The body that hears appeals, which must be another.
    pub appeal: String,
}

/// What is asked of applicants of some kinds. What is left out is not asked; what is asked and not known refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdmissionRule {
    pub kinds: Vec<String>,
    /// Whose law can compel who controls the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Places>,
    /// Where the applicant processes data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Places>,
    /// Law that binds who hosts it. A place is no law: both are asked apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<Places>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Labels>,
    /// Fields of activity (EU data themes), of which one is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<String>,
}

/// Countries, subdivisions, `EU`, `EEA`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    pub within: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

/// Identifiers of labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Labels {
    /// All of these are asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    /// None of these is admitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
}

/// Codes of the scheme of purposes. A prohibited one cannot be allowed by any contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purposes {
    pub allowed: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prohibited: Vec<String>,
}

/// A clause of the *clausier*, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    pub clause: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

/// A model of a contract: an offer without dataset and parties, and clauses beyond the default ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub id: String,
    pub name: Words,
    /// ODRL in the form of the Dataspace Protocol.
    pub policy: Value,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<Clause>,
}

/// How many witnesses cosign the logs of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witnesses {
    pub quorum: u32,
}
