//! A source opened for one exchange: what part of it, and its first bytes when they are all.

use super::range::{Span, Unsatisfiable};
use super::read::{PIECE, Piece, Reading};
use super::source::{Opened, SourceError};
use crate::app::access::Target;
use crate::app::{App, Error};

/// A source ready to be read.
pub struct Ready {
    pub etag: String,
    pub total: u64,
    pub span: Span,
    pub reading: Reading,
    /// Read at once when everything fits in one piece.
    pub first: Option<Piece>,
    pub media_type: String,
}

/// Why there is nothing to send.
#[derive(Debug)]
pub enum Fault {
    /// The dataset gives nothing now.
    Withheld(Error),
    Range(Unsatisfiable),
    Source(SourceError),
}

/// What there is to send, from which a part is chosen.
pub struct Whole<'a> {
    pub etag: &'a str,
    pub total: u64,
}

impl Ready {
    /// Opens a file of what a transfer gives, `path` empty for a single one, and the part that `choose` wants.
    pub async fn open(
        app: &App,
        target: &Target,
        path: &str,
        choose: impl FnOnce(Whole<'_>) -> Result<Span, Unsatisfiable> + Send + 'static,
    ) -> Result<Self, Fault> {
        let (roots, source, revision) = (app.plane.roots.clone(), target.source.clone(), target.revision);
        let path = (!path.is_empty()).then(|| path.to_owned());
        let (view, measures) = (target.view.clone(), app.plane.measures.clone());
        let opening = move || {
            let opened: Opened = roots.open(&source, path.as_deref())?;
            let opened = match &view {
                Some(view) => opened.through(view, &measures)?,
                None => opened,
            };
            let (etag, total) = (opened.etag(revision), opened.length());
            let span = choose(Whole { etag: &etag, total })?;
            let media_type = opened.media_type.unwrap_or("application/octet-stream").to_owned();
            let mut reading = Reading::new(opened, span)?;
            let first = if span.length <= PIECE as u64 { reading.piece()? } else { None };
            Ok(Self { etag, total, span, reading, first, media_type })
        };
        tokio::task::spawn_blocking(opening).await.unwrap_or_else(|e| {
            Err(Fault::Source(SourceError::Io(Default::default(), std::io::Error::other(e.to_string()))))
        })
    }
}

impl From<SourceError> for Fault {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl From<Unsatisfiable> for Fault {
    fn from(error: Unsatisfiable) -> Self {
        Self::Range(error)
    }
}
