//! Long-lived tasks: started together, watched, stopped in order.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The tasks of a running node. Cloning gives another view of the same tasks.
#[derive(Clone)]
pub struct Workers {
    stop: Arc<watch::Sender<bool>>,
    tasks: Arc<Mutex<Vec<Task>>>,
}

/// A task and its name.
type Task = (&'static str, JoinHandle<()>);

impl Default for Workers {
    fn default() -> Self {
        Self { stop: Arc::new(watch::Sender::new(false)), tasks: Arc::default() }
    }
}

/// Tells a task that it is time to end.
pub type Stop = watch::Receiver<bool>;

/// Waits until the node stops.
pub async fn stopped(stop: &mut Stop) {
    // An error means the sender is gone: the node is no more.
    let _ = stop.wait_for(|stop| *stop).await;
}

impl Workers {
    pub fn stop_signal(&self) -> Stop {
        self.stop.subscribe()
    }

    /// Starts a task. It is expected to end only after the stop signal.
    pub fn start(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.stop_signal();
        let handle = tokio::spawn(async move {
            task.await;
            if !*stop.borrow() {
                tracing::error!(worker = name, "worker ended by itself");
            }
        });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push((name, handle));
    }

    /// Names of tasks that ended although the node runs.
    pub fn dead(&self) -> Vec<&'static str> {
        let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().filter(|(_, handle)| handle.is_finished()).map(|(name, _)| *name).collect()
    }

    /// Tells all to end and waits, last started first; a task that does not end in time is cut.
    pub async fn stop(&self, patience: Duration) {
        self.stop.send_replace(true);
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for (name, mut handle) in tasks.into_iter().rev() {
            match tokio::time::timeout(patience, &mut handle).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(worker = name, %error, "worker failed"),
                Err(_) => {
                    tracing::warn!(worker = name, "worker did not end in time and is cut");
                    handle.abort();
                }
            }
        }
    }
}
