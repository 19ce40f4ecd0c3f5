//! From a reading to the wire: pieces are read and hashed on blocking threads, a bounded queue holds them, and the
//! connection takes them at its own pace. Memory per delivery is the queue, whatever the size of the file.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::time::{Instant, sleep_until, timeout};

use super::digest::Sha256;
use super::flight::Stop;
use super::read::{Piece, Reading};
use super::source::SourceError;
use crate::domain::event::Ending;

/// Pieces waiting for the connection.
const QUEUE: usize = 4;

/// How long bytes may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Without any progress.
    pub stall: Duration,
    /// In all.
    pub whole: Duration,
}

/// What was handed to the connection. The last pieces may still be in its buffers when the peer disappears: it is
/// the most the peer can have.
#[derive(Debug, Clone)]
pub struct Handed {
    pub bytes: u64,
    pub digest: Sha256,
    pub ending: Ending,
}

#[derive(Debug, Default)]
struct Progress {
    digest: Sha256,
    /// The account is closed: nothing more may leave.
    closed: bool,
}

/// The bytes were stopped before their end; the connection is closed so that nobody takes them for complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the delivery was stopped before its end")]
pub struct Cut;

/// The body of an answer.
#[derive(Debug)]
pub struct Body {
    pieces: mpsc::Receiver<Piece>,
    left: u64,
    stop: Stop,
    progress: Arc<Mutex<Progress>>,
}

impl Body {
    pub fn length(&self) -> u64 {
        self.left
    }
}

fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Stream for Body {
    type Item = Result<Bytes, Cut>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        if self.stop.now().is_some() {
            return Poll::Ready(Some(Err(Cut)));
        }
        let Poll::Ready(piece) = self.pieces.poll_recv(cx) else { return Poll::Pending };
        let Some(piece) = piece else { return Poll::Ready(Some(Err(Cut))) };
        {
            let mut progress = lock(&self.progress);
            if progress.closed {
                return Poll::Ready(Some(Err(Cut)));
            }
            progress.digest = piece.digest;
        }
        self.left = self.left.saturating_sub(piece.bytes.len() as u64);
        Poll::Ready(Some(Ok(piece.bytes)))
    }
}

/// The reading half. Run [`Pump::run`] beside the answer; it ends when the body is taken, dropped or stopped.
#[derive(Debug)]
pub struct Pump {
    reading: Reading,
    pieces: mpsc::Sender<Piece>,
    expected: u64,
    stop: Stop,
    patience: Patience,
    progress: Arc<Mutex<Progress>>,
}

/// Connects a reading to a body. `first`: a piece already read.
pub fn connect(reading: Reading, first: Option<Piece>, stop: Stop, patience: Patience) -> (Body, Pump) {
    let (sender, pieces) = mpsc::channel(QUEUE);
    let expected = reading.left() + first.as_ref().map(|p| p.bytes.len() as u64).unwrap_or(0);
    if let Some(first) = first {
        // Room for one is certain in a new queue.
        let _ = sender.try_send(first);
    }
    let progress = Arc::new(Mutex::new(Progress::default()));
    let body = Body { pieces, left: expected, stop: stop.clone(), progress: progress.clone() };
    (body, Pump { reading, pieces: sender, expected, stop, patience, progress })
}

/// Why a round of reading ended.
enum Round {
    /// The queue is full, or everything was read.
    More,
    Gone,
    Failed(SourceError),
}

impl Pump {
    /// Moves all bytes; says what was handed over and why it ended.
    pub async fn run(self) -> Handed {
        let Self { reading, pieces, expected, stop, patience, progress } = self;
        let until = Instant::now() + patience.whole;
        let moving = async {
            match fill(reading, &pieces, stop.clone(), patience.stall).await {
                Some(ending) => ending,
                None => drain(&pieces, &progress, patience.stall).await,
            }
        };
        let mut ordered = stop.clone();
        let ending = tokio::select! {
            biased;
            why = ordered.ordered() => why,
            ending = moving => ending,
            () = sleep_until(until) => Ending::TimedOut,
        };
        let digest = {
            let mut progress = lock(&progress);
            progress.closed = true;
            progress.digest.clone()
        };
        let bytes = digest.bytes();
        // All bytes out is complete, whatever was ordered afterwards; and an order explains a broken connection.
        let ending = match (bytes == expected, stop.now()) {
            (true, _) => Ending::Complete,
            (false, Some(why)) => why,
            (false, None) => ending,
        };
        Handed { bytes, digest, ending }
    }
}

/// Reads until everything is in the queue (`None`) or something ends it.
async fn fill(
    mut reading: Reading,
    pieces: &mpsc::Sender<Piece>,
    stop: Stop,
    stall: Duration,
) -> Option<Ending> {
    while reading.left() > 0 {
        match timeout(stall, pieces.reserve()).await {
            Err(_) => return Some(Ending::TimedOut),
            Ok(Err(_)) => return Some(Ending::Broken),
            Ok(Ok(_room)) => {}
        }
        let (sender, stop) = (pieces.clone(), stop.clone());
        let round = tokio::task::spawn_blocking(move || {
            let round = round(&mut reading, &sender, &stop);
            (reading, round)
        });
        match round.await {
            Ok((back, Round::More)) => reading = back,
            Ok((_, Round::Gone)) => return Some(Ending::Broken),
            Ok((_, Round::Failed(error))) => {
                tracing::error!(%error, "delivery: the source failed");
                return Some(Ending::SourceFailed);
            }
            Err(error) => {
                tracing::error!(%error, "delivery: reading ended");
                return Some(Ending::SourceFailed);
            }
        }
    }
    None
}

