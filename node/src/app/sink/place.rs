//! One writer per file.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use contracts::id::{MemberId, Pid};

use crate::app::{App, Error, Hosted};
use crate::domain::event::Ending;
use crate::domain::transfer::Transfer;

/// Files being written.
#[derive(Debug, Default)]
pub struct Landings(Mutex<HashSet<Key>>);

type Key = (MemberId, Pid, String);

/// The only writer of a file.
pub(super) struct Place {
    app: Arc<App>,
    key: Key,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.app.landings.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// Takes a file's place. A new writer means that the old one's connection is gone, whether we noticed or not.
pub(super) fn place(
    app: &Arc<App>,
    hosted: &Hosted,
    transfer: &Transfer,
    path: &str,
) -> Result<Place, Error> {
    let key = (hosted.id().clone(), transfer.pid.clone(), path.to_owned());
    let mut all = app.landings.0.lock().unwrap_or_else(PoisonError::into_inner);
    if all.insert(key.clone()) {
        return Ok(Place { app: Arc::clone(app), key });
    }
    drop(all);
    app.flights.stop_transfer(hosted.id(), &transfer.pid, Ending::Broken);
    Err(Error::Busy { limit: "one writer per file", retry_after: 1 })
}
