//! The catalogue of one member at ten and at fifty thousand datasets: pages, "as you have it", publication, rebuilding.

use std::path::Path;
use std::time::{Duration, Instant};

use node::domain::time::Clock;
use node::identity::keys::Keyring;
use node::identity::seal::MasterSecret;
use node::identity::token::issue_peer;
use node::store::{Options, Store};
use serde_json::{Value, json};

use super::SMALL;
use super::edc::load;
use super::figure::Figure;
use super::finding::{Asker, SECTORS};
use crate::api::http;
use crate::pair::{Pair, description};
use crate::process::{Node, Setup};
use crate::random::Random;

const TIMES: usize = 30;
const PATIENCE: Duration = Duration::from_secs(600);

/// What titles and keywords are made of.
pub const WORDS: [&str; 12] = [
    "eau",
    "énergie",
    "déchets",
    "mobilité",
    "budget",
    "arbres",
    "voirie",
    "écoles",
    "bâtiments",
    "marchés",
    "air",
    "bruit",
];

/// How much is published.
#[derive(Debug, Clone)]
pub struct Sizes {
    /// Datasets at the first look.
    pub small: usize,
    /// Datasets at the second.
    pub large: usize,
}

pub async fn run(folder: &Path, sizes: &Sizes, tell: impl Fn(&Figure)) -> Vec<Figure> {
    let mut pair = Pair::init(&folder.join("catalogue"), &Setup::default(), &Setup::default());
    std::fs::write(pair.data("small.csv"), SMALL).unwrap();
    // The consumer's keys are read while its node stands still: it has never run.
    pair.consumer.start().await;
    pair.consumer.stop();
    let keys = keys(&pair.consumer).await;
    pair.start().await;
    let mut all = Vec::new();
    let mut add = |figure: Figure| {
        tell(&figure);
        all.push(figure);
    };
    publish(&pair, 0, sizes.small).await;
    let note = |count: usize, what: &str| format!("{count} datasets; {what}");
    let took = dsp_page(&pair, &keys).await;
    add(Figure::new("dsp_page_10k_ms", took, "ms").at_most(10.0).note(note(sizes.small, "fifty on a page")));
    let begun = Instant::now();
    publish(&pair, sizes.small, sizes.large).await;
    let rate = (sizes.large - sizes.small) as f64 / begun.elapsed().as_secs_f64();
    add(Figure::new("publish_per_s", rate, "/s")
        .note("16 in flight, each with an offer and its entry in the log"));
    let mut get = Get::of(&pair);
    let (took, bytes) = get.page("/catalog.ttl", None, 200).await;
    let what = format!("the first hundred, {} kB of Turtle", bytes / 1000);
    add(Figure::new("dcat_page_50k_ms", took, "ms").at_most(20.0).note(note(sizes.large, &what)));
    let tag = get.tag.clone();
    let (took, _) = get.page("/catalog.ttl", Some(&tag), 304).await;
    add(Figure::new("not_modified_ms", took, "ms").at_most(5.0).note(note(sizes.large, "304")));
    for figure in (Asker { http: &get.http, base: &get.base }).figures(sizes.large).await {
        add(figure);
    }
    pair.provider.stop();
    let took = served(&mut pair).await;
    add(Figure::new("rebuild_50k_s", took, "s")
        .note(note(sizes.large, "from the start of the process to the first page")));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let memory = pair.provider.memory().0 as f64 / 1e6;
    add(Figure::new("memory_50k_mb", memory, "MB")
        .at_most(600.0)
        .note(note(sizes.large, "the whole process")));
    pair.provider.stop();
    pair.consumer.stop();
    all
}

async fn publish(pair: &Pair, from: usize, to: usize) {
    load::all(to - from, 16, async |number| {
        let described = described(from + number, &pair.consumer.did);
        if let Err(failure) = pair.provider.api.publish(&described).await {
            panic!("dataset {}: {failure}", from + number);
        }
    })
    .await;
}

