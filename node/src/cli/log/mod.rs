//! `fiducie log`: the member's transparency log.

mod copy;
mod epoch;
mod erase;
mod twins;
mod uses;
mod verify;

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, Subcommand};
use contracts::api::log::EntryView;
use contracts::api::member::MemberView;
use contracts::jwk::Point;
use contracts::tlog::note::{self, Checkpoint, ED25519, ED25519_COSIGNATURE, Note, VerifierKey};
use contracts::tlog::{leaf_hash, root};
use serde_json::json;

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use crate::identity::public::PublicKey;
use crate::log::verify::signed;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Log {
    List,
    Checkpoint,
    Extract(Extract),
    Prove {
        index: u64,
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    Key {
        #[arg(long)]
        witness: bool,
    },
    Twins(twins::Twins),
    Copy {
        folder: PathBuf,
        #[arg(long, value_name = "URL")]
        peer: Option<String>,
        #[arg(long, value_name = "FILE", requires = "peer")]
        token_file: Option<PathBuf>,
    },
    Verify(verify::Verify),
    Uses(uses::Uses),
    Erase(erase::Erase),
    #[command(subcommand)]
    Epoch(epoch::Epoch),
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
        let client = match self {
            // Needs no node of one's own.
            Self::Verify(verify) => return verify.run(global).await,
            Self::Uses(uses) => return uses.run(global).await,
            Self::Epoch(epoch) => return epoch.run(global).await,
            Self::Copy { peer: Some(ref url), ref token_file, .. } => {
                Client::outside(global, url, token(token_file.as_deref())?)?
            }
            _ => Client::open(global)?,
        };
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
                give(&out, &file, which.output)
            }
            Self::Prove { index, output } => {
                let file = client.bytes(&format!("/log/entries/{index}/proof")).await?;
                give(&out, &file, output)
            }
            Self::Key { witness } => {
                let (note, member) =
                    (client.bytes("/log/checkpoint").await?, client.get("/members/self").await?);
                let key = verifier_key(&String::from_utf8_lossy(&note), &member, witness)?;
                out.result(&json!({ "key": key }), |_| key.clone())
            }
            Self::Copy { folder, peer, token_file } => {
                let copied = copy::copy(&client, &folder, peer.is_none() || token_file.is_some()).await?;
                let shown = json!({ "origin": copied.origin, "size": copied.size, "files": copied.files });
                out.result(&shown, |_| {
                    let (size, files) = (copied.size.to_string(), copied.files.to_string());
                    let folder = folder.display().to_string();
                    let values = [
                        ("origin", copied.origin.as_str()),
                        ("size", &size),
                        ("files", &files),
                        ("folder", &folder),
                    ];
                    text::fill(out.lang, "cli.log-copied", &values)
                })
            }
            Self::Twins(twins) => twins.run(&client, &out).await,
            Self::Erase(erase) => erase.run(&client, &out).await,
            Self::Verify(_) | Self::Uses(_) | Self::Epoch(_) => Ok(()),
        }
    }
}

/// A file to where it is wanted.
fn give(out: &Output, file: &[u8], to: Option<PathBuf>) -> Result<(), Failed> {
    let Some(path) = to else { return out.line(&String::from_utf8_lossy(file)) };
    std::fs::write(&path, file).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
    let shown = path.display().to_string();
    out.result(&json!({ "file": shown }), |_| shown.clone())
}

/// The token of a file; empty without one.
fn token(file: Option<&Path>) -> Result<String, Failed> {
    let Some(path) = file else { return Ok(String::new()) };
    let text =
        std::fs::read_to_string(path).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
    Ok(text.trim().to_owned())
}

/// The key that signed a checkpoint, as other programs take it (C2SP signed-note); or that same key as its owner cosigns
/// the logs of others with it.
fn verifier_key(note: &str, member: &MemberView, witness: bool) -> Result<String, Failed> {
    let strange = |e: contracts::format::FormatError| Failed::Internal(e.to_string());
    let note = Note::parse(note).map_err(strange)?;
    let origin = Checkpoint::parse(&note.text).map_err(strange)?.origin;
    let mut keys = log_keys(member);
    let key = keys.find(|key| signed(&note, &origin, key)).map(|key| key.jwk().point());
    let Some(Ok(Point::Ed25519(public))) = key else {
        return Err(Failed::Internal("no log key of the member signed the checkpoint".into()));
    };
    let (name, kind) = match witness {
        true => (note::witness(&origin), ED25519_COSIGNATURE),
        false => (origin, ED25519),
    };
    Ok(VerifierKey { name, kind, public: public.to_vec() }.to_string())
}

fn log_keys(member: &MemberView) -> impl Iterator<Item = PublicKey> {
    member.keys.iter().filter(|key| key.purpose == "log").filter_map(|key| {
        let jwk = serde_json::from_value(key.jwk.clone()).ok()?;
        PublicKey::from_jwk(key.kid.clone(), &jwk).ok()
    })
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
    let is_signed = log_keys(member).any(|key| signed(&note, &checkpoint.origin, &key));
    if is_signed { Ok(checkpoint.size) } else { Err("no log key of the member signed the checkpoint".into()) }
}
