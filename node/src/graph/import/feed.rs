//! A page of the feed of a member of the federation.

use std::collections::{BTreeMap, HashMap};

use contracts::harvest::{Fault, Record};
use oxigraph::io::RdfParser;
use oxigraph::model::vocab::rdf;
use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Term, Triple};

use super::document::Document;
use super::record::records;
use super::{Bounds, Refused, Wire, fault};
use crate::domain::time::Timestamp;

const AS: &str = "https://www.w3.org/ns/activitystreams#";
const TREE: &str = "https://w3id.org/tree#";

/// What a page says, in its order of reading.
#[derive(Debug, Default)]
pub struct FeedPage {
    /// Datasets as they are now, each with its graph as N-Triples.
    pub records: Vec<(Record, String)>,
    /// Datasets that are gone.
    pub deleted: Vec<String>,
    pub next: Option<String>,
    pub resume: Option<String>,
    pub faults: Vec<Fault>,
    pub warnings: Vec<Fault>,
}

/// Reads a page, strictly: a member writes it as it should be.
///
/// # Errors
/// [`Refused`] with the place of the first fault, or the bound that it is over.
pub fn feed(bytes: &[u8], base: &str, bounds: Bounds, now: Timestamp) -> Result<FeedPage, Refused> {
    let parser = RdfParser::from_format(Wire::TriG.rdf());
    let parser = parser.with_base_iri(base).map_err(|e| Refused(fault("base", e.to_string())))?;
    let (mut document, mut graphs) = (Document::default(), HashMap::<NamedNode, Vec<Triple>>::new());
    for quad in parser.for_slice(bytes) {
        let quad = quad.map_err(|error| {
            let at = error.location().map(|place| (place.start.line + 1, place.start.column + 1));
            let (line, column) = at.unzip();
            Refused(Fault { line, column, ..fault("syntax", error.to_string()) })
        })?;
        if let GraphName::NamedNode(graph) = &quad.graph_name {
            let triple = Triple::new(quad.subject.clone(), quad.predicate.clone(), quad.object.clone());
            graphs.entry(graph.clone()).or_default().push(triple);
        }
        document.add(quad, bounds).map_err(|code| Refused(fault(code, None)))?;
    }
    let found = records(&document, &String::from_utf8_lossy(bytes), base, bounds, now);
    let mut out = FeedPage { faults: found.faults, warnings: found.warnings, ..FeedPage::default() };
    let mut by_subject: BTreeMap<String, Record> =
        found.records.into_iter().map(|record| (record.subject.clone(), record)).collect();
    let mut activities: Vec<(&NamedNode, &Vec<Triple>)> = graphs.iter().collect();
    activities.sort_by_key(|(activity, _)| activity.as_str());
    for (activity, triples) in activities {
        let own = |predicate: NamedNode| {
            let subject = NamedOrBlankNode::NamedNode(activity.clone());
            triples.iter().find(|t| t.subject == subject && t.predicate == predicate).map(|t| &t.object)
        };
        let (Some(Term::NamedNode(kind)), Some(Term::NamedNode(object))) =
            (own(rdf::TYPE.into_owned()), own(term(AS, "object")))
        else {
            continue;
        };
        if kind.as_str().strip_prefix(AS) == Some("Delete") {
            out.deleted.push(object.as_str().to_owned());
        } else if let Some(record) = by_subject.remove(object.as_str()) {
            let subject = NamedOrBlankNode::NamedNode(activity.clone());
            let mut lines: Vec<String> = triples
                .iter()
                .filter(|t| t.subject != subject)
                .map(|triple| format!("{triple} .\n"))
                .collect();
            lines.sort();
            lines.dedup();
            out.records.push((record, lines.concat()));
        }
    }
    out.next = target(&document, base, &term(TREE, "relation"), Some(&term(TREE, "node")));
    out.resume = target(&document, base, &crate::graph::triples::fiducie("resume"), None);
    Ok(out)
}

/// What the page leads to.
fn target(
    document: &Document,
    page: &str,
    predicate: &NamedNode,
    then: Option<&NamedNode>,
) -> Option<String> {
    let page = NamedOrBlankNode::NamedNode(NamedNode::new(page).ok()?);
    let first = document.objects(&page, predicate).next()?;
    let found = match (then, super::values::subject(first)) {
        (None, _) => Some(first),
        (Some(then), Some(node)) => {
            return document.objects(&node, then).next().and_then(super::values::said).map(ToOwned::to_owned);
        }
        (Some(_), None) => None,
    };
    found.and_then(super::values::said).map(ToOwned::to_owned)
}

fn term(namespace: &str, name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{namespace}{name}"))
}
