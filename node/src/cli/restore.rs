//! `fiducie restore`: a backup into the empty database of a stopped node.

use std::fs::File;

use serde_json::json;

use super::Global;
use super::access;
use super::backup::Backup;
use super::exit::Failed;
use super::private::private_file;
use crate::app::backup::restore;
use crate::domain::time::Clock;
use crate::identity::seal::MasterSecret;
use crate::store::Store;
use crate::{config, text};

pub async fn run(command: Backup, global: &Global) -> Result<(), Failed> {
    let out = global.output();
    let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
    let archive = config::secret_of(&command.secret_file).map_err(Failed::Usage)?;
    let file =
        File::open(&command.file).map_err(|e| Failed::Usage(format!("{}: {e}", command.file.display())))?;
    if !config.secret_file().exists() {
        // The backup carries the keys under its own secret: that of the lost machine is not needed.
        private_file(&config.secret_file(), MasterSecret::generate_text().as_bytes())?;
    }
    let node = config::secret(&config).map_err(Failed::Setup)?;
    let url = config.database_url();
    Store::migrate(&url).await.map_err(|e| Failed::Setup(e.to_string()))?;
    let wait = out.spinner(text::get(out.lang, "cli.importing").to_owned());
    let restored = restore::restore(&url, file, &archive, &node, Clock::System.now()).await;
    wait.finish_and_clear();
    let restored = restored.map_err(|e| Failed::of(e, out.lang))?;
    let here = access::list(&config.dir)?;
    for access in restored.access.into_iter().map(access::Access::from) {
        if here.iter().all(|known| known.member != access.member) {
            access::save(&config.dir, &access)?;
        }
    }
    let kept = restored.kept;
    out.result(&json!({ "members": kept.members, "rows": kept.rows }), |_| {
        let (members, rows) = (kept.members.len().to_string(), kept.rows.to_string());
        text::fill(out.lang, "cli.restored", &[("members", members.as_str()), ("rows", &rows)])
    })
}
