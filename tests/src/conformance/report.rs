//! What a run of somebody else's suite showed: one line per check, and enough to see it was that suite.

use std::path::Path;

use node::domain::time::Clock;
use serde::Serialize;

/// One check and how it ended.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub name: String,
    pub passed: bool,
    /// What was said about it, when there is something to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// A run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// As the last line names it.
    pub suite: String,
    /// Whose program checked, with its version.
    pub kit: String,
    /// One SHA-256 over the kit's jars.
    pub sha256: String,
    pub at: String,
    /// Fewer checks than this are a failure, however they ended.
    pub expected: usize,
    pub lines: Vec<Line>,
    /// Checks of the suite that were not made, each with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<(String, String)>,
    /// What else is worth knowing, in sentences.
    pub remarks: Vec<String>,
    /// What the kit itself printed.
    pub output: String,
}

impl Report {
    pub fn new(suite: &str, kit: &str, sha256: String, expected: usize) -> Self {
        let at = Clock::System.now().rfc3339();
        let (suite, kit) = (suite.to_owned(), kit.to_owned());
        Self {
            suite,
            kit,
            sha256,
            at,
            expected,
            lines: vec![],
            excluded: vec![],
            remarks: vec![],
            output: String::new(),
        }
    }

    /// Adds a check, and prints it.
    pub fn line(&mut self, name: impl Into<String>, passed: bool, said: Option<String>) {
        let line = Line { name: name.into(), passed, said };
        let verdict = if passed { "passed" } else { "FAILED" };
        match &line.said {
            Some(said) => println!("{verdict} {}: {said}", line.name),
            None => println!("{verdict} {}", line.name),
        }
        self.lines.push(line);
    }

    /// Names a check that is not made, and prints it.
    pub fn exclude(&mut self, name: &str, why: &str) {
        println!("excluded {name}: {why}");
        self.excluded.push((name.to_owned(), why.to_owned()));
    }

    /// Adds a sentence, and prints it.
    pub fn remark(&mut self, text: impl Into<String>) {
        let text = text.into();
        println!("{text}");
        self.remarks.push(text);
    }

    pub fn passed(&self) -> usize {
        self.lines.iter().filter(|line| line.passed).count()
    }

    /// Every check passed, and none was left out.
    pub fn succeeded(&self) -> bool {
        self.passed() == self.lines.len() && self.lines.len() >= self.expected
    }

    /// `DSP TCK: passed 65 of 65`
    pub fn summary(&self) -> String {
        let all = self.lines.len() + self.excluded.len();
        format!("{}: passed {} of {all}", self.suite, self.passed())
    }

    /// Keeps the run as JSON.
    ///
    /// # Errors
    /// The file and what is wrong with it.
    pub fn write(&self, file: &Path) -> Result<(), String> {
        let failed = |e: String| format!("{}: {e}", file.display());
        let text = serde_json::to_string_pretty(self).map_err(|e| failed(e.to_string()))?;
        std::fs::write(file, text + "\n").map_err(|e| failed(e.to_string()))
    }
}
