//! A contract revoked while its bytes are on their way.

use contracts::api::contract::ContractView;

use super::act::{self, Answer};
use super::stage::Stage;
use super::story::{self, Exchange};
use super::{proof, thief};
use crate::cli::client::segment;
use crate::cli::exit::Failed;
use crate::log::twins;
use crate::text;

/// Step 8: the large dataset is fetched; as soon as bytes arrive, the provider revokes.
pub async fn cut(stage: &mut Stage) -> Result<(), Failed> {
    let Some(index) = stage.shown.len().checked_sub(1) else { return Ok(()) };
    let values = [("provider", stage.provider.name), ("authority", stage.authority.name)];
    stage.voice.step("demo.revoke", &values);
    let contract = story::contract(stage, index).await?;
    let transfer = story::begin(stage, stage.contracts.len() - 1).await?;
    let address = thief::address(&stage.authority, &transfer).await?;
    let name = stage.received_name(index);
    let job = match act::pull(&stage.authority, &transfer, &name).await? {
        Answer::Given(job) => job,
        Answer::Refused(reason) => return Err(Failed::Refused(reason)),
    };
    let flowing = act::watch(&stage.authority, &job, |j| j.bytes > 0 || j.state != "running").await?;
    let ground = text::get(stage.voice.lang(), "demo.ground");
    act::revoke(&stage.provider, &contract, ground).await?;
    let seen = flowing.bytes.to_string();
    stage.voice.tell("demo.revoked", &[("bytes", &seen), ("ground", ground)]);
    let last = act::watch(&stage.authority, &job, |j| j.state != "running").await?;
    let total = std::fs::metadata(&stage.shown[index].file).map(|m| m.len()).unwrap_or_default();
    let (bytes, all) = (last.bytes.to_string(), total.to_string());
    match last.state.as_str() {
        "done" => stage.voice.tell("demo.not-cut", &[]),
        _ => {
            let error = last.error.unwrap_or_default();
            stage.voice.tell("demo.cut", &[("bytes", &bytes), ("total", &all)]);
            stage.voice.refused(&error);
        }
    }
    told(stage, &contract).await?;
    stage.voice.tell("demo.ask-again", &[]);
    match act::start(&stage.authority, &contract, "performance_reseau_eau").await? {
        Answer::Refused(reason) => stage.voice.refused(&reason),
        Answer::Given(_) => stage.voice.not_refused(),
    }
    thief::insist(stage, &address).await?;
    // A pull that failed names no exchange; the authority's log does.
    let log = stage.authority.client.bytes(&format!("/log/extract?contract={}", segment(&contract))).await?;
    let exchange = |reference| Exchange { reference, sha256: String::new(), bytes: total, whole: false };
    stage.exchanges.extend(twins::references(&proof::read(&log)?).into_iter().map(exchange));
    stage.revoked = Some(contract);
    Ok(())
}

/// The revocation reached the other side.
async fn told(stage: &mut Stage, contract: &str) -> Result<(), Failed> {
    let path = format!("/contracts/{}", segment(contract));
    let known = |c: &ContractView| c.revoked.is_some();
    stage.authority.until::<ContractView>(&path, known).await?;
    stage.voice.tell("demo.both-know", &[("authority", stage.authority.name)]);
    Ok(())
}
