//! The database and the secret, as the configuration describes them.

use std::os::unix::fs::PermissionsExt;

use super::StartError;
use crate::config::Config;
use crate::domain::time::Clock;
use crate::identity::seal::MasterSecret;
use crate::store::{Options, Store};

/// Opens the database and takes its lease.
pub async fn open(config: &Config, clock: &Clock) -> Result<Store, StartError> {
    let limits = &config.limits;
    let options = Options {
        clock: clock.clone(),
        writes_waiting: limits.writes_waiting,
        all_writes_waiting: limits.writes_waiting.saturating_mul(8),
        readers: config.database.readers,
        ..Options::new(config.database_url())
    };
    Ok(Store::open(options).await?)
}

/// Reads the secret that opens the private keys. A file that others can read is refused.
pub fn secret(config: &Config) -> Result<MasterSecret, StartError> {
    let path = config.secret_file();
    let failed = |cause: String| StartError::Secret { file: path.display().to_string(), cause };
    let mode = std::fs::metadata(&path).map_err(|e| failed(e.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(failed(format!("mode {:o} lets others read it; run chmod 600 on it", mode & 0o777)));
    }
    let text = std::fs::read_to_string(&path).map_err(|e| failed(e.to_string()))?;
    MasterSecret::from_text(&text).map_err(|e| failed(e.to_string()))
}
