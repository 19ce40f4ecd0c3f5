//! Looks at both nodes through their management API and their files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use contracts::api::contract::ContractView;
use contracts::api::log::EntryView;
use contracts::api::member::MemberView;
use contracts::api::negotiation::NegotiationView;
use contracts::api::transfer::TransferView;
use contracts::jwk::Jwk;
use contracts::tlog::leaf_hash;
use contracts::tlog::note::{Checkpoint, Note};
use node::identity::public::PublicKey;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::check::{Both, Entry, Process, Seen};
use super::notes::{Done, Head, Side};
use crate::api::{Answer, Api, segment};
use crate::binary::fiducie;
use crate::pair::Pair;

/// What need not be looked at again: files that arrived, and contracts that verified.
#[derive(Default)]
pub struct Memory {
    files: BTreeMap<String, String>,
    verified: BTreeSet<(Side, String)>,
}

impl Memory {
    pub fn verified(&self) -> usize {
        self.verified.len()
    }
}

/// Everything the check needs, of both nodes.
pub async fn observe(pair: &Pair, done: &[Done], memory: &mut Memory) -> Answer<Both> {
    let provider = node(&pair.provider.api).await?;
    let consumer = node(&pair.consumer.api).await?;
    let mut both = Both { provider, consumer, files: BTreeMap::new() };
    for done in done {
        if !memory.files.contains_key(&done.file)
            && let Ok(digest) = digest(Path::new(&done.file))
        {
            // Looked at once: hundreds of pulls would fill the disk.
            let _ = std::fs::remove_file(&done.file);
            memory.files.insert(done.file.clone(), digest);
        }
    }
    both.files = memory.files.clone();
    Ok(both)
}

/// Verifies the contract files that were not verified before, with both members' documents as anchors.
pub async fn verify_contracts(pair: &Pair, both: &mut Both, memory: &mut Memory) -> Answer<()> {
    let folder = pair.root.join("contracts");
    std::fs::create_dir_all(&folder).unwrap();
    let mut anchors = Vec::new();
    for node in [&pair.provider, &pair.consumer] {
        let http = crate::api::http(&pair.authority.pem());
        let url = format!("{}/.well-known/did.json", node.url);
        let lost = |e: reqwest::Error| crate::api::Failure::Lost(e.to_string());
        let document = http.get(url).send().await.map_err(lost)?.bytes().await.map_err(lost)?;
        let file = folder.join(format!("{}.did.json", node.name));
        std::fs::write(&file, document).unwrap();
        anchors.push(file);
    }
    for side in Side::BOTH {
        let api = api(pair, side);
        let mut files = Vec::new();
        for contract in api.all::<ContractView>("/contracts").await? {
            if contract.standing != "signed" || memory.verified.contains(&(side, contract.id.clone())) {
                continue;
            }
            let bytes = api.bytes(&format!("/contracts/{}/file", segment(&contract.id))).await?;
            let file = folder.join(format!("{side:?}-{}.contract.json", segment(&contract.id)));
            std::fs::write(&file, bytes).unwrap();
            files.push((contract.id, file));
        }
        for batch in files.chunks(200) {
            let refused = refused(batch.iter().map(|(_, file)| file), &anchors);
            for (id, file) in batch {
                if !refused.iter().any(|r| r.contains(file.to_str().unwrap())) {
                    memory.verified.insert((side, id.clone()));
                }
            }
            match side {
                Side::Provider => both.provider.refused_files.extend(refused),
                Side::Consumer => both.consumer.refused_files.extend(refused),
            }
        }
    }
    Ok(())
}

/// The files `fiducie verify` refuses, with its report.
fn refused<'a>(files: impl Iterator<Item = &'a PathBuf>, anchors: &[PathBuf]) -> Vec<String> {
    let mut command = Command::new(fiducie());
    command.args(["--json", "verify"]);
    for anchor in anchors {
        command.arg("--anchor").arg(anchor);
    }
    command.args(files);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let report: Value = serde_json::from_str(&text)
        .unwrap_or_else(|e| panic!("verify: {e}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    let files = report["files"].as_array().cloned().unwrap_or_default();
    let refused: Vec<_> =
        files.iter().filter(|f| f["report"]["ok"] != Value::Bool(true)).map(ToString::to_string).collect();
    assert_eq!(output.status.success(), refused.is_empty(), "exit code and report differ: {text}");
    refused
}

pub fn api(pair: &Pair, side: Side) -> &Api {
    match side {
        Side::Provider => &pair.provider.api,
        Side::Consumer => &pair.consumer.api,
    }
}

async fn node(api: &Api) -> Answer<Seen> {
    let member: MemberView = api.get("/members/self").await?;
    let negotiations = api.all::<NegotiationView>("/negotiations").await?;
    let transfers = api.all::<TransferView>("/transfers").await?;
    let contracts = api.all::<ContractView>("/contracts").await?;
    // The log grows while it is read: the head is read first and says how many entries count.
    let checkpoint = api.checkpoint().await?;
    let (head, head_signed) = read_head(&checkpoint, &member);
    let mut entries: Vec<_> = api.entries().await?.iter().map(entry).collect();
    entries.truncate(head.size as usize);
    Ok(Seen {
        negotiations: negotiations.into_iter().map(negotiation).collect(),
        transfers: transfers.into_iter().map(transfer).collect(),
        contracts: contracts.into_iter().map(|c| (c.id, c.revoked.is_some())).collect(),
        entries,
        head: (head.size, head.root),
        head_signed,
        refused_files: Vec::new(),
    })
}

fn negotiation(n: NegotiationView) -> Process {
    Process { id: n.id, peer_id: n.peer_id, state: n.state, waits_for: n.waits_for }
}

fn transfer(t: TransferView) -> Process {
    Process { id: t.id, peer_id: t.peer_id, state: t.state, waits_for: t.waits_for }
}

fn entry(view: &EntryView) -> Entry {
    let hash = leaf_hash(view.leaf.as_bytes());
    assert_eq!(hex::encode(hash), view.leaf_hash, "entry {} is not what its hash says", view.index);
    let leaf: Value = serde_json::from_str(&view.leaf).unwrap();
    Entry {
        index: view.index,
        kind: view.kind.clone(),
        reference: leaf["ref"].as_str().map(str::to_owned),
        hash,
    }
}

/// A served checkpoint, and whether the member's log key signed it.
pub fn read_head(text: &str, member: &MemberView) -> (Head, bool) {
    let note = Note::parse(text).unwrap_or_else(|e| panic!("checkpoint: {e}: {text}"));
    let head = Checkpoint::parse(&note.text).unwrap_or_else(|e| panic!("checkpoint: {e}: {text}"));
    let keys = member.keys.iter().filter(|key| key.purpose == "log").filter_map(|key| {
        let jwk: Jwk = serde_json::from_value(key.jwk.clone()).ok()?;
        PublicKey::from_jwk(key.kid.clone(), &jwk).ok()
    });
    let signed = keys.into_iter().any(|key| {
        note.signatures
            .iter()
            .any(|s| s.name == head.origin && key.verify(note.text.as_bytes(), &s.signature))
    });
    (Head { size: head.size, root: head.root }, signed)
}

/// SHA-256 of a file, in hexadecimal.
pub fn digest(file: &Path) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    std::io::copy(&mut std::fs::File::open(file)?, &mut hash)?;
    Ok(hex::encode(hash.finalize()))
}
