//! A dataset in DCAT-AP 3.0.1 terms.
//!
//! Every term of a controlled vocabulary is typed, and concepts labelled, inside the answer: readers without those
//! tables must still understand it, and the profile's shapes ask for it.

mod api;
mod catalogue;
mod distribution;
mod framework;
mod harvested;
mod relation;
mod table;

pub use catalogue::{around, catalogue, node, view};
pub use distribution::anchor;
pub use framework::frameworks;
pub use harvested::harvested;

use contracts::dataset::{Contact, Description, Organisation};
use ontology::dcat::{granularity, hvd, theme};
use ontology::rung::Rung;
use ontology::vocab;
use oxigraph::model::NamedNode;

use super::triples::*;
use crate::domain::dataset::{Asker, Described, Revision, Visibility};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;

const ACCESS: &str = "http://publications.europa.eu/resource/authority/access-right/";

/// What is said of a dataset, in the parts that some may see and others not.
pub(super) struct Parts {
    pub(super) full: Triples,
    /// Of its existence alone; empty where everybody who may know of it may know all.
    pub(super) bare: Triples,
    pub(super) offers: Vec<Triples>,
}

pub(super) fn parts(member: &Member, revision: &Revision, described: &Described) -> Parts {
    let offers = described.offers.iter();
    let bare = match described.description.exposed() {
        Rung::PartenairesNommes | Rung::ExistenceSeule => bare(member, revision, described),
        _ => Triples::default(),
    };
    Parts {
        full: full(member, revision, described),
        bare,
        offers: offers.map(|offer| distribution::offer(member, revision, described, offer)).collect(),
    }
}

/// What an asker may know of a dataset at a revision that is not the newest, and no more than `at_most`.
pub fn revision(
    member: &Member,
    revision: &Revision,
    asker: Asker<'_>,
    at_most: Visibility,
    now: Timestamp,
) -> Option<Triples> {
    let described = revision.described()?;
    let (seen, offers) = revision.seen(asker, now);
    match seen.min(at_most) {
        Visibility::Nothing => None,
        Visibility::Existence => Some(bare(member, revision, described).sorted()),
        Visibility::Full => {
            let mut out = full(member, revision, described).sorted();
            for offer in offers {
                out.0.extend(distribution::offer(member, revision, described, offer).sorted().0);
            }
            Some(out)
        }
    }
}

/// Everything but the offers.
fn full(member: &Member, revision: &Revision, described: &Described) -> Triples {
    let mut out = Triples::default();
    let d = &described.description;
    let node = existence(&mut out, member, revision, described);
    out.texts(&node, dct("description"), &d.description);
    for keyword in &d.keywords {
        out.add(node.clone(), dcat("keyword"), text(keyword, &d.lang));
    }
    where_and_when(&mut out, &node, d);
    if let Some(level) = d.granularity.level {
        let level = out.concept(level, Some((granularity::SCHEME, "Granularity")));
        out.add(node.clone(), fiducie("granularity"), level);
    }
    if let Some(rights) = &d.rights {
        let statement = part(&node, "rights");
        out.a(statement.clone(), dct("RightsStatement"));
        out.texts(&statement, dct("description"), rights);
        out.add(node.clone(), dct("rights"), statement);
    }
    if let Some(provenance) = &d.provenance {
        let statement = part(&node, "provenance");
        out.a(statement.clone(), dct("ProvenanceStatement"));
        out.texts(&statement, dct("description"), &provenance.collection);
        let origin = out.concept(provenance.origin, None);
        out.add(statement.clone(), fiducie("origin"), origin);
        out.add(node.clone(), dct("provenance"), statement);
    }
    for schema in &d.conforms_to {
        let standard = out.typed(schema, dct("Standard"));
        out.add(node.clone(), dct("conformsTo"), standard);
    }
    if let Some(notes) = &d.version_notes {
        out.texts(&node, adms("versionNotes"), notes);
    }
    if let Some(ground) = d.exclusion {
        let ground = out.concept(ground, None);
        out.add(node.clone(), fiducie("exclusion"), ground);
    }
    if let Some(contact) = &d.contact {
        self::contact(&mut out, &node, contact, &d.lang);
    }
    for category in &d.hvd {
        let concept = out.concept(category, Some((hvd::SCHEME, "High-value dataset category")));
        // In both places: the French national catalogue knows high-value datasets by their theme.
        out.add(node.clone(), dcatap("hvdCategory"), concept.clone());
        out.add(node.clone(), dcat("theme"), concept);
    }
    if !d.hvd.is_empty() {
        legislation(&mut out, &node);
    }
    api::service(&mut out, &node, member, revision, d);
    out.add(node.clone(), fiducie("status"), plain(d.status.code()));
    relation::others(&mut out, &node, member, d);
    table::columns(&mut out, &node, d);
    let version = d.version.clone().unwrap_or_else(|| revision.number.to_string());
    out.add(node.clone(), dcat("version"), plain(&version));
    out.add(node.clone(), dct("issued"), date_time(revision.issued.rfc3339()));
    out.add(node, dct("modified"), date_time(revision.at.rfc3339()));
    out
}

