//! pySHACL in an environment of its own, made once in the user's cache.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

const PACKAGES: [&str; 2] = ["pyshacl==0.40.1", "rdflib==7.6.0"];

/// What was found in a file.
#[derive(Debug, Deserialize)]
pub struct Said {
    pub file: String,
    pub triples: u64,
    pub results: Vec<String>,
}

pub struct Judge {
    python: PathBuf,
    shapes: PathBuf,
}

impl Judge {
    pub fn new(shapes: &Path) -> Result<Self, String> {
        if !shapes.join("shapes.ttl").is_file() {
            return Err(format!("{} has no shapes.ttl", shapes.display()));
        }
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let cache = cache.or(home).ok_or("neither XDG_CACHE_HOME nor HOME names a folder")?;
        let folder = cache.join("fiducie").join(PACKAGES.join("-").replace("==", "-"));
        let python = folder.join("bin/python3");
        let is_ready =
            |python: &Path| run(Command::new(python).args(["-c", "import pyshacl, rdflib"])).is_ok();
        if !is_ready(&python) {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
                .map_err(|said| format!("python3 -m venv (package python3-venv): {said}"))?;
            run(Command::new(&python).args(["-m", "pip", "install", "-q"]).args(PACKAGES))
                .map_err(|said| format!("pip install {PACKAGES:?}: {said}"))?;
        }
        Ok(Self { python, shapes: shapes.to_owned() })
    }

    /// Judges files of a folder.
    pub fn judge(&self, folder: &Path, files: &[String]) -> Result<Vec<Said>, String> {
        let script = crate::reference::repository().join("tests/shacl/judge.py");
        let mut command = Command::new(&self.python);
        command.current_dir(folder).arg(script).arg(&self.shapes).args(files);
        let said = run(&mut command)?;
        let read = |line: &str| serde_json::from_str(line).map_err(|e| format!("{e}: {line}"));
        let all: Vec<Said> = said.lines().map(read).collect::<Result<_, _>>()?;
        match all.len() == files.len() {
            true => Ok(all),
            false => Err(format!("{} of {} files were judged", all.len(), files.len())),
        }
    }
}

fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|e| e.to_string())?;
    match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|e| e.to_string()),
        false => Err(String::from_utf8_lossy(&output.stderr)
            .chars()
            .rev()
            .take(500)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect()),
    }
}
