//! Our rules hold whoever the peer is.

use contracts::api::contract::ContractView;
use contracts::api::negotiation::NegotiationView;
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::Outcome;
use super::lab::{Lab, free};
use crate::api::segment;

/// Bytes of the pull that is cut: more than all buffers on the way hold.
const LARGE: usize = 256 << 20;

/// The message that ends a negotiation.
const TERMINATION: &str = "ContractNegotiationTerminationMessage";

/// The offer asks for a purpose, and EDC has none to state.
pub async fn by_us(lab: &Lab) -> Outcome {
    let name = "refused.bin";
    std::fs::write(lab.open.dir.join("data").join(name), "x").map_err(|e| e.to_string())?;
    let mut description = crate::pair::description(name, &lab.edc_did);
    description["offers"][0]["policy"]["permission"][0]["constraint"] = json!([
        {"leftOperand": "recipient", "operator": "eq", "rightOperand": lab.edc_did},
        {"leftOperand": "purpose", "operator": "isA", "rightOperand": "controle_delegation"},
    ]);
    let dataset = lab.open.api.publish(&description).await.map_err(|e| e.to_string())?.id;
    let negotiation = lab.asked(&lab.open, &dataset).await?;
    lab.edc.management.reaches("contractnegotiations", &negotiation, "TERMINATED").await?;
    let ours = lab.our_negotiation(&lab.open, &negotiation).await?;
    let ours = lab.ours_reaches(&lab.open, &ours.id, "TERMINATED").await?;
    let reason = ours.reason.unwrap_or_default();
    lab.told(TERMINATION, &reason).await?;
    Ok(format!("TERMINATED on both sides: {reason}"))
}

/// EDC's policy holds no longer: it refuses the transfer.
pub async fn by_edc(lab: &Lab) -> Outcome {
    let over = json!([{"action": "use", "constraint": [{
        "leftOperand": "https://w3id.org/edc/v0.0.1/ns/inForceDate", "operator": "lteq",
        "rightOperand": "2020-01-01T00:00:00Z",
    }]}]);
    let (asset, _) = lab.theirs(1000, &over).await?;
    let agreement = lab.bought(&lab.open, &asset).await?;
    let asked = lab.open.api.start(&agreement).await.map_err(|e| e.to_string())?;
    let ours = lab.transfer_reaches(&lab.open, &asked.id, "TERMINATED").await?;
    let reason = ours.reason.unwrap_or_default();
    let theirs = lab
        .edc
        .management
        .post(
            "/transferprocesses/request",
            &json!({
                "@context": {"@vocab": "https://w3id.org/edc/v0.0.1/ns/"}, "@type": "QuerySpec",
            }),
        )
        .await?;
    let open = theirs
        .as_array()
        .into_iter()
        .flatten()
        .filter(|t| t["correlationId"] == ours.id.as_str() && t["state"] != "TERMINATED");
    let open: Vec<_> = open.collect();
    if !open.is_empty() {
        return Err(format!("EDC still has it: {open:?}"));
    }
    Ok(format!("ended on both sides: {reason}"))
}

pub async fn recorded(lab: &Lab) -> Outcome {
    let (asset, _) = lab.theirs(1000, &free()).await?;
    let bought = lab.bought(&lab.open, &asset).await?;
    let (dataset, _) = lab.ours(&lab.open, 1000).await?;
    let sold = lab.sold(&lab.open, &dataset).await?.agreement;
    for agreement in [&bought, &sold] {
        let contract: ContractView = lab.open.api.contract(agreement).await.map_err(|e| e.to_string())?;
        if contract.standing != "unsigned" {
            return Err(format!("{agreement} is recorded as {}", contract.standing));
        }
    }
    let entries = lab.open.api.events(0, 0).await.map_err(|e| e.to_string())?;
    let mut cursor = entries.next.clone();
    let mut events = entries.items;
    while let Some(next) = cursor.and_then(|c| c.parse().ok()) {
        let page = lab.open.api.events(next, 0).await.map_err(|e| e.to_string())?;
        if page.items.is_empty() {
            break;
        }
        events.extend(page.items);
        cursor = page.next;
    }
    for agreement in [&bought, &sold] {
        let recorded = events.iter().any(|event| {
            event.kind == "contract.recorded-unsigned"
                && event.fields.as_ref().is_some_and(|fields| fields.values().any(|v| v == agreement))
        });
        if !recorded {
            return Err(format!("{agreement} is not in the log as unsigned"));
        }
    }
    Ok("bought and sold: standing `unsigned`, in the log as such".into())
}

