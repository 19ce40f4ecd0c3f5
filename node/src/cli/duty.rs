//! `fiducie duty`: what contracts oblige to, and saying that it is done or waived.

use clap::Subcommand;
use contracts::api::duty::{DutyView, SettleDuty};

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};

#[derive(Debug, Subcommand)]
pub enum Duty {
    List,
    Fulfil {
        contract: String,
        number: u32,
        #[arg(long)]
        evidence: String,
        #[arg(long, value_name = "SHA-256")]
        document: Option<String>,
    },
    Waive {
        contract: String,
        number: u32,
        #[arg(long)]
        reason: String,
    },
}

impl Duty {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        let (contract, number, act, body) = match self {
            Self::List => {
                let all: Vec<DutyView> = every_page(&client, "/duties").await?;
                return out.result(&all, |all| shown(all));
            }
            Self::Fulfil { contract, number, evidence, document } => {
                (contract, number, "fulfil", SettleDuty { words: evidence, document })
            }
            Self::Waive { contract, number, reason } => {
                (contract, number, "waive", SettleDuty { words: reason, document: None })
            }
        };
        let path = format!("/contracts/{}/duties/{number}/{act}", segment(&contract));
        said(&out, &client.post(&path, &body).await?)
    }
}

fn said(out: &Output, duty: &DutyView) -> Result<(), Failed> {
    out.result(duty, |duty| shown(std::slice::from_ref(duty)))
}

fn shown(duties: &[DutyView]) -> String {
    let row = |duty: &DutyView| {
        let side = if duty.ours { "consumer" } else { "provider" };
        let due = duty.due.clone().unwrap_or_else(|| "-".into());
        vec![
            duty.contract.clone(),
            duty.number.to_string(),
            duty.state.clone(),
            due,
            duty.action.clone(),
            side.into(),
            duty.peer.clone(),
        ]
    };
    table(&duties.iter().map(row).collect::<Vec<_>>())
}
