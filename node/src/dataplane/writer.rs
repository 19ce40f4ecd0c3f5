//! Hashing and writing beside receiving.

use bytes::Bytes;
use tokio::sync::mpsc;

use super::sink::{Part, SinkError, State};

/// Hashes and writes on a thread of its own, so that decryption and hashing overlap.
pub struct Writer {
    pub pieces: mpsc::Sender<Vec<Bytes>>,
    /// Offset of the exchange's first byte.
    pub first: u64,
    task: tokio::task::JoinHandle<Result<Part, SinkError>>,
}

impl Writer {
    pub fn start(mut part: Part, state: State) -> Self {
        let (pieces, mut waiting) = mpsc::channel::<Vec<Bytes>>(4);
        let first = state.exchange.first;
        let task = tokio::task::spawn_blocking(move || {
            part.begin(state)?;
            while let Some(pieces) = waiting.blocking_recv() {
                part.append(&pieces)?;
            }
            part.sync()?;
            Ok(part)
        });
        Self { pieces, first, task }
    }

    /// Waits until everything is written; the part is lost only with an error.
    pub async fn end(&mut self) -> Result<Part, SinkError> {
        // Replaced by one nobody reads, so that the thread sees the end.
        self.pieces = mpsc::channel(1).0;
        match (&mut self.task).await {
            Ok(outcome) => outcome,
            Err(e) => Err(SinkError::Io(Default::default(), std::io::Error::other(e.to_string()))),
        }
    }
}
