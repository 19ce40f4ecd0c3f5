//! Plays this node's part: watches its processes and does what the script says, through the application layer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::id::{AgreementId, DatasetId, OfferId, ParticipantId, Pid};
use node::app::negotiation::act as negotiation;
use node::app::transfer::act as transfer;
use node::app::transfer::request::{Wanted, Way, request};
use node::app::{App, Error, Hosted};
use node::domain::negotiation::Negotiation;
use node::domain::transfer::Transfer;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::front::Trigger;
use super::script::{self, Act};

/// Between two looks at the processes.
const LOOK: Duration = Duration::from_millis(50);
/// Before each act: the kit opens its receivers one after another, and only after our answer.
const PAUSE: Duration = Duration::from_millis(600);

pub struct Player {
    pub app: Arc<App>,
    pub hosted: Arc<Hosted>,
    /// The kit, as this node knows it.
    pub kit: ParticipantId,
}

/// What is known of a process: its state, how often it was entered, and since when.
struct Seen {
    state: &'static str,
    times: HashMap<&'static str, u32>,
    since: Instant,
    acted: bool,
}

impl Seen {
    fn enter(&mut self, state: &'static str) {
        *self.times.entry(state).or_default() += 1;
        (self.state, self.since, self.acted) = (state, Instant::now(), false);
    }
}

#[derive(Default)]
struct Memory(HashMap<Pid, Seen>);

impl Memory {
    /// What is due for a process now. An act is due once per entry into a state.
    fn due(&mut self, pid: &Pid, key: &str, state: &'static str, settled: bool) -> Option<Act> {
        let new = || Seen { state: "", times: HashMap::new(), since: Instant::now(), acted: false };
        let seen = self.0.entry(pid.clone()).or_insert_with(new);
        if seen.state != state {
            seen.enter(state);
        }
        if seen.acted || !settled || seen.since.elapsed() < PAUSE {
            return None;
        }
        seen.acted = true;
        script::act(key, state, seen.times[state])
    }

    /// Our own act entered a state: the kit may lead out of it before the next look.
    fn entered(&mut self, pid: &Pid, state: &'static str) {
        if let Some(seen) = self.0.get_mut(pid) {
            seen.enter(state);
        }
    }
}

impl Player {
    /// Until it is dropped.
    pub async fn play(self, mut triggers: UnboundedReceiver<Trigger>) {
        let this = Arc::new(self);
        let mut memory = Memory::default();
        loop {
            tokio::time::sleep(LOOK).await;
            while let Ok(trigger) = triggers.try_recv() {
                let this = Arc::clone(&this);
                tokio::spawn(async move {
                    tokio::time::sleep(PAUSE).await;
                    tell("trigger", this.begin(trigger).await);
                });
            }
            for n in node::app::negotiation::list(&this.app, &this.hosted, &node::store::Page::first(1000))
                .await
                .unwrap()
            {
                let (state, settled) = (n.state.kind().as_str(), n.unacknowledged.is_none());
                if let Some(act) = memory.due(&n.pid, n.terms.dataset.as_str(), state, settled)
                    && let Some(next) = tell("negotiation", this.negotiate(&n, act).await)
                {
                    memory.entered(&n.pid, next.state.kind().as_str());
                }
            }
            for t in node::app::transfer::list(&this.app, &this.hosted, &node::store::Page::first(1000))
                .await
                .unwrap()
            {
                let (state, settled) = (t.state.kind().as_str(), t.unacknowledged.is_none());
                if let Some(act) = memory.due(&t.pid, t.agreement.as_str(), state, settled)
                    && let Some(next) = tell("transfer", this.transfer(&t, act).await)
                {
                    memory.entered(&t.pid, next.state.kind().as_str());
                }
            }
        }
    }

    async fn begin(&self, trigger: Trigger) -> Result<(), Error> {
        let text = |body: &Value, name: &str| body[name].as_str().unwrap_or_default().to_owned();
        match trigger {
            Trigger::Negotiation(body) => {
                let wanted = negotiation::Wanted {
                    provider: self.kit.clone(),
                    dataset: DatasetId::parse(text(&body, "datasetId")).unwrap(),
                    offer: Some(OfferId::parse(text(&body, "offerId")).unwrap()),
                    purpose: None,
                    policy: None,
                };
                negotiation::request(&self.app, &self.hosted, wanted).await?;
            }
            Trigger::Transfer(body) => {
                let agreement = AgreementId::parse(text(&body, "agreementId")).unwrap();
                let wanted = Wanted { agreement, purpose: None, way: Way::Pull, plane: None };
                request(&self.app, &self.hosted, wanted).await?;
            }
        }
        Ok(())
    }

    async fn negotiate(&self, n: &Negotiation, act: Act) -> Result<Negotiation, Error> {
        let (app, hosted, pid) = (&self.app, &self.hosted, &n.pid);
        let other = json!({"@id": "offer", "@type": "Offer", "permission": [{"action": "use"}]});
        match act {
            Act::Offer | Act::Counter => negotiation::counter(app, hosted, pid, other).await,
            Act::Accept => negotiation::accept(app, hosted, pid).await,
            Act::Agree => negotiation::agree(app, hosted, pid).await,
            Act::Verify => negotiation::confirm(app, hosted, pid).await,
            Act::Finalize => negotiation::conclude(app, hosted, pid).await,
            Act::Terminate => negotiation::terminate(app, hosted, pid, "the script says so".into()).await,
            Act::Start | Act::Suspend | Act::Complete => unreachable!("{act:?} of a negotiation"),
        }
    }

    async fn transfer(&self, t: &Transfer, act: Act) -> Result<Transfer, Error> {
        let (app, hosted, pid) = (&self.app, &self.hosted, &t.pid);
        match act {
            Act::Start => transfer::resume_soon(app, hosted, pid).await,
            Act::Suspend => transfer::suspend(app, hosted, pid, None).await,
            Act::Complete => transfer::complete(app, hosted, pid).await,
            Act::Terminate => transfer::terminate(app, hosted, pid, "the script says so".into()).await,
            Act::Offer | Act::Counter | Act::Accept | Act::Agree | Act::Verify | Act::Finalize => {
                unreachable!("{act:?} of a transfer")
            }
        }
    }
}

/// What could not be done is said; the kit will miss it.
fn tell<T>(what: &str, done: Result<T, Error>) -> Option<T> {
    done.map_err(|error| eprintln!("{what}: {error}")).ok()
}
