//! `fiducie migrate`: brings the database to this program's schema.

use serde_json::json;

use super::Global;
use super::exit::Failed;
use crate::store::Store;
use crate::{config, text};

pub async fn run(global: &Global) -> Result<(), Failed> {
    let out = global.output();
    let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
    let wait = out.spinner(text::get(out.lang, "cli.migrating").to_owned());
    Store::migrate(&config.database_url()).await.map_err(|e| Failed::Setup(e.to_string()))?;
    wait.finish_and_clear();
    out.result(&json!({ "migrated": true }), |_| text::get(out.lang, "cli.migrated").to_owned())
}
