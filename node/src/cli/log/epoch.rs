//! `fiducie log epoch`: a log that came back from an older state goes on under another name.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::app::epoch::open::{self, Evidence};
use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::member::chosen;
use crate::cli::{Global, init};
use crate::domain::time::Clock;
use crate::{config, peer, text};

#[derive(Debug, Subcommand)]
pub enum Epoch {
    Open(Open),
    List,
}

#[derive(Debug, Args)]
pub struct Open {
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    #[arg(long)]
    without_checkpoint: bool,
}

impl Epoch {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        match self {
            Self::Open(open) => open.run(global).await,
            Self::List => {
                let file = Client::open(global)?.file("/log/epochs").await?.unwrap_or_default();
                let list: Value =
                    serde_json::from_slice(&file).map_err(|e| Failed::Internal(e.to_string()))?;
                global.output().result(&list, |list| format!("{list:#}"))
            }
        }
    }
}

impl Open {
    async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
        let secret = config::secret(&config).map_err(Failed::Setup)?;
        // A process that runs already has one.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = peer::Client::from_config(&config).map_err(|e| Failed::Setup(e.to_string()))?;
        let member = chosen(global, &config).await?;
        let store = init::open(&config).await?;
        let evidence = Evidence {
            client: &client,
            dir: &config.dir,
            files: &self.checkpoint,
            blind: self.without_checkpoint,
        };
        let opened = open::open(&store, member, &secret, &evidence, Clock::System.now()).await;
        store.close().await;
        let opened = opened.map_err(|e| Failed::of(e, out.lang))?;
        out.result(&json!(opened), |_| {
            let (epoch, size) = (opened.epoch.to_string(), opened.size.to_string());
            let values = [("epoch", epoch.as_str()), ("origin", &opened.origin), ("size", &size)];
            text::fill(out.lang, "cli.epoch-opened", &values)
        })
    }
}