/// A node that was told nothing takes no agreement that the peer did not sign.
pub async fn unsigned(lab: &Lab) -> Outcome {
    let (asset, _) = lab.theirs(1000, &free()).await?;
    let asked = lab.ask(&lab.strict, &asset).await?;
    let bought = ended(lab, &asked).await?;
    let (dataset, _) = lab.ours(&lab.strict, 1000).await?;
    let theirs = lab.asked(&lab.strict, &dataset).await?;
    lab.edc.management.reaches("contractnegotiations", &theirs, "TERMINATED").await?;
    let ours = lab.our_negotiation(&lab.strict, &theirs).await?;
    let sold = ended(lab, &ours.id).await?;
    for ended in [&bought, &sold] {
        lab.told(TERMINATION, ended.reason.as_deref().unwrap_or_default()).await?;
    }
    let contracts: Vec<ContractView> = lab.strict.api.all("/contracts").await.map_err(|e| e.to_string())?;
    if let Some(kept) = contracts.iter().find(|c| c.standing != "abandoned") {
        return Err(format!("{} counts as {}", kept.id, kept.standing));
    }
    Ok(format!("{} / {}", bought.reason.unwrap_or_default(), sold.reason.unwrap_or_default()))
}

async fn ended(lab: &Lab, id: &str) -> Result<NegotiationView, String> {
    let ended = lab.ours_reaches(&lab.strict, id, "TERMINATED").await?;
    match ended.reason.as_deref() {
        // « n'a pas signé », « non signés »: the reason in the node's language.
        Some(reason) if reason.contains("sign") => Ok(ended),
        other => Err(format!("not ended for want of a signature: {other:?}")),
    }
}

/// EDC's user reads slowly; we revoke; the stream is cut and EDC's transfer ends.
pub async fn revoked(lab: &Lab) -> Outcome {
    let (dataset, _) = lab.ours(&lab.open, LARGE).await?;
    let sold = lab.sold(&lab.open, &dataset).await?;
    let (transfer, access) = lab.pulling(&lab.open, &sold).await?;
    let answer = access.get(lab).await?;
    let mut stream = answer.bytes_stream();
    let mut got = stream.next().await.and_then(Result::ok).map_or(0, |piece| piece.len());
    let path = format!("/contracts/{}/revoke", segment(&sold.agreement));
    let _: Value = lab
        .open
        .api
        .post(&path, &json!({"ground": "the delegation has ended"}))
        .await
        .map_err(|e| e.to_string())?;
    let begun = std::time::Instant::now();
    let cut = loop {
        match stream.next().await {
            Some(Ok(piece)) => got += piece.len(),
            Some(Err(_)) => break true,
            None => break got < LARGE,
        }
    };
    if !cut {
        return Err(format!("all {got} bytes came"));
    }
    let took = begun.elapsed();
    let theirs = lab.edc.management.reaches("transferprocesses", &transfer, "TERMINATED").await?;
    if access.get(lab).await?.status().is_success() {
        return Err("the token still gives data".into());
    }
    Ok(format!(
        "cut after {got} of {LARGE} bytes, {} ms after the revocation; EDC's transfer is {}",
        took.as_millis(),
        theirs["state"].as_str().unwrap_or_default()
    ))
}
