//! What is read beyond a record for one's own datasets: period, contact, and categories of high value.

use contracts::dataset::Day;
use ontology::dcat::{self, hvd};
use oxigraph::model::{NamedNode, Term};

use super::document::{Document, Subject};
use super::values::{said, subject, text};
use crate::graph::triples::{dcat as term_of_dcat, dcatap, dct, foaf, vcard};

/// What a catalogue says of a dataset beside its record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    pub start: Option<Day>,
    pub end: Option<Day>,
    /// Name, address to write to, page.
    pub contact: Option<(String, Option<String>, Option<String>)>,
    /// Codes of the categories.
    pub hvd: Vec<&'static str>,
}

/// Of a node of the document. Of several values, the first by the alphabet: the order of reading says nothing.
pub fn own(document: &Document, node: &Subject) -> Own {
    let all = |of: &Subject, predicate: NamedNode| -> Vec<Term> {
        let mut all: Vec<Term> = document.objects(of, &predicate).cloned().collect();
        all.sort_by_cached_key(ToString::to_string);
        all
    };
    let nodes = |of: &Subject, predicate: NamedNode| -> Vec<Subject> {
        all(of, predicate).iter().filter_map(subject).collect()
    };
    let day = |of: &Subject, name: &str| {
        let predicates = [term_of_dcat(name), schema(name)];
        let mut terms = predicates.into_iter().flat_map(|predicate| all(of, predicate));
        terms.find_map(|term| self::day(said(&term)?, name == "endDate"))
    };
    let mut out = Own::default();
    for period in nodes(node, dct("temporal")) {
        let (start, end) = (day(&period, "startDate"), day(&period, "endDate"));
        let in_order = start.zip(end).is_none_or(|(start, end)| start <= end);
        if in_order && (start.is_some() || end.is_some()) {
            (out.start, out.end) = (start, end);
            break;
        }
    }
    out.contact = nodes(node, term_of_dcat("contactPoint")).iter().find_map(|contact| {
        let of = |predicates: [NamedNode; 2]| {
            let mut terms = predicates.into_iter().flat_map(|predicate| all(contact, predicate));
            terms.find_map(|term| text(said(&term)?))
        };
        let name = of([vcard("fn"), foaf("name")])?;
        let email = of([vcard("hasEmail"), foaf("mbox")]);
        let email = email.map(|email| email.strip_prefix("mailto:").unwrap_or(&email).to_owned());
        let url = of([vcard("hasURL"), foaf("page")]);
        Some((name, email, url))
    });
    let categories = all(node, dcatap("hvdCategory"));
    let found = categories.iter().filter_map(|term| dcat::find(hvd::CATEGORIES, said(term)?));
    out.hvd = found.map(|term| term.code).collect();
    out.hvd.dedup();
    out
}

fn schema(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("http://schema.org/{name}"))
}

/// A day, the day of an instant, or the first or last day of a year.
fn day(written: &str, end: bool) -> Option<Day> {
    let written = written.trim();
    match (written.len(), end) {
        (4, false) => Day::parse(&format!("{written}-01-01")),
        (4, true) => Day::parse(&format!("{written}-12-31")),
        _ => Day::parse(written.get(..10)?),
    }
}
