//! `fiducie migrate`: brings the database to this program's schema, or everything in it to another database.

use clap::Args;
use serde_json::json;
use url::Url;

use super::Global;
use super::exit::Failed;
use crate::app::backup::carry::carry;
use crate::config::{self, Config, Database};
use crate::domain::time::Clock;
use crate::store::Store;
use crate::text;

#[derive(Debug, Args)]
pub struct Migrate {
    #[arg(long, value_name = "URL", env = "FIDUCIE_MIGRATE_TO")]
    to: Option<String>,
}

impl Migrate {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
        let wait = out.spinner(text::get(out.lang, "cli.migrating").to_owned());
        let migrated = Store::migrate(&config.database_url()).await;
        wait.finish_and_clear();
        migrated.map_err(|e| Failed::Setup(e.to_string()))?;
        match self.to {
            None => {
                out.result(&json!({ "migrated": true }), |_| text::get(out.lang, "cli.migrated").to_owned())
            }
            Some(to) => over(global, &config, to).await,
        }
    }
}

/// Everything over into another database, which the configuration names from then on.
async fn over(global: &Global, config: &Config, to: String) -> Result<(), Failed> {
    let out = global.output();
    let node = config::secret(config).map_err(Failed::Setup)?;
    let target = Config {
        dir: config.dir.clone(),
        database: Database { url: to.clone(), ..config.database.clone() },
        ..Config::default()
    };
    let (from, url) = (config.database_url(), target.database_url());
    let name = public(&url);
    Store::migrate(&url).await.map_err(|e| Failed::Setup(e.to_string()))?;
    let wait = out.spinner(text::get(out.lang, "cli.moving").to_owned());
    let carried = carry(&from, &url, &name, &node, Clock::System.now()).await;
    wait.finish_and_clear();
    let kept = carried.map_err(|e| Failed::of(e, out.lang))?;
    let configured = config::set_database(&config.dir, &to).is_ok()
        && config::load(&config.dir).is_ok_and(|now| now.database.url == to);
    let result = json!({
        "moved": name, "members": kept.members, "rows": kept.rows, "configured": configured,
    });
    out.result(&result, |_| {
        let (members, rows) = (kept.members.len().to_string(), kept.rows.to_string());
        let values = [("to", name.as_str()), ("members", &members), ("rows", &rows)];
        text::fill(out.lang, if configured { "cli.moved" } else { "cli.moved-not-configured" }, &values)
    })
}

/// An address of a database without what opens it.
fn public(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else { return String::new() };
    // Fails for addresses that have none.
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}
