//! The files of one push.

use std::collections::HashSet;
use std::sync::Arc;

use contracts::id::Pid;

use crate::app::access::{Asked, By, Granted, Opening, Target};
use crate::app::{App, Error, Hosted};
use crate::dataplane::account;
use crate::dataplane::flight::Flight;
use crate::dataplane::push::{Held, PushError, Sending};
use crate::dataplane::range::Span;
use crate::dataplane::ready::Ready;
use crate::domain::delivery::Delivery;
use crate::domain::event::Ending;
use crate::domain::process::Role;
use crate::domain::transfer::{Sink, Transfer};
use crate::store::{Page, Reader};

/// Paths that the sink has taken whole.
pub(super) async fn complete(reader: &mut Reader, pid: &Pid) -> Result<HashSet<String>, Error> {
    let mut page = Page::first(500);
    let mut done = HashSet::new();
    loop {
        let found = reader.deliveries(pid, &page).await?;
        let more = found.len() == page.limit;
        page.after = found.last().map(|d| d.reference.0.clone());
        let whole = |d: &Delivery| {
            d.role == Role::Provider && d.closed.as_ref().is_some_and(|c| c.ending == Ending::Complete)
        };
        done.extend(found.into_iter().filter(whole).map(|d| d.path));
        if !more {
            return Ok(done);
        }
    }
}

pub(super) struct Job<'a> {
    pub app: &'a Arc<App>,
    pub hosted: &'a Arc<Hosted>,
    pub transfer: &'a Transfer,
    pub target: Target,
    pub sink: &'a Sink,
    pub flight: &'a Flight,
    /// The sink holds more than before.
    pub progress: bool,
}

impl Job<'_> {
    /// Every file of a folder, each below the sink's address.
    pub async fn folder(&mut self, done: &HashSet<String>) -> Result<(), PushError> {
        let (roots, source) = (self.app.plane.roots.clone(), self.target.source.clone());
        let listing = tokio::task::spawn_blocking(move || roots.listing(&source))
            .await
            .map_err(|e| Error::Internal(format!("listing a folder: {e}")))??;
        for listed in listing {
            self.file(&listed.path, done).await?;
        }
        Ok(())
    }

    pub async fn file(&mut self, path: &str, done: &HashSet<String>) -> Result<(), PushError> {
        if done.contains(path) {
            return Ok(());
        }
        let (app, hosted, stop) = (self.app, self.hosted, self.flight.stop());
        let sending = Sending { app, sink: self.sink, path, stop };
        let held = sending.held().await?;
        if held.complete {
            // Taken whole, but its answer was lost.
            return Ok(());
        }
        let Some((ready, granted)) = self.open(path, held).await? else {
            return Err(
                Error::Unavailable("what the contract gives changed; it is tried again".into()).into()
            );
        };
        let (handed, outcome) = sending.send(ready, &granted).await;
        self.progress |= self.sink.resumable && handed.bytes > 0;
        app.metrics.delivered(handed.bytes);
        account::close(app, hosted, &granted, handed).await;
        outcome
    }

    /// Opens a file as the contract gives it. From here on the opening entry is followed by its closing one, whatever
    /// becomes of this attempt.
    async fn open(&mut self, path: &str, held: Held) -> Result<Option<(Ready, Granted)>, PushError> {
        for _ in 0..2 {
            let held = held.clone();
            let ready = Ready::open(self.app, &self.target, path, move |whole| {
                let first = held.offset(whole.etag, whole.total);
                Ok(Span { first, length: whole.total - first, partial: first > 0 })
            });
            let ready = ready.await?;
            let asked = Asked {
                by: By::Push { transfer: self.transfer.pid.clone(), peer: self.transfer.peer.clone() },
                path: path.to_owned(),
                first: ready.span.first,
                at_most: ready.span.length,
                target: Some(self.target.clone()),
            };
            match account::open(self.app, self.hosted, asked).await? {
                Opening::Granted(granted) => return Ok(Some((ready, *granted))),
                Opening::Other(view) => self.target.view = view,
            }
        }
        Ok(None)
    }
}
