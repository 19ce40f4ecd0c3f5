//! One node's machine: its folder, its clock, and the node on it while it is up.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use contracts::tlog::Hash;
use node::app::{App, Hosted};
use node::domain::outgoing::Queued;
use node::domain::time::{Clock, Timestamp};
use node::peer::client::Settings;
use node::peer::lanes::{Key, Lanes, Turn};
use node::peer::{Client, Guard, deliver};
use node::startup::{Assembled, Options, StartError};
use node::store;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use super::disk::Disk;
use super::http::{Local, Serve, service};
use super::net::{Answered, Call, Documents, Wire};
use super::operation::Done;
use super::template;

/// Tasks of a node that has nothing to do: the writer, and the upkeep of the pool of readers.
const IDLE: usize = 2;
/// How long a node with a full disk is watched trying.
const FUTILE: Duration = Duration::from_millis(20);
/// A node that is still busy then will never be quiet.
const PATIENCE: Duration = Duration::from_secs(30);

/// A node that runs.
pub struct Up {
    runtime: Runtime,
    pub app: Arc<App>,
    pub hosted: Arc<Hosted>,
    pub serve: Serve,
    pub disk: Arc<Disk>,
    pub lanes: Lanes,
    /// The lane whose turn it is.
    pub turn: Option<Turn>,
    hints: mpsc::Receiver<Queued>,
    calls: mpsc::UnboundedReceiver<Call>,
    /// Answers whose bytes are taken slowly: each keeps a task.
    pub held: usize,
}

pub struct Machine {
    pub index: usize,
    pub folder: PathBuf,
    /// Address of its database.
    pub database: String,
    pub clock: Clock,
    pub up: Option<Up>,
    /// Heads of its log that anybody could have read, oldest first.
    pub heads: Vec<(u64, Hash)>,
    /// Copies put in place of its database so far.
    pub restored: usize,
}

/// How a step ended.
pub enum Stepped {
    Done(Done),
    /// It waits for an answer from elsewhere.
    Calls(Local<Done>, Call),
    /// It died when the answer had left.
    Answered(Answered),
    Died,
}

impl Machine {
    /// Starts the node. A lease left by the node that died is waited for: gives how long, in milliseconds.
    pub fn start(&mut self, documents: &Documents) -> i64 {
        let began = self.now().0;
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let disk = Arc::new(Disk::default());
        let (wire, calls) = Wire::new(documents.clone());
        let wire = Arc::new(wire);
        let settings = Settings { system_roots: false, ..Settings::default() };
        let guard = Guard::new::<&str>(&[]).unwrap();
        let client = Client::over(wire, &settings, guard).unwrap();
        let (up, hints) = runtime.block_on(async {
            let assembled = loop {
                let options = Options {
                    clock: self.clock.clone(),
                    client: Some(client.clone()),
                    commits: Some(disk.clone()),
                    ..Options::default()
                };
                match Assembled::build(template::config(&self.folder, &self.database), options).await {
                    Ok(assembled) => break assembled,
                    Err(StartError::Store(store::Error::Held { until, .. })) => self.wait_until(until),
                    Err(error) => panic!("n{} does not start: {error}", self.index),
                }
            };
            let hints = assembled.app.store.wakeups().expect("asked for once");
            let serve = service(&assembled).await;
            let app = assembled.app.clone().into_inner();
            let hosted = app.members.all().remove(0);
            deliver::release(&app).await;
            ((app, hosted, serve, Lanes::new(64, 32)), hints)
        });
        let (app, hosted, serve, lanes) = up;
        self.up = Some(Up { runtime, app, hosted, serve, disk, lanes, turn: None, hints, calls, held: 0 });
        self.scan(true);
        self.now().0 - began
    }

