//! What the answer to one of our messages does to its process.

use std::sync::Arc;

use bytes::Bytes;
use contracts::id::Pid;
use serde_json::Value;

use super::{
    App, Error, Hosted, access_request, credential, membership, negotiation, plane, transfer, use_case,
};
use crate::domain::outgoing::Process;

/// A row of the outbox as the delivery worker holds it.
#[derive(Debug, Clone)]
pub struct Sent {
    pub row: i64,
    pub process: Process,
    pub kind: String,
}

/// The peer accepted a message: in one write the row is done and the process waits for something else.
pub async fn acknowledged(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    sent: Sent,
    status: u16,
    answer: Bytes,
) -> Result<(), Error> {
    let peer_pid = provider_pid(&answer);
    let process = sent.process.clone();
    let (app2, hosted2, now) = (Arc::clone(app), Arc::clone(hosted), app.now());
    // Lost with the machine, the message is sent again and answered as the first time.
    let begins = app
        .store
        .write_with_next(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.outbox_done(sent.row);
                match &sent.process {
                    Process::Negotiation(pid) => {
                        negotiation::sent::acknowledged(tx, pid, &sent.kind, peer_pid).await?;
                        Ok(false)
                    }
                    Process::Transfer(pid) | Process::Flow(pid) => {
                        transfer::sent::acknowledged(tx, pid, &sent.kind, peer_pid).await
                    }
                    Process::Plane(pid) => {
                        let said = (sent.kind.as_str(), status, answer.as_ref());
                        plane::answered(&app2, &hosted2, tx, pid, said, now).await?;
                        Ok(false)
                    }
                    Process::Agreement(_)
                    | Process::Receipts(_)
                    | Process::Peer(_)
                    | Process::Credentials(_)
                    | Process::UseCase(_)
                    | Process::Request(_) => Ok::<_, Error>(false),
                }
            })
        })
        .await?;
    // The consumer knows that its transfer has started: it takes bytes now.
    if let (true, Process::Transfer(pid) | Process::Flow(pid)) = (begins.value, &process) {
        app.pushes.due(hosted.id(), pid);
    }
    Ok(())
}

/// The peer refused a message for good: the row is closed with the reason and the process ends.
pub async fn refused(
    app: &App,
    hosted: &Hosted,
    sent: Sent,
    status: u16,
    answer: &[u8],
) -> Result<(), Error> {
    let now = app.now();
    let who = if matches!(sent.process, Process::Plane(_)) { "data plane" } else { "peer" };
    let reason = reason(who, status, answer);
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.outbox_refused(sent.row, &reason);
                match &sent.process {
                    Process::Negotiation(pid) => {
                        negotiation::sent::refused(tx, pid, &sent.kind, &reason, now).await
                    }
                    Process::Transfer(pid) | Process::Flow(pid) => {
                        transfer::sent::refused(tx, pid, &sent.kind, &reason, now).await
                    }
                    Process::Plane(pid) => {
                        plane::unanswered(tx, pid, (&sent.kind, status, &reason), now).await
                    }
                    Process::Peer(operator) if sent.kind == membership::APPLICATION => {
                        membership::not_taken(tx, operator, &reason, now).await
                    }
                    Process::Credentials(pid) => credential::ask::refused(tx, pid, &sent.kind).await,
                    Process::UseCase(id) if sent.kind == use_case::PROPOSAL => {
                        use_case::not_taken(tx, id, &reason, now).await
                    }
                    Process::Request(id) if sent.kind == access_request::ASKED => {
                        access_request::not_taken(tx, id, &reason, now).await
                    }
                    Process::Agreement(_)
                    | Process::Receipts(_)
                    | Process::Peer(_)
                    | Process::UseCase(_)
                    | Process::Request(_) => Ok(()),
                }
            })
        })
        .await?;
    Ok(())
}

/// The provider's name for a process, in its first answer. Peers may answer with an empty body later.
fn provider_pid(answer: &[u8]) -> Option<Pid> {
    let value: Value = serde_json::from_slice(answer).ok()?;
    Pid::parse(value.get("providerPid")?.as_str()?).ok()
}

/// What the peer said, as one sentence of at most 500 characters.
fn reason(who: &str, status: u16, answer: &[u8]) -> String {
    let said = serde_json::from_slice::<Value>(answer).ok().and_then(|value| {
        let reason = ["reason", "detail", "error"].into_iter().find_map(|name| value.get(name))?;
        Some(match reason {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    });
    let text = match said {
        // Never sent: what is said is our own.
        Some(said) if status == 0 => said,
        Some(said) => format!("the {who} answered {status}: {said}"),
        None => format!("the {who} answered {status}"),
    };
    text.chars().take(500).collect()
}
