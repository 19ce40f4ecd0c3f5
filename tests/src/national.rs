//! A double of the national catalogue's DCAT harvester: its rules about transport, what it skips, and what it keeps from one
//! visit to the next. It is stricter than the real one in that what that one would ignore in silence is told.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfParser};
use oxigraph::model::{NamedOrBlankNode, Quad, Term};

use crate::DOUBLE;

const DCAT: &str = "http://www.w3.org/ns/dcat#";
const DCT: &str = "http://purl.org/dc/terms/";
const HYDRA: &str = "http://www.w3.org/ns/hydra/core#";
const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/// A dataset as it is kept: what of it is read, and its resources by their address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub title: String,
    pub tags: BTreeSet<String>,
    pub licence: Option<String>,
    pub frequency: Option<String>,
    pub modified: Option<String>,
    pub resources: BTreeMap<String, String>,
}

/// One visit.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Visit {
    pub pages: usize,
    pub created: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Not seen this time.
    pub missing: usize,
    /// Datasets not taken, and parts of datasets lost, each with the reason.
    pub lost: Vec<String>,
}

/// The harvester with what it has kept, by `dct:identifier`.
#[derive(Debug, Default)]
pub struct Harvester {
    pub kept: BTreeMap<String, Kept>,
}

struct Graph(Vec<Quad>);

impl Harvester {
    /// Visits a catalogue. `now` is an RFC 3339 instant: what is modified later is not believed.
    ///
    /// # Errors
    /// What ends a visit of the real one: a redirection, an answer that is none, a form that cannot be known or read.
    pub async fn visit(&mut self, client: &reqwest::Client, start: &str, now: &str) -> Result<Visit, String> {
        let mut visit = Visit::default();
        let mut seen = BTreeSet::new();
        let format = format(client, start).await?;
        let mut next = Some(start.to_owned());
        while let Some(url) = next.take() {
            let graph = Graph(page(client, &url, format).await?);
            visit.pages += 1;
            for node in graph.of_type("Dataset") {
                self.take(&graph, &node, now, &mut seen, &mut visit);
            }
            for service in graph.of_type("DataService") {
                for served in graph.objects(&service, &format!("{DCAT}servesDataset")) {
                    let served = served.to_string();
                    if graph.literal(&served, &format!("{DCT}identifier")).is_none() {
                        visit.lost.push(format!("{service}: serves {served}, which has no identifier here"));
                    }
                }
            }
            next = graph.next()?;
            if visit.pages > 1000 {
                return Err("the pages have no end".into());
            }
        }
        visit.missing = self.kept.keys().filter(|id| !seen.contains(*id)).count();
        Ok(visit)
    }

    fn take(&mut self, graph: &Graph, node: &str, now: &str, seen: &mut BTreeSet<String>, visit: &mut Visit) {
        let dct = |name: &str| graph.literal(node, &format!("{DCT}{name}"));
        // A stub that a service points at.
        if dct("title").is_none() && graph.objects(node, &format!("{DCAT}distribution")).is_empty() {
            return;
        }
        let mut lose = |why: &str| visit.lost.push(format!("{node}: {why}"));
        let Some(id) = dct("identifier") else { return lose("no identifier") };
        if !seen.insert(id.clone()) {
            return lose("identifier already exists");
        }
        let Some(title) = graph.french(node, &format!("{DCT}title")) else { return lose("no title") };
        let modified = dct("modified").filter(|at| at.as_str() <= now);
        if modified.is_none() {
            lose("modified in the future, or never");
        }
        for period in graph.objects(node, &format!("{DCT}temporal")) {
            if matches!(period, Term::NamedNode(_)) {
                lose("a period with an IRI is fetched over the network");
            }
        }
        let mut resources = BTreeMap::new();
        let mut licence = graph.iri(node, &format!("{DCT}license"));
        for distribution in graph.objects(node, &format!("{DCAT}distribution")) {
            let name = distribution.to_string();
            let urls = |property: &str| graph.iri(&name, &format!("{DCAT}{property}"));
            let Some(url) = urls("downloadURL").or_else(|| urls("accessURL")) else {
                lose("a distribution without address is dropped");
                continue;
            };
            if urls("accessService").is_some() {
                lose("a file with an access service becomes an API");
            }
            licence = licence.or_else(|| graph.iri(&name, &format!("{DCT}license")));
            let format = graph.iri(&name, &format!("{DCT}format")).unwrap_or_default();
            if resources.insert(url, format).is_some() {
                lose("two distributions of one address become one");
            }
        }
        if resources.is_empty() {
            lose("no resource");
        }
        if licence.is_none() {
            lose("licence not specified");
        }
        let keywords = graph.objects(node, &format!("{DCAT}keyword"));
        let literal = |term: &Term| match term {
            Term::Literal(literal) => Some(literal.value().to_owned()),
            Term::NamedNode(_) | Term::BlankNode(_) => None,
        };
        let tags: BTreeSet<String> = keywords.iter().copied().filter_map(literal).collect();
        if tags.len() < keywords.len() {
            lose("a keyword that is no literal is ignored");
        }
        let frequency = graph.iri(node, &format!("{DCT}accrualPeriodicity"));
        let kept = Kept { title, tags, licence, frequency, modified, resources };
        match self.kept.insert(id, kept.clone()) {
            None => visit.created += 1,
            Some(before) if before == kept => visit.unchanged += 1,
            Some(_) => visit.updated += 1,
        }
    }
}

