//! The work that is going on when a node is killed: contracts asked for, transfers opened, files pulled, some stopped,
//! some contracts revoked. Every answer is noted, errors are what kills look like.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use contracts::api::contract::{ContractView, Revoke};
use contracts::api::member::MemberView;
use contracts::api::negotiation::{NegotiationView, Reason};
use contracts::api::transfer::{PullView, TransferView};

use super::notes::{Done, Notes, Side};
use super::observe::{api, read_head};
use crate::api::{Answer, Api, Failure, segment};
use crate::pair::Pair;
use crate::random::Random;

/// A published file.
#[derive(Clone)]
pub struct Dataset {
    pub id: String,
    pub sha256: String,
}

/// What all workers share.
pub struct Shared {
    pub provider: Api,
    pub consumer: Api,
    pub provider_did: String,
    pub datasets: Vec<Dataset>,
    pub members: [MemberView; 2],
    pub notes: Arc<Notes>,
    pub ended: AtomicBool,
    /// Names of received files.
    pub names: Arc<AtomicU64>,
}

impl Shared {
    fn api(&self, side: Side) -> &Api {
        match side {
            Side::Provider => &self.provider,
            Side::Consumer => &self.consumer,
        }
    }

    fn goes_on(&self) -> bool {
        !self.ended.load(Ordering::Relaxed)
    }
}