/// Descriptions that differ as real ones do: texts of their own, terms in common.
pub(super) fn described(number: usize, recipient: &str) -> Value {
    let mut random = Random::new(number as u64);
    let mut word = || WORDS[random.below(WORDS.len() as u64) as usize];
    let mut described = description("small.csv", recipient);
    described["title"] = json!({"fr": format!("{} et {} du secteur {number}", word(), word()),
        "en": format!("Dataset {number}")});
    described["description"] = format!(
        "Relevés {number} : {} et {} par secteur, contrôlés chaque mois, avec {} et {}.",
        word(),
        word(),
        word(),
        word()
    )
    .into();
    // Open, so that everybody is shown all of it.
    (described["rung"], described["licence"]) = (json!("ouvert"), json!("LO-2.0"));
    described["keywords"] = json!([word(), format!("secteur {}", number as u64 % SECTORS)]);
    described
}

async fn keys(node: &Node) -> Keyring {
    let text = std::fs::read_to_string(node.dir.join("secret")).unwrap();
    let secret = MasterSecret::from_text(&text).unwrap();
    let url = format!("sqlite://{}", node.dir.join("fiducie.sqlite").display());
    let store = Store::open(Options::new(url)).await.unwrap();
    let member = store.members().await.unwrap().remove(0);
    let mut reader = store.read(&member.id).await.unwrap();
    let keys = Keyring::open(&member, &secret, &reader.keys().await.unwrap()).unwrap();
    drop(reader);
    store.close().await;
    keys
}

/// Milliseconds of a page of fifty in the protocol, as a partner asks for it.
async fn dsp_page(pair: &Pair, keys: &Keyring) -> f64 {
    let http = http(&pair.authority.pem());
    let url = format!("{}/dsp/2025-1/catalog/request", pair.provider.url);
    let message = json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "CatalogRequestMessage", "filter": [{"limit": 50}]});
    let body = serde_json::to_vec(&message).unwrap();
    let one = async || {
        let token = issue_peer(keys, &pair.provider.did, &body, Clock::System.now()).unwrap();
        let begun = Instant::now();
        let asked = http.post(&url).header("content-type", "application/json").bearer_auth(token);
        let answer = asked.body(body.clone()).send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        let took = begun.elapsed().as_secs_f64() * 1e3;
        let page: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        assert_eq!((status, page["dataset"].as_array().map_or(0, Vec::len)), (200, 50), "{page:#}");
        Some(took)
    };
    load::median(3, TIMES, one).await
}

struct Get {
    http: reqwest::Client,
    base: String,
    tag: String,
}

impl Get {
    fn of(pair: &Pair) -> Self {
        Self { http: http(&pair.authority.pem()), base: pair.provider.url.clone(), tag: String::new() }
    }

    /// Milliseconds until an answer is here, and its size.
    async fn page(&mut self, path: &str, tag: Option<&str>, status: u16) -> (f64, usize) {
        let url = format!("{}{path}", self.base);
        let last = std::cell::RefCell::new((String::new(), 0));
        let one = async || {
            let begun = Instant::now();
            let mut asked = self.http.get(&url);
            if let Some(tag) = tag {
                asked = asked.header("if-none-match", tag);
            }
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{url}");
            let tag =
                answer.headers().get("etag").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
            let size = answer.bytes().await.unwrap().len();
            *last.borrow_mut() = (tag, size);
            Some(begun.elapsed().as_secs_f64() * 1e3)
        };
        let took = load::median(3, TIMES, one).await;
        let (tag, size) = last.into_inner();
        self.tag = tag;
        (took, size)
    }
}

/// Seconds from the start of the process until the catalogue is served.
async fn served(pair: &mut Pair) -> f64 {
    let begun = Instant::now();
    pair.provider.start().await;
    let http = http(&pair.authority.pem());
    let url = format!("{}/catalog.ttl", pair.provider.url);
    while !http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
        assert!(begun.elapsed() < PATIENCE, "the catalogue is not served");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed().as_secs_f64()
}
