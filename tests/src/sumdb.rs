//! The packages of Go's module checksum database as an independent reader of our logs: see `tests/sumdb`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::authority;
use crate::reference::repository;
use crate::temporary::Folder;

/// The reader's program, or why there is none.
pub fn reader() -> Result<PathBuf, String> {
    let found = Command::new(repository().join("tests/sumdb/build")).output().unwrap();
    match found.status.success() {
        true => Ok(Path::new(String::from_utf8(found.stdout).unwrap().trim()).to_owned()),
        false => Err(String::from_utf8_lossy(&found.stderr).trim().to_owned()),
    }
}

/// Reads a served log to its end; what was read, or what is wrong with it.
pub async fn read(program: &Path, prefix: &str, key: &str, token: &str) -> Result<Value, String> {
    let folder = Folder::default();
    let (authority, token) = (folder.write("ca.pem", authority::root()), folder.write("token", token));
    let mut command = tokio::process::Command::new(program);
    command.arg("-ca").arg(authority).arg("-token-file").arg(token).args(["-key", key, prefix]);
    let output = command.output().await.unwrap();
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
