//! `fiducie access-request`: asking for access to a dataset, and answering.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use contracts::access_request::{Opinion, Role};
use contracts::api::access_request::AccessRequestView;
use serde_json::{Value, json};

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use super::publish::json_file;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum AccessRequest {
    Ask {
        #[arg(value_name = "PEER")]
        owner: String,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    List,
    Show {
        id: String,
    },
    Answer {
        id: String,
        #[arg(value_name = "ROLE")]
        role: As,
        #[arg(value_name = "CHOICE")]
        answer: YesNo,
        #[arg(long, value_name = "WORDS")]
        words: String,
    },
}

/// As whom an opinion is given.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum As {
    Owner,
    Dpo,
    Ethics,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    Yes,
    No,
}

impl From<As> for Role {
    fn from(role: As) -> Self {
        match role {
            As::Owner => Self::Owner,
            As::Dpo => Self::Dpo,
            As::Ethics => Self::Ethics,
        }
    }
}

impl AccessRequest {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        match self {
            Self::Ask { owner, file } => {
                let given: Value = json_file(&file)?;
                let wanted = json!({"peer": owner, "wanted": given});
                said(out, &client.post("/access-requests", &wanted).await?)
            }
            Self::Show { id } => said(out, &client.get(&format!("/access-requests/{}", segment(&id))).await?),
            Self::Answer { id, role, answer, words } => {
                let opinion = Opinion { role: role.into(), yes: answer == YesNo::Yes, words };
                let path = format!("/access-requests/{}/opinion", segment(&id));
                said(out, &client.post(&path, &opinion).await?)
            }
            Self::List => {
                let all: Vec<AccessRequestView> = every_page(&client, "/access-requests").await?;
                out.result(&all, |all| {
                    let row = |one: &AccessRequestView| {
                        let due = one.due.clone().unwrap_or_else(|| "-".into());
                        let (dataset, state) = (one.wanted.dataset.to_string(), one.state.clone());
                        vec![one.id.clone(), one.side.clone(), one.peer.clone(), dataset, state, due]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
        }
    }
}

fn said(out: Output, view: &AccessRequestView) -> Result<(), Failed> {
    out.result(view, |view| {
        let reasons = view.reasons.join(" ");
        let due = view.due.clone().unwrap_or_else(|| "-".into());
        let appeal = view.appeal.clone().unwrap_or_default();
        let values = [
            ("id", view.id.as_str()),
            ("state", &view.state),
            ("due", &due),
            ("reasons", &reasons),
            ("appeal", &appeal),
        ];
        text::fill(out.lang, "trust.request-cli-state", &values).trim_end().to_owned()
    })
}