fn where_and_when(out: &mut Triples, node: &NamedNode, d: &Description) {
    for (i, place) in d.location.iter().enumerate() {
        let iri = place.kind.iri(&place.code);
        let location = iri.map_or_else(|| part(node, &format!("location-{i}")), |iri| named(&iri));
        out.a(location.clone(), dct("Location"));
        out.add(location.clone(), dct("identifier"), plain(&place.code));
        if let Some(label) = &place.label {
            out.add(location.clone(), skos("prefLabel"), text(label, &d.lang));
        }
        out.add(node.clone(), dct("spatial"), location);
    }
    if let Some([west, south, east, north]) = d.bbox {
        let around = part(node, "bbox");
        out.a(around.clone(), dct("Location"));
        let corners =
            format!("POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))");
        out.add(around.clone(), dcat("bbox"), wkt(corners));
        out.add(node.clone(), dct("spatial"), around);
    }
    let frequency = out.typed(d.frequency.iri, dct("Frequency"));
    out.add(node.clone(), dct("accrualPeriodicity"), frequency);
    if let Some(step) = &d.granularity.temporal {
        out.add(node.clone(), dcat("temporalResolution"), duration(step));
    }
    if let Some(metres) = d.granularity.metres {
        out.add(node.clone(), dcat("spatialResolutionInMeters"), decimal(metres));
    }
    if let Some(period) = &d.period {
        // A blank node on purpose: harvesters fetch a period that has an IRI.
        let blank = blank(node, "period");
        out.a(blank.clone(), dct("PeriodOfTime"));
        for (name, day) in [("startDate", period.start), ("endDate", period.end)] {
            if let Some(day) = day {
                out.add(blank.clone(), dcat(name), date(day));
            }
        }
        out.add(node.clone(), dct("temporal"), blank);
    }
}

/// What is said of a dataset whose existence alone may be known.
fn bare(member: &Member, revision: &Revision, described: &Described) -> Triples {
    let mut out = Triples::default();
    let node = existence(&mut out, member, revision, described);
    for (lang, value) in [
        ("fr", "Seule l'existence de ce jeu de données est annoncée."),
        ("en", "Only the existence of this dataset is announced."),
    ] {
        out.add(node.clone(), dct("description"), text(value, lang));
    }
    out
}

fn existence(out: &mut Triples, member: &Member, revision: &Revision, described: &Described) -> NamedNode {
    let d = &described.description;
    let node = named(revision.dataset.as_str());
    out.a(node.clone(), dcat("Dataset"));
    out.add(node.clone(), dct("identifier"), plain(revision.dataset.as_str()));
    out.texts(&node, dct("title"), &d.title);
    for term in &d.theme {
        let concept = out.concept(term, Some((theme::SCHEME, "Data theme")));
        out.add(node.clone(), dcat("theme"), concept);
    }
    out.add(node.clone(), dct("publisher"), named(member.did.as_str()));
    let producer = organisation(out, &node, &d.producer, &d.lang);
    out.add(node.clone(), dct("creator"), producer);
    let access = match d.exposed() {
        Rung::Ouvert => "PUBLIC",
        Rung::ExistenceSeule | Rung::Invisible => "NON_PUBLIC",
        Rung::OuvertIdentifie
        | Rung::AgregatPublic
        | Rung::MembresDuCadre
        | Rung::PartenairesNommes
        | Rung::RequeteSure => "RESTRICTED",
    };
    let access = out.typed(&format!("{ACCESS}{access}"), dct("RightsStatement"));
    out.add(node.clone(), dct("accessRights"), access);
    out.add(node.clone(), fiducie("rung"), plain(d.rung.code()));
    let page = out.typed(&page(member, &revision.dataset), foaf("Document"));
    out.add(node.clone(), dcat("landingPage"), page);
    node
}

fn organisation(out: &mut Triples, of: &NamedNode, organisation: &Organisation, lang: &str) -> NamedNode {
    let node = match &organisation.did {
        Some(did) => named(did.as_str()),
        None => part(of, "producer"),
    };
    out.a(node.clone(), foaf("Agent"));
    out.add(node.clone(), foaf("name"), text(&organisation.name, lang));
    if let Some(siren) = &organisation.siren {
        out.add(node.clone(), dct("identifier"), plain(siren));
    }
    node
}

fn contact(out: &mut Triples, of: &NamedNode, contact: &Contact, lang: &str) {
    let node = part(of, "contact");
    out.a(node.clone(), vcard("Kind"));
    out.a(node.clone(), vcard("Organization"));
    out.add(node.clone(), vcard("fn"), text(&contact.name, lang));
    if let Some(email) = &contact.email {
        out.add(node.clone(), vcard("hasEmail"), named(&format!("mailto:{email}")));
    }
    if let Some(url) = &contact.url {
        out.add(node.clone(), vcard("hasURL"), named(url));
    }
    out.add(of.clone(), dcat("contactPoint"), node);
}

/// The law that makes a dataset one of high value.
fn legislation(out: &mut Triples, of: &NamedNode) {
    let law = out.typed(hvd::REGULATION, named(vocab::LEGAL_RESOURCE));
    out.add(of.clone(), dcatap("applicableLegislation"), law);
}

/// Address of a dataset's page for persons: who may ask, and how.
pub fn page(member: &Member, dataset: &contracts::id::DatasetId) -> String {
    let mut url = member.base_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["catalog", "datasets", &format!("{}.html", dataset.segment())]);
    }
    url.into()
}
