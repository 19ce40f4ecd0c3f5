//! We are the consumer.

use contracts::api::transfer::{PullView, TransferView};
use serde_json::{Value, json};

use super::Outcome;
use super::lab::{Lab, PATIENCE, free, same};
use crate::api::segment;
use crate::process::Node;

const SIZE: usize = 3_000_000;

pub async fn read(lab: &Lab) -> Outcome {
    let (asset, _) = lab.theirs(1000, &free()).await?;
    let answer: Value =
        lab.open.api.post("/catalog", &json!({"peer": lab.edc_did})).await.map_err(|e| e.to_string())?;
    let datasets = answer["catalog"]["dataset"].as_array().cloned().unwrap_or_default();
    let found = datasets.iter().find(|d| d["@id"] == asset.as_str());
    let found = found.ok_or_else(|| format!("we do not see {asset} in {answer}"))?;
    same("action", found["hasPolicy"][0]["permission"][0]["action"].as_str().unwrap_or_default(), "use")?;
    Ok(format!("{} datasets, with their offers", datasets.len()))
}

pub async fn negotiate(lab: &Lab) -> Outcome {
    let (asset, _) = lab.theirs(1000, &free()).await?;
    let agreement = lab.bought(&lab.open, &asset).await?;
    let theirs = lab.their_agreement(&agreement).await?;
    same("assetId", theirs["assetId"].as_str().unwrap_or_default(), &asset)?;
    same("consumerId", theirs["consumerId"].as_str().unwrap_or_default(), &lab.open.did)?;
    Ok(format!("FINALIZED on both sides, one agreement: {agreement}"))
}

pub async fn pull(lab: &Lab) -> Outcome {
    let (asset, sha256) = lab.theirs(SIZE, &free()).await?;
    let agreement = lab.bought(&lab.open, &asset).await?;
    let asked = lab.open.api.start(&agreement).await.map_err(|e| e.to_string())?;
    lab.transfer_reaches(&lab.open, &asked.id, "STARTED").await?;
    same("digest", &pulled(lab, &lab.open, &asked.id, &asset).await?, &sha256)?;
    Ok(format!("{SIZE} bytes, SHA-256 {sha256}"))
}

pub async fn push(lab: &Lab) -> Outcome {
    let (asset, sha256) = lab.theirs(SIZE, &free()).await?;
    let agreement = lab.bought(&lab.open, &asset).await?;
    let body = json!({"agreement": agreement, "format": "HttpData-PUSH"});
    let asked: TransferView = lab.open.api.post("/transfers", &body).await.map_err(|e| e.to_string())?;
    let ours = lab.transfer_reaches(&lab.open, &asked.id, "COMPLETED").await?;
    let file = ours.file.ok_or("a push to us names no file")?;
    let content = std::fs::read(&file).map_err(|e| format!("{file}: {e}"))?;
    same("digest", &crate::edc::site::digest(&content), &sha256)?;
    let theirs = ours.peer_id.ok_or("EDC never named the transfer")?;
    let theirs = lab.edc.management.until("transferprocesses", &theirs, over).await?;
    Ok(format!("{SIZE} bytes, SHA-256 {sha256}, COMPLETED here, {} at EDC", theirs["state"]))
}

/// EDC takes its resources back after a transfer is completed.
fn over(transfer: &Value) -> bool {
    ["COMPLETED", "DEPROVISIONED"].iter().any(|state| transfer["state"] == *state)
}

/// Fetches a started transfer with our node's own pull; gives the digest it recorded, compared with the file.
pub async fn pulled(_lab: &Lab, node: &Node, transfer: &str, to: &str) -> Result<String, String> {
    let job = node.api.pull(transfer, to).await.map_err(|e| e.to_string())?;
    let path = format!("/transfers/{}/pull/{}", segment(&job.transfer), segment(&job.id));
    let done = |p: &PullView| p.state != "running";
    let job: PullView = node.api.until(&path, PATIENCE, done).await.map_err(|e| e.to_string())?;
    let [file] = &job.files[..] else { return Err(format!("the pull is {}: {:?}", job.state, job.error)) };
    let content = std::fs::read(&file.file).map_err(|e| format!("{}: {e}", file.file))?;
    same("digest of the file", &crate::edc::site::digest(&content), &file.sha256)?;
    Ok(file.sha256.clone())
}

/// EDC's provider looks at the offer's name and not at the terms asked for: what it agrees to is its own offer, which
/// is not what we asked for.
pub async fn counter(lab: &Lab) -> Outcome {
    let (asset, _) = lab.theirs(1000, &free()).await?;
    let policy = json!({"permission": [{"action": "use", "constraint": [
        {"leftOperand": "dateTime", "operator": "lt", "rightOperand": "2040-01-01T00:00:00Z"},
    ]}]});
    let body = json!({"peer": lab.edc_did, "dataset": asset, "policy": policy});
    let asked: Value = lab.open.api.post("/negotiations", &body).await.map_err(|e| e.to_string())?;
    let id = asked["id"].as_str().unwrap_or_default();
    let ended = lab.ours_reaches(&lab.open, id, "TERMINATED").await?;
    let theirs = ended.peer_id.ok_or("EDC never named it")?;
    lab.edc.management.reaches("contractnegotiations", &theirs, "TERMINATED").await?;
    let reason = ended.reason.unwrap_or_default();
    lab.told("ContractNegotiationTerminationMessage", &reason).await?;
    Ok(format!("TERMINATED on both sides: {reason}"))
}
