//! The program as it ships.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::reference::repository;

/// Path of `fiducie`, built from the present sources (quick when they are already).
pub fn fiducie() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .current_dir(repository())
            .args(["build", "--release", "--workspace", "--bin", "fiducie", "--message-format=json"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let built =
            text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find_map(|message| {
                message["executable"].as_str().filter(|p| p.ends_with("fiducie")).map(PathBuf::from)
            });
        built.unwrap_or_else(|| panic!("cargo named no executable: {text}"))
    })
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    /// What `--json` printed; null when nothing.
    pub json: Value,
    pub stderr: String,
}

/// Runs `fiducie --json --dir …` to its end.
pub async fn command(dir: &Path, arguments: &[&str]) -> Ended {
    let mut command = tokio::process::Command::new(fiducie());
    command.arg("--json").arg("--dir").arg(dir).args(arguments).env_remove("FIDUCIE_DIR");
    let output = command.output().await.unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Ended { code: output.status.code().unwrap_or(-1), json, stderr }
}

impl Ended {
    /// The result of a command that must have succeeded.
    pub fn ok(self) -> Value {
        assert_eq!(self.code, 0, "{} {}", self.json, self.stderr);
        self.json
    }
}
