//! Policies as they travel: offers and agreements of the Dataspace Protocol 2025-1, an ODRL 2.2 profile
//! (specification, "Policy"; JSON Schema `negotiation/contract-schema.json`).
//!
//! Reading is tolerant and loses nothing: one value where a list is expected is a list of one, `{"@id": x}` is `x`
//! where a name is expected, and whatever has another shape or another name stays in `extra` under its own name,
//! so that the policy engine can refuse what it does not understand. Writing gives the form of the schema.

mod read;
mod same;
mod write;

use serde_json::{Map, Value};

pub use same::{canonical, same_policy};

/// Deepest nesting of JSON accepted in a policy.
pub const MAX_DEPTH: usize = 32;

/// Members that this version does not know, or whose value has an unexpected shape.
pub type Extra = Map<String, Value>;

/// Why a JSON value is not a policy at all. Everything finer is judged by the policy engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("a policy is a JSON object, found {0}: send the offer or agreement itself")]
    NotAnObject(&'static str),
    #[error("the policy is nested deeper than {MAX_DEPTH} levels: flatten its constraints")]
    TooDeep,
    #[error("{kind} must have `{member}` ({rule})")]
    Missing { kind: &'static str, member: &'static str, rule: &'static str },
    #[error("an offer in a catalogue has no `target`: its target is the dataset that carries it")]
    TargetInCatalogue,
    #[error("expected `@type` `{expected}`, found `{found}`")]
    Type { expected: &'static str, found: String },
}

/// An offer or an agreement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    pub id: Option<String>,
    /// `@type`: `Offer`, `Agreement`.
    pub kind: Option<String>,
    pub profile: Vec<String>,
    pub target: Option<String>,
    pub assigner: Option<String>,
    pub assignee: Option<String>,
    /// Signing instant of an agreement, xsd:dateTime as it came.
    pub timestamp: Option<String>,
    pub permission: Vec<Rule>,
    pub prohibition: Vec<Rule>,
    pub obligation: Vec<Rule>,
    pub extra: Extra,
}

/// A permission, a prohibition or a duty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rule {
    pub action: Option<String>,
    /// All of them must hold.
    pub constraint: Vec<Constraint>,
    /// Preconditions of a permission (ODRL 2.2, section 2.6.3; outside the schema, sent by some peers).
    pub duty: Vec<Rule>,
    pub extra: Extra,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Constraint {
    Atomic(Atomic),
    Logical(Logical),
}

/// `leftOperand operator rightOperand`. The right operand stays as it came: text, object or array of them, and from
/// JSON-LD peers also a bare number or boolean.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Atomic {
    pub left: Option<String>,
    pub operator: Option<String>,
    pub right: Option<Value>,
    pub extra: Extra,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Logical {
    pub operator: LogicalOperator,
    pub constraints: Vec<Constraint>,
    pub extra: Extra,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogicalOperator {
    And,
    Or,
    Xone,
    AndSequence,
}

impl LogicalOperator {
    pub const ALL: [LogicalOperator; 4] =
        [LogicalOperator::And, LogicalOperator::Or, LogicalOperator::Xone, LogicalOperator::AndSequence];

    pub const fn name(self) -> &'static str {
        match self {
            LogicalOperator::And => "and",
            LogicalOperator::Or => "or",
            LogicalOperator::Xone => "xone",
            LogicalOperator::AndSequence => "andSequence",
        }
    }
}

/// Declares a policy of one protocol class: a [`Policy`] whose required members were checked.
macro_rules! class {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "Value", into = "Value")]
        pub struct $name(Policy);

        impl $name {
            /// Checks what the protocol requires of this class; the rules are judged by the policy engine.
            pub fn new(policy: Policy) -> Result<Self, PolicyError> {
                let check: fn(&Policy) -> Result<(), PolicyError> = $check;
                check(&policy)?;
                Ok(Self(policy))
            }
            pub fn into_policy(self) -> Policy {
                self.0
            }
        }
        impl std::ops::Deref for $name {
            type Target = Policy;
            fn deref(&self) -> &Policy {
                &self.0
            }
        }
        impl TryFrom<Value> for $name {
            type Error = PolicyError;
            fn try_from(value: Value) -> Result<Self, PolicyError> {
                Self::new(Policy::try_from(value)?)
            }
        }
        impl From<$name> for Value {
            fn from(policy: $name) -> Value {
                policy.0.to_value()
            }
        }
    };
}