/// Fills the queue. A thread is held only while there is room, never while waiting for a slow reader.
fn round(reading: &mut Reading, pieces: &mpsc::Sender<Piece>, stop: &Stop) -> Round {
    while stop.now().is_none() {
        let room = match pieces.try_reserve() {
            Ok(room) => room,
            Err(TrySendError::Full(())) => return Round::More,
            Err(TrySendError::Closed(())) => return Round::Gone,
        };
        match reading.piece() {
            Ok(Some(piece)) => room.send(piece),
            Ok(None) => return Round::More,
            Err(error) => return Round::Failed(error),
        }
    }
    Round::Gone
}

/// Waits until the connection took what is queued, as long as it takes something.
async fn drain(pieces: &mpsc::Sender<Piece>, progress: &Mutex<Progress>, stall: Duration) -> Ending {
    loop {
        let before = lock(progress).digest.bytes();
        if timeout(stall, pieces.closed()).await.is_ok() {
            return Ending::Broken;
        }
        if lock(progress).digest.bytes() == before {
            return Ending::TimedOut;
        }
    }
}

#[cfg(test)]
mod tests {
    use contracts::id::{AgreementId, MemberId, ParticipantId, Pid};
    use futures_util::StreamExt;

    use super::*;
    use crate::dataplane::digest::Digest;
    use crate::dataplane::flight::{Flights, Most, Route, Way};
    use crate::dataplane::range::Span;
    use crate::dataplane::read::PIECE;
    use crate::dataplane::source::{Roots, Source};

    struct Bench {
        dir: std::path::PathBuf,
        content: Vec<u8>,
        flights: Flights,
    }

    impl Bench {
        fn new(name: &str) -> Self {
            let dir = std::env::temp_dir().join(format!("fiducie-stream-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&dir).unwrap();
            let content: Vec<u8> = (0..PIECE * 12 + 7).map(|i| (i % 253) as u8).collect();
            std::fs::write(dir.join("big"), &content).unwrap();
            let most = Most { node: 1, member: 1, peer: 1 };
            Self { dir, content, flights: Flights::new(most, most) }
        }
        fn route(&self) -> Route {
            Route {
                way: Way::Out,
                member: MemberId::parse("m").unwrap(),
                peer: ParticipantId::parse("p").unwrap(),
                transfer: Pid::parse("t").unwrap(),
                agreement: AgreementId::parse("a").unwrap(),
            }
        }
        fn start(&self, stop: Stop, stall: u64) -> (Body, Pump) {
            let roots = Roots::new([self.dir.clone()], 1);
            let source = Source::File(self.dir.join("big").to_str().unwrap().to_owned());
            let opened = roots.open(&source, None).unwrap();
            let span = Span::whole(opened.length());
            let mut reading = Reading::new(opened, span).unwrap();
            let first = reading.piece().unwrap();
            let patience = Patience { stall: Duration::from_millis(stall), whole: Duration::from_secs(60) };
            connect(reading, first, stop, patience)
        }
    }

    impl Drop for Bench {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }

    #[tokio::test]
    async fn everything_arrives_and_is_accounted_for() {
        let bench = Bench::new("whole");
        let flight = bench.flights.enter(bench.route()).unwrap();
        let (mut body, pump) = bench.start(flight.stop(), 5_000);
        let pump = tokio::spawn(pump.run());
        let mut got = Vec::new();
        while let Some(piece) = body.next().await {
            got.extend_from_slice(&piece.unwrap());
        }
        drop(body);
        let handed = pump.await.unwrap();
        assert_eq!(got, bench.content);
        assert_eq!((handed.bytes, handed.ending), (got.len() as u64, Ending::Complete));
        assert_eq!(handed.digest.finish(), Digest::of(&got));
    }

    #[tokio::test]
    async fn an_order_to_stop_lets_no_further_piece_out() {
        let bench = Bench::new("stop");
        let flight = bench.flights.enter(bench.route()).unwrap();
        let (mut body, pump) = bench.start(flight.stop(), 5_000);
        let pump = tokio::spawn(pump.run());
        let mut got = body.next().await.unwrap().unwrap().to_vec();
        got.extend_from_slice(&body.next().await.unwrap().unwrap());
        let route = bench.route();
        assert_eq!(bench.flights.stop_agreement(&route.member, &route.agreement, Ending::Revoked), 1);
        assert_eq!(body.next().await, Some(Err(Cut)));
        let handed = pump.await.unwrap();
        assert_eq!((handed.bytes, handed.ending), (got.len() as u64, Ending::Revoked));
        assert_eq!(handed.digest.finish(), Digest::of(&got));
    }

    #[tokio::test]
    async fn a_reader_that_leaves_or_sleeps_ends_it() {
        let bench = Bench::new("slow");
        let flight = bench.flights.enter(bench.route()).unwrap();
        let (mut body, pump) = bench.start(flight.stop(), 5_000);
        let pump = tokio::spawn(pump.run());
        body.next().await.unwrap().unwrap();
        drop(body);
        let handed = pump.await.unwrap();
        assert_eq!((handed.bytes, handed.ending), (PIECE as u64, Ending::Broken));

        let (mut body, pump) = bench.start(flight.stop(), 50);
        let pump = tokio::spawn(pump.run());
        body.next().await.unwrap().unwrap();
        let handed = pump.await.unwrap();
        assert_eq!((handed.bytes, handed.ending), (PIECE as u64, Ending::TimedOut));
        assert_eq!(body.next().await, Some(Err(Cut)), "nothing leaves after the account is closed");
    }
}
