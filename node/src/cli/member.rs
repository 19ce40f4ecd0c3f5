//! `fiducie member`: more members on one node, each with its own identity, keys, catalogue, contracts and log.

use clap::Subcommand;
use serde_json::json;
use url::Url;

use super::Global;
use super::exit::Failed;
use super::init;
use crate::app::member::create::NewMember;
use crate::{config, text};

#[derive(Debug, Subcommand)]
#[command(
    after_help = "Example: fiducie member add --name \"Commune de Bas\" --url https://epci.example.org/bas"
)]
pub enum Member {
    /// Host one more member; the node must be stopped
    Add {
        /// Name of the member, shown to persons
        #[arg(long)]
        name: String,
        /// Public address of the member, different from the others'
        #[arg(long)]
        url: Url,
        /// Country where it processes data (ISO 3166-1)
        #[arg(long, value_name = "COUNTRY")]
        place: Option<String>,
        /// Country whose law binds it (ISO 3166-1)
        #[arg(long, value_name = "COUNTRY")]
        law: Option<String>,
    },
}

impl Member {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let Self::Add { name, url, place, law } = self;
        let out = global.output();
        let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
        let made = init::add(&config, NewMember { name, base_url: url, place, law }).await?;
        let result = json!({ "member": made.access.member, "did": made.did, "url": made.access.url });
        out.result(&result, |_| {
            let values = [("did", made.did.as_str()), ("url", made.access.url.as_str())];
            text::fill(out.lang, "cli.member-added", &values)
        })
    }
}
