//! `fiducie log`: the member's transparency log.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};
use contracts::api::log::EntryView;
use contracts::api::member::MemberView;
use contracts::tlog::note::{Checkpoint, Note};
use contracts::tlog::{leaf_hash, root};
use serde_json::json;

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::table;
use crate::identity::public::PublicKey;
use crate::log::verify::signed;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Log {
    List,
    Checkpoint,
    Extract(Extract),
    Verify,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true))]
pub struct Extract {
    #[arg(long, group = "which")]
    reference: Option<String>,
    #[arg(long, group = "which")]
    contract: Option<String>,
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Log {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let client = Client::open(global)?;
        match self {
            Self::List => {
                let all: Vec<EntryView> = every_page(&client, "/log/entries").await?;
                out.result(&all, |all| {
                    let row = |e: &EntryView| vec![e.index.to_string(), e.at.clone(), e.kind.clone()];
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
            Self::Checkpoint => {
                let note = String::from_utf8_lossy(&client.bytes("/log/checkpoint").await?).into_owned();
                out.result(&json!({ "checkpoint": note }), |_| note.clone())
            }
            Self::Extract(which) => {
                let query = match (&which.reference, &which.contract) {
                    (Some(reference), _) => format!("reference={}", segment(reference)),
                    (_, contract) => format!("contract={}", segment(contract.as_deref().unwrap_or_default())),
                };
                let file = client.bytes(&format!("/log/extract?{query}")).await?;
                match which.output {
                    None => out.line(&String::from_utf8_lossy(&file)),
                    Some(path) => {
                        std::fs::write(&path, &file)
                            .map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
                        let shown = path.display().to_string();
                        out.result(&json!({ "file": shown }), |_| shown.clone())
                    }
                }
            }
            Self::Verify => {
                let wait = out.spinner("0".into());
                let checked = whole(&client).await;
                wait.finish_and_clear();
                match checked? {
                    Ok(size) => out.result(&json!({ "ok": true, "size": size }), |_| {
                        text::fill(out.lang, "cli.log-whole", &[("size", &size.to_string())])
                    }),
                    Err(what) => {
                        Err(Failed::Refused(text::fill(out.lang, "cli.log-broken", &[("what", &what)])))
                    }
                }
            }
        }
    }
}

/// Recomputes the tree from the leaves as answered. The inner error says what is wrong with the log.
async fn whole(client: &Client) -> Result<Result<u64, String>, Failed> {
    // The checkpoint first: entries made meanwhile are beyond it.
    let note = String::from_utf8_lossy(&client.bytes("/log/checkpoint").await?).into_owned();
    let entries: Vec<EntryView> = every_page(client, "/log/entries").await?;
    let member: MemberView = client.get("/members/self").await?;
    Ok(judge(&note, &entries, &member))
}

fn judge(note: &str, entries: &[EntryView], member: &MemberView) -> Result<u64, String> {
    let note = Note::parse(note).map_err(|e| e.to_string())?;
    let checkpoint = Checkpoint::parse(&note.text).map_err(|e| e.to_string())?;
    let size = usize::try_from(checkpoint.size).map_err(|e| e.to_string())?;
    let covered = entries.get(..size).ok_or_else(|| format!("{} entries of {size}", entries.len()))?;
    let mut leaves = Vec::with_capacity(size);
    for (index, entry) in covered.iter().enumerate() {
        let hash = leaf_hash(entry.leaf.as_bytes());
        if entry.index != index as u64 || hex::encode(hash) != entry.leaf_hash {
            return Err(format!("entry {index} is not the one that was hashed"));
        }
        leaves.push(hash);
    }
    if root(&leaves) != checkpoint.root {
        return Err("the root differs".into());
    }
    let is_signed = member.keys.iter().filter(|key| key.purpose == "log").any(|key| {
        let jwk = serde_json::from_value(key.jwk.clone()).ok();
        let public = jwk.and_then(|jwk| PublicKey::from_jwk(key.kid.clone(), &jwk).ok());
        public.is_some_and(|public| signed(&note, &checkpoint.origin, &public))
    });
    if is_signed { Ok(checkpoint.size) } else { Err("no log key of the member signed the checkpoint".into()) }
}
