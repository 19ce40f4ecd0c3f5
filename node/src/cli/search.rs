//! `fiducie search WORDS…`: finding datasets in this member's own catalogue.

use clap::Args;
use contracts::api::harvest::{FederationPage, FoundView, SourceDate};
use contracts::api::search::{HitView, SearchPage};

use super::Global;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::table;

#[derive(Debug, Args)]
pub struct Search {
    words: Vec<String>,
    #[arg(long)]
    filter: Vec<String>,
    #[arg(long, value_name = "IDENTIFIER")]
    near: Option<String>,
    #[arg(long, requires = "near", value_name = "KILOMETRES")]
    km: Option<f64>,
    #[arg(long)]
    limit: Option<usize>,
    #[arg(long)]
    facets: bool,
    #[arg(long)]
    federation: bool,
}

impl Search {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let mut query = vec![("q".to_owned(), self.words.join(" "))];
        for filter in &self.filter {
            let (name, value) = filter.split_once('=').unwrap_or((filter, ""));
            query.push((name.to_owned(), value.to_owned()));
        }
        query.extend(self.near.map(|near| ("near".to_owned(), near)));
        query.extend(self.km.map(|km| ("km".to_owned(), km.to_string())));
        query.extend(self.limit.map(|limit| ("limit".to_owned(), limit.to_string())));
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{}={}", segment(name), segment(value))).collect();
        let client = Client::open(global)?;
        if self.federation {
            let page: FederationPage = client.get(&format!("/federation/search?{}", query.join("&"))).await?;
            return global.output().result(&page, |page| {
                let mut lines = table(&page.items.iter().map(found).collect::<Vec<_>>());
                lines.push_str("\n\n");
                lines.push_str(&table(&page.sources.iter().map(date).collect::<Vec<_>>()));
                lines
            });
        }
        let page: SearchPage = client.get(&format!("/search?{}", query.join("&"))).await?;
        let facets = self.facets;
        global.output().result(&page, |page| {
            let mut lines = table(&page.items.iter().map(row).collect::<Vec<_>>());
            if facets {
                lines.push_str("\n\n");
                lines.push_str(&table(&counts(page)));
            }
            lines
        })
    }
}

fn row(hit: &HitView) -> Vec<String> {
    vec![hit.id.clone(), hit.rung.clone(), hit.producer.clone(), hit.title.clone()]
}

fn found(hit: &FoundView) -> Vec<String> {
    vec![hit.id.clone(), hit.source.clone(), hit.producer.clone(), hit.title.clone()]
}

/// Of when what is known of a source is; `!` where it did not answer since.
fn date(source: &SourceDate) -> Vec<String> {
    let mark = if source.silent { "!" } else { "" };
    let read = source.read.clone().unwrap_or_else(|| "-".into());
    vec![source.name.clone(), source.datasets.to_string(), format!("{read}{mark}")]
}

fn counts(page: &SearchPage) -> Vec<Vec<String>> {
    let line = |kind: &String, value: &contracts::api::search::FacetValue| {
        vec![format!("{kind}={}", value.value), value.count.to_string(), value.label.clone()]
    };
    page.facets.iter().flat_map(|(kind, values)| values.iter().map(move |value| line(kind, value))).collect()
}
