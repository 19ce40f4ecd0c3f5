//! The secret that opens the private keys: a file that only the node's user can read.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Config;
use crate::identity::seal::MasterSecret;

/// Reads the secret. A file that others can read is refused.
///
/// # Errors
/// The file, what is wrong with it and what to do, as a sentence.
pub fn secret(config: &Config) -> Result<MasterSecret, String> {
    secret_of(&config.secret_file())
}

/// The secret in a file, as [`secret`].
///
/// # Errors
/// As [`secret`].
pub fn secret_of(path: &Path) -> Result<MasterSecret, String> {
    let failed = |cause: String| format!("secret file {}: {cause}", path.display());
    let mode = std::fs::metadata(path).map_err(|e| failed(e.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(failed(format!("mode {:o} lets others use it; run chmod 600 on it", mode & 0o777)));
    }
    let text = std::fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
    MasterSecret::from_text(&text).map_err(|e| failed(e.to_string()))
}
