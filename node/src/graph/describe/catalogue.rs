//! The catalogue itself: what stands around its datasets.

use contracts::dsp::version::PATH;
use contracts::id::{DatasetId, ParticipantId};
use ontology::dcat::theme;
use oxigraph::model::NamedNode;

use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::graph::slice::Subset;
use crate::graph::triples::*;

/// The catalogue with its service, without its datasets; `at` is its last change.
pub fn catalogue<'a>(
    member: &Member,
    subset: Subset,
    at: Timestamp,
    datasets: impl Iterator<Item = &'a DatasetId>,
) -> Triples {
    let mut out = Triples::default();
    let node = self::node(&member.did, subset);
    out.a(node.clone(), dcat("Catalog"));
    let (titles, about) = match subset.open {
        false => (
            [("fr", "Catalogue de "), ("en", "Catalogue of ")],
            [
                (
                    "fr",
                    "Jeux de données ouverts et fermés ; les octets des jeux fermés sortent sous contrat signé.",
                ),
                ("en", "Open and closed datasets; bytes of closed ones leave under a signed contract."),
            ],
        ),
        true => (
            [("fr", "Données ouvertes de "), ("en", "Open data of ")],
            [
                ("fr", "Les jeux de données ouverts, et eux seuls."),
                ("en", "The open datasets, and these only."),
            ],
        ),
    };
    for (lang, start) in titles {
        out.add(node.clone(), dct("title"), text(&format!("{start}{}", member.name), lang));
    }
    for (lang, value) in about {
        out.add(node.clone(), dct("description"), text(value, lang));
    }
    out.add(node.clone(), dct("publisher"), named(member.did.as_str()));
    for language in ["FRA", "ENG"] {
        let language = out.typed(&format!("{LANGUAGE}{language}"), dct("LinguisticSystem"));
        out.add(node.clone(), dct("language"), language);
    }
    let home = out.typed(&member.at("/catalog.html"), foaf("Document"));
    out.add(node.clone(), foaf("homepage"), home);
    let taxonomy = out.typed(theme::SCHEME, skos("ConceptScheme"));
    out.add(taxonomy.clone(), dct("title"), text("Data theme", "en"));
    out.add(node.clone(), dcat("themeTaxonomy"), taxonomy);
    if at > Timestamp(0) {
        out.add(node.clone(), dct("modified"), date_time(at.rfc3339()));
    }
    for dataset in datasets {
        out.add(node.clone(), dcat("dataset"), named(dataset.as_str()));
    }
    agent(&mut out, member);
    // Harvesters of open data would list the protocol itself as something to use.
    if !subset.open {
        out.add(node, dcat("service"), service(&member.did));
        connector(&mut out, member);
    }
    out
}

/// What one dataset needs around it.
pub fn around(member: &Member) -> Triples {
    let mut out = Triples::default();
    agent(&mut out, member);
    connector(&mut out, member);
    out
}

const LANGUAGE: &str = "http://publications.europa.eu/resource/authority/language/";

fn agent(out: &mut Triples, member: &Member) {
    let agent = named(member.did.as_str());
    out.a(agent.clone(), foaf("Agent"));
    out.add(agent, foaf("name"), text(&member.name, "fr"));
}

fn connector(out: &mut Triples, member: &Member) {
    let service = service(&member.did);
    out.a(service.clone(), dcat("DataService"));
    out.add(service.clone(), dct("title"), text("Dataspace Protocol 2025-1", "en"));
    let standard = out.typed("https://w3id.org/dspace/2025/1", dct("Standard"));
    out.add(service.clone(), dct("conformsTo"), standard);
    out.add(service.clone(), dct("publisher"), named(member.did.as_str()));
    out.add(service, dcat("endpointURL"), named(&member.at(PATH)));
}

/// A page among others (Hydra core vocabulary), as harvesters follow them.
pub fn view(out: &mut Triples, this: &str, first: &str, next: Option<&str>) {
    const HYDRA: &str = "http://www.w3.org/ns/hydra/core#";
    let this = out.typed(this, named(&format!("{HYDRA}PartialCollectionView")));
    out.add(this.clone(), named(&format!("{HYDRA}first")), named(first));
    if let Some(next) = next {
        out.add(this, named(&format!("{HYDRA}next")), named(next));
    }
}

/// IRI of a member's catalogue, the same in every view: below its DID, so that it moves with the member.
pub fn node(did: &ParticipantId, subset: Subset) -> NamedNode {
    part(&named(did.as_str()), if subset.open { "open-catalogue" } else { "catalogue" })
}
