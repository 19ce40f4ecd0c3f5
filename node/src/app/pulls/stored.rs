//! How a pull ended, as it is stored.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Job, State};
use crate::app::pull::{Pulled, Wanted};
use crate::app::{App, Error, Hosted};
use crate::domain::event::Reference;
use crate::store::PullRow;
use crate::text::say;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Done(Vec<File>),
    Failed { error: String, bytes: u64, total: Option<u64> },
}

#[derive(Serialize, Deserialize)]
struct File {
    file: PathBuf,
    bytes: u64,
    sha256: String,
    reference: String,
}

impl From<File> for Pulled {
    fn from(f: File) -> Self {
        Self { file: f.file, bytes: f.bytes, sha256: f.sha256, reference: Reference(f.reference) }
    }
}

impl From<&Pulled> for File {
    fn from(p: &Pulled) -> Self {
        let (file, sha256, reference) = (p.file.clone(), p.sha256.clone(), p.reference.0.clone());
        Self { file, bytes: p.bytes, sha256, reference }
    }
}

/// A stored pull as it is shown.
pub(super) fn job(app: &App, hosted: &Hosted, row: &PullRow) -> Job {
    let name = Wanted { path: None, to: row.target.clone() }.name(&row.transfer);
    let failed = |error, bytes, total| State::Failed { error: Arc::new(error), bytes, total };
    Job {
        id: row.id.clone(),
        member: hosted.id().clone(),
        transfer: row.transfer.clone(),
        file: app.config.path(&app.config.data.received).join(name),
        state: match row.outcome.as_deref().map(serde_json::from_str) {
            None => State::Running { bytes: 0, total: None },
            Some(Ok(Outcome::Done(files))) => State::Done(files.into_iter().map(Into::into).collect()),
            Some(Ok(Outcome::Failed { error, bytes, total })) => {
                failed(Error::Conflict(say("conflict.pull-ended").with("what", error)), bytes, total)
            }
            Some(Err(error)) => failed(Error::Internal(format!("stored pull: {error}")), 0, None),
        },
    }
}

/// Stores how a pull ended; without it the next start would begin it again, and find the file there.
pub(super) async fn settle(app: &App, hosted: &Hosted, id: &str, state: &State) -> Result<(), Error> {
    let outcome = match state {
        State::Running { .. } => return Ok(()),
        State::Done(pulled) => Outcome::Done(pulled.iter().map(Into::into).collect()),
        State::Failed { error, bytes, total } => {
            let error = error.text(app.config.language());
            Outcome::Failed { error, bytes: *bytes, total: *total }
        }
    };
    let json = serde_json::to_string(&outcome).map_err(|e| Error::Internal(e.to_string()))?;
    let id = id.to_owned();
    app.store.write(hosted.id(), move |tx| Box::pin(async move { tx.end_pull(&id, &json).await })).await?;
    Ok(())
}
