//! Series, versions and provenance (DCAT 3, 11 and 12; PROV-O).
//!
//! Only what its publisher may name is named: publication has refused the rest.

use contracts::dataset::Description;
use oxigraph::model::NamedNode;

use crate::domain::member::Member;
use crate::graph::triples::*;

pub(super) fn others(out: &mut Triples, node: &NamedNode, member: &Member, d: &Description) {
    if let Some(series) = &d.series {
        let whole = out.typed(series.id.as_str(), dcat("DatasetSeries"));
        out.texts(&whole, dct("title"), &series.title);
        out.texts(&whole, dct("description"), &series.description);
        out.add(whole.clone(), dct("publisher"), named(member.did.as_str()));
        out.add(node.clone(), dcat("inSeries"), whole);
        if let Some(previous) = &series.previous {
            out.add(node.clone(), dcat("prev"), named(previous.as_str()));
        }
    }
    if let Some(previous) = &d.previous_version {
        out.add(node.clone(), dcat("previousVersion"), named(previous.as_str()));
    }
    for origin in d.derived_from.iter().filter(|origin| origin.named) {
        out.add(node.clone(), prov("wasDerivedFrom"), named(origin.dataset.as_str()));
    }
}
