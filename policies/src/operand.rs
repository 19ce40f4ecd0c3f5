//! Left operands and operators that this engine understands, and how far each can be enforced.

use ontology::{Lang, vocab};
use serde::{Deserialize, Serialize};

/// What a constraint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operand {
    /// `odrl:purpose`: the declared purpose of the request, in the scheme of `ontology::purpose`.
    Purpose,
    /// `odrl:recipient`: the DID to which the bytes go.
    Recipient,
    /// `fiducie:processingPlace`: where the recipient says it processes the data.
    ProcessingPlace,
    /// `fiducie:governingLaw`: whose law the recipient says it is under.
    GoverningLaw,
    /// `odrl:dateTime`: the instant of the access, UTC.
    DateTime,
    /// `odrl:elapsedTime`: time since the first use under the agreement.
    ElapsedTime,
    /// `odrl:count`: which use under the rule this is, the first being 1.
    Count,
    /// `fiducie:charterVersion`: the charter that the recipient says it accepted.
    CharterVersion,
}

/// How a constraint compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Operator {
    Eq,
    Neq,
    Lt,
    Lteq,
    Gt,
    Gteq,
    IsA,
    IsPartOf,
    IsAnyOf,
    IsNoneOf,
    IsAllOf,
    HasPart,
}

/// Who enforces a clause. Shown to every signer beside the clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// The provider's node refuses by itself.
    E1,
    /// Both nodes' software cooperate.
    E2,
    /// The partner attests, signed and dated.
    E3,
    /// Text of the contract only.
    E4,
}

impl Operand {
    pub const ALL: [Operand; 8] = [
        Operand::Purpose,
        Operand::Recipient,
        Operand::ProcessingPlace,
        Operand::GoverningLaw,
        Operand::DateTime,
        Operand::ElapsedTime,
        Operand::Count,
        Operand::CharterVersion,
    ];

    /// Reads a compact name, a prefixed name or an IRI.
    pub fn parse(name: &str) -> Option<Operand> {
        if let Some(local) = vocab::local(name, "fiducie", vocab::FIDUCIE) {
            return Self::ALL.into_iter().find(|own| own.name().strip_prefix("fiducie:") == Some(local));
        }
        let local = vocab::odrl(name)?;
        Self::ALL.into_iter().find(|own| own.name() == local)
    }

    /// The name in faults and reasons.
    pub const fn name(self) -> &'static str {
        match self {
            Operand::Purpose => "purpose",
            Operand::Recipient => "recipient",
            Operand::ProcessingPlace => "fiducie:processingPlace",
            Operand::GoverningLaw => "fiducie:governingLaw",
            Operand::DateTime => "dateTime",
            Operand::ElapsedTime => "elapsedTime",
            Operand::Count => "count",
            Operand::CharterVersion => "fiducie:charterVersion",
        }
    }

    pub const fn label(self, lang: Lang) -> &'static str {
        match self {
            Operand::Purpose => lang.pick("finalité", "purpose"),
            Operand::Recipient => lang.pick("destinataire", "recipient"),
            Operand::ProcessingPlace => lang.pick("lieu de traitement", "place of processing"),
            Operand::GoverningLaw => lang.pick("droit applicable", "governing law"),
            Operand::DateTime => lang.pick("date (UTC)", "date (UTC)"),
            Operand::ElapsedTime => lang.pick("durée depuis le premier usage", "time since the first use"),
            Operand::Count => lang.pick("nombre d'usages", "number of uses"),
            Operand::CharterVersion => lang.pick("charte acceptée", "accepted charter"),
        }
    }

    /// Operators with a meaning for this operand.
    pub const fn operators(self) -> &'static [Operator] {
        use Operator::*;
        match self {
            Operand::Purpose => &[Eq, Neq, IsA, IsAnyOf, IsNoneOf],
            Operand::Recipient => &[Eq, Neq, IsAnyOf, IsNoneOf],
            Operand::ProcessingPlace | Operand::GoverningLaw => &[Eq, Neq, IsPartOf, IsAnyOf, IsNoneOf],
            Operand::DateTime => &[Eq, Neq, Lt, Lteq, Gt, Gteq],
            // A duration or a number that must be exactly met, or exceeded, is no limit on a use.
            Operand::ElapsedTime | Operand::Count => &[Lt, Lteq],
            Operand::CharterVersion => &[Eq, Gt, Gteq, IsAnyOf],
        }
    }

    /// Literal datatypes read for this operand, without the `xsd:` prefix. Plain text is always read.
    pub const fn datatypes(self) -> &'static [&'static str] {
        match self {
            Operand::DateTime => &["dateTime", "dateTimeStamp", "date"],
            Operand::ElapsedTime => &["duration", "dayTimeDuration", "yearMonthDuration"],
            Operand::Count => {
                &["integer", "nonNegativeInteger", "positiveInteger", "int", "long", "unsignedInt"]
            }
            _ => &["string", "anyURI"],
        }
    }

    /// The form of a right operand, for remedies.
    pub const fn form(self) -> &'static str {
        match self {
            Operand::Purpose => "https://w3id.org/fiducie/purposes#<code> (ontology/vocab/purposes.ttl)",
            Operand::Recipient => "did:web:partner.example",
            Operand::ProcessingPlace | Operand::GoverningLaw => "FR, FR-75, EU, EEA (ISO 3166)",
            Operand::DateTime => "2027-12-31T23:59:59Z, 2027-12-31 (UTC)",
            Operand::ElapsedTime => "P1Y, P30D, PT12H",
            Operand::Count => "12",
            Operand::CharterVersion => "<charter IRI>@<version>, https://charter.example/data@2.1",
        }
    }

    /// Place and law are what the recipient declares; the rest the provider's node checks by itself.
    pub const fn grade(self) -> Grade {
        match self {
            Operand::ProcessingPlace | Operand::GoverningLaw | Operand::CharterVersion => Grade::E3,
            _ => Grade::E1,
        }
    }
}

impl Operator {
    pub const ALL: [Operator; 12] = [
        Operator::Eq,
        Operator::Neq,
        Operator::Lt,
        Operator::Lteq,
        Operator::Gt,
        Operator::Gteq,
        Operator::IsA,
        Operator::IsPartOf,
        Operator::IsAnyOf,
        Operator::IsNoneOf,
        Operator::IsAllOf,
        Operator::HasPart,
    ];

    /// Reads a compact name, a prefixed name or an IRI of ODRL.
    pub fn parse(name: &str) -> Option<Operator> {
        let local = vocab::odrl(name)?;
        Self::ALL.into_iter().find(|own| own.name() == local)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Operator::Eq => "eq",
            Operator::Neq => "neq",
            Operator::Lt => "lt",
            Operator::Lteq => "lteq",
            Operator::Gt => "gt",
            Operator::Gteq => "gteq",
            Operator::IsA => "isA",
            Operator::IsPartOf => "isPartOf",
            Operator::IsAnyOf => "isAnyOf",
            Operator::IsNoneOf => "isNoneOf",
            Operator::IsAllOf => "isAllOf",
            Operator::HasPart => "hasPart",
        }
    }

    /// Takes a list of values; the others take one.
    pub const fn takes_many(self) -> bool {
        matches!(self, Operator::IsAnyOf | Operator::IsNoneOf | Operator::IsAllOf)
    }

    /// Holds when the value is none of those given.
    pub const fn negated(self) -> bool {
        matches!(self, Operator::Neq | Operator::IsNoneOf)
    }
}
