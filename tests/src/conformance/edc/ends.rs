//! Termination, suspension and resumption, from each side, in each role.

use serde_json::{Value, json};

use super::Outcome;
use super::lab::{Access, Lab, free, same};
use super::we::pulled;
use crate::api::segment;

const SIZE: usize = 1_000_000;

async fn act(lab: &Lab, path: &str, body: Value) -> Result<(), String> {
    let said: Result<Value, _> = lab.open.api.post(path, &body).await;
    said.map(drop).map_err(|e| format!("{path}: {e}"))
}

/// With this address nothing is given now.
async fn refused(lab: &Lab, access: &Access) -> Result<u16, String> {
    let status = access.get(lab).await?.status();
    if status.is_client_error() {
        Ok(status.as_u16())
    } else {
        Err(format!("data came all the same: {status}"))
    }
}

pub async fn by_us(lab: &Lab) -> Outcome {
    let (dataset, _) = lab.ours(&lab.person, SIZE).await?;
    let negotiation = lab.asked(&lab.person, &dataset).await?;
    let ours = lab.our_negotiation(&lab.person, &negotiation).await?;
    let path = format!("/negotiations/{}/terminate", segment(&ours.id));
    let said: Result<Value, _> = lab.person.api.post(&path, &json!({"reason": "not this year"})).await;
    said.map_err(|e| e.to_string())?;
    lab.edc.management.reaches("contractnegotiations", &negotiation, "TERMINATED").await?;
    lab.told("ContractNegotiationTerminationMessage", "not this year").await?;
    let (dataset, _) = lab.ours(&lab.open, SIZE).await?;
    let sold = lab.sold(&lab.open, &dataset).await?;
    let (transfer, access) = lab.pulling(&lab.open, &sold).await?;
    let ours = lab.our_transfer(&lab.open, &transfer).await?;
    act(lab, &format!("/transfers/{}/terminate", segment(&ours.id)), json!({"reason": "enough"})).await?;
    lab.edc.management.reaches("transferprocesses", &transfer, "TERMINATED").await?;
    lab.told("TransferTerminationMessage", "enough").await?;
    let status = refused(lab, &access).await?;
    Ok(format!("TERMINATED on both sides, with our reason; the token gives {status}"))
}

pub async fn by_edc(lab: &Lab) -> Outcome {
    let management = &lab.edc.management;
    let (dataset, _) = lab.ours(&lab.person, SIZE).await?;
    let negotiation = lab.asked(&lab.person, &dataset).await?;
    management.reaches("contractnegotiations", &negotiation, "REQUESTED").await?;
    management.act("contractnegotiations", &negotiation, "terminate", "changed our mind").await?;
    let ours = lab.our_negotiation(&lab.person, &negotiation).await?;
    let ours = lab.ours_reaches(&lab.person, &ours.id, "TERMINATED").await?;
    same("reason", ours.reason.as_deref().unwrap_or_default(), "changed our mind")?;
    let (dataset, _) = lab.ours(&lab.open, SIZE).await?;
    let sold = lab.sold(&lab.open, &dataset).await?;
    let (transfer, access) = lab.pulling(&lab.open, &sold).await?;
    management.act("transferprocesses", &transfer, "terminate", "enough").await?;
    let ours = lab.our_transfer(&lab.open, &transfer).await?;
    let ours = lab.transfer_reaches(&lab.open, &ours.id, "TERMINATED").await?;
    same("reason", ours.reason.as_deref().unwrap_or_default(), "enough")?;
    let status = refused(lab, &access).await?;
    Ok(format!("TERMINATED on both sides, with EDC's reason; the token gives {status}"))
}

pub async fn suspended_by_edc(lab: &Lab) -> Outcome {
    let management = &lab.edc.management;
    let (dataset, sha256) = lab.ours(&lab.open, SIZE).await?;
    let sold = lab.sold(&lab.open, &dataset).await?;
    let (transfer, access) = lab.pulling(&lab.open, &sold).await?;
    management.act("transferprocesses", &transfer, "suspend", "wait").await?;
    management.reaches("transferprocesses", &transfer, "SUSPENDED").await?;
    let ours = lab.our_transfer(&lab.open, &transfer).await?;
    lab.transfer_reaches(&lab.open, &ours.id, "SUSPENDED").await?;
    let status = refused(lab, &access).await?;
    management.post(&format!("/transferprocesses/{transfer}/resume"), &json!({})).await?;
    management.reaches("transferprocesses", &transfer, "STARTED").await?;
    lab.transfer_reaches(&lab.open, &ours.id, "STARTED").await?;
    let access = lab.access(&transfer).await?;
    same("digest", &access.digest(lab).await?, &sha256)?;
    Ok(format!("SUSPENDED on both sides, the token gives {status}; STARTED with a new one, and the bytes"))
}

pub async fn suspended_by_us(lab: &Lab) -> Outcome {
    let management = &lab.edc.management;
    let (dataset, sha256) = lab.ours(&lab.open, SIZE).await?;
    let sold = lab.sold(&lab.open, &dataset).await?;
    let (transfer, access) = lab.pulling(&lab.open, &sold).await?;
    let ours = lab.our_transfer(&lab.open, &transfer).await?;
    act(lab, &format!("/transfers/{}/suspend", segment(&ours.id)), json!({"reason": "wait"})).await?;
    management.reaches("transferprocesses", &transfer, "SUSPENDED").await?;
    let status = refused(lab, &access).await?;
    act(lab, &format!("/transfers/{}/resume", segment(&ours.id)), json!({})).await?;
    management.reaches("transferprocesses", &transfer, "STARTED").await?;
    let access = lab.access(&transfer).await?;
    same("digest", &access.digest(lab).await?, &sha256)?;
    Ok(format!("SUSPENDED on both sides, the token gives {status}; STARTED with a new one, and the bytes"))
}

pub async fn suspended_as_consumer(lab: &Lab) -> Outcome {
    let management = &lab.edc.management;
    let (asset, sha256) = lab.theirs(SIZE, &free()).await?;
    let agreement = lab.bought(&lab.open, &asset).await?;
    let asked = lab.open.api.start(&agreement).await.map_err(|e| e.to_string())?;
    let ours = lab.transfer_reaches(&lab.open, &asked.id, "STARTED").await?;
    let theirs = ours.peer_id.ok_or("EDC never named the transfer")?;
    act(lab, &format!("/transfers/{}/suspend", segment(&ours.id)), json!({"reason": "wait"})).await?;
    management.reaches("transferprocesses", &theirs, "SUSPENDED").await?;
    if pulled(lab, &lab.open, &ours.id, "suspended").await.is_ok() {
        return Err("a suspended transfer gave bytes".into());
    }
    act(lab, &format!("/transfers/{}/resume", segment(&ours.id)), json!({})).await?;
    management.reaches("transferprocesses", &theirs, "STARTED").await?;
    lab.transfer_reaches(&lab.open, &ours.id, "STARTED").await?;
    same("digest", &pulled(lab, &lab.open, &ours.id, &asset).await?, &sha256)?;
    Ok("SUSPENDED on both sides; STARTED, and the bytes".into())
}
