//! Opening and closing entries around bytes that leave, whichever way they go.

use std::sync::Arc;
use std::time::Duration;

use super::digest::Sha256;
use super::flight::Full;
use super::stream::Handed;
use crate::app::access::{self, Asked, Granted, Opening};
use crate::app::{App, Error, Hosted};
use crate::domain::event::Ending;

/// No place for another flight, when that is not the caller's own doing.
pub fn busy(full: Full, limit: &'static str) -> Error {
    match full {
        Full::Peer | Full::Member => Error::Busy { limit, retry_after: 2 },
        Full::Node => Error::Busy { limit: "limits.in_flight", retry_after: 2 },
    }
}

/// A right on its way to who asked for it. If nobody takes it, nothing leaves, and the delivery is closed so.
struct Owed {
    app: Arc<App>,
    hosted: Arc<Hosted>,
    granted: Option<Granted>,
}

impl Drop for Owed {
    fn drop(&mut self) {
        if let Some(granted) = self.granted.take() {
            settle(self.app.clone(), self.hosted.clone(), granted, nothing(Ending::Broken));
        }
    }
}

/// Opens in a task of its own: a caller that goes away takes its request's handler with it, but not the entry that is
/// being written, which must be followed by its closing one.
pub async fn open(app: &Arc<App>, hosted: &Arc<Hosted>, asked: Asked) -> Result<Opening, Error> {
    let (app, hosted) = (app.clone(), hosted.clone());
    let opening = tokio::spawn(async move {
        Ok::<_, Error>(match access::open(&app, &hosted, asked).await? {
            Opening::Granted(granted) => Ok(Owed { app, hosted, granted: Some(*granted) }),
            Opening::Other(view) => Err(view),
        })
    });
    let mut owed = match opening.await.map_err(|e| Error::Internal(e.to_string()))?? {
        Ok(owed) => owed,
        Err(view) => return Ok(Opening::Other(view)),
    };
    let granted = owed.granted.take().ok_or_else(|| Error::Internal("a right was given twice".into()))?;
    Ok(Opening::Granted(Box::new(granted)))
}

/// No byte was handed over.
pub fn nothing(ending: Ending) -> Handed {
    Handed { bytes: 0, digest: Sha256::default(), ending }
}

/// Closes without waiting for it.
pub fn settle(app: Arc<App>, hosted: Arc<Hosted>, granted: Granted, handed: Handed) {
    tokio::spawn(async move { close(&app, &hosted, &granted, handed).await });
}

/// Writes the closing entry. While the database is away it is tried again; if the process ends before, recovery
/// closes the delivery as "at most".
pub async fn close(app: &App, hosted: &Hosted, granted: &Granted, handed: Handed) {
    let (bytes, ending) = (handed.bytes, handed.ending);
    let sha256 = handed.digest.finish().hex();
    for wait in [0, 100, 500, 2_000, 5_000, 10_000, 30_000, 60_000] {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        match access::close(app, hosted, &granted.delivery, bytes, &sha256, ending).await {
            Ok(()) => return,
            Err(Error::Busy { .. } | Error::Unavailable(_)) => {}
            Err(error) => {
                tracing::error!(%error, reference = granted.delivery.reference.0, "delivery: not closed");
                return;
            }
        }
    }
    tracing::error!(reference = granted.delivery.reference.0, "delivery: left to recovery");
}
