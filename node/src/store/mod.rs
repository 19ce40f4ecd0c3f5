//! The database: SQLite or PostgreSQL, the same tables and the same code. The only place with SQL.
//!
//! Reading order: [`Store`], [`Tx`], then `writer` (group commit), `sequencer` (the log), and one file per noun.

mod access_request;
mod agreement;
mod archive;
mod batch;
mod commits;
mod convention;
mod cosigned;
mod counter;
mod credential;
mod dataset;
mod delivery;
mod directory;
mod duty;
mod engine;
mod epoch;
mod error;
mod found;
mod framework;
mod harvest;
mod identity;
mod inbox;
mod inspect;
mod key;
mod known;
mod lease;
mod log;
mod member;
mod membership;
mod negotiation;
mod open;
mod opening;
mod outbox;
mod pull;
mod question;
mod queue;
mod reader;
mod receipt;
mod retention;
mod row;
mod rung;
mod schema;
mod script;
mod sequencer;
mod stamp;
mod statement;
mod tail;
mod token;
mod transfer;
mod twins;
mod tx;
mod use_case;
mod uses;
mod witnessed;
mod writer;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use contracts::id::MemberId;
use contracts::tlog::Hash;
use futures_util::future::BoxFuture;
use sqlx::AnyPool;
use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::domain::outgoing::Queued;
use crate::domain::time::{Clock, Timestamp};
use crate::text::Sentence;
use engine::Address;
use queue::{Queue, Write};

pub use archive::{Departure, Export, Import, Kind, Snapshot, Stored, TABLES, Table, table};
pub use commits::Commits;
pub use cosigned::Cosigned;
pub use credential::{Place, SeenList};
pub use dataset::{Held, Line};
pub use engine::{Engine, Setting};
pub use epoch::Epoch;
pub use error::Error;
pub use harvest::Known;
pub use inspect::Inspected;
pub use key::LogKey;
pub use log::{Entry, Head};
pub use pull::PullRow;
pub use question::Seat;
pub use reader::Reader;
pub use receipt::ReceiptRow;
pub use row::Page;
pub use stamp::Stamp;
pub use token::ApiToken;
pub use twins::{TwinCheck, TwinState};
pub use tx::Tx;
pub use uses::Uses;
pub use witnessed::Witnessed;

/// What the store is opened with.
#[derive(Clone)]
pub struct Options {
    /// `sqlite:///path/to/file` or `postgres://user@host/database`.
    pub url: String,
    pub clock: Clock,
    /// Writes of one member, and of all, that may wait for the disk.
    pub writes_waiting: usize,
    pub all_writes_waiting: usize,
    /// Connections that read at the same time.
    pub readers: u32,
    /// Committed messages that may wait for the delivery worker; more are found by its scan.
    pub wakeups: usize,
    /// Who stands before the disk; the program has nobody there.
    pub commits: Option<Arc<dyn Commits>>,
}

impl Options {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            clock: Clock::System,
            writes_waiting: 1024,
            all_writes_waiting: 8192,
            readers: 4,
            wakeups: 10_000,
            commits: None,
        }
    }
}

/// A committed event's place in its member's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRef {
    /// From 0.
    pub index: u64,
    pub leaf_hash: Hash,
    pub at: Timestamp,
}

/// The value of a write that is on disk, and the log entries it made, in the order they were recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<T> {
    pub value: T,
    pub entries: Vec<EntryRef>,
}

/// What the store's handle and its writer share.
struct Shared {
    queue: Queue,
    keys: key::LogKeys,
    known: Arc<known::Known>,
    found: found::Found,
    fault: Mutex<Option<Error>>,
    commits: AtomicU64,
    sizes: Mutex<HashMap<MemberId, watch::Sender<u64>>>,
    done: Notify,
}

impl Shared {
    fn set_fault(&self, fault: Option<Error>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
    fn fault(&self) -> Option<Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    fn announce(&self, member: &MemberId, size: u64) {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.entry(member.clone()).or_insert_with(|| watch::channel(0).0).send_replace(size);
    }
}

/// The database, open. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    clock: Clock,
    pool: AnyPool,
    shared: Arc<Shared>,
    wakeups: Arc<Mutex<Option<mpsc::Receiver<Queued>>>>,
    _last: Arc<Last>,
}

/// Ends the writer when the last handle is dropped.
struct Last(Arc<Shared>);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.queue.close();
    }
}

impl Store {
    /// Creates or updates the schema. Run once per release, by no other process at the same time.
    ///
    /// # Errors
    /// [`Error::Newer`] if a newer program has migrated the database, [`Error::Migration`] if one was interrupted.
    pub async fn migrate(url: &str) -> Result<(), Error> {
        let address = Address::parse(url)?;
        let mut conn = address.connect().await?;
        schema::migrate(address.engine, &mut conn).await?;
        sqlx::Connection::close(conn).await?;
        Ok(())
    }

