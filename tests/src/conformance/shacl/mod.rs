//! The official shapes of DCAT-AP 3.0.1 against every catalogue that a node serves to the public, judged by pySHACL.

mod catalogues;
mod judge;

use std::collections::BTreeSet;
use std::path::Path;

use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfParser};
use oxigraph::model::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm, Dataset};
use reqwest::Method;

use crate::engine::Engine;
use crate::federation::Federation;
use crate::member::Member;
use crate::temporary::Folder;

/// The forms that are judged: the end of the address, and how the library reads it.
const FORMS: [(&str, RdfFormat); 4] = [
    ("ttl", RdfFormat::Turtle),
    ("jsonld", RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() }),
    ("rdf", RdfFormat::RdfXml),
    ("nt", RdfFormat::NTriples),
];

/// What passed, and what did not and why.
#[derive(Default)]
pub struct Judged {
    pub passed: usize,
    pub failed: Vec<String>,
}

impl Judged {
    pub fn total(&self) -> usize {
        self.passed + self.failed.len()
    }
    fn say(&mut self, what: String, wrong: Option<String>) {
        match wrong {
            None => self.passed += 1,
            Some(why) => self.failed.push(format!("{what}: {why}")),
        }
    }
}

/// Makes catalogues, serves them, fetches each page in each form, and has them judged by the shapes in a folder.
///
/// # Errors
/// What is missing: shapes, Python, pySHACL.
pub async fn run(shapes: &Path, seed: u64) -> Result<Judged, String> {
    let judge = judge::Judge::new(shapes)?;
    let federation = Federation::start(Engine::Sqlite, &["eau", "epci", "rien"]).await;
    let [eau, epci, rien] = [0, 1, 2].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    rien.catalogued().await;
    let published = catalogues::publish(&eau, &epci, seed).await?;
    println!("{published} datasets published");
    let mut judged = Judged::default();
    let folder = Folder::named("shacl");
    let mut files: Vec<String> = Vec::new();
    for (name, member, start) in
        [("whole", &eau, "/catalog"), ("open", &eau, "/catalog/open"), ("empty", &rien, "/catalog")]
    {
        let pages = pages(member, name, start, &folder, &mut files, &mut judged).await;
        println!("{name}: {pages} pages");
    }
    partner(&eau, &epci, &folder, &mut files).await;
    single(&eau, &folder, &mut files).await;
    high_value(&eau, &folder, &mut files).await;
    files.push(broken(&folder));
    for said in judge.judge(folder.path(), &files)? {
        let is_broken = said.file.starts_with("broken");
        let wrong = match (is_broken, said.results.as_slice()) {
            (true, []) => Some("the shapes find nothing, so they find nothing elsewhere either".to_owned()),
            (true, _) | (false, []) => None,
            (false, results) => Some(format!("{} results, first: {}", results.len(), results[0])),
        };
        let empty = (said.triples == 0).then(|| "no triples".to_owned());
        judged.say(said.file, wrong.or(empty));
    }
    Ok(judged)
}

/// Fetches all pages in all forms; each form of a page must be the same graph.
async fn pages(
    member: &Member,
    name: &str,
    start: &str,
    folder: &Folder,
    files: &mut Vec<String>,
    judged: &mut Judged,
) -> usize {
    let mut queries = vec![String::new()];
    let mut page = 0;
    while page < queries.len() {
        let mut graphs = Vec::new();
        for (end, format) in FORMS {
            let answer = member.public(&format!("{start}.{end}{}", queries[page])).await;
            assert_eq!(answer.status, 200, "{}: {}", answer.asked, answer.text());
            if end == "ttl"
                && let Some((_, next)) = answer.header("link").split_once('?')
            {
                queries.push(format!("?{}", next.split_once('>').map_or("", |(query, _)| query)));
            }
            let file = format!("{name}-{page}.{end}");
            folder.write(&file, &answer.body);
            files.push(file);
            graphs.push(graph(&answer.body, format, &format!("{start}.{end}")));
        }
        let differs = graphs.iter().position(|graph| *graph != graphs[0]);
        let differs = differs.map(|at| {
            let only: Vec<&String> = graphs[at].symmetric_difference(&graphs[0]).take(4).collect();
            format!("{} is not the graph of {}: {only:?}", FORMS[at].0, FORMS[0].0)
        });
        judged.say(format!("{name}-{page} in {} forms", FORMS.len()), differs);
        page += 1;
    }
    page
}

/// The graph of a document, blank nodes named by RDFC-1.0; addresses of the page itself are the same in each form.
fn graph(bytes: &[u8], format: RdfFormat, path: &str) -> BTreeSet<String> {
    let quads = RdfParser::from_format(format).for_slice(bytes);
    let mut dataset: Dataset = quads.map(|quad| quad.unwrap_or_else(|e| panic!("{path}: {e}"))).collect();
    let hash_algorithm = CanonicalizationHashAlgorithm::Sha256;
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 { hash_algorithm });
    dataset.iter().map(|quad| quad.to_string().replace(path, "PAGE")).collect()
}

/// What a named partner is shown beyond the public.
async fn partner(eau: &Member, epci: &Member, folder: &Folder, files: &mut Vec<String>) {
    let bearer = format!("Bearer {}", epci.peer_token(&eau.did, b""));
    let answer =
        eau.raw(Method::GET, "/catalog.ttl", &[("authorization", bearer.as_str())], Vec::new()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    folder.write("partner.ttl", &answer.body);
    files.push("partner.ttl".into());
}

/// Some datasets by themselves.
async fn single(eau: &Member, folder: &Folder, files: &mut Vec<String>) {
    let all = eau.all("/datasets").await;
    for (i, dataset) in all.iter().enumerate().filter(|(i, _)| i % 25 == 0) {
        let id = crate::flow::text(&dataset["id"]);
        let answer = eau.public(&format!("/catalog/datasets/{}.rdf", crate::api::segment(&id))).await;
        if answer.status == 200 {
            folder.write(&format!("dataset-{i}.rdf"), &answer.body);
            files.push(format!("dataset-{i}.rdf"));
        } else {
            assert_eq!(dataset["description"]["rung"], "invisible", "{id}: {}", answer.status);
        }
    }
}

/// High-value datasets by themselves, and one whose service lacks what the profile asks for.
async fn high_value(eau: &Member, folder: &Folder, files: &mut Vec<String>) {
    let all = eau.all("/datasets").await;
    let own = all.iter().filter(|dataset| dataset["description"]["hvd"].is_array());
    for (i, dataset) in own.enumerate() {
        let id = crate::flow::text(&dataset["id"]);
        let answer = eau.public(&format!("/catalog/datasets/{}.ttl", crate::api::segment(&id))).await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.text());
        folder.write(&format!("hvd-{i}.ttl"), &answer.body);
        files.push(format!("hvd-{i}.ttl"));
        if i == 0 {
            folder.write("broken-hvd.ttl", answer.text().replace("foaf:page", "foaf:nick"));
            files.push("broken-hvd.ttl".into());
        }
    }
    assert!(files.iter().any(|file| file == "broken-hvd.ttl"), "no high-value dataset was published");
}

/// A page with agents that have no name and distributions without an address: this must be found.
fn broken(folder: &Folder) -> String {
    let text = std::fs::read_to_string(folder.path().join("whole-0.ttl")).unwrap_or_default();
    let text = text.replace("foaf:name", "foaf:nick").replace("dcat:accessURL", "dcat:downloadURL");
    folder.write("broken.ttl", text);
    "broken.ttl".into()
}
