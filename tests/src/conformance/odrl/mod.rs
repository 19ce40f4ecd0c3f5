//! Other people's ODRL cases against the policy engine. A folder for each suite, as they were published; a case that
//! cannot be read is a failure.

mod conflicts;
mod evaluation;
mod formal;
pub(crate) mod forms;
mod graph;
mod levels;
mod monitoring;
mod parsing;
mod validation;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// How one suite, or one level of it, went.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Judged {
    pub suite: String,
    pub passed: usize,
    /// Case and reason.
    pub failed: Vec<(String, String)>,
    /// Of a hundred cases, how many must pass.
    pub share: usize,
}

impl Judged {
    pub fn new(suite: &str) -> Judged {
        Judged { suite: suite.to_owned(), share: 100, ..Judged::default() }
    }

    pub fn total(&self) -> usize {
        self.passed + self.failed.len()
    }

    /// Whether as many passed as must.
    pub fn enough(&self) -> bool {
        self.passed > 0 && self.passed * 100 >= self.total() * self.share
    }

    /// Counts one case.
    pub fn case(&mut self, name: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(why) => self.failed.push((name.to_owned(), why)),
        }
    }
}

/// Judges every suite that lies below a folder.
///
/// # Errors
/// A folder without any suite.
pub fn run(cases: &Path) -> Result<Vec<Judged>, String> {
    type Suite = fn(&Path) -> Vec<Judged>;
    let suites: [(&str, Suite); 6] = [
        ("evaluation-solidlab", evaluation::run),
        ("monitoring-oval", monitoring::run),
        ("validation-oval", validation::run),
        ("formal-semantics-w3c", formal::run),
        ("parse-corpus-odrl-pap", parsing::run),
        ("conflict-benchmark", conflicts::run),
    ];
    let mut judged = Vec::new();
    for (name, suite) in suites {
        let folder = cases.join(name);
        if folder.is_dir() {
            judged.extend(suite(&folder));
        }
    }
    if !judged.is_empty() {
        judged.push(forms::run(cases));
    }
    if judged.is_empty() { Err(format!("{} holds none of the suites", cases.display())) } else { Ok(judged) }
}

/// The cases of a suite: folders, by name.
fn cases(suite: &Path) -> Vec<(String, PathBuf)> {
    let folder = suite.join("cases");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut found: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found.into_iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path)).collect()
}

/// The bytes of a file of a case.
fn bytes(case: &Path, file: &str) -> Result<Vec<u8>, String> {
    std::fs::read(case.join(file)).map_err(|e| format!("{file}: {e}"))
}

/// Runs a case; one that stops the engine fails.
fn guarded<T>(case: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(case)).unwrap_or_else(|_| Err("the engine stopped".to_owned()))
}

/// Says that two things differ.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, expected {expected:?}")) }
}
