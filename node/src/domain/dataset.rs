//! A described dataset: numbered revisions, tombstones, offers, and who may know what of it.

pub mod table;

use contracts::dataset::{Day, Description, Term};
use contracts::id::{DatasetId, OfferId, ParticipantId};
use contracts::odrl::Policy;
use ontology::rung::{Needs, Rung};
use policies::{Compiled, Facts, Foresight, Request};
use serde_json::Value;

use super::made::Made;
use super::source::Source;
use super::time::Timestamp;

/// A dataset at one of its revisions. Revisions are numbered from 1 and never change.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub dataset: DatasetId,
    pub number: i64,
    /// Digest of the public description as shown, or of the tombstone: what contracts and the log name.
    pub digest: String,
    pub at: Timestamp,
    /// When the dataset was first published.
    pub issued: Timestamp,
    pub content: Content,
}

/// What a revision says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Described(Box<Described>),
    /// Withdrawn: no longer shown or offered. Contracts made before go on.
    Tombstone,
}

/// A description with its offers, each under its identifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    pub description: Description,
    pub offers: Vec<Offer>,
    /// The description as an edge writes it to those who may see it in full.
    pub written: Made<Box<str>>,
}

/// What is offered on a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub id: OfferId,
    /// The ODRL offer as shown: with `@id` and `@type`, without `target`.
    pub policy: Value,
    pub term: Term,
    /// The policy as an edge writes it.
    pub written: Made<Box<str>>,
    /// The policy ready to be judged; nothing when it cannot be read.
    compiled: Made<Option<Compiled>>,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker<'a> {
    Anonymous,
    /// A participant whose token was verified.
    Participant(&'a ParticipantId),
    /// The member whose dataset it is.
    Member,
}

/// What one may know of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visibility {
    Nothing,
    /// That it exists: title, producer, theme; no offer, no way to ask.
    Existence,
    Full,
}

/// Why no byte of a dataset can leave, whatever contract there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// The rung needs a trust framework that says who its members are.
    Framework,
    /// The rung lets only answers to queries out.
    Query,
    /// The rung lets nothing out.
    Rung,
    /// Embargoed until a date that has not come.
    Embargo,
    /// Without a place to read the bytes from.
    NoSource,
    /// Another data plane gives them, and this node does not.
    Elsewhere,
}

impl Revision {
    pub fn described(&self) -> Option<&Described> {
        match &self.content {
            Content::Described(described) => Some(described),
            Content::Tombstone => None,
        }
    }
    /// In preparation, and never published.
    pub fn is_draft(&self) -> bool {
        self.described().is_some_and(|described| described.description.draft)
    }
    /// Others than the member know of it, or once did.
    pub fn is_announced(&self) -> bool {
        self.described().is_some_and(|described| described.description.exposed().announced())
    }
    pub fn is_withdrawn(&self) -> bool {
        self.content == Content::Tombstone
    }

    /// What this asker may know of the dataset at this, its newest, revision, and the offers it could ever meet.
    pub fn seen(&self, asker: Asker<'_>, now: Timestamp) -> (Visibility, Vec<&Offer>) {
        let Some(described) = self.described() else { return (Visibility::Nothing, Vec::new()) };
        let offers = described.offers_for(asker, now);
        let seen = match asker {
            Asker::Member => Visibility::Full,
            // A partner to whom an offer is made is named.
            Asker::Participant(_) => visibility(described.description.exposed(), !offers.is_empty()),
            Asker::Anonymous => visibility(described.description.exposed(), false),
        };
        (seen, offers)
    }
}

/// What one who is not the member may know at a rung; `named` counts at `partenaires_nommes` only.
pub fn visibility(rung: Rung, named: bool) -> Visibility {
    match rung {
        Rung::Invisible => Visibility::Nothing,
        Rung::ExistenceSeule => Visibility::Existence,
        Rung::PartenairesNommes if !named => Visibility::Existence,
        // Closed data are described as well as open data; what is closed is their bytes.
        Rung::PartenairesNommes
        | Rung::Ouvert
        | Rung::OuvertIdentifie
        | Rung::AgregatPublic
        | Rung::MembresDuCadre
        | Rung::RequeteSure => Visibility::Full,
    }
}

/// Why no byte can leave at a rung and date, if none can.
pub fn withheld(rung: Rung, embargo: Option<Day>, now: Timestamp) -> Option<Withheld> {
    match rung.needs() {
        Needs::Framework => Some(Withheld::Framework),
        Needs::Query => Some(Withheld::Query),
        Needs::Never => Some(Withheld::Rung),
        Needs::Nothing => embargo.filter(|until| now.to_date().date() < until.0).map(|_| Withheld::Embargo),
    }
}

impl Described {
    /// A description as stored, whose offers all have their identifiers; nothing otherwise.
    pub fn stored(description: Description) -> Option<Self> {
        let offers = description.offers.iter().map(|draft| {
            let id = draft.id.clone()?;
            let mut policy = draft.policy.clone();
            policy.as_object_mut()?.insert("@id".into(), id.as_str().into());
            let term = draft.term.clone();
            Some(Offer { id, policy, term, written: Made::default(), compiled: Made::default() })
        });
        let offers = offers.collect::<Option<Vec<_>>>()?;
        Some(Self { description, offers, written: Made::default() })
    }

    /// The offers to show: one is left out only if this asker can certainly never meet it.
    pub fn offers_for(&self, asker: Asker<'_>, now: Timestamp) -> Vec<&Offer> {
        self.offers.iter().filter(|offer| offer.may_be_met(asker, now)).collect()
    }

    pub fn offer(&self, id: &OfferId) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == *id)
    }

    /// Where to read the bytes from, if bytes can leave at all at this rung and date.
    ///
    /// # Errors
    /// Why none can. A right is still needed for those that can.
    pub fn source(&self, now: Timestamp) -> Result<Source, Withheld> {
        if let Some(why) = withheld(self.description.exposed(), self.description.embargo, now) {
            return Err(why);
        }
        match &self.description.source {
            Some(contracts::dataset::Source::File(path)) => Ok(Source::File(path.clone())),
            Some(contracts::dataset::Source::Folder(path)) => Ok(Source::Folder(path.clone())),
            Some(contracts::dataset::Source::DataPlane(_)) => Err(Withheld::Elsewhere),
            None => Err(Withheld::NoSource),
        }
    }
}

impl Offer {
    /// Whether this asker may ever meet the offer, as far as is known. A policy that cannot be read shows: it was
    /// compiled at publication, and negotiation judges it again.
    pub fn may_be_met(&self, asker: Asker<'_>, now: Timestamp) -> bool {
        let recipient = match asker {
            Asker::Member => return true,
            Asker::Anonymous => None,
            Asker::Participant(did) => Some(did.to_string()),
        };
        let facts = Facts { now: Some(now.to_date()), recipient, ..Facts::default() };
        let request = Request { target: None, ..Request::read("") };
        let compiled = self.compiled.or_make(|| {
            Policy::try_from(self.policy.clone()).ok().and_then(|policy| policies::compile(&policy).ok())
        });
        compiled
            .as_ref()
            .is_none_or(|compiled| policies::foresee(compiled, &request, &facts) != Foresight::Never)
    }
}

impl Withheld {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Framework => "framework",
            Self::Query => "query",
            Self::Rung => "rung",
            Self::Embargo => "embargo",
            Self::NoSource => "no-source",
            Self::Elsewhere => "elsewhere",
        }
    }
}
