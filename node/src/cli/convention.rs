//! `fiducie convention`: what a host and a member that it carries answer for, drawn up, signed, shown.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use contracts::api::convention::{ConventionView, NewConvention};
use serde_json::{Value, json};

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use super::publish::json_file;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Convention {
    Draw {
        terms: PathBuf,
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
    Sign {
        file: PathBuf,
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    List,
    Show {
        id: String,
    },
    Export {
        id: String,
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
    },
}

impl Convention {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        match self {
            Self::Draw { terms, output } => {
                let wanted: NewConvention = serde_json::from_value(json_file(&terms)?)
                    .map_err(|e| Failed::Usage(format!("{}: {e}", terms.display())))?;
                let drawn: ConventionView = client.post("/conventions", &wanted).await?;
                export(&client, &drawn.id, &output).await?;
                said(out, &drawn, Some(&output))
            }
            Self::Sign { file, output } => {
                let given: Value = json_file(&file)?;
                let signed: ConventionView = client.post("/conventions/signed", &given).await?;
                if let Some(output) = &output {
                    export(&client, &signed.id, output).await?;
                }
                said(out, &signed, output.as_deref())
            }
            Self::List => {
                let all: Vec<ConventionView> = every_page(&client, "/conventions").await?;
                out.result(&all, |all| {
                    let row = |c: &ConventionView| {
                        let until = c.until.clone().unwrap_or_else(|| "-".into());
                        vec![c.id.clone(), c.standing.clone(), c.side.as_str().into(), c.peer.clone(), until]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
            Self::Show { id } => {
                let found: ConventionView = client.get(&format!("/conventions/{}", segment(&id))).await?;
                said(out, &found, None)
            }
            Self::Export { id, output } => {
                export(&client, &id, &output).await?;
                let shown = output.display().to_string();
                out.result(&json!({ "file": shown }), |_| shown.clone())
            }
        }
    }
}

async fn export(client: &Client, id: &str, to: &Path) -> Result<(), Failed> {
    let file = client.bytes(&format!("/conventions/{}/file", segment(id))).await?;
    std::fs::write(to, file).map_err(|e| Failed::Usage(format!("{}: {e}", to.display())))
}

/// The convention in words, and where its file is.
fn said(out: Output, view: &ConventionView, file: Option<&Path>) -> Result<(), Failed> {
    let file = file.map(|file| file.display().to_string());
    let mut value = serde_json::to_value(view).map_err(|e| Failed::Internal(e.to_string()))?;
    value["file"] = file.clone().into();
    out.result(&value, |_| {
        let key = match view.standing.as_str() {
            "signed" => "cli.convention-signed",
            _ => "cli.convention-proposed",
        };
        let file = file.as_deref().unwrap_or("-");
        let values = [("id", view.id.as_str()), ("peer", &view.peer), ("file", file)];
        format!("{}\n{}", view.text, text::fill(out.lang, key, &values))
    })
}
