//! `fiducie serve`: the node itself.

use super::Global;
use super::exit::Failed;
use crate::startup::{Application, Options};
use crate::{config, telemetry};

pub async fn run(global: &Global) -> Result<(), Failed> {
    let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
    let _telemetry = telemetry::start(&config.telemetry).map_err(Failed::Setup)?;
    let application =
        Application::build(config, Options::default()).await.map_err(|e| Failed::Setup(e.to_string()))?;
    for address in &application.addresses {
        tracing::info!(%address, "listening");
    }
    application.run().await.map_err(|e| Failed::Internal(e.to_string()))
}
