//! From triples to records. Only what a record itself says is read: nothing is followed from dataset to dataset.

use std::collections::{BTreeMap, BTreeSet};

use contracts::harvest::{Distribution, Fault, Publisher, Record};
use ontology::dcat::{self, format::Format, frequency, theme};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};

use super::dates::{self, Date};
use super::document::{Document, Subject};
use super::mentions::mentions;
use super::places::Text;
use super::values::{self, local, said, subject};
use super::{Bounds, RECORD_TRIPLES, fault};
use crate::domain::time::Timestamp;
use crate::graph::triples::{adms, dcat as term_of_dcat, dct, fiducie, foaf, skos};

/// Most keywords, and distributions, of a record.
const KEYWORDS: usize = 200;
const DISTRIBUTIONS: usize = 500;

/// What a document holds of datasets.
#[derive(Debug, Default)]
pub struct Records {
    pub records: Vec<Record>,
    /// The node of each, in the same order.
    pub nodes: Vec<Subject>,
    /// The line, from 1, where the description of each begins, in the same order; 1 where it is not known.
    pub lines: Vec<usize>,
    /// Datasets that were left out, and statements that could not be read.
    pub faults: Vec<Fault>,
    pub warnings: Vec<Fault>,
    /// There may be more in the source than could be read: what is known of it and not here stays.
    pub partial: bool,
    /// Names of datasets that were left out: what is known of them stays.
    pub left_out: BTreeSet<String>,
}

impl Records {
    /// Nothing of it is to be taken: there is no dataset in it, or, where it could be read in parts only, it has no more
    /// datasets than faults.
    pub fn is_none(&self) -> bool {
        self.records.is_empty() || (self.partial && self.faults.len() >= self.records.len())
    }
}

/// The datasets of a document. `text` is what it was read from: faults name the place where a record begins.
pub fn records(document: &Document, text: &str, base: &str, bounds: Bounds, now: Timestamp) -> Records {
    let mut out =
        Records { faults: document.faults.clone(), partial: document.partial, ..Records::default() };
    let mut seen = BTreeSet::new();
    let datasets = document.of_class(&[term_of_dcat("Dataset")]);
    let begins = mentions(text, &datasets.iter().map(name).collect::<Vec<_>>());
    let text = Text::new(text);
    for node in &datasets {
        let mut reader = Reader { document, node, now, warnings: Vec::new() };
        let place = |fault: Fault| match begins.get(name(node)) {
            Some(at) => text.at(fault, *at),
            None => fault,
        };
        let read = match out.records.len() >= bounds.records {
            true => Err(fault("too-many-records", None)),
            false => reader.record(base),
        };
        let read = read.and_then(|record| match seen.insert(values::key(&record.origin)) {
            true => Ok(record),
            false => Err(fault("duplicate", record.origin)),
        });
        match read {
            Ok(record) => {
                out.warnings.extend(reader.warnings.drain(..).map(place));
                out.records.push(record);
                out.nodes.push(node.clone());
                let line = place(Fault::default()).line.and_then(|line| usize::try_from(line).ok());
                out.lines.push(line.unwrap_or(1));
            }
            Err(fault) => {
                out.left_out.insert(values::key(name(node)));
                out.faults.push(Fault { record: Some(name(node).to_owned()), ..place(fault) });
            }
        }
    }
    out
}

fn name(node: &Subject) -> &str {
    match node {
        NamedOrBlankNode::NamedNode(node) => node.as_str(),
        NamedOrBlankNode::BlankNode(node) => node.as_str(),
    }
}

struct Reader<'a> {
    document: &'a Document,
    node: &'a Subject,
    now: Timestamp,
    warnings: Vec<Fault>,
}

