//! EDC is the consumer.

use serde_json::{Value, json};

use super::Outcome;
use super::lab::{Lab, PATIENCE, same};
use crate::api::segment;

const SIZE: usize = 3_000_000;

pub async fn read(lab: &Lab) -> Outcome {
    let (dataset, _) = lab.ours(&lab.open, 1000).await?;
    let catalogue = lab.edc.management.catalogue(&lab.party(&lab.open), 500).await?;
    same("participantId", catalogue["participantId"].as_str().unwrap_or_default(), &lab.open.did)?;
    let offer = lab.offer(&lab.open, &dataset).await?;
    let constraint = &offer["permission"][0]["constraint"][0];
    same("rightOperand", constraint["rightOperand"].as_str().unwrap_or_default(), &lab.edc_did)?;
    let datasets = catalogue["dataset"].as_array().map_or(0, Vec::len);
    Ok(format!("{datasets} datasets, with their offers"))
}

pub async fn negotiate(lab: &Lab) -> Outcome {
    let (dataset, _) = lab.ours(&lab.open, 1000).await?;
    let agreement = lab.sold(&lab.open, &dataset).await?.agreement;
    let ours = lab.open.api.contract(&agreement).await.map_err(|e| e.to_string())?;
    same("dataset of our contract", &ours.dataset, &dataset)?;
    Ok(format!("FINALIZED on both sides, one agreement: {agreement}"))
}

pub async fn pull(lab: &Lab) -> Outcome {
    let (dataset, sha256) = lab.ours(&lab.open, SIZE).await?;
    let sold = lab.sold(&lab.open, &dataset).await?;
    let (transfer, access) = lab.pulling(&lab.open, &sold).await?;
    same("digest", &access.digest(lab).await?, &sha256)?;
    let ours = lab.our_transfer(&lab.open, &transfer).await?;
    let path = format!("/transfers/{}/complete", segment(&ours.id));
    let _: Value = lab.open.api.post(&path, &json!({})).await.map_err(|e| e.to_string())?;
    lab.edc.management.reaches("transferprocesses", &transfer, "COMPLETED").await?;
    Ok(format!("{SIZE} bytes, SHA-256 {sha256}"))
}

/// To the address that EDC's user named, with the method that EDC says nothing about.
pub async fn push(lab: &Lab) -> Outcome {
    let (dataset, sha256) = lab.ours(&lab.open, SIZE).await?;
    let sold = lab.sold(&lab.open, &dataset).await?;
    let sink = format!("sink/{dataset}");
    let management = &lab.edc.management;
    let (whom, to) = (lab.party(&lab.open), lab.gateway.url(&sink));
    let events = lab.gateway.url("events/edc");
    let transfer = management.transfer(&whom, &sold.theirs, "HttpData-PUSH", Some(&to), &events).await?;
    let arrived = lab.gateway.sites.wait(&format!("/{sink}"), PATIENCE, |_| true).await;
    let Some(arrived) = arrived else {
        let theirs = management.get(&format!("/transferprocesses/{transfer}")).await?;
        return Err(format!("nothing came to the sink; EDC: {theirs}"));
    };
    same("digest", &arrived.sha256, &sha256)?;
    management.reaches("transferprocesses", &transfer, "COMPLETED").await?;
    let ours = lab.our_transfer(&lab.open, &transfer).await?;
    lab.transfer_reaches(&lab.open, &ours.id, "COMPLETED").await?;
    Ok(format!("{SIZE} bytes, SHA-256 {sha256}, COMPLETED on both sides"))
}

/// A person of ours answers EDC's request with other terms; EDC's consumer accepts them.
pub async fn counter(lab: &Lab) -> Outcome {
    let (dataset, sha256) = lab.ours(&lab.person, SIZE).await?;
    let negotiation = lab.asked(&lab.person, &dataset).await?;
    let ours = lab.our_negotiation(&lab.person, &negotiation).await?;
    let policy = json!({"permission": [{"action": "use", "constraint": [
        {"leftOperand": "recipient", "operator": "eq", "rightOperand": lab.edc_did},
        {"leftOperand": "dateTime", "operator": "lt", "rightOperand": "2040-01-01T00:00:00Z"},
    ]}]});
    let path = format!("/negotiations/{}", segment(&ours.id));
    let body = json!({"policy": policy});
    let _: Value = lab.person.api.post(&format!("{path}/counter"), &body).await.map_err(|e| e.to_string())?;
    lab.ours_reaches(&lab.person, &ours.id, "ACCEPTED").await?;
    let _: Value =
        lab.person.api.post(&format!("{path}/agree"), &json!({})).await.map_err(|e| e.to_string())?;
    let sold = lab.concluded(&lab.person, &negotiation).await?;
    let contract = lab.person.api.contract(&sold.agreement).await.map_err(|e| e.to_string())?;
    let terms = &contract.policy["permission"][0]["constraint"];
    if terms.as_array().map_or(0, Vec::len) != 2 {
        return Err(format!("agreed on other terms than ours: {terms}"));
    }
    let (_, access) = lab.pulling(&lab.person, &sold).await?;
    same("digest", &access.digest(lab).await?, &sha256)?;
    Ok(format!("OFFERED, ACCEPTED, FINALIZED on our terms within {PATIENCE:?}, and data under them"))
}
