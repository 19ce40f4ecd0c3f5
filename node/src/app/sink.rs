//! Consumer: taking what a provider pushes, into the folder for received data.
//!
//! The right to push is one transfer's, while it is started and its contract stands. A file appears under its name when
//! it is whole; a part is kept, and the provider is told how much of it there is.

mod place;
mod right;

use std::sync::Arc;

pub use place::Landings;
use place::{Place, place};
use right::{allowed, started};

use super::{App, Error, Hosted, peer, reception};
use crate::dataplane::account::busy;
use crate::dataplane::flight::{Flight, Route, Way};
use crate::dataplane::sink::{Part, Sink, SinkError};
use crate::domain::event::Ending;
use crate::domain::transfer::Transfer;
use crate::identity::token::DataClaims;
use crate::text::say;

/// A file that may be written now.
pub struct Landing {
    pub app: Arc<App>,
    pub hosted: Arc<Hosted>,
    pub transfer: Transfer,
    /// Path within a folder, empty for a single file.
    pub path: String,
    pub flight: Flight,
    /// What is there; `None` when it is whole already.
    pub part: Option<Part>,
    _place: Place,
}

/// Finds what a token gives the right to write, and what of it is there.
pub async fn open(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    claims: &DataClaims,
    path: &str,
) -> Result<Landing, Error> {
    let (transfer, name) = started(app, hosted, claims).await?;
    let route = Route {
        way: Way::In,
        member: hosted.id().clone(),
        peer: transfer.peer.clone(),
        transfer: transfer.pid.clone(),
        agreement: transfer.agreement.clone(),
    };
    let place = place(app, hosted, &transfer, path)?;
    let flight = app.flights.enter(route).map_err(|full| busy(full, "limits.pulls"))?;
    // A suspension or revocation committed from here on finds the flight; one before is found here.
    allowed(app, hosted, &transfer.pid).await?;
    let target = if path.is_empty() { name } else { format!("{name}/{path}") };
    let mut landing = Landing {
        app: Arc::clone(app),
        hosted: Arc::clone(hosted),
        transfer,
        path: path.to_owned(),
        flight,
        part: None,
        _place: place,
    };
    landing.few().await?;
    landing.part = landing.look(target).await?;
    Ok(landing)
}

impl Landing {
    /// A transfer may not fill the folder with ever more files.
    async fn few(&self) -> Result<(), Error> {
        let most = self.app.config.limits.files;
        let mut reader = self.app.store.read(self.hosted.id()).await?;
        match reader.other_files_received(&self.transfer.pid, &self.path).await? < most as u64 {
            true => Ok(()),
            false => Err(peer::refused(&self.app, "refusal.files", &[("most", &most.to_string())])),
        }
    }

    /// What is there. What a process that died received is recorded now, and made a file if it was whole.
    async fn look(&self, target: String) -> Result<Option<Part>, Error> {
        let folder = self.app.config.path(&self.app.config.data.received);
        let opened = blocking(&self.app, move || {
            let sink = Sink::below(&folder, &target)?;
            if sink.path().is_file() { Ok(None) } else { Part::open(&sink).map(Some) }
        })
        .await?;
        let Some(part) = opened else { return self.known().await.map(|()| None) };
        let whole = part.is_complete();
        self.record(&part, if whole { Ending::Complete } else { Ending::Broken }).await?;
        if whole {
            blocking(&self.app, move || part.finish()).await?;
            return Ok(None);
        }
        Ok(Some(part))
    }

    /// A file that is there must be one that this transfer brought.
    async fn known(&self) -> Result<(), Error> {
        let mut reader = self.app.store.read(self.hosted.id()).await?;
        match reader.received(&self.transfer.pid, &self.path).await? {
            true => Ok(()),
            false => Err(peer::refused(&self.app, "refusal.name-taken", &[])),
        }
    }

    /// Writes the reception of the part's last exchange, and its receipt.
    pub async fn record(&self, part: &Part, ending: Ending) -> Result<(), Error> {
        reception::record(&self.app, &self.hosted, &self.transfer, &self.path, part, ending).await
    }
}

/// Runs file work off the threads that serve.
pub async fn blocking<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> Result<T, SinkError> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome.map_err(|e| refused(app, e)),
        Err(e) => Err(Error::Internal(format!("working on received files: {e}"))),
    }
}

/// What a peer is told of our disk: no path of this machine.
pub fn refused(app: &App, error: SinkError) -> Error {
    match error {
        SinkError::BadPath(e) => Error::malformed(say("malformed.relative-name").with("what", e), "path"),
        SinkError::Exists(_) | SinkError::Outside(_) => {
            tracing::warn!(%error, "push to us: refused");
            peer::refused(app, "refusal.name", &[])
        }
        SinkError::Full(_) | SinkError::Io(..) => Error::Unavailable(error.to_string()),
    }
}