    /// Opens a migrated database and takes its lease.
    ///
    /// # Errors
    /// [`Error::Held`] if another process writes to it, [`Error::Unmigrated`] or [`Error::Newer`] if the schema is not
    /// this program's.
    pub async fn open(options: Options) -> Result<Self, Error> {
        let address = Address::parse(&options.url)?;
        let mut conn = address.connect().await?;
        schema::check(address.engine, &mut conn).await?;
        let lease = lease::Lease::take(address.engine, &mut conn, options.clock.now()).await?;
        sqlx::Connection::close(conn).await?;
        let (hints, wakeups) = mpsc::channel(options.wakeups.max(1));
        let shared = Arc::new(Shared {
            queue: Queue::new(options.writes_waiting, options.all_writes_waiting),
            keys: key::LogKeys::default(),
            known: Arc::default(),
            found: found::Found::default(),
            fault: Mutex::default(),
            commits: AtomicU64::new(0),
            sizes: Mutex::default(),
            done: Notify::new(),
        });
        let (engine, pool) = (address.engine, address.pool(options.readers));
        let clock = options.clock.clone();
        let writer = writer::Writer::new(address, Arc::clone(&shared), options.clock, lease, hints);
        tokio::spawn(writer.watched(options.commits).run());
        let (wakeups, last) = (Arc::new(Mutex::new(Some(wakeups))), Arc::new(Last(Arc::clone(&shared))));
        Ok(Self { engine, clock, pool, shared, wakeups, _last: last })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Sets the key that signs a member's log: when it is hosted, and when its key changes. Nothing can be recorded for
    /// a member before.
    pub fn set_log_key(&self, member: MemberId, key: LogKey) {
        self.shared.keys.set(member, key);
    }

    /// Lets nothing be recorded for a member, and says why; or lets it go on.
    pub fn hold(&self, member: &MemberId, why: Option<Sentence>) {
        self.shared.keys.hold(member, why);
    }

    /// Runs a write and answers when it is on disk. An error of the closure undoes all it wrote and nothing else.
    ///
    /// The closure works with the database only: every other write of the node waits for it.
    ///
    /// # Errors
    /// The closure's own, or [`Error::Busy`], [`Error::Unavailable`], [`Error::Fenced`]: then nothing was kept.
    pub async fn write<F, T, E>(&self, member: &MemberId, work: F) -> Result<Committed<T>, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.put(member, false, work).await
    }

    /// As [`Self::write`], for what nobody waits for and what can be done again: it shares the commit of the next write
    /// that comes, or is committed alone some milliseconds later.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_with_next<F, T, E>(&self, member: &MemberId, work: F) -> Result<Committed<T>, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.put(member, true, work).await
    }

    async fn put<F, T, E>(&self, member: &MemberId, patient: bool, work: F) -> Result<Committed<T>, E>
    where
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Write { member: member.clone(), patient, work: Some(work), outcome: None, caller };
        if let Err((job, error)) = self.shared.queue.push(Box::new(job)) {
            job.answer(Err(error));
        }
        match answer.await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Internal("the writer ended".into()).into()),
        }
    }

    /// Reads what is committed, as one member. Holds a connection until dropped.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database cannot be reached or all readers stay busy.
    pub async fn read(&self, member: &MemberId) -> Result<Reader, Error> {
        let openings = self.shared.keys.openings(member);
        Ok(Reader {
            conn: self.pool.acquire().await?,
            member: member.clone(),
            at: self.clock.now(),
            openings,
        })
    }

    /// The messages just committed, for the delivery worker. Given once.
    pub fn wakeups(&self) -> Option<mpsc::Receiver<Queued>> {
        self.wakeups.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Follows a member's log: the number of its entries whenever some were committed; 0 until then.
    pub fn events(&self, member: &MemberId) -> watch::Receiver<u64> {
        let mut sizes = self.shared.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        sizes.entry(member.clone()).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Commits since it was opened: each is one flush, for one write or for many.
    pub fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::Relaxed)
    }

    /// Whether writes succeed, and if not why.
    pub fn health(&self) -> Result<(), Error> {
        self.shared.fault().map_or(Ok(()), Err)
    }

    /// The settings on which it depends that an answered write survives a loss of power.
    pub async fn durability(&self) -> Result<Vec<Setting>, Error> {
        let mut conn = self.pool.acquire().await?;
        self.engine.durability(&mut conn).await
    }

    /// Commits what waits, gives the lease back and ends. Later writes are refused.
    pub async fn close(&self) {
        if !self.shared.queue.is_closed() {
            self.shared.queue.close();
            self.shared.done.notified().await;
        }
        self.pool.close().await;
    }
}
