//! Pulls asked for through the management API: under way, or ended. What they brought is in the files and the log. That
//! they were asked for is stored: one that runs when the process ends goes on at the next start; how far one is, only
//! this memory knows.

mod stored;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contracts::id::{MemberId, Pid};
use tracing::Instrument;

use super::pull::{Pulled, Wanted, pull};
use super::{App, Error, Hosted};
use crate::identity::random;
use crate::store::PullRow;
use crate::text::say;
use crate::workers::{Stop, stopped};

/// Ended pulls remembered.
const REMEMBERED: usize = 1000;

/// How far a pull is.
#[derive(Debug, Clone)]
pub enum State {
    /// Bytes so far of the current file, and its size.
    Running {
        bytes: u64,
        total: Option<u64>,
    },
    Done(Vec<Pulled>),
    /// Why, and the bytes there were.
    Failed {
        error: Arc<Error>,
        bytes: u64,
        total: Option<u64>,
    },
}

/// A pull.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: String,
    pub member: MemberId,
    pub transfer: Pid,
    /// The file, or folder, on the node.
    pub file: PathBuf,
    pub state: State,
}

#[derive(Debug, Default)]
pub struct Pulls {
    jobs: Mutex<VecDeque<Job>>,
}

impl Pulls {
    fn jobs(&self) -> MutexGuard<'_, VecDeque<Job>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, job: Job) {
        let mut jobs = self.jobs();
        if jobs.len() >= REMEMBERED
            && let Some(ended) = jobs.iter().position(|j| !matches!(j.state, State::Running { .. }))
        {
            jobs.remove(ended);
        }
        jobs.push_back(job);
    }

    fn update(&self, id: &str, state: State) {
        if let Some(job) = self.jobs().iter_mut().rev().find(|j| j.id == id) {
            job.state = state;
        }
    }

    fn progress(&self, id: &str) -> (u64, Option<u64>) {
        match self.jobs().iter().rev().find(|j| j.id == id).map(|j| &j.state) {
            Some(State::Running { bytes, total }) => (*bytes, *total),
            _ => (0, None),
        }
    }

    /// A pull of this member.
    pub fn get(&self, member: &MemberId, transfer: &Pid, id: &str) -> Option<Job> {
        let jobs = self.jobs();
        jobs.iter().rev().find(|j| j.id == id && j.member == *member && j.transfer == *transfer).cloned()
    }
}

/// Starts a pull and answers at once; [`Pulls::get`] says how far it is. What can be refused without calling the
/// provider is refused here.
pub async fn start(app: &Arc<App>, hosted: &Arc<Hosted>, pid: &Pid, wanted: Wanted) -> Result<Job, Error> {
    let transfer = super::transfer::get(app, hosted, pid).await?;
    super::pull::ready(app, &transfer)?;
    let name = wanted.name(pid);
    crate::dataplane::path::check(&name)
        .map_err(|e| Error::malformed(say("malformed.relative-name").with("what", e), "/to"))?;
    let job = Job {
        id: random::uuid_v7(app.now()).to_string(),
        member: hosted.id().clone(),
        transfer: pid.clone(),
        file: app.config.path(&app.config.data.received).join(name),
        state: State::Running { bytes: 0, total: None },
    };
    let row = PullRow {
        id: job.id.clone(),
        transfer: pid.clone(),
        path: wanted.path.clone(),
        target: wanted.to.clone(),
        outcome: None,
    };
    app.store.write(hosted.id(), move |tx| Box::pin(async move { tx.insert_pull(&row).await })).await?;
    // From here on a crash is harmless: the next start begins it again.
    app.pulls.add(job.clone());
    run(app, hosted, job.clone(), wanted);
    Ok(job)
}

/// A pull by its identifier: from memory, or as it ended.
pub async fn find(app: &App, hosted: &Hosted, pid: &Pid, id: &str) -> Result<Job, Error> {
    if let Some(job) = app.pulls.get(hosted.id(), pid, id) {
        return Ok(job);
    }
    let row = app.store.read(hosted.id()).await?.pull(id).await?.filter(|row| row.transfer == *pid);
    row.map(|row| stored::job(app, hosted, &row)).ok_or(Error::NotFound("pull"))
}

/// Goes on with what the last process had begun.
pub async fn resume(app: Arc<App>, mut stop: Stop) {
    for hosted in app.members.all().into_iter().filter(|h| !h.has_left()) {
        let running = match app.store.read(hosted.id()).await {
            Ok(mut reader) => reader.running_pulls().await,
            Err(error) => Err(error),
        };
        match running {
            Ok(rows) => rows.iter().for_each(|row| {
                let wanted = Wanted { path: row.path.clone(), to: row.target.clone() };
                let job = stored::job(&app, &hosted, row);
                app.pulls.add(job.clone());
                run(&app, &hosted, job, wanted);
            }),
            Err(error) => {
                tracing::warn!(%error, member = %hosted.id(), "pulls of the last process are not resumed");
            }
        }
    }
    stopped(&mut stop).await;
}

fn run(app: &Arc<App>, hosted: &Arc<Hosted>, job: Job, wanted: Wanted) {
    let (app, hosted, pid, id) = (app.clone(), hosted.clone(), job.transfer, job.id);
    let span = tracing::info_span!("pull", otel.kind = "client");
    let fetching = async move {
        let (progress_app, progress_id) = (app.clone(), id.clone());
        let progress = move |bytes, total| {
            progress_app
                .pulls
                .update(&progress_id, State::Running { bytes, total: (total > 0).then_some(total) });
        };
        let state = match pull(&app, &hosted, &pid, &wanted, &progress).await {
            Ok(pulled) => State::Done(pulled),
            Err(error) => {
                let (bytes, total) = app.pulls.progress(&id);
                State::Failed { error: Arc::new(error), bytes, total }
            }
        };
        // A node that stops has not failed: the pull goes on at its next start.
        let stopping = *app.workers.stop_signal().borrow() || hosted.has_left();
        if !(stopping && matches!(state, State::Failed { .. }))
            && let Err(error) = stored::settle(&app, &hosted, &id, &state).await
        {
            tracing::warn!(%error, pull = id, "how a pull ended is not stored");
        }
        app.pulls.update(&id, state);
    };
    // Part of the trace of who asked for it.
    tokio::spawn(fetching.instrument(span));
}
