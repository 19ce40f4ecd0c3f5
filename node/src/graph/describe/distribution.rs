//! Offers, and what is to be had under them.

use contracts::dataset::Licence;
use ontology::dcat::format;
use ontology::rung::Rung;
use oxigraph::model::NamedNode;

use super::{legislation, page};
use crate::domain::dataset::{Described, Offer, Revision};
use crate::domain::member::Member;
use crate::graph::policy;
use crate::graph::triples::*;

/// An offer, and one distribution for each format under it: DCAT-AP has at most one policy and one format for each.
pub(super) fn offer(member: &Member, revision: &Revision, described: &Described, offer: &Offer) -> Triples {
    let mut out = Triples::default();
    let d = &described.description;
    let dataset = named(revision.dataset.as_str());
    let policy = policy::offer(&mut out, offer.id.as_str(), &offer.policy);
    for (i, media) in d.format.iter().enumerate() {
        let node = part(&policy, &format!("distribution-{i}"));
        out.add(dataset.clone(), dcat("distribution"), node.clone());
        out.a(node.clone(), dcat("Distribution"));
        out.texts(&node, dct("title"), &d.title);
        // Where to ask, a page that all may read: the bytes themselves have an address only under a contract. Each its
        // own, as harvesters know a distribution by it.
        let ask = format!("{}#{}", page(member, &revision.dataset), anchor(offer, i));
        out.add(node.clone(), dcat("accessURL"), named(&ask));
        // Harvesters take an open file with a service for a service.
        if d.rung != Rung::Ouvert {
            out.add(node.clone(), dcat("accessService"), service(&member.did));
        }
        if let Some(known) = media.format {
            let file_type = out.typed(&known.file_type_iri(), dct("MediaTypeOrExtent"));
            out.add(node.clone(), dct("format"), file_type);
        }
        let media_type = out.typed(&format::media_type_iri(&media.media_type), dct("MediaType"));
        out.add(node.clone(), dcat("mediaType"), media_type);
        if let Some(licence) = &d.licence {
            let document = self::licence(&mut out, &dataset, licence);
            out.add(node.clone(), dct("license"), document);
        }
        if d.rights.is_some() {
            out.add(node.clone(), dct("rights"), part(&dataset, "rights"));
        }
        for schema in &d.conforms_to {
            let standard = out.typed(schema, dct("Standard"));
            out.add(node.clone(), dct("conformsTo"), standard);
        }
        if let (Some(bytes), [_]) = (d.byte_size, d.format.as_slice()) {
            out.add(node.clone(), dcat("byteSize"), size(bytes));
        }
        if !d.hvd.is_empty() {
            legislation(&mut out, &node);
        }
        out.add(node, odrl("hasPolicy"), policy.clone());
    }
    out
}

/// The document of a licence.
pub(super) fn licence(out: &mut Triples, dataset: &NamedNode, licence: &Licence) -> NamedNode {
    match licence {
        Licence::Listed(term) => out.typed(term.iri, dct("LicenseDocument")),
        Licence::Other(iri) => out.typed(iri, dct("LicenseDocument")),
        Licence::Approved(reference) => {
            let document = part(dataset, "licence");
            out.a(document.clone(), dct("LicenseDocument"));
            out.add(document.clone(), dct("identifier"), plain(reference));
            document
        }
    }
}

/// Where a dataset's page speaks of one distribution.
pub fn anchor(offer: &Offer, format: usize) -> String {
    let offer: String = url::form_urlencoded::byte_serialize(offer.id.segment().as_bytes()).collect();
    format!("{offer}-{format}")
}
