//! What a node holds at last.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::id::{AgreementId, Pid};
use node::app::{App, Hosted, negotiation, transfer, twins};
use node::domain::agreement::Agreement;
use node::log::verify;
use node::store::Page;

use super::http::Local;
use super::machine::Up;
use super::operation::{Done, class};

/// Rows read of each kind: more than a story makes.
const ALL: usize = 10_000_000;

/// An entry of a log.
pub struct Entry {
    pub kind: String,
    pub reference: Option<String>,
    pub leaf: Vec<u8>,
}

/// A negotiation or a transfer.
pub struct Process {
    pub kind: &'static str,
    pub pid: String,
    pub peer_pid: Option<String>,
    pub state: &'static str,
    pub waits: bool,
}

#[derive(Default)]
pub struct Shown {
    pub entries: Vec<Entry>,
    pub processes: Vec<Process>,
    pub agreements: Vec<Agreement>,
    /// Openings of deliveries with bytes, by agreement.
    pub uses: BTreeMap<String, u64>,
    pub outbox: u64,
    /// What the product's own verification of the log says.
    pub fault: Option<String>,
}

impl Shown {
    pub fn find(&self, kind: &str, pid: &str) -> Option<&Process> {
        self.processes.iter().find(|p| p.kind == kind && p.pid == pid)
    }
    pub fn has(&self, kind: &str, pid: &str) -> bool {
        self.find(kind, pid).is_some()
    }
}

async fn show(app: &App, hosted: &Arc<Hosted>) -> Result<Shown, node::app::Error> {
    let mut shown = Shown::default();
    let mut reader = app.store.read(hosted.id()).await?;
    let keys = hosted.keys();
    let public: Vec<_> = keys.keys().iter().map(|key| key.public.as_ref()).collect();
    shown.fault = verify::verify(&mut reader, &public).await.err().map(|e| e.to_string());
    for entry in reader.entries(0, ALL).await? {
        let leaf = contracts::leaf::Leaf::parse(&entry.leaf).ok();
        let reference = leaf.and_then(|leaf| leaf.reference);
        shown.entries.push(Entry { kind: entry.kind, reference, leaf: entry.leaf });
    }
    let bodies = verify::verify_bodies(&mut reader, 0, ALL).await;
    shown.fault = shown.fault.or(bodies.err().map(|e| e.to_string()));
    shown.agreements = reader.agreements(&Page::first(ALL)).await?;
    shown.outbox = reader.outbox_waiting().await?;
    drop(reader);
    for n in negotiation::list(app, hosted, &Page::first(ALL)).await? {
        shown.processes.push(Process {
            kind: "negotiation",
            pid: n.pid.to_string(),
            peer_pid: n.peer_pid.as_ref().map(Pid::to_string),
            state: n.state.kind().as_str(),
            waits: n.unacknowledged.is_some(),
        });
    }
    for t in transfer::list(app, hosted, &Page::first(ALL)).await? {
        for delivery in transfer::deliveries(app, hosted, &t.pid, &Page::first(ALL)).await? {
            // What ended before its first byte was given back.
            if delivery.at_most > 0 && delivery.closed.as_ref().is_none_or(|closed| closed.bytes > 0) {
                *shown.uses.entry(delivery.agreement.to_string()).or_default() += 1;
            }
        }
        shown.processes.push(Process {
            kind: "transfer",
            pid: t.pid.to_string(),
            peer_pid: t.peer_pid.as_ref().map(Pid::to_string),
            state: t.state.kind().as_str(),
            waits: t.unacknowledged.is_some(),
        });
    }
    Ok(shown)
}

impl Up {
    pub fn show(&self) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move {
            match show(&app, &hosted).await {
                Ok(shown) => Done::Shown(Box::new(shown)),
                Err(error) => Done::Plain(Err(class(&error))),
            }
        })
    }

    /// Our own name of a transfer that a peer names.
    pub fn named(&self, peer_pid: Pid) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move {
            let all = transfer::list(&app, &hosted, &Page::first(ALL)).await.unwrap_or_default();
            Done::Named(all.into_iter().find(|t| t.peer_pid.as_ref() == Some(&peer_pid)).map(|t| t.pid))
        })
    }

    /// Compares the logs about a contract, from the beginning.
    pub fn twins(&self, agreement: AgreementId) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move {
            Done::Twins(match compared(&app, &hosted, &agreement).await {
                Ok(found) => Ok(found),
                Err(error) => Err(class(&error)),
            })
        })
    }
}

async fn compared(
    app: &App,
    hosted: &Arc<Hosted>,
    id: &AgreementId,
) -> Result<(u64, Vec<String>), node::app::Error> {
    let agreement = app.store.agreement(hosted.id(), id).await?;
    let agreement = agreement.ok_or(node::app::Error::NotFound("contract"))?;
    let report = twins::found(&twins::check(app, hosted, &agreement, true).await?)?;
    let mut wrong: Vec<String> = report.differences.into_iter().map(|d| d.what).collect();
    wrong.extend(report.failure.map(|f| format!("the peer gave nothing that holds: {f}")));
    Ok((report.pairs, wrong))
}
