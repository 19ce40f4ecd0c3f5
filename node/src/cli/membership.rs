//! `fiducie membership`: applying, being admitted, leaving; and for who runs a framework: deciding.

use std::path::PathBuf;

use clap::Subcommand;
use contracts::api::membership::{Because, Leaving, LeftView, MembershipView};
use contracts::membership::DirectoryEntry;
use serde_json::{Value, json};

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use super::publish::json_file;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Membership {
    Apply {
        id: String,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    List,
    SignCharter {
        id: String,
    },
    Appeal {
        id: String,
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
    Leave {
        id: String,
        #[arg(long, value_name = "REASON")]
        reason: String,
        #[arg(long)]
        end_contracts: bool,
    },
    Suspend {
        id: String,
        #[arg(value_name = "DID")]
        applicant: String,
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
    Resume {
        id: String,
        #[arg(value_name = "DID")]
        applicant: String,
    },
    Exclude {
        id: String,
        #[arg(value_name = "DID")]
        applicant: String,
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
    Directory {
        id: String,
        #[arg(long)]
        refresh: bool,
    },
}

impl Membership {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        let at = |id: &str, what: &str| format!("/frameworks/{}/{what}", segment(id));
        let of = |id: &str, did: &str, what: &str| {
            format!("/frameworks/{}/members/{}/{what}", segment(id), segment(did))
        };
        let because = |reason: String| Because { reason: Some(reason) };
        match self {
            Self::Apply { id, file } => {
                let given: Value = json_file(&file)?;
                said(out, &client.post(&at(&id, "application"), &given).await?)
            }
            Self::SignCharter { id } => said(out, &client.post(&at(&id, "charter"), &json!({})).await?),
            Self::Appeal { id, reason } => {
                said(out, &client.post(&at(&id, "appeal"), &because(reason)).await?)
            }
            Self::Leave { id, reason, end_contracts } => {
                let wanted = Leaving { reason, contracts: end_contracts };
                let left: LeftView = client.post(&at(&id, "exit"), &wanted).await?;
                out.result(&left, |left| {
                    let ended = left.ended.len().to_string();
                    let values = [("framework", left.membership.framework.as_str()), ("ended", &ended)];
                    text::fill(out.lang, "trust.member-cli-left", &values)
                })
            }
            Self::Suspend { id, applicant, reason } => {
                said(out, &client.post(&of(&id, &applicant, "suspend"), &because(reason)).await?)
            }
            Self::Resume { id, applicant } => {
                said(out, &client.post(&of(&id, &applicant, "resume"), &Because::default()).await?)
            }
            Self::Exclude { id, applicant, reason } => {
                let asked: Value = client.post(&of(&id, &applicant, "exclude"), &because(reason)).await?;
                let question = asked["question"].as_str().unwrap_or_default().to_owned();
                out.result(&asked, |_| {
                    text::fill(out.lang, "trust.ballot-cli-asked", &[("question", &question)])
                })
            }
            Self::Directory { id, refresh } => {
                let path = at(&id, "directory");
                let all: Vec<DirectoryEntry> = match refresh {
                    true => client.post(&path, &json!({})).await?,
                    false => client.get(&path).await?,
                };
                out.result(&all, |all| {
                    let row = |one: &DirectoryEntry| {
                        vec![one.did.to_string(), one.state.clone(), one.kind.clone(), one.name.clone()]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
            Self::List => {
                let all: Vec<MembershipView> = every_page(&client, "/memberships").await?;
                out.result(&all, |all| {
                    let row = |one: &MembershipView| {
                        let question = one.question.clone().unwrap_or_else(|| "-".into());
                        let (state, name) = (one.state.clone(), one.name.clone());
                        vec![one.framework.clone(), one.applicant.clone(), state, question, name]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
        }
    }
}

fn said(out: Output, view: &MembershipView) -> Result<(), Failed> {
    out.result(view, |view| {
        let reasons = view.reasons.join(" ");
        let values = [
            ("name", view.name.as_str()),
            ("applicant", &view.applicant),
            ("state", &view.state),
            ("reasons", &reasons),
        ];
        text::fill(out.lang, "trust.member-cli-state", &values).trim_end().to_owned()
    })
}
