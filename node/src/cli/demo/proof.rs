//! The files that prove the story, written from what the nodes give.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use contracts::extract::LogExtract;
use contracts::jcs;

use super::party::Party;
use super::stage::Stage;
use crate::cli::client::segment;
use crate::cli::exit::Failed;
use crate::log::twins;

/// Longest wait until both logs have closed what was exchanged.
const PATIENCE: Duration = Duration::from_secs(20);

/// The files by kind, in the order in which they are verified.
#[derive(Default)]
pub struct Proofs {
    /// DID documents, as each member serves its own.
    pub anchors: Vec<PathBuf>,
    pub contracts: Vec<PathBuf>,
    pub receipts: Vec<PathBuf>,
    /// For each contract: the provider's extract and the consumer's.
    pub logs: Vec<(PathBuf, PathBuf)>,
    /// A contract of which one character was changed.
    pub forged: Option<PathBuf>,
}

/// Writes everything that proves what happened.
pub async fn collect(stage: &Stage) -> Result<Proofs, Failed> {
    let folder = stage.proofs();
    std::fs::create_dir_all(&folder).map_err(|e| Failed::Setup(format!("{}: {e}", folder.display())))?;
    let mut proofs = Proofs::default();
    for party in [&stage.provider, &stage.authority, &stage.region] {
        let url = format!("{}/.well-known/did.json", party.url);
        let failed = |e: reqwest::Error| Failed::Unreachable(format!("{url}: {e}"));
        let answer = stage.outsider.get(&url).send().await.and_then(reqwest::Response::error_for_status);
        let document = answer.map_err(failed)?.bytes().await.map_err(failed)?;
        proofs.anchors.push(write(&folder, &format!("{}.did.json", party.key), &document)?);
    }
    for (index, contract) in stage.contracts.iter().enumerate() {
        let path = format!("/contracts/{}/file", segment(contract));
        let file = stage.authority.client.bytes(&path).await?;
        proofs.contracts.push(write(&folder, &format!("{:02}.contract.json", index + 1), &file)?);
        let given = extract(&stage.provider, contract).await?;
        let taken = extract(&stage.authority, contract).await?;
        let name = |party: &Party| format!("{:02}-{}.log.json", index + 1, party.key);
        let given = write(&folder, &name(&stage.provider), &given)?;
        proofs.logs.push((given, write(&folder, &name(&stage.authority), &taken)?));
        if index == 0 {
            proofs.forged = forge(&folder, &file)?;
        }
    }
    for (index, exchange) in stage.exchanges.iter().enumerate() {
        let path = format!("/receipts/{}", exchange.reference);
        let file = stage.authority.appears(&path).await?;
        proofs.receipts.push(write(&folder, &format!("{:02}.receipt.json", index + 1), &file)?);
    }
    Ok(proofs)
}

/// A party's log about a contract, once nothing in it is open.
async fn extract(party: &Party, contract: &str) -> Result<Vec<u8>, Failed> {
    let path = format!("/log/extract?contract={}", segment(contract));
    let end = Instant::now() + PATIENCE;
    loop {
        let bytes = party.client.bytes(&path).await?;
        if twins::settled(&read(&bytes)?) || Instant::now() >= end {
            return Ok(bytes);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Reads an extract that is not verified yet, or was by the command.
pub fn read(bytes: &[u8]) -> Result<LogExtract, Failed> {
    serde_json::from_slice(bytes).map_err(|e| Failed::Internal(format!("log extract: {e}")))
}

/// The contract with one more read for the consumer than was signed.
fn forge(folder: &Path, file: &[u8]) -> Result<Option<PathBuf>, Failed> {
    let Ok(mut value) = jcs::parse(file) else { return Ok(None) };
    let Some(contract) = value.get_mut("contract") else { return Ok(None) };
    let (signed, wanted) =
        (format!("\"rightOperand\":\"{}\"", super::offer::READS), "\"rightOperand\":\"9\"");
    let changed = contract.to_string().replacen(&signed, wanted, 1);
    *contract = serde_json::from_str(&changed).map_err(|e| Failed::Internal(e.to_string()))?;
    let forged = jcs::canonical_value(&value).map_err(|e| Failed::Internal(e.to_string()))?;
    if forged == file {
        return Ok(None);
    }
    write(folder, "forged.json", &forged).map(Some)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Failed> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).map_err(|e| Failed::Setup(format!("{}: {e}", path.display())))?;
    Ok(path)
}
