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
    MasterSecret::from_text(&private(path)?).map_err(|e| format!("secret file {}: {e}", path.display()))
}

/// The token shared with the control plane that drives this node's data plane.
///
/// # Errors
/// As [`secret`], and a token that could be guessed.
pub fn signaling_token(config: &Config) -> Result<String, String> {
    token(&config.path(&config.signaling.token_file))
}

/// A token of a file, that cannot be guessed.
pub(super) fn token(path: &Path) -> Result<String, String> {
    let token = private(path)?.trim().to_owned();
    match token.len() {
        32..=4096 => Ok(token),
        n => Err(format!("{} holds {n} characters; put 32 random ones or more in it", path.display())),
    }
}

/// A file that only the node's user can read.
fn private(path: &Path) -> Result<String, String> {
    let failed = |cause: String| format!("secret file {}: {cause}", path.display());
    let mode = std::fs::metadata(path).map_err(|e| failed(e.to_string()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(failed(format!("mode {:o} lets others use it; run chmod 600 on it", mode & 0o777)));
    }
    std::fs::read_to_string(path).map_err(|e| failed(e.to_string()))
}
