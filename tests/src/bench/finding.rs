//! Questions to a large catalogue, each another one: words and facets, and a lookup in SPARQL.

use std::time::Instant;

use reqwest::Client;
use serde_json::Value;

use super::catalogue::WORDS;
use super::edc::load;
use super::figure::Figure;
use crate::random::Random;

const TIMES: usize = 200;
/// Keywords that name a sector, as the bench publishes them.
pub const SECTORS: u64 = 500;

/// Who asks, and whom.
pub struct Asker<'a> {
    pub http: &'a Client,
    pub base: &'a str,
}

impl Asker<'_> {
    /// Both figures; every answer is looked at.
    pub async fn figures(&self, datasets: usize) -> [Figure; 2] {
        let random = std::cell::RefCell::new(Random::new(7));
        let below = |most: u64| random.borrow_mut().below(most);
        let word = || WORDS[below(WORDS.len() as u64) as usize];
        let search = load::median(3, TIMES, async || {
            let (one, other) = (word(), word());
            let query = format!("q={one} {other}&limit=20").replace(' ', "%20");
            self.ask(&format!("/catalog/search?{query}"), |answer| answer["items"].as_array().map(Vec::len))
                .await
        });
        let search = search.await;
        let lookup = load::median(3, TIMES, async || {
            let sector = format!("secteur {}", below(SECTORS));
            let query = format!(
                "PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/> \
                 SELECT ?d ?t WHERE {{ VALUES ?k {{ \"{sector}\" \"{sector}\"@fr \"{sector}\"@en }} \
                 ?d dcat:keyword ?k ; dct:title ?t }} LIMIT 20"
            );
            let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
            self.ask(&format!("/sparql?query={query}"), |answer| {
                answer["results"]["bindings"].as_array().map(Vec::len)
            })
            .await
        });
        let lookup = lookup.await;
        let note = |what: &str| format!("{datasets} datasets; {what}, {TIMES} different ones, median");
        [
            Figure::new("search_50k_ms", search, "ms").at_most(30.0).note(note("two words, with facets")),
            Figure::new("sparql_lookup_50k_ms", lookup, "ms").note(note("titles by a keyword")),
        ]
    }

    /// Milliseconds of an answer that found something.
    async fn ask(&self, path: &str, found: impl Fn(&Value) -> Option<usize>) -> Option<f64> {
        let begun = Instant::now();
        let answer = self.http.get(format!("{}{path}", self.base));
        let answer = answer.header("accept", "application/json").send().await.unwrap();
        let (status, bytes) = (answer.status().as_u16(), answer.bytes().await.unwrap());
        let took = begun.elapsed().as_secs_f64() * 1e3;
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        assert!(
            status == 200 && found(&answer).is_some_and(|count| count > 0),
            "{path}: {status} {answer:#}"
        );
        Some(took)
    }
}
