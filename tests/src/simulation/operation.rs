//! What a node is asked to do, as the program's edges and workers ask for it.

use contracts::id::{AgreementId, DatasetId, ParticipantId, Pid};
use contracts::tlog::Hash;
use node::app::{Error, catalogue, negotiation, pull, receipt, revocation, transfer};
use node::peer::deliver::{self, Outcome};
use node::peer::lanes::{Key, Turn};
use serde_json::Value;

use super::http::{Flow, Local};
use super::machine::Up;
use super::net::{Answered, Sent};
pub use super::shown::Shown;

/// What came of it.
pub enum Done {
    /// Nothing but whether, and why not.
    Plain(Result<(), &'static str>),
    Dataset(DatasetId),
    Negotiation(Pid),
    Transfer(Box<node::domain::transfer::Transfer>),
    Pulled(Vec<(u64, String)>),
    Sent(Key, ParticipantId, Outcome),
    Count(usize),
    Answered(Answered),
    Flow(Box<Flow>),
    Head(Option<(u64, Hash)>),
    Shown(Box<Shown>),
    Named(Option<Pid>),
    /// Pairs of entries, and what differs.
    Twins(Result<(u64, Vec<String>), &'static str>),
}

/// The kind of a failure, without its words.
pub fn class(error: &Error) -> &'static str {
    match error {
        Error::Malformed { .. } => "malformed",
        Error::Faulty(_) => "faulty",
        Error::NotNow { .. } => "not-now",
        Error::NotAllowed { .. } => "not-allowed",
        Error::Unauthenticated(_) => "unauthenticated",
        Error::NotFound(_) => "not-found",
        Error::Gone(_) => "gone",
        Error::Unsupported(_) => "unsupported",
        Error::Conflict(_) => "conflict",
        Error::Busy { .. } => "busy",
        Error::Unavailable(_) => "unavailable",
        Error::Unresolved(_) => "unresolved",
        Error::Left => "left",
        Error::Stopped(_) => "stopped",
        Error::Peer { .. } => "peer",
        Error::Internal(_) => "internal",
    }
}

fn plain<T>(outcome: Result<T, Error>, ok: impl FnOnce(T) -> Done) -> Done {
    match outcome {
        Ok(value) => ok(value),
        Err(error) => Done::Plain(Err(class(&error))),
    }
}

/// Something that a party does with a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Suspend,
    Resume,
    Complete,
    Terminate,
}

impl Up {
    pub fn publish(&self, description: Value) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move {
            plain(catalogue::publish(&app, &hosted, &description).await, |r| Done::Dataset(r.dataset))
        })
    }

    pub fn negotiate(&self, provider: &str, dataset: DatasetId, purpose: &str) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        let provider = ParticipantId::parse(provider).unwrap();
        let purpose = Some(purpose.to_owned());
        Box::pin(async move {
            let wanted = negotiation::act::Wanted { provider, dataset, offer: None, purpose, policy: None };
            plain(negotiation::act::request(&app, &hosted, wanted).await, |n| Done::Negotiation(n.pid))
        })
    }

    pub fn transfer(&self, agreement: AgreementId, purpose: &str) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        let purpose = Some(purpose.to_owned());
        Box::pin(async move {
            let way = transfer::request::Way::Pull;
            let wanted = transfer::request::Wanted { agreement, purpose, way, plane: None };
            plain(transfer::request::request(&app, &hosted, wanted).await, |t| Done::Transfer(Box::new(t)))
        })
    }

    pub fn word(&self, pid: Pid, word: Word) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move {
            let said = match word {
                Word::Suspend => transfer::act::suspend(&app, &hosted, &pid, None).await,
                Word::Resume => transfer::act::resume(&app, &hosted, &pid).await,
                Word::Complete => transfer::act::complete(&app, &hosted, &pid).await,
                Word::Terminate => transfer::act::terminate(&app, &hosted, &pid, "enough".into()).await,
            };
            plain(said, |t| Done::Transfer(Box::new(t)))
        })
    }

    pub fn revoke(&self, agreement: AgreementId) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move {
            plain(revocation::revoke(&app, &hosted, &agreement, "simulated").await, |_| Done::Plain(Ok(())))
        })
    }

    pub fn pull(&self, pid: Pid, to: String) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move {
            let wanted = pull::Wanted { path: None, to: Some(to) };
            plain(pull::pull(&app, &hosted, &pid, &wanted, &|_, _| {}).await, |files| {
                Done::Pulled(files.into_iter().map(|f| (f.bytes, f.sha256)).collect())
            })
        })
    }

    pub fn receipts(&self) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move { plain(receipt::send_waiting(&app, &hosted).await, Done::Count) })
    }

    pub fn attempt(&self, turn: Turn) -> Local<Done> {
        let app = self.app.clone();
        Box::pin(async move {
            let Turn { key, peer, message } = turn;
            let outcome = deliver::attempt(&app, &key, message).await;
            Done::Sent(key, peer, outcome)
        })
    }

    /// A request from elsewhere, answered to its last byte.
    pub fn answer(&self, sent: Sent) -> Local<Done> {
        let serve = self.serve.clone();
        Box::pin(async move { Done::Answered(serve(sent).await.rest().await) })
    }

    /// A request whose answer is taken slowly.
    pub fn begin(&self, sent: Sent) -> Local<Done> {
        let serve = self.serve.clone();
        Box::pin(async move { Done::Flow(Box::new(serve(sent).await)) })
    }

    pub fn head(&self) -> Local<Done> {
        let (app, hosted) = (self.app.clone(), self.hosted.clone());
        Box::pin(async move {
            let mut reader = match app.store.read(hosted.id()).await {
                Ok(reader) => reader,
                Err(_) => return Done::Head(None),
            };
            Done::Head(reader.log_head().await.ok().flatten().map(|head| (head.size, head.root)))
        })
    }
}
