//! The service through which a high-value dataset is reached (DCAT-AP HVD 3.0, data service): the one API of every dataset,
//! which describes it, says what changed, and leads to its bytes.

use contracts::dataset::Description;
use ontology::dcat::hvd;
use oxigraph::model::NamedNode;

use super::{contact, distribution, legislation, page};
use crate::domain::dataset::Revision;
use crate::domain::member::Member;
use crate::graph::triples::*;

/// Said of high-value datasets alone: harvesters list a service as something to use by itself.
pub(super) fn service(
    out: &mut Triples,
    dataset: &NamedNode,
    member: &Member,
    revision: &Revision,
    d: &Description,
) {
    if d.hvd.is_empty() {
        return;
    }
    let node = part(dataset, "api");
    out.a(node.clone(), dcat("DataService"));
    for (lang, title) in d.title.iter() {
        out.add(node.clone(), dct("title"), text(&format!("API · {title}"), lang));
    }
    out.add(node.clone(), dct("publisher"), named(member.did.as_str()));
    out.add(node.clone(), dcat("servesDataset"), dataset.clone());
    let address = member.at(&format!("/catalog/datasets/{}", revision.dataset.segment()));
    out.add(node.clone(), dcat("endpointURL"), named(&address));
    out.add(node.clone(), dcat("endpointDescription"), named(&member.at("/openapi.json")));
    let document = out.typed(&page(member, &revision.dataset), foaf("Document"));
    out.add(node.clone(), foaf("page"), document);
    for category in &d.hvd {
        let concept = out.concept(category, Some((hvd::SCHEME, "High-value dataset category")));
        out.add(node.clone(), dcatap("hvdCategory"), concept);
    }
    legislation(out, &node);
    if let Some(licence) = &d.licence {
        let licence = distribution::licence(out, dataset, licence);
        out.add(node.clone(), dct("license"), licence);
    }
    match &d.contact {
        Some(own) => contact(out, &node, own, &d.lang),
        // The profile asks for somebody to turn to: the member, by its page.
        None => {
            let kind = part(&node, "contact");
            out.a(kind.clone(), vcard("Kind"));
            out.a(kind.clone(), vcard("Organization"));
            out.add(kind.clone(), vcard("fn"), text(&member.name, "fr"));
            out.add(kind.clone(), vcard("hasURL"), named(&member.at("/catalog.html")));
            out.add(node, dcat("contactPoint"), kind);
        }
    }
}
