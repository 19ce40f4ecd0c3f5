//! The disk of a node: it may be full, and the node may die just before or just after a commit.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use node::domain::outgoing::Queued;
use node::store::{Commits, Error};
use tokio::sync::Notify;

/// When a node dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    BeforeCommit,
    AfterCommit,
}

#[derive(Debug, Default)]
struct State {
    /// Commits that still succeed, and how the next one ends.
    death: Option<(u64, Death)>,
    dead: bool,
    full: bool,
    commits: u64,
    /// Messages of the commit at which it died.
    unwritten: Vec<Queued>,
}

#[derive(Debug, Default)]
pub struct Disk {
    state: Mutex<State>,
    died: Notify,
}

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Dies at a commit, after so many that succeed.
    pub fn arm(&self, spared: u64, death: Death) {
        self.state().death = Some((spared, death));
    }
    pub fn disarm(&self) {
        self.state().death = None;
    }
    /// Nothing can be written until the node is started anew.
    pub fn fill(&self) {
        self.state().full = true;
    }
    pub fn is_full(&self) -> bool {
        self.state().full
    }
    pub fn is_dead(&self) -> bool {
        self.state().dead
    }
    pub fn commits(&self) -> u64 {
        self.state().commits
    }
    /// What would have been sent, had the commit been.
    pub fn unwritten(&self) -> Vec<Queued> {
        std::mem::take(&mut self.state().unwritten)
    }
    /// Waits for the death.
    pub async fn died(&self) {
        while !self.is_dead() {
            self.died.notified().await;
        }
    }
    fn dies(&self, at: Death) -> bool {
        let mut state = self.state();
        match state.death {
            Some((0, death)) if death == at => {
                state.dead = true;
                state.death = None;
                true
            }
            _ => false,
        }
    }
}

impl Commits for Disk {
    fn before<'a>(&'a self, messages: &'a [Queued]) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            if self.is_full() {
                return Err(Error::Unavailable("no space left on the device".into()));
            }
            if self.dies(Death::BeforeCommit) {
                self.state().unwritten = messages.to_vec();
                self.died.notify_one();
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    }

    fn after(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.state().commits += 1;
            if self.dies(Death::AfterCommit) {
                self.died.notify_one();
                std::future::pending::<()>().await;
            }
            if let Some((spared, _)) = &mut self.state().death {
                *spared = spared.saturating_sub(1);
            }
        })
    }
}
