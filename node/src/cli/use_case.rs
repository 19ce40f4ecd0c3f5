//! `fiducie use-case`: proposing what data are for, asking bodies, auditing.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use contracts::api::membership::{Because, CastView};
use contracts::api::use_case::{StepWanted, UseCaseView};
use contracts::framework::Phase;
use serde_json::Value;

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use super::publish::json_file;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum UseCase {
    Propose {
        #[arg(value_name = "FRAMEWORK")]
        id: String,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    List,
    Show {
        id: String,
    },
    Step {
        id: String,
        #[arg(value_name = "PHASE")]
        to: To,
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
    Abandon {
        id: String,
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
    Withdraw {
        id: String,
        #[arg(long, value_name = "REASON")]
        reason: String,
    },
    Audit {
        #[arg(value_name = "FRAMEWORK")]
        id: String,
        #[arg(value_name = "USE_CASE")]
        case: String,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// A phase that bodies let a use case into.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum To {
    Idee,
    Test,
    Confirme,
}

impl From<To> for Phase {
    fn from(to: To) -> Self {
        match to {
            To::Idee => Self::Idee,
            To::Test => Self::Test,
            To::Confirme => Self::Confirme,
        }
    }
}

impl UseCase {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        let of = |id: &str, what: &str| format!("/use-cases/{}/{what}", segment(id));
        let because = |reason: String| Because { reason: Some(reason) };
        match self {
            Self::Propose { id, file } => {
                let given: Value = json_file(&file)?;
                said(out, &client.post(&format!("/frameworks/{}/use-cases", segment(&id)), &given).await?)
            }
            Self::Show { id } => said(out, &client.get(&format!("/use-cases/{}", segment(&id))).await?),
            Self::Step { id, to, reason } => {
                let wanted = StepWanted { to: to.into(), reason };
                said(out, &client.post(&of(&id, "step"), &wanted).await?)
            }
            Self::Abandon { id, reason } => {
                said(out, &client.post(&of(&id, "abandon"), &because(reason)).await?)
            }
            Self::Withdraw { id, reason } => {
                said(out, &client.post(&of(&id, "withdraw"), &because(reason)).await?)
            }
            Self::Audit { id, case, file } => {
                let given: Value = json_file(&file)?;
                let path = format!("/frameworks/{}/use-cases/{}/audit", segment(&id), segment(&case));
                let sent: CastView = client.post(&path, &given).await?;
                out.result(&sent, |_| text::get(out.lang, "trust.case-cli-audited").to_owned())
            }
            Self::List => {
                let all: Vec<UseCaseView> = every_page(&client, "/use-cases").await?;
                out.result(&all, |all| {
                    let row = |one: &UseCaseView| {
                        let approved = if one.approved { "yes" } else { "no" }.to_owned();
                        let title = one.proposal.title.clone();
                        vec![one.id.clone(), one.side.clone(), one.state.clone(), approved, title]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
        }
    }
}

fn said(out: Output, view: &UseCaseView) -> Result<(), Failed> {
    out.result(view, |view| {
        let reasons = view.reasons.join(" ");
        let questions = view.questions.join(" ");
        let values = [
            ("title", view.proposal.title.as_str()),
            ("id", &view.id),
            ("state", &view.state),
            ("questions", &questions),
            ("reasons", &reasons),
        ];
        text::fill(out.lang, "trust.case-cli-state", &values).trim_end().to_owned()
    })
}
