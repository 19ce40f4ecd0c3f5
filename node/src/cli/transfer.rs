//! `fiducie transfer`: data under a contract.

use clap::Subcommand;
use contracts::api::delivery::DeliveryView;
use contracts::api::negotiation::Reason;
use contracts::api::transfer::{Pull, PullView, PulledFile, StartTransfer, TransferView};
use contracts::dsp::transfer::HTTP_PUSH;

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use super::wait::Wait;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Transfer {
    Start {
        contract: String,
        #[arg(long)]
        purpose: Option<String>,
        #[arg(long)]
        push: bool,
        #[arg(long, requires = "push")]
        to: Option<String>,
        #[arg(long, value_name = "NAME", conflicts_with = "to")]
        data_plane: Option<String>,
        #[command(flatten)]
        wait: Wait,
    },
    List,
    Show {
        transfer: String,
    },
    Pull {
        transfer: String,
        #[arg(long)]
        path: Option<String>,
        #[arg(long)]
        to: Option<String>,
    },
    Deliveries {
        transfer: String,
    },
    Suspend {
        transfer: String,
        #[arg(long)]
        reason: Option<String>,
    },
    Resume {
        transfer: String,
    },
    Complete {
        transfer: String,
    },
    Terminate {
        transfer: String,
        #[arg(long)]
        reason: Option<String>,
    },
}

impl Transfer {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let client = Client::open(global)?;
        match self {
            Self::Start { contract, purpose, push, to, data_plane, wait } => {
                let format = push.then(|| HTTP_PUSH.to_owned());
                let start = StartTransfer { agreement: contract, purpose, format, to, data_plane };
                let first: TransferView = client.post("/transfers", &start).await?;
                let path = format!("/transfers/{}", segment(&first.id));
                let settled = |t: &TransferView| match t.state.as_str() {
                    "REQUESTED" => t.waits_for == "person",
                    // The provider completes what it has pushed.
                    "STARTED" => !push,
                    _ => true,
                };
                let last = wait.until(&client, out, &path, first, settled, describe).await?;
                out.result(&last, describe)?;
                match last.state.as_str() {
                    "TERMINATED" if out.json => Err(Failed::Told),
                    "TERMINATED" => {
                        let reason = last.reason.as_deref().unwrap_or("-");
                        Err(Failed::Refused(text::fill(
                            out.lang,
                            "cli.transfer-ended",
                            &[("reason", reason)],
                        )))
                    }
                    _ => Ok(()),
                }
            }
            Self::List => {
                let all: Vec<TransferView> = every_page(&client, "/transfers").await?;
                let row = |t: &TransferView| {
                    vec![t.id.clone(), t.state.clone(), t.waits_for.clone(), t.role.clone(), t.peer.clone()]
                };
                out.result(&all, |all| table(&all.iter().map(row).collect::<Vec<_>>()))
            }
            Self::Show { transfer } => {
                let found: TransferView = client.get(&format!("/transfers/{}", segment(&transfer))).await?;
                out.result(&found, describe)
            }
            Self::Pull { transfer, path, to } => {
                let url = format!("/transfers/{}/pull", segment(&transfer));
                let job: PullView = client.post(&url, &Pull { path, to }).await?;
                follow(&client, out, job).await
            }
            Self::Deliveries { transfer } => {
                let url = format!("/transfers/{}/deliveries", segment(&transfer));
                let all: Vec<DeliveryView> = every_page(&client, &url).await?;
                let row = |d: &DeliveryView| {
                    let ending = d.ending.clone().unwrap_or_else(|| "-".into());
                    let bytes = d.bytes.map_or_else(|| "-".into(), |n| n.to_string());
                    vec![d.reference.clone(), d.opened.clone(), ending, bytes, d.path.clone()]
                };
                out.result(&all, |all| table(&all.iter().map(row).collect::<Vec<_>>()))
            }
            Self::Suspend { transfer, reason } => act(&client, out, &transfer, "suspend", reason).await,
            Self::Resume { transfer } => act(&client, out, &transfer, "resume", None).await,
            Self::Complete { transfer } => act(&client, out, &transfer, "complete", None).await,
            Self::Terminate { transfer, reason } => act(&client, out, &transfer, "terminate", reason).await,
        }
    }
}

async fn act(
    client: &Client,
    out: Output,
    id: &str,
    what: &str,
    reason: Option<String>,
) -> Result<(), Failed> {
    let path = format!("/transfers/{}/{what}", segment(id));
    let next: TransferView = client.post(&path, &Reason { reason }).await?;
    out.result(&next, describe)
}

/// Follows a pull to its end.
async fn follow(client: &Client, out: Output, mut job: PullView) -> Result<(), Failed> {
    let path = format!("/transfers/{}/pull/{}", segment(&job.transfer), segment(&job.id));
    let bar = out.bytes();
    while job.state == "running" {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        job = client.get(&path).await?;
        if let Some(total) = job.total {
            bar.set_length(total);
        }
        bar.set_position(job.bytes);
    }
    bar.finish_and_clear();
    if job.state == "failed" {
        let error = job.error.clone().unwrap_or_default();
        let bytes = job.bytes.to_string();
        return Err(Failed::Refused(text::fill(
            out.lang,
            "cli.pull-failed",
            &[("bytes", &bytes), ("error", &error)],
        )));
    }
    out.result(&job, |job| {
        let line = |f: &PulledFile| {
            let bytes = f.bytes.to_string();
            text::fill(out.lang, "cli.pulled", &[("bytes", &bytes), ("file", &f.file), ("sha256", &f.sha256)])
        };
        job.files.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}

fn describe(t: &TransferView) -> String {
    let reason = t.reason.as_deref().map(|r| format!("\n{r}")).unwrap_or_default();
    let file = t.file.as_deref().map(|f| format!("\n{f}")).unwrap_or_default();
    format!("{}  {}  ({}){file}{reason}", t.id, t.state, t.waits_for)
}