/// Works until it is over.
pub async fn work(shared: Arc<Shared>, mut random: Random) {
    while shared.goes_on() {
        if once(&shared, &mut random).await.is_err() {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }
}

/// Reads both heads again and again: each is a promise.
pub async fn heads(shared: Arc<Shared>) {
    while shared.goes_on() {
        for (place, side) in Side::BOTH.into_iter().enumerate() {
            if let Ok(text) = shared.api(side).checkpoint().await {
                let (head, signed) = read_head(&text, &shared.members[place]);
                assert!(signed, "{side:?}: an unsigned head was served");
                shared.notes.head(side, head);
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn once(shared: &Shared, random: &mut Random) -> Answer<()> {
    let dataset = &shared.datasets[random.below(shared.datasets.len() as u64) as usize];
    let agreement = contract(shared, random, dataset).await?;
    for _ in 0..=random.below(3) {
        let transfer = begin(shared, random, &agreement).await?;
        if random.one_in(4) {
            stop(shared, random, &transfer).await?;
        } else {
            pull(shared, random, &transfer, dataset).await?;
        }
    }
    if random.one_in(6) {
        let side = if random.one_in(2) { Side::Provider } else { Side::Consumer };
        let ground = Revoke { ground: "Essai de coupure".into() };
        let path = format!("/contracts/{}/revoke", segment(&agreement));
        let revoked: ContractView = shared.api(side).post(&path, &ground).await?;
        if revoked.revoked.is_some() {
            shared.notes.revoked(side, &agreement);
        }
    }
    Ok(())
}

/// A contract under the published offer.
async fn contract(shared: &Shared, random: &mut Random, dataset: &Dataset) -> Answer<String> {
    let mut seen = shared.consumer.negotiate(&shared.provider_did, &dataset.id).await?;
    shared.notes.negotiation(Side::Consumer, &seen.id, &seen.state);
    if random.one_in(12) {
        let reason = Reason { reason: Some("Essai de coupure".into()) };
        let path = format!("/negotiations/{}/terminate", segment(&seen.id));
        let ended: NegotiationView = shared.consumer.post(&path, &reason).await?;
        shared.notes.negotiation(Side::Consumer, &ended.id, &ended.state);
        return Err(Failure::Lost("terminated".into()));
    }
    loop {
        if let Some(theirs) = seen.peer_id.as_deref().filter(|_| random.one_in(3))
            && let Ok(theirs) = shared.provider.negotiation(theirs).await
        {
            shared.notes.negotiation(Side::Provider, &theirs.id, &theirs.state);
        }
        match (seen.state.as_str(), &seen.agreement) {
            ("FINALIZED", Some(agreement)) => return Ok(agreement.clone()),
            ("TERMINATED", _) => return Err(Failure::Lost("terminated".into())),
            _ if !shared.goes_on() => return Err(Failure::Lost("over".into())),
            _ => tokio::time::sleep(Duration::from_millis(2)).await,
        }
        seen = shared.consumer.negotiation(&seen.id).await?;
        shared.notes.negotiation(Side::Consumer, &seen.id, &seen.state);
    }
}

async fn begin(shared: &Shared, random: &mut Random, agreement: &str) -> Answer<TransferView> {
    let mut seen = shared.consumer.start(agreement).await?;
    loop {
        shared.notes.transfer(Side::Consumer, &seen.id, &seen.state);
        if let Some(theirs) = seen.peer_id.as_deref().filter(|_| random.one_in(3))
            && let Ok(theirs) = shared.provider.transfer(theirs).await
        {
            shared.notes.transfer(Side::Provider, &theirs.id, &theirs.state);
        }
        match seen.state.as_str() {
            "REQUESTED" if shared.goes_on() => tokio::time::sleep(Duration::from_millis(2)).await,
            "STARTED" => return Ok(seen),
            other => return Err(Failure::Lost(other.to_owned())),
        }
        seen = shared.consumer.transfer(&seen.id).await?;
    }
}

/// Suspends, completes or terminates, from either side.
async fn stop(shared: &Shared, random: &mut Random, transfer: &TransferView) -> Answer<()> {
    let side = if random.one_in(2) { Side::Provider } else { Side::Consumer };
    let id = match (side, &transfer.peer_id) {
        (Side::Consumer, _) => &transfer.id,
        (Side::Provider, Some(id)) => id,
        (Side::Provider, None) => return Ok(()),
    };
    let what = ["suspend", "complete", "terminate"][random.below(3) as usize];
    let act = |what: &str| format!("/transfers/{}/{what}", segment(id));
    let reason = Reason { reason: Some("Essai de coupure".into()) };
    let api = shared.api(side);
    let seen: TransferView = match what {
        "complete" => api.post(&act(what), &serde_json::json!({})).await?,
        _ => api.post(&act(what), &reason).await?,
    };
    shared.notes.transfer(side, &seen.id, &seen.state);
    if what == "suspend" && random.one_in(2) {
        let seen: TransferView = api.post(&act("resume"), &serde_json::json!({})).await?;
        shared.notes.transfer(side, &seen.id, &seen.state);
    }
    Ok(())
}

async fn pull(
    shared: &Shared,
    random: &mut Random,
    transfer: &TransferView,
    dataset: &Dataset,
) -> Answer<()> {
    let name = format!("pulled-{}", shared.names.fetch_add(1, Ordering::Relaxed));
    let mut job: PullView = shared.consumer.pull(&transfer.id, &name).await?;
    // Sometimes stopped on the way.
    if random.one_in(5) {
        return stop(shared, random, transfer).await;
    }
    while job.state == "running" && shared.goes_on() {
        tokio::time::sleep(Duration::from_millis(3)).await;
        job = shared.consumer.pulled(&job).await?;
    }
    for arrived in job.files.into_iter().filter(|_| job.state == "done") {
        shared.notes.done(Done {
            transfer: job.transfer.clone(),
            reference: arrived.reference,
            bytes: arrived.bytes,
            sha256: arrived.sha256,
            expected: dataset.sha256.clone(),
            file: arrived.file,
        });
    }
    Ok(())
}

/// The parts of a pair that the workers use.
pub async fn share(
    pair: &Pair,
    datasets: &[Dataset],
    notes: &Arc<Notes>,
    names: &Arc<AtomicU64>,
) -> Answer<Shared> {
    let [provider, consumer] = Side::BOTH.map(|side| api(pair, side).clone());
    let members = [provider.get("/members/self").await?, consumer.get("/members/self").await?];
    Ok(Shared {
        provider,
        consumer,
        provider_did: pair.provider.did.clone(),
        datasets: datasets.to_vec(),
        members,
        notes: Arc::clone(notes),
        ended: AtomicBool::new(false),
        names: Arc::clone(names),
    })
}
