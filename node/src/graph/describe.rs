//! A dataset and a catalogue in DCAT-AP 3 terms.
//!
//! Every term of a controlled vocabulary is typed, and concepts labelled, inside the answer: readers without those
//! tables must still understand it.

use contracts::dataset::{Licence, Organisation};
use contracts::dsp::version::PATH;
use contracts::id::{DatasetId, ParticipantId};
use ontology::dcat::{format, theme};
use ontology::rung::Rung;
use oxigraph::model::NamedNode;

use super::policy;
use super::triples::*;
use crate::domain::dataset::{Described, Offer, Revision};
use crate::domain::member::Member;

const ACCESS: &str = "http://publications.europa.eu/resource/authority/access-right/";
const PLANNED: (&str, &str) = (theme::SCHEME, "Data theme");

/// Everything but the offers.
pub(super) fn full(member: &Member, revision: &Revision, described: &Described) -> Triples {
    let mut out = Triples::default();
    let d = &described.description;
    let node = existence(&mut out, member, revision, described);
    for (lang, value) in d.description.iter() {
        out.add(node.clone(), dct("description"), text(value, lang));
    }
    for keyword in &d.keywords {
        out.add(node.clone(), dcat("keyword"), text(keyword, &d.lang));
    }
    for (i, place) in d.location.iter().enumerate() {
        let location = place
            .kind
            .iri(&place.code)
            .map_or_else(|| part(&node, &format!("location-{i}")), |iri| named(&iri));
        out.a(location.clone(), dct("Location"));
        out.add(location.clone(), dct("identifier"), plain(&place.code));
        if let Some(label) = &place.label {
            out.add(location.clone(), skos("prefLabel"), text(label, &d.lang));
        }
        out.add(node.clone(), dct("spatial"), location);
    }
    let frequency = out.typed(d.frequency.iri, dct("Frequency"));
    out.add(node.clone(), dct("accrualPeriodicity"), frequency);
    if let Some(level) = d.granularity.level {
        let level = out.concept(level, None);
        out.add(node.clone(), fiducie("granularity"), level);
    }
    if let Some(step) = &d.granularity.temporal {
        out.add(node.clone(), dcat("temporalResolution"), duration(step));
    }
    if let Some(metres) = d.granularity.metres {
        out.add(node.clone(), dcat("spatialResolutionInMeters"), decimal(metres));
    }
    if let Some(period) = &d.period {
        // A blank node on purpose: harvesters fetch a period that has an IRI.
        let blank = blank(&node, "period");
        out.a(blank.clone(), dct("PeriodOfTime"));
        for (name, day) in [("startDate", period.start), ("endDate", period.end)] {
            if let Some(day) = day {
                out.add(blank.clone(), dcat(name), date(day));
            }
        }
        out.add(node.clone(), dct("temporal"), blank);
    }
    if let Some(rights) = &d.rights {
        let statement = part(&node, "rights");
        out.a(statement.clone(), dct("RightsStatement"));
        for (lang, value) in rights.iter() {
            out.add(statement.clone(), dct("description"), text(value, lang));
        }
        out.add(node.clone(), dct("rights"), statement);
    }
    for schema in &d.conforms_to {
        let standard = out.typed(schema, dct("Standard"));
        out.add(node.clone(), dct("conformsTo"), standard);
    }
    for (lang, value) in d.version_notes.iter().flat_map(|notes| notes.iter()) {
        out.add(node.clone(), adms("versionNotes"), text(value, lang));
    }
    if let Some(ground) = d.exclusion {
        let ground = out.concept(ground, None);
        out.add(node.clone(), fiducie("exclusion"), ground);
    }
    out.add(node.clone(), fiducie("status"), plain(d.status.code()));
    out.add(node.clone(), dcat("version"), plain(&revision.number.to_string()));
    out.add(node, dct("modified"), date_time(revision.at.rfc3339()));
    out
}

