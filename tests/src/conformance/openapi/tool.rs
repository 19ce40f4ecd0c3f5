//! schemathesis from PyPI, in a virtual environment in the user's cache.

use std::path::PathBuf;
use std::process::Command;

/// The version that is run.
pub const VERSION: &str = "4.32.5";

/// The program, installed if it is not yet.
pub fn installed() -> Result<PathBuf, String> {
    let folder = cache().join(format!("schemathesis-{VERSION}"));
    let program = folder.join("bin/schemathesis");
    // Written last: without it the folder is made again.
    let complete = folder.join("complete");
    if complete.exists() && program.exists() {
        return Ok(program);
    }
    let _ = std::fs::remove_dir_all(&folder);
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let package = format!("schemathesis=={VERSION}");
    run(Command::new(folder.join("bin/pip")).args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &package,
    ]))?;
    std::fs::write(&complete, VERSION).map_err(|e| format!("{}: {e}", complete.display()))?;
    Ok(program)
}

fn cache() -> PathBuf {
    let given = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let root = given("XDG_CACHE_HOME").or_else(|| given("HOME").map(|home| home.join(".cache")));
    root.unwrap_or_else(std::env::temp_dir).join("fiducie").join("python")
}

fn run(command: &mut Command) -> Result<(), String> {
    let ended = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    match ended.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&ended.stderr))),
    }
}
