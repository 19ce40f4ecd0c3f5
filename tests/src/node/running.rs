//! A node that runs on threads of its own, as each process would.

use std::sync::Arc;
use std::thread::JoinHandle;

use node::app::App;
use node::config::Config;
use node::startup::{Application, Options, Stopper};

pub(super) struct Running {
    pub(super) app: Arc<App>,
    pub(super) stopper: Stopper,
    pub(super) thread: JoinHandle<()>,
}

impl Running {
    /// Each node has threads of its own, as each process would.
    pub(super) async fn start(config: Config, options: Options) -> Result<Self, String> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                match Application::build(config, options).await {
                    Ok(application) => {
                        let _ =
                            sender.send(Ok((application.app.clone().into_inner(), application.stopper())));
                        application.run().await.unwrap();
                    }
                    Err(error) => drop(sender.send(Err(error.to_string()))),
                }
            });
            runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        });
        let (app, stopper) = receiver.await.map_err(|_| "the node ended while starting".to_owned())??;
        Ok(Self { app, stopper, thread })
    }
}