/// What is said of a dataset whose existence alone may be known.
pub(super) fn bare(member: &Member, revision: &Revision, described: &Described) -> Triples {
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
    for (lang, value) in d.title.iter() {
        out.add(node.clone(), dct("title"), text(value, lang));
    }
    for term in &d.theme {
        let concept = out.concept(term, Some(PLANNED));
        out.add(node.clone(), dcat("theme"), concept);
    }
    out.add(node.clone(), dct("publisher"), named(member.did.as_str()));
    let producer = organisation(out, &node, &d.producer, &d.lang);
    out.add(node.clone(), dct("creator"), producer);
    let access = match d.rung {
        Rung::Ouvert => "PUBLIC",
        Rung::ExistenceSeule | Rung::Invisible => "NON_PUBLIC",
        _ => "RESTRICTED",
    };
    let access = out.typed(&format!("{ACCESS}{access}"), dct("RightsStatement"));
    out.add(node.clone(), dct("accessRights"), access);
    out.add(node.clone(), fiducie("rung"), plain(d.rung.code()));
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

/// An offer, and one distribution for each format under it: DCAT-AP has at most one policy per distribution.
pub(super) fn offer(member: &Member, dataset: &DatasetId, described: &Described, offer: &Offer) -> Triples {
    let mut out = Triples::default();
    let d = &described.description;
    let policy = policy::offer(&mut out, offer.id.as_str(), &offer.policy);
    for (i, media) in d.format.iter().enumerate() {
        let node = part(&policy, &format!("distribution-{i}"));
        out.add(named(dataset.as_str()), dcat("distribution"), node.clone());
        out.a(node.clone(), dcat("Distribution"));
        for (lang, title) in d.title.iter() {
            out.add(node.clone(), dct("title"), text(title, lang));
        }
        // Where to ask: the bytes themselves have an address only under a contract.
        out.add(node.clone(), dcat("accessURL"), named(&dataset_url(member, dataset)));
        out.add(node.clone(), dcat("accessService"), service(&member.did));
        if let Some(known) = media.format {
            let file_type = out.typed(&known.file_type_iri(), dct("MediaTypeOrExtent"));
            out.add(node.clone(), dct("format"), file_type);
        }
        let media_type = out.typed(&format::media_type_iri(&media.media_type), dct("MediaType"));
        out.add(node.clone(), dcat("mediaType"), media_type);
        if let Some(licence) = &d.licence {
            let document = match licence {
                Licence::Listed(term) => out.typed(term.iri, dct("LicenseDocument")),
                Licence::Other(iri) => out.typed(iri, dct("LicenseDocument")),
                Licence::Approved(reference) => {
                    let document = part(&named(dataset.as_str()), "licence");
                    out.a(document.clone(), dct("LicenseDocument"));
                    out.add(document.clone(), dct("identifier"), plain(reference));
                    document
                }
            };
            out.add(node.clone(), dct("license"), document);
        }
        out.add(node, odrl("hasPolicy"), policy.clone());
    }
    out
}

/// The catalogue itself with its service, without its datasets.
pub(super) fn catalogue(member: &Member, datasets: &[DatasetId]) -> Triples {
    let mut out = Triples::default();
    let node = self::node(&member.did);
    out.a(node.clone(), dcat("Catalog"));
    let titles = [("fr", "Catalogue de "), ("en", "Catalogue of ")];
    for (lang, start) in titles {
        out.add(node.clone(), dct("title"), text(&format!("{start}{}", member.name), lang));
    }
    let about = [
        ("fr", "Jeux de données ouverts et fermés ; les octets des jeux fermés sortent sous contrat signé."),
        ("en", "Open and closed datasets; bytes of closed ones leave under a signed contract."),
    ];
    for (lang, value) in about {
        out.add(node.clone(), dct("description"), text(value, lang));
    }
    out.add(node.clone(), dct("publisher"), named(member.did.as_str()));
    let taxonomy = out.typed(theme::SCHEME, skos("ConceptScheme"));
    out.add(taxonomy.clone(), dct("title"), text("Data theme", "en"));
    out.add(node.clone(), dcat("themeTaxonomy"), taxonomy);
    publisher(&mut out, member);
    let service = service(&member.did);
    out.add(node.clone(), dcat("service"), service.clone());
    for dataset in datasets {
        out.add(node.clone(), dcat("dataset"), named(dataset.as_str()));
        out.add(service.clone(), dcat("servesDataset"), named(dataset.as_str()));
    }
    out
}

/// The publisher and its service: every answer names them.
pub(super) fn publisher(out: &mut Triples, member: &Member) {
    let agent = named(member.did.as_str());
    out.a(agent.clone(), foaf("Agent"));
    out.add(agent, foaf("name"), text(&member.name, "fr"));
    let service = service(&member.did);
    out.a(service.clone(), dcat("DataService"));
    out.add(service.clone(), dct("title"), text("Dataspace Protocol 2025-1", "en"));
    let standard = out.typed("https://w3id.org/dspace/2025/1", dct("Standard"));
    out.add(service.clone(), dct("conformsTo"), standard);
    out.add(service, dcat("endpointURL"), named(&member.at(PATH)));
}

/// A page among others (Hydra core vocabulary), as harvesters follow them.
pub(super) fn page(this: &str, next: Option<String>) -> Triples {
    const HYDRA: &str = "http://www.w3.org/ns/hydra/core#";
    let mut out = Triples::default();
    let this = out.typed(this, named(&format!("{HYDRA}PartialCollectionView")));
    if let Some(next) = next {
        out.add(this, named(&format!("{HYDRA}next")), named(&next));
    }
    out
}

/// IRI of a member's catalogue, the same in every view: below its DID, so that it moves with the member.
pub(super) fn node(did: &ParticipantId) -> NamedNode {
    part(&named(did.as_str()), "catalogue")
}
fn service(did: &ParticipantId) -> NamedNode {
    part(&named(did.as_str()), "connector")
}

fn dataset_url(member: &Member, dataset: &DatasetId) -> String {
    let mut url = member.base_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["catalog", "datasets", dataset.segment()]);
    }
    url.into()
}
