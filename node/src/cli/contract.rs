//! `fiducie contract`: from the request to the signed file, and its end.

use std::path::PathBuf;

use clap::Subcommand;
use contracts::api::contract::{ContractView, Revoke};
use contracts::api::negotiation::{Counter, NegotiationView, Reason, StartNegotiation};

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use super::publish::json_file;
use super::wait::Wait;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Contract {
    List,
    Negotiations,
    Show {
        id: String,
    },
    Request {
        peer: String,
        dataset: String,
        #[arg(long)]
        offer: Option<String>,
        #[arg(long)]
        purpose: Option<String>,
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        #[command(flatten)]
        wait: Wait,
    },
    Accept {
        negotiation: String,
        #[command(flatten)]
        wait: Wait,
    },
    Counter {
        negotiation: String,
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
    },
    Terminate {
        negotiation: String,
        #[arg(long)]
        reason: Option<String>,
    },
    Revoke {
        contract: String,
        #[arg(long)]
        ground: String,
    },
    Export {
        contract: String,
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

impl Contract {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let client = Client::open(global)?;
        match self {
            Self::List => {
                let all: Vec<ContractView> = every_page(&client, "/contracts").await?;
                out.result(&all, |all| {
                    let row = |c: &ContractView| {
                        let standing = if c.revoked.is_some() { "revoked" } else { &c.standing };
                        vec![c.id.clone(), standing.into(), c.role.clone(), c.peer.clone(), c.dataset.clone()]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
            Self::Negotiations => {
                let all: Vec<NegotiationView> = every_page(&client, "/negotiations").await?;
                out.result(&all, |all| table(&all.iter().map(row).collect::<Vec<_>>()))
            }
            Self::Show { id } => show(&client, out, &id).await,
            Self::Request { peer, dataset, offer, purpose, policy, wait } => {
                let policy = policy.as_deref().map(json_file).transpose()?;
                let start = StartNegotiation { peer, dataset, offer, purpose, policy };
                let started: NegotiationView = client.post("/negotiations", &start).await?;
                settle(&client, out, started, wait).await
            }
            Self::Accept { negotiation, wait } => {
                let path = format!("/negotiations/{}", segment(&negotiation));
                let now: NegotiationView = client.get(&path).await?;
                // What is about to be signed, with its grades.
                out.note(now.text.as_deref().unwrap_or_default());
                let act = if now.role == "provider" { "agree" } else { "accept" };
                let next = client.post(&format!("{path}/{act}"), &serde_json::json!({})).await?;
                settle(&client, out, next, wait).await
            }
            Self::Counter { negotiation, policy } => {
                let path = format!("/negotiations/{}/counter", segment(&negotiation));
                let next: NegotiationView =
                    client.post(&path, &Counter { policy: json_file(&policy)? }).await?;
                out.result(&next, describe)
            }
            Self::Terminate { negotiation, reason } => {
                let path = format!("/negotiations/{}/terminate", segment(&negotiation));
                let next: NegotiationView = client.post(&path, &Reason { reason }).await?;
                out.result(&next, describe)
            }
            Self::Revoke { contract, ground } => {
                let path = format!("/contracts/{}/revoke", segment(&contract));
                let revoked: ContractView = client.post(&path, &Revoke { ground }).await?;
                out.result(&revoked, |c| text::fill(out.lang, "cli.revoked", &[("contract", &c.id)]))
            }
            Self::Export { contract, output } => {
                let file = client.bytes(&format!("/contracts/{}/file", segment(&contract))).await?;
                match output {
                    None => out.line(&String::from_utf8_lossy(&file)),
                    Some(path) => {
                        std::fs::write(&path, &file)
                            .map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
                        let shown = path.display().to_string();
                        out.result(&serde_json::json!({ "file": shown }), |_| shown.clone())
                    }
                }
            }
        }
    }
}

/// A contract, else a negotiation, of this identifier.
async fn show(client: &Client, out: Output, id: &str) -> Result<(), Failed> {
    match client.get::<ContractView>(&format!("/contracts/{}", segment(id))).await {
        Ok(contract) => out.result(&contract, |c| {
            let mut text = format!("{}  {}  {}\n{}\n\n", c.id, c.standing, c.peer, c.dataset);
            if let Some(revoked) = &c.revoked {
                text.push_str(&format!("{} {}: {}\n\n", revoked.at, revoked.by, revoked.ground));
            }
            text + c.text.as_deref().unwrap_or_default()
        }),
        Err(Failed::Answered(problem)) if problem.status == 404 => {
            let found: NegotiationView = client.get(&format!("/negotiations/{}", segment(id))).await?;
            out.result(&found, describe)
        }
        Err(failed) => Err(failed),
    }
}

/// Follows a negotiation until it has ended or waits for a person.
async fn settle(client: &Client, out: Output, started: NegotiationView, wait: Wait) -> Result<(), Failed> {
    let path = format!("/negotiations/{}", segment(&started.id));
    let settled = |n: &NegotiationView| {
        matches!(n.state.as_str(), "FINALIZED" | "TERMINATED") || n.waits_for == "person"
    };
    let last = wait.until(client, out, &path, started, settled, |n| format!("{} {}", n.id, n.state)).await?;
    out.result(&last, describe)?;
    if last.state == "TERMINATED" {
        if out.json {
            return Err(Failed::Told);
        }
        let reason = last.reason.as_deref().unwrap_or("-");
        return Err(Failed::Refused(text::fill(out.lang, "cli.negotiation-ended", &[("reason", reason)])));
    }
    Ok(())
}

fn row(n: &NegotiationView) -> Vec<String> {
    vec![n.id.clone(), n.state.clone(), n.waits_for.clone(), n.role.clone(), n.peer.clone()]
}

fn describe(n: &NegotiationView) -> String {
    let agreement = n.agreement.as_deref().map(|a| format!("\n{a}")).unwrap_or_default();
    let reason = n.reason.as_deref().map(|r| format!("\n{r}")).unwrap_or_default();
    // Before anybody signs: the terms, each clause with its grade.
    let text = n.text.as_deref().map(|text| format!("\n\n{text}")).unwrap_or_default();
    let faults: String = n.faults.iter().map(|fault| format!("\n{fault}")).collect();
    format!("{}  {}  ({}){agreement}{reason}{text}{faults}", n.id, n.state, n.waits_for)
}