impl Reader<'_> {
    fn record(&mut self, base: &str) -> Result<Record, Fault> {
        let document = self.document;
        if document.about.get(self.node).is_some_and(|all| all.len() > RECORD_TRIPLES) {
            return Err(fault("too-large", None));
        }
        let distributions = self.nodes(&term_of_dcat("distribution"));
        if document.is_broken(self.node) || distributions.iter().any(|node| document.is_broken(node)) {
            return Err(fault("broken", None));
        }
        let subject = self.subject(base)?;
        let title = self.texts(&dct("title"));
        if title.is_empty() {
            return Err(fault("no-title", None));
        }
        let names = self.names();
        let origin = names.first().cloned().unwrap_or_else(|| subject.clone());
        if origin.len() > contracts::id::MAX_LEN {
            return Err(fault("long-name", origin));
        }
        let names = names.into_iter().filter(|name| *name != origin).collect();
        let keywords = self.literals(&term_of_dcat("keyword"));
        let themes = self.iris(&term_of_dcat("theme"));
        let frequency = self.iris(&dct("accrualPeriodicity"));
        let access = self.iris(&dct("accessRights"));
        Ok(Record {
            names,
            title,
            description: self.texts(&dct("description")),
            publisher: self.agent(&dct("publisher")),
            producer: self.agent(&dct("creator")).map(|agent| agent.name),
            keywords: keywords.into_iter().take(KEYWORDS).collect(),
            themes: themes
                .iter()
                .filter_map(|iri| dcat::find(theme::THEMES, iri))
                .map(|t| t.code.to_owned())
                .collect(),
            places: self.places(),
            issued: self.date(&dct("issued")),
            modified: self.date(&dct("modified")),
            frequency: frequency
                .iter()
                .find_map(|iri| dcat::find(frequency::FREQUENCIES, iri))
                .map(|term| term.code.to_owned()),
            access: access.iter().map(|iri| local(iri)).find(|code| is_access(code)).map(ToOwned::to_owned),
            rung: self.literals(&fiducie("rung")).into_iter().next(),
            status: self.literals(&fiducie("status")).into_iter().next(),
            page: self.iris(&term_of_dcat("landingPage")).iter().find_map(|iri| values::address(iri)),
            distributions: self.distributions(&distributions),
            origin,
            subject,
        })
    }

    /// The IRI by which the source names it. One without is named after its identifier.
    fn subject(&mut self, base: &str) -> Result<String, Fault> {
        let written = match self.node {
            NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
            NamedOrBlankNode::BlankNode(_) => {
                let identifier = self.literals(&dct("identifier")).into_iter().next();
                let identifier = identifier.ok_or_else(|| fault("no-iri", None))?;
                match values::iri(&identifier) {
                    Some((iri, _)) => iri,
                    None => {
                        let end: String =
                            url::form_urlencoded::byte_serialize(identifier.as_bytes()).collect();
                        format!("{}#{end}", base.split('#').next().unwrap_or(base))
                    }
                }
            }
        };
        let (iri, mended) = values::iri(&written).ok_or_else(|| fault("bad-iri", written.clone()))?;
        if mended {
            self.warnings.push(fault("iri-mended", written.clone()));
        }
        if values::looks_alike(&iri) {
            self.warnings.push(fault("look-alike", iri.clone()));
        }
        Ok(iri)
    }

    /// IRIs of its origin (`adms:identifier`), in their order.
    fn names(&self) -> Vec<String> {
        let (identifier, notation) = (adms("identifier"), skos("notation"));
        let mut out = BTreeSet::new();
        for term in self.document.objects(self.node, &identifier) {
            let notations =
                subject(term).map(|node| self.document.objects(&node, &notation).collect::<Vec<_>>());
            let said_of = notations.into_iter().flatten().filter_map(said);
            let found: Vec<&str> = said_of.collect();
            let own = if found.is_empty() { said(term) } else { None };
            out.extend(found.into_iter().chain(own).filter_map(values::iri).map(|(iri, _)| iri));
        }
        out.into_iter().collect()
    }

    fn texts(&mut self, predicate: &NamedNode) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for term in self.document.objects(self.node, predicate) {
            let Term::Literal(literal) = term else { continue };
            match values::text(literal.value()) {
                Some(text) => {
                    let lang = literal.language().unwrap_or("und").to_ascii_lowercase();
                    // Several texts of one language: the first by the alphabet, whatever the order of reading.
                    let kept = out.entry(lang).or_insert_with(|| text.clone());
                    if text < *kept {
                        *kept = text;
                    }
                }
                None => self.warnings.push(fault("text", None)),
            }
        }
        out
    }

    fn literals(&self, predicate: &NamedNode) -> Vec<String> {
        let all = self.document.objects(self.node, predicate);
        let found: BTreeSet<String> = all
            .filter(|term| matches!(term, Term::Literal(_)))
            .filter_map(said)
            .filter_map(values::text)
            .collect();
        found.into_iter().collect()
    }

    fn iris(&self, predicate: &NamedNode) -> Vec<String> {
        let all = self.document.objects(self.node, predicate).filter_map(said);
        let found: BTreeSet<String> = all.filter_map(values::iri).map(|(iri, _)| iri).collect();
        found.into_iter().collect()
    }

    fn nodes(&self, predicate: &NamedNode) -> Vec<Subject> {
        let mut found: Vec<Subject> =
            self.document.objects(self.node, predicate).filter_map(subject).collect();
        found.sort_by_cached_key(ToString::to_string);
        found
    }

    fn agent(&self, predicate: &NamedNode) -> Option<Publisher> {
        let name = foaf("name");
        let mut found: Vec<Publisher> = Vec::new();
        for term in self.document.objects(self.node, predicate) {
            let iri = match term {
                Term::NamedNode(node) => Some(node.as_str().to_owned()),
                Term::BlankNode(_) | Term::Literal(_) => None,
            };
            let named = subject(term).map(|node| {
                let names = self.document.objects(&node, &name).filter_map(said).filter_map(values::text);
                names.collect::<BTreeSet<_>>()
            });
            let literal = if let Term::Literal(text) = term { values::text(text.value()) } else { None };
            let name = named.into_iter().flatten().next().or(literal).or_else(|| iri.clone());
            found.extend(name.map(|name| Publisher { iri, name }));
        }
        found.sort_by(|a, b| (&a.iri, &a.name).cmp(&(&b.iri, &b.name)));
        found.into_iter().next()
    }

    /// Territories of France that it is about, by the codes of INSEE.
    fn places(&self) -> Vec<String> {
        let mut out = BTreeSet::new();
        for iri in self.iris(&dct("spatial")) {
            let (code, kind) = (local(&iri), iri.rsplit('/').nth(1).unwrap_or_default());
            let known = ["commune", "departement", "region"].contains(&kind) && iri.contains("id.insee.fr");
            if known && code.len() <= 12 {
                out.insert(format!("{kind}:{code}"));
            }
        }
        out.into_iter().collect()
    }

    fn date(&mut self, predicate: &NamedNode) -> Option<String> {
        let mut found = BTreeSet::new();
        for term in self.document.objects(self.node, predicate).filter_map(said) {
            match dates::read(term, self.now) {
                Date::Past(text) => drop(found.insert(text)),
                Date::Future => self.warnings.push(fault("future", term.to_owned())),
                Date::None => self.warnings.push(fault("date", term.to_owned())),
            }
        }
        found.into_iter().next_back()
    }

    fn distributions(&mut self, nodes: &[Subject]) -> Vec<Distribution> {
        let mut out = Vec::new();
        for node in nodes.iter().take(DISTRIBUTIONS) {
            let of = Reader { document: self.document, node, now: self.now, warnings: Vec::new() };
            let mut faults = Vec::new();
            let address =
                |predicate: &NamedNode| of.iris(predicate).iter().find_map(|iri| values::address(iri));
            let (access, download) =
                (address(&term_of_dcat("accessURL")), address(&term_of_dcat("downloadURL")));
            let Some(access) = access.or_else(|| download.clone()) else {
                self.warnings.push(fault("no-address", name(node).to_owned()));
                continue;
            };
            let size = term_of_dcat("byteSize");
            let sizes: Vec<&str> = self.document.objects(node, &size).filter_map(said).collect();
            let byte_size = sizes.iter().find_map(|size| size.trim_end_matches(".0").parse().ok());
            if let (Some(size), None) = (sizes.first(), byte_size) {
                faults.push(fault("size", (*size).to_owned()));
            }
            let format = of.iris(&dct("format")).into_iter().chain(of.literals(&dct("format")));
            let format = format.filter_map(|text| Format::find(local(&text))).next();
            let media = of
                .iris(&term_of_dcat("mediaType"))
                .into_iter()
                .chain(of.literals(&term_of_dcat("mediaType")));
            let media = media.filter_map(|text| media_type(&text)).next();
            out.push(Distribution {
                access,
                download,
                format: format.map(|format| format.code.to_owned()),
                media_type: media,
                licence: of.iris(&dct("license")).into_iter().next(),
                byte_size,
            });
            self.warnings.append(&mut faults);
        }
        out.sort_by(|a, b| (&a.access, &a.download).cmp(&(&b.access, &b.download)));
        out.dedup();
        out
    }
}

fn is_access(code: &str) -> bool {
    matches!(code, "PUBLIC" | "RESTRICTED" | "NON_PUBLIC")
}

/// `type/subtype`, of its text or the IRI of IANA.
fn media_type(text: &str) -> Option<String> {
    let mut parts = text.rsplit('/');
    let (subtype, kind) = (parts.next()?, parts.next()?);
    let plain = |part: &str| {
        !part.is_empty()
            && part.len() < 80
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "+.-_".contains(c))
    };
    let kinds = ["application", "text", "image", "model", "audio", "video"];
    (plain(subtype) && kinds.contains(&kind)).then(|| format!("{kind}/{subtype}"))
}
