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