class!(
    /// An offer in a catalogue: no `target`, `@type` optional.
    Offer,
    |policy| {
        if policy.target.is_some() {
            return Err(PolicyError::TargetInCatalogue);
        }
        typed(policy, "Offer", false)?;
        common(policy, "an offer")
    }
);
class!(
    /// An offer in a negotiation message: `@type` required, `target` required where the message says so.
    MessageOffer,
    |policy| {
        typed(policy, "Offer", true)?;
        common(policy, "an offer")
    }
);
class!(
    /// An agreement: who grants what to whom over which dataset.
    Agreement,
    |policy| {
        typed(policy, "Agreement", true)?;
        common(policy, "an agreement")?;
        let rule = "Dataspace Protocol 2025-1, contract-schema, Agreement";
        let member = match policy {
            Policy { target: None, .. } => "target",
            Policy { assigner: None, .. } => "assigner",
            Policy { assignee: None, .. } => "assignee",
            _ => return Ok(()),
        };
        Err(PolicyError::Missing { kind: "an agreement", member, rule })
    }
);

fn typed(policy: &Policy, expected: &'static str, required: bool) -> Result<(), PolicyError> {
    match policy.kind.as_deref() {
        Some(kind) if ontology::vocab::odrl(kind) == Some(expected) => Ok(()),
        Some(kind) => Err(PolicyError::Type { expected, found: kind.to_owned() }),
        None if required => Err(PolicyError::Type { expected, found: String::new() }),
        None => Ok(()),
    }
}

fn common(policy: &Policy, kind: &'static str) -> Result<(), PolicyError> {
    let rule = "Dataspace Protocol 2025-1, contract-schema, PolicyClass";
    if policy.id.is_none() {
        return Err(PolicyError::Missing { kind, member: "@id", rule });
    }
    if policy.permission.is_empty() && policy.prohibition.is_empty() {
        return Err(PolicyError::Missing {
            kind,
            member: "permission",
            rule: "or `prohibition`, with at least one rule",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn offer() -> Value {
        json!({
            "@type": "Offer", "@id": "urn:uuid:1", "assigner": "did:web:a.example",
            "permission": [{
                "action": "use",
                "constraint": [{"or": [
                    {"leftOperand": "purpose", "operator": "isA", "rightOperand": "x"},
                    {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2027-01-01"}
                ]}]
            }]
        })
    }

    #[test]
    fn round_trip() {
        let policy = Policy::try_from(offer()).unwrap();
        assert_eq!(policy.to_value(), offer());
        assert!(Offer::new(policy).is_ok());
    }

    #[test]
    fn one_or_many_and_unknown_members() {
        let loose = json!({
            "@type": "Offer", "@id": "urn:uuid:1", "profile": "p", "conflict": "perm", "prohibition": [],
            "permission": {"action": {"@id": "odrl:use"}, "target": 5, "constraint": {
                "and": {"leftOperand": "count", "operator": {"@id": "odrl:lteq"}, "rightOperand": 5, "unit": "u"}}},
            "obligation": [7]
        });
        let policy = Policy::try_from(loose).unwrap();
        assert_eq!(policy.profile, ["p"]);
        assert_eq!(policy.extra, *json!({"conflict": "perm", "obligation": [7]}).as_object().unwrap());
        let written = policy.to_value();
        assert_eq!(written["permission"][0]["action"], "odrl:use");
        assert_eq!(written["permission"][0]["target"], 5);
        assert_eq!(written["permission"][0]["constraint"][0]["and"][0]["unit"], "u");
        assert!(same_policy(&Policy::try_from(written).unwrap(), &policy));
    }

    #[test]
    fn depth_is_bounded() {
        let mut deep = json!({"leftOperand": "count", "operator": "lteq", "rightOperand": "1"});
        for _ in 0..40 {
            deep = json!({"and": [deep]});
        }
        let mut value = offer();
        value["permission"][0]["constraint"] = json!([deep]);
        assert_eq!(Policy::try_from(value), Err(PolicyError::TooDeep));
        assert_eq!(Policy::try_from(json!([])), Err(PolicyError::NotAnObject("an array")));
    }

    #[test]
    fn classes_check_what_the_protocol_requires() {
        let mut value = offer();
        assert!(matches!(Agreement::try_from(value.clone()), Err(PolicyError::Type { .. })));
        value["target"] = json!("urn:uuid:2");
        assert_eq!(Offer::try_from(value.clone()), Err(PolicyError::TargetInCatalogue));
        assert!(MessageOffer::try_from(value.clone()).is_ok());
        value["@type"] = json!("Agreement");
        assert!(matches!(
            Agreement::try_from(value.clone()),
            Err(PolicyError::Missing { member: "assignee", .. })
        ));
        value["assignee"] = json!("did:web:b.example");
        assert!(Agreement::try_from(value.clone()).is_ok());
        value["permission"] = json!([]);
        assert!(matches!(Agreement::try_from(value), Err(PolicyError::Missing { member: "permission", .. })));
    }
}
