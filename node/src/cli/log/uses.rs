//! `fiducie log uses`: who used what for which purpose, as everybody may know.

use clap::Args;
use contracts::api::uses::UsesView;

use crate::cli::Global;
use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::output::table;
use crate::text;

#[derive(Debug, Args)]
pub struct Uses {
    #[arg(long, value_name = "URL")]
    peer: Option<String>,
}

impl Uses {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let client = match &self.peer {
            Some(url) => Client::outside(global, url, String::new())?,
            None => Client::open(global)?,
        };
        let bytes = client.file("/log/uses").await?;
        let bytes = bytes.ok_or_else(|| Failed::NotFound(text::get(out.lang, "cli.no-uses").into()))?;
        let view: UsesView = serde_json::from_slice(&bytes).map_err(|e| {
            Failed::Internal(text::fill(out.lang, "cli.node-unread", &[("what", &e.to_string())]))
        })?;
        out.result(&view, |view| {
            let mut rows: Vec<_> = view
                .uses
                .iter()
                .map(|line| {
                    let purpose = line.purpose.clone().unwrap_or_else(|| "-".into());
                    let (n, bytes) = (line.counted.deliveries.to_string(), line.counted.bytes.to_string());
                    vec![line.dataset.clone(), line.recipient.clone(), purpose, n, bytes]
                })
                .collect();
            let rest = text::get(out.lang, "cli.uses-rest").to_owned();
            let (n, bytes) = (view.rest.deliveries.to_string(), view.rest.bytes.to_string());
            rows.push(vec![rest, "-".into(), "-".into(), n, bytes]);
            table(&rows)
        })
    }
}
