//! Left operands and operators that this engine understands, and how far each can be enforced.

mod operator;

use ontology::{Lang, vocab};
use serde::{Deserialize, Serialize};

use crate::claim;
pub use operator::Operator;

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
    /// `odrl:delayPeriod`: time that must have passed since the agreement was signed.
    DelayPeriod,
    /// `fiducie:countOfAssignee`: which use of the dataset by this recipient this is, whatever the agreement.
    CountOfAssignee,
    /// `fiducie:countOfDataset`: which use of the dataset by anybody this is.
    CountOfDataset,
    /// `fiducie:columns`: the columns that are delivered, and no others.
    Columns,
    /// `fiducie:territory`: the areas whose rows are delivered, and no others.
    Territory,
    /// `fiducie:contributors`: how many a row must be about to be delivered: persons, households, holdings.
    Contributors,
    /// `fiducie:embargo`: whether the dataset's embargo has ended.
    Embargo,
    /// `fiducie:memberKind`: what kind of organisation the recipient says it is.
    MemberKind,
    /// `fiducie:label`: a label that the recipient says it holds.
    Label,
    /// `fiducie:useCase`: an approved use case that the recipient says the use is part of.
    UseCase,
    /// `fiducie:ethicalAudit`: an ethical audit that the recipient says it passed.
    EthicalAudit,
    /// `fiducie:reciprocity`: datasets that the recipient gives to the provider under contracts in force.
    Reciprocity,
    /// `odrl:timeInterval`: how often a duty is to be done again. Of deadlines only.
    TimeInterval,
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
    pub const ALL: [Operand; 20] = [
        Operand::Purpose,
        Operand::Recipient,
        Operand::ProcessingPlace,
        Operand::GoverningLaw,
        Operand::DateTime,
        Operand::ElapsedTime,
        Operand::Count,
        Operand::CharterVersion,
        Operand::DelayPeriod,
        Operand::CountOfAssignee,
        Operand::CountOfDataset,
        Operand::Columns,
        Operand::Territory,
        Operand::Contributors,
        Operand::Embargo,
        Operand::MemberKind,
        Operand::Label,
        Operand::UseCase,
        Operand::EthicalAudit,
        Operand::Reciprocity,
    ];

    pub(crate) const COUNT: usize = Self::ALL.len() + Self::DEADLINES.len();

    /// What only deadlines look at.
    pub const DEADLINES: [Operand; 1] = [Operand::TimeInterval];

    fn all() -> impl Iterator<Item = Operand> {
        Self::ALL.into_iter().chain(Self::DEADLINES)
    }

    /// Reads a compact name, a prefixed name or an IRI.
    pub fn parse(name: &str) -> Option<Operand> {
        if let Some(local) = vocab::local(name, "fiducie", vocab::FIDUCIE) {
            return Self::all().find(|own| own.name().strip_prefix("fiducie:") == Some(local));
        }
        let local = vocab::odrl(name)?;
        Self::all().find(|own| own.name() == local)
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
            Operand::DelayPeriod => "delayPeriod",
            Operand::CountOfAssignee => "fiducie:countOfAssignee",
            Operand::CountOfDataset => "fiducie:countOfDataset",
            Operand::Columns => "fiducie:columns",
            Operand::Territory => "fiducie:territory",
            Operand::Contributors => "fiducie:contributors",
            Operand::TimeInterval => "timeInterval",
            Operand::Embargo => "fiducie:embargo",
            Operand::MemberKind => "fiducie:memberKind",
            Operand::Label => "fiducie:label",
            Operand::UseCase => "fiducie:useCase",
            Operand::EthicalAudit => "fiducie:ethicalAudit",
            Operand::Reciprocity => "fiducie:reciprocity",
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
            Operand::DelayPeriod => lang.pick("délai depuis la signature", "time since the signature"),
            Operand::CountOfAssignee => lang.pick(
                "nombre d'usages du jeu par ce destinataire",
                "number of uses of the dataset by this recipient",
            ),
            Operand::CountOfDataset => lang.pick(
                "nombre d'usages du jeu, tous destinataires",
                "number of uses of the dataset, by all recipients",
            ),
            Operand::Columns => lang.pick("colonnes remises", "columns delivered"),
            Operand::Territory => {
                lang.pick("territoire des lignes remises", "territory of the rows delivered")
            }
            Operand::Contributors => {
                lang.pick("effectif d'une ligne remise", "number behind a row delivered")
            }
            Operand::TimeInterval => lang.pick("de nouveau, tous les", "again, every"),
            Operand::Embargo => lang.pick("embargo", "embargo"),
            Operand::MemberKind => lang.pick("nature du destinataire", "kind of recipient"),
            Operand::Label => lang.pick("label du destinataire", "label of the recipient"),
            Operand::UseCase => lang.pick("cas d'usage approuvé", "approved use case"),
            Operand::EthicalAudit => lang.pick("audit éthique", "ethical audit"),
            Operand::Reciprocity => lang.pick("contrepartie en données", "data given in return"),
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
            Operand::ElapsedTime | Operand::Count | Operand::CountOfAssignee | Operand::CountOfDataset => {
                &[Lt, Lteq]
            }
            Operand::CharterVersion => &[Eq, Gt, Gteq, IsAnyOf],
            Operand::DelayPeriod | Operand::Contributors => &[Gt, Gteq],
            // What is delivered is named: to leave out some would deliver what is added later.
            Operand::Columns => &[Eq, IsAnyOf],
            Operand::Territory => &[Eq, IsPartOf, IsAnyOf],
            Operand::Embargo | Operand::TimeInterval => &[Eq],
            Operand::Reciprocity => &[Eq, IsAnyOf, IsAllOf],
            Operand::MemberKind | Operand::Label | Operand::UseCase | Operand::EthicalAudit => {
                &[Eq, Neq, IsAnyOf, IsAllOf, IsNoneOf]
            }
        }
    }

    /// Literal datatypes read for this operand, without the `xsd:` prefix. Plain text is always read.
    pub const fn datatypes(self) -> &'static [&'static str] {
        match self {
            Operand::DateTime => &["dateTime", "dateTimeStamp", "date"],
            Operand::ElapsedTime | Operand::DelayPeriod | Operand::TimeInterval => {
                &["duration", "dayTimeDuration", "yearMonthDuration"]
            }
            own if own.is_number() => {
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
            Operand::ElapsedTime | Operand::DelayPeriod | Operand::TimeInterval => "P1Y, P30D, PT12H",
            Operand::Count | Operand::CountOfAssignee | Operand::CountOfDataset => "12",
            Operand::Contributors => "11",
            Operand::Columns => "debit, code_insee (names of columns that the dataset declares)",
            Operand::Territory => "departement:35@2024, commune:35238@2024 (kind:code@year of the code)",
            Operand::Embargo => "ended",
            Operand::MemberKind => claim::KINDS,
            Operand::Label | Operand::UseCase | Operand::EthicalAudit => {
                "https://labels.example/territoire-de-confiance, urn:uuid:…"
            }
            Operand::Reciprocity => "any, urn:uuid:… (a dataset of the recipient)",
            Operand::CharterVersion => "<charter IRI>@<version>, https://charter.example/data@2.1",
        }
    }

    /// Decided on what the recipient says of itself, by name.
    pub const fn is_claim(self) -> bool {
        matches!(self, Operand::MemberKind | Operand::Label | Operand::UseCase | Operand::EthicalAudit)
    }

    /// Says what of a dataset is delivered.
    pub const fn is_view(self) -> bool {
        matches!(self, Operand::Columns | Operand::Territory | Operand::Contributors)
    }

    /// Compares with a number.
    pub const fn is_number(self) -> bool {
        self.counts() || matches!(self, Operand::Contributors)
    }

    /// Counts uses.
    pub const fn counts(self) -> bool {
        matches!(self, Operand::Count | Operand::CountOfAssignee | Operand::CountOfDataset)
    }

    /// Place, law and claims are what the recipient declares; the rest the provider's node checks by itself.
    pub const fn grade(self) -> Grade {
        match self {
            Operand::ProcessingPlace | Operand::GoverningLaw | Operand::CharterVersion => Grade::E3,
            own if own.is_claim() => Grade::E3,
            _ => Grade::E1,
        }
    }
}
