//! The catalogue in other forms than RDF, each written from the descriptions as stored: for search engines, feed readers,
//! spreadsheets and persons. Pure: no clock, no input, no output.

pub mod feed;
pub mod page;
pub mod quality;
pub mod scdl;
pub mod schema_org;
pub mod sitemap;
mod words;

use contracts::dataset::{Description, Text};
use contracts::id::OfferId;

use crate::domain::dataset::{Asker, Offer, Revision, Visibility};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::graph::describe;

pub use words::escape;

/// A dataset as one asker may know it. What may not be known cannot be asked for.
#[derive(Debug, Clone)]
pub struct Shown {
    revision: Revision,
    visibility: Visibility,
    offers: Vec<OfferId>,
    since: Timestamp,
}

impl Shown {
    /// Nothing when the asker may not know of it. `since` is when what the asker may know became so.
    pub fn of(
        revision: Revision,
        asker: Asker<'_>,
        at_most: Visibility,
        now: Timestamp,
        since: Timestamp,
    ) -> Option<Self> {
        let (seen, offers) = revision.seen(asker, now);
        let offers = offers.into_iter().map(|offer| offer.id.clone()).collect();
        let visibility = seen.min(at_most);
        let shown = visibility != Visibility::Nothing && revision.described().is_some();
        shown.then_some(Self { revision, visibility, offers, since })
    }

    pub fn id(&self) -> &contracts::id::DatasetId {
        &self.revision.dataset
    }
    pub fn since(&self) -> Timestamp {
        self.since
    }
    /// Everything, where it may be known.
    pub fn full(&self) -> Option<&Description> {
        let described = self.revision.described()?;
        (self.visibility == Visibility::Full).then_some(&described.description)
    }
    pub fn number(&self) -> i64 {
        self.revision.number
    }
    pub fn issued(&self) -> Timestamp {
        self.revision.issued
    }
    pub fn title(&self) -> Option<&Text> {
        self.existence().map(|d| &d.title)
    }
    pub fn producer(&self) -> &str {
        self.existence().map_or("", |d| &d.producer.name)
    }
    /// Labels of its themes.
    pub fn themes(&self) -> &[&'static ontology::dcat::Term] {
        self.existence().map(|d| d.theme.as_slice()).unwrap_or_default()
    }
    pub fn rung(&self) -> Option<ontology::rung::Rung> {
        self.existence().map(Description::exposed)
    }
    /// The offers that this asker could meet.
    pub fn offers(&self) -> impl Iterator<Item = &Offer> {
        let full = self.full().and(self.revision.described());
        let all = full.map(|described| described.offers.as_slice()).unwrap_or_default();
        all.iter().filter(|offer| self.offers.contains(&offer.id))
    }
    /// Address of its page.
    pub fn page(&self, member: &Member) -> String {
        describe::page(member, &self.revision.dataset)
    }

    fn existence(&self) -> Option<&Description> {
        self.revision.described().map(|described| &described.description)
    }
}

#[cfg(test)]
mod tests;