    /// Finds what a process that died was to send, as the outbox worker does: in the order it was written, for the times
    /// of second attempts are random. What was tried before is found later, when its time has come in any case.
    pub fn scan(&mut self, first: bool) {
        if let Some(Up { runtime, app, lanes, .. }) = &mut self.up {
            let mut due = runtime.block_on(app.store.outbox_due(500)).unwrap_or_default();
            due.retain(|message| !first || message.attempts == 0);
            due.sort_by_key(|message| message.row);
            for message in due {
                lanes.found(Key { member: message.member, process: message.process }, message.peer);
            }
        }
        self.settle();
    }

    fn wait_until(&self, until: Timestamp) {
        self.clock.advance((until.0 - self.clock.now().0).max(0) + 1);
    }

    /// Whether its outbox has something to send now.
    pub fn has_turn(&mut self) -> bool {
        let Some(up) = &mut self.up else { return false };
        if up.turn.is_none() {
            up.turn = up.lanes.turn();
        }
        up.turn.is_some()
    }

    pub fn up(&mut self) -> &mut Up {
        self.up.as_mut().expect("the node is down")
    }

    /// Turns the node until an operation ends, calls another node, or the node dies; then until all is quiet.
    pub fn step(&mut self, mut operation: Local<Done>) -> Stepped {
        let up = self.up.as_mut().expect("the node is down");
        let disk = up.disk.clone();
        let stepped = up.runtime.block_on(async {
            tokio::select! {
                biased;
                () = disk.died() => None,
                done = &mut operation => Some(Ok(done)),
                Some(call) = up.calls.recv() => Some(Err(call)),
            }
        });
        let alive = stepped.is_some() && self.settle();
        let up = self.up.as_mut().expect("it was up");
        let _context = up.runtime.enter();
        match stepped {
            Some(Ok(done)) if alive => Stepped::Done(done),
            Some(Ok(Done::Answered(answered))) => Stepped::Answered(answered),
            Some(Err(call)) if alive => Stepped::Calls(operation, call),
            other => {
                drop(other);
                drop(operation);
                Stepped::Died
            }
        }
    }

    /// Lets what an operation left behind end, such as the closing entry of a delivery. Whether the node lives.
    fn settle(&mut self) -> bool {
        let Some(up) = self.up.as_mut() else { return false };
        let (disk, metrics, idle) = (up.disk.clone(), up.runtime.metrics(), IDLE + up.held);
        let began = std::time::Instant::now();
        up.runtime.block_on(async {
            while !disk.is_dead() && metrics.num_alive_tasks() > idle {
                // What cannot be written is tried again and again, in vain until the node is started anew.
                if disk.is_full() && began.elapsed() > FUTILE {
                    break;
                }
                let (alive, node) = (metrics.num_alive_tasks(), self.index);
                assert!(began.elapsed() < PATIENCE, "n{node} is never quiet: {alive} tasks, {idle} expected");
                tokio::task::yield_now().await;
                std::thread::yield_now();
            }
            // What ended in this very turn may have told the outbox something.
            tokio::task::yield_now().await;
        });
        while let Ok(message) = up.hints.try_recv() {
            up.lanes.add(message);
        }
        !up.disk.is_dead()
    }

    /// Lets go of something of this node's, where its tasks can still hear of it.
    pub fn let_go<T>(&mut self, thing: T) {
        if let Some(up) = &self.up {
            let _context = up.runtime.enter();
            drop(thing);
        }
        self.settle();
    }

    /// The machine loses its power: everything in memory is gone.
    pub fn cut(&mut self) {
        let Some(Up { runtime, app, hosted, serve, lanes, hints, calls, .. }) = self.up.take() else {
            return;
        };
        {
            let _context = runtime.enter();
            drop((serve, hosted, lanes, hints, calls, app));
        }
        runtime.shutdown_background();
    }

    /// The node ends in good order.
    pub fn stop(&mut self) {
        if let Some(up) = &self.up {
            up.disk.disarm();
            up.runtime.block_on(up.app.store.close());
        }
        self.cut();
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
