//! Tells the story as it happens, keeps it for the file, and counts what was refused.

use crate::cli::exit::Failed;
use crate::cli::output::Output;
use crate::text::{self, Lang};

/// The narrator.
pub struct Voice {
    out: Output,
    steps: u32,
    told: String,
    /// Refusals that were shown, and those that had to be.
    pub refused: usize,
    pub attempts: usize,
}

impl Voice {
    pub fn new(out: Output) -> Self {
        Self { out, steps: 0, told: String::new(), refused: 0, attempts: 0 }
    }

    pub fn lang(&self) -> Lang {
        self.out.lang
    }

    /// Begins the next step.
    pub fn step(&mut self, key: &'static str, values: &[(&str, &str)]) {
        self.steps += 1;
        let text = text::fill(self.lang(), key, values);
        self.line(&format!("\n{}. {text}", self.steps));
    }

    /// Something that happened within the step.
    pub fn tell(&mut self, key: &'static str, values: &[(&str, &str)]) {
        let text = text::fill(self.lang(), key, values);
        self.line(&indented(&text, "   "));
    }

    /// A refusal that had to come, with its reason as the one who was refused reads it.
    pub fn refused(&mut self, reason: &str) {
        self.attempts += 1;
        self.refused += 1;
        let text = text::fill(self.lang(), "demo.refused", &[("reason", reason.trim())]);
        self.line(&indented(&text, "   "));
    }

    /// Something that had to be refused and was not.
    pub fn not_refused(&mut self) {
        self.attempts += 1;
        self.tell("demo.not-refused", &[]);
    }

    /// Lines as they are.
    pub fn line(&mut self, text: &str) {
        self.told.push_str(text);
        self.told.push('\n');
        match self.out {
            Output { quiet: true, .. } => {}
            Output { json: true, .. } => eprintln!("{text}"),
            // A reader that went away does not end the demonstration.
            _ => drop(self.out.line(text)),
        }
    }

    /// All that was told.
    pub fn told(&self) -> &str {
        &self.told
    }
}

fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| format!("{by}{line}")).collect::<Vec<_>>().join("\n")
}

/// Why something was refused, in the words of the one who refused.
pub fn reason(failed: &Failed) -> String {
    match failed {
        Failed::Answered(problem) if !problem.reasons.is_empty() => problem.reasons.join(" "),
        Failed::Answered(problem) => problem.detail.clone().unwrap_or_else(|| problem.title.clone()),
        other => other.to_string(),
    }
}