/// Decided once: by the end of the address, else by what `HEAD` says.
async fn format(client: &reqwest::Client, url: &str) -> Result<RdfFormat, String> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let end = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, end)| end);
    let by_end = match end {
        Some("ttl") => Some(RdfFormat::Turtle),
        Some("rdf" | "xml" | "owl") => Some(RdfFormat::RdfXml),
        Some("jsonld" | "json") => Some(RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() }),
        Some("nt") => Some(RdfFormat::NTriples),
        _ => None,
    };
    if let Some(format) = by_end {
        return Ok(format);
    }
    let answer = client.head(url).header("user-agent", agent()).send().await.map_err(|e| e.to_string())?;
    let kind = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/ld+json" | "application/json" => {
            Ok(RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() })
        }
        "text/turtle" | "application/x-turtle" => Ok(RdfFormat::Turtle),
        "application/rdf+xml" => Ok(RdfFormat::RdfXml),
        other => Err(format!("{url}: unsupported format {other:?}")),
    }
}

fn agent() -> String {
    format!("harvester ({DOUBLE})")
}

async fn page(client: &reqwest::Client, url: &str, format: RdfFormat) -> Result<Vec<Quad>, String> {
    let answer = client.get(url).header("user-agent", agent()).send().await.map_err(|e| e.to_string())?;
    if answer.status().as_u16() != 200 {
        return Err(format!("{url}: {} is an error, redirections too", answer.status()));
    }
    let kind = answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_latin = kind.starts_with("text/") && !kind.to_ascii_lowercase().contains("charset=utf-8");
    let bytes = answer.bytes().await.map_err(|e| e.to_string())?;
    // Without a charset, text is read byte by byte: accents break.
    let text = match is_latin {
        true => bytes.iter().map(|b| char::from(*b)).collect(),
        false => String::from_utf8(bytes.to_vec()).map_err(|e| format!("{url}: {e}"))?,
    };
    let parser = RdfParser::from_format(format).with_base_iri(url).map_err(|e| e.to_string())?;
    parser.for_slice(text.as_bytes()).collect::<Result<_, _>>().map_err(|e| format!("{url}: {e}"))
}

impl Graph {
    fn of_type(&self, class: &str) -> Vec<String> {
        let class = format!("<{DCAT}{class}>");
        let typed = self.0.iter().filter(|q| q.predicate.as_str() == TYPE && q.object.to_string() == class);
        typed.map(|q| q.subject.to_string()).collect::<BTreeSet<_>>().into_iter().collect()
    }
    fn objects(&self, node: &str, property: &str) -> Vec<&Term> {
        let of = |subject: &NamedOrBlankNode| subject.to_string() == node;
        self.0
            .iter()
            .filter(|q| q.predicate.as_str() == property && of(&q.subject))
            .map(|q| &q.object)
            .collect()
    }
    fn literal(&self, node: &str, property: &str) -> Option<String> {
        self.objects(node, property).into_iter().find_map(|term| match term {
            Term::Literal(literal) => Some(literal.value().to_owned()),
            Term::NamedNode(_) | Term::BlankNode(_) => None,
        })
    }
    fn iri(&self, node: &str, property: &str) -> Option<String> {
        self.objects(node, property).into_iter().find_map(|term| match term {
            Term::NamedNode(node) => Some(node.as_str().to_owned()),
            Term::Literal(_) | Term::BlankNode(_) => None,
        })
    }
    /// The value tagged exactly `fr`, else the first met.
    fn french(&self, node: &str, property: &str) -> Option<String> {
        let found = self.objects(node, property);
        let french = found.iter().find_map(|term| match term {
            Term::Literal(literal) if literal.language() == Some("fr") => Some(literal.value().to_owned()),
            _ => None,
        });
        french.or_else(|| self.literal(node, property))
    }
    /// The next page: there is one node that says so, or none.
    fn next(&self) -> Result<Option<String>, String> {
        let class = format!("<{HYDRA}PartialCollectionView>");
        let views: BTreeSet<String> = self
            .0
            .iter()
            .filter(|q| q.predicate.as_str() == TYPE && q.object.to_string() == class)
            .map(|q| q.subject.to_string())
            .collect();
        match views.len() {
            0 => Ok(None),
            1 => Ok(views.first().and_then(|view| self.iri(view, &format!("{HYDRA}next")))),
            several => Err(format!("{several} views of a page")),
        }
    }
}
