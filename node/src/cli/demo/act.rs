//! What the parties do, each through the management API of its own node, and how it ends.

use contracts::api::contract::{ContractView, Revoke};
use contracts::api::negotiation::{NegotiationView, StartNegotiation};
use contracts::api::transfer::{Pull, PullView, StartTransfer, TransferView};

use super::party::Party;
use super::voice::reason;
use crate::cli::client::segment;
use crate::cli::exit::Failed;

/// Given, or refused with the reason.
pub enum Answer<T> {
    Given(T),
    Refused(String),
}

/// What a node answered at once: a refusal of it is an answer, anything else a failure.
fn answered<T>(result: Result<T, Failed>) -> Result<Answer<T>, Failed> {
    match result {
        Ok(value) => Ok(Answer::Given(value)),
        Err(failed) => match &failed {
            Failed::Answered(problem) if matches!(problem.status, 401 | 403 | 404 | 409) => {
                Ok(Answer::Refused(reason(&failed)))
            }
            _ => Err(failed),
        },
    }
}

/// Asks for a contract on a dataset, and gives its identifier.
pub async fn negotiate(
    party: &Party,
    provider: &Party,
    dataset: &str,
    purpose: &str,
) -> Result<Answer<String>, Failed> {
    let start = StartNegotiation {
        peer: provider.did.clone(),
        dataset: dataset.to_owned(),
        offer: None,
        purpose: Some(purpose.to_owned()),
        policy: None,
    };
    let started: NegotiationView = match answered(party.client.post("/negotiations", &start).await)? {
        Answer::Given(started) => started,
        Answer::Refused(reason) => return Ok(Answer::Refused(reason)),
    };
    let path = format!("/negotiations/{}", segment(&started.id));
    let ended = |n: &NegotiationView| {
        matches!(n.state.as_str(), "FINALIZED" | "TERMINATED") || n.waits_for == "person"
    };
    let last: NegotiationView = party.until(&path, ended).await?;
    match (last.state.as_str(), last.agreement) {
        ("FINALIZED", Some(agreement)) => Ok(Answer::Given(agreement)),
        _ => Ok(Answer::Refused(last.reason.unwrap_or_default())),
    }
}

/// Asks for a transfer under a contract, and gives it once it is started.
pub async fn start(party: &Party, contract: &str, purpose: &str) -> Result<Answer<TransferView>, Failed> {
    let start = StartTransfer {
        agreement: contract.to_owned(),
        purpose: Some(purpose.to_owned()),
        ..StartTransfer::default()
    };
    let first: TransferView = match answered(party.client.post("/transfers", &start).await)? {
        Answer::Given(first) => first,
        Answer::Refused(reason) => return Ok(Answer::Refused(reason)),
    };
    let path = format!("/transfers/{}", segment(&first.id));
    let last: TransferView = party.until(&path, |t: &TransferView| t.state != "REQUESTED").await?;
    match last.state.as_str() {
        "STARTED" => Ok(Answer::Given(last)),
        _ => Ok(Answer::Refused(last.reason.unwrap_or_default())),
    }
}

/// Begins to fetch the data of a transfer.
pub async fn pull(party: &Party, transfer: &str, to: &str) -> Result<Answer<PullView>, Failed> {
    let path = format!("/transfers/{}/pull", segment(transfer));
    answered(party.client.post(&path, &Pull { path: None, to: Some(to.to_owned()) }).await)
}

/// Fetches the data of a transfer to the end, whichever it is.
pub async fn fetch(party: &Party, transfer: &str, to: &str) -> Result<Answer<PullView>, Failed> {
    let job = match pull(party, transfer, to).await? {
        Answer::Given(job) => job,
        refused => return Ok(refused),
    };
    let last = watch(party, &job, |job| job.state != "running").await?;
    match last.state.as_str() {
        "done" => Ok(Answer::Given(last)),
        _ => Ok(Answer::Refused(last.error.unwrap_or_default())),
    }
}

/// Follows a pull.
pub async fn watch(
    party: &Party,
    job: &PullView,
    settled: impl Fn(&PullView) -> bool,
) -> Result<PullView, Failed> {
    let path = format!("/transfers/{}/pull/{}", segment(&job.transfer), segment(&job.id));
    party.until(&path, settled).await
}

/// Revokes a contract.
pub async fn revoke(party: &Party, contract: &str, ground: &str) -> Result<ContractView, Failed> {
    let path = format!("/contracts/{}/revoke", segment(contract));
    party.client.post(&path, &Revoke { ground: ground.to_owned() }).await
}
