//! `fiducie catalog [PEER]`: what a peer offers to this member, or what this member publishes.

use clap::Args;
use contracts::api::Page;
use contracts::api::catalog::{AskCatalog, PeerCatalog};
use contracts::api::dataset::DatasetView;
use serde_json::Value;

use super::Global;
use super::client::Client;
use super::exit::Failed;
use super::harvest::Others;
use super::output::table;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Catalog {
    #[command(subcommand)]
    others: Option<Others>,
    peer: Option<String>,
    #[arg(long, requires = "peer")]
    dataset: Option<String>,
}

impl Catalog {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        if let Some(others) = self.others {
            return others.run(global).await;
        }
        let out = global.output();
        let client = Client::open(global)?;
        let Some(peer) = self.peer else {
            let all: Vec<DatasetView> = every_page(&client, "/datasets").await?;
            return out.result(&all, |all| {
                let row = |d: &DatasetView| {
                    let title =
                        d.description.as_ref().and_then(|d| d.get("title")).map(words).unwrap_or_default();
                    vec![d.id.clone(), d.revision.to_string(), if d.withdrawn { "-".into() } else { title }]
                };
                table(&all.iter().map(row).collect::<Vec<_>>())
            });
        };
        let wait = out.spinner(peer.clone());
        let answer: PeerCatalog =
            client.post("/catalog", &AskCatalog { peer, dataset: self.dataset }).await?;
        wait.finish_and_clear();
        out.result(&answer, |a| {
            let datasets = match a.catalog.get("dataset").and_then(Value::as_array) {
                Some(many) => many.iter().collect(),
                None => vec![&a.catalog],
            };
            table(&datasets.into_iter().flat_map(rows).collect::<Vec<_>>())
        })
    }
}

/// One line per offer of a dataset.
fn rows(dataset: &Value) -> Vec<Vec<String>> {
    let id = dataset.get("@id").map(words).unwrap_or_default();
    let title = dataset.get("title").or_else(|| dataset.get("dct:title")).map(words).unwrap_or_default();
    let offers = dataset.get("hasPolicy").and_then(Value::as_array).cloned().unwrap_or_default();
    let offer = |o: &Value| o.get("@id").map(words).unwrap_or_default();
    match offers.as_slice() {
        [] => vec![vec![id, "-".into(), title]],
        all => all.iter().map(|o| vec![id.clone(), offer(o), title.clone()]).collect(),
    }
}

/// A text, or the first text of a set or of a map of languages.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.first().map(words).unwrap_or_default(),
        Value::Object(map) => {
            map.get("@value").or_else(|| map.values().next()).map(words).unwrap_or_default()
        }
        other => other.to_string(),
    }
}

/// Reads a list to its end.
pub async fn every_page<T: serde::de::DeserializeOwned>(
    client: &Client,
    path: &str,
) -> Result<Vec<T>, Failed> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let query =
            cursor.as_deref().map(|c| format!("?cursor={}", super::client::segment(c))).unwrap_or_default();
        let page: Page<T> = client.get(&format!("{path}{query}")).await?;
        items.extend(page.items);
        match page.next {
            Some(next) if Some(&next) != cursor.as_ref() => cursor = Some(next),
            _ => return Ok(items),
        }
    }
}
