//! The database as the configuration describes it, and the members in it.

use std::sync::Arc;

use super::StartError;
use crate::app::member::{Members, keys};
use crate::config::{self, Config};
use crate::domain::time::Clock;
use crate::store::{Commits, Options, Store};

/// Opens the database and takes its lease.
pub async fn open(config: &Config, clock: &Clock) -> Result<Store, StartError> {
    open_with(config, clock, None).await
}

pub(super) async fn open_with(
    config: &Config,
    clock: &Clock,
    commits: Option<Arc<dyn Commits>>,
) -> Result<Store, StartError> {
    let limits = &config.limits;
    let options = Options {
        clock: clock.clone(),
        writes_waiting: limits.writes_waiting,
        all_writes_waiting: limits.writes_waiting.saturating_mul(8),
        readers: config.database.readers,
        commits,
        ..Options::new(config.database_url())
    };
    Ok(Store::open(options).await?)
}

/// Opens the keys of all stored members.
pub(super) async fn members(config: &Config, store: &Store, clock: &Clock) -> Result<Members, StartError> {
    let members = Members::default();
    let stored = store.members().await?;
    if stored.is_empty() {
        return Ok(members);
    }
    let secret = config::secret(config).map_err(StartError::Secret)?;
    for member in stored {
        let name = member.name.clone();
        let hosted = keys::open(store, member, &secret, clock.now())
            .await
            .map_err(|e| StartError::Member { member: name, cause: e.to_string() })?;
        members.insert(Arc::new(hosted));
    }
    Ok(members)
}
