//! What a command prints: JSON for machines, lines for persons, progress for those who wait at a terminal.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::exit::Failed;
use crate::text::Lang;

/// Where and how to print.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    pub json: bool,
    pub quiet: bool,
    pub lang: Lang,
}

impl Output {
    /// The result of a command: as JSON, or as `shown` makes it.
    pub fn result<T: Serialize>(&self, value: &T, shown: impl FnOnce(&T) -> String) -> Result<(), Failed> {
        let text = match self.json {
            true => serde_json::to_string(value).map_err(|e| Failed::Internal(e.to_string()))?,
            false => shown(value),
        };
        self.line(&text)
    }

    /// One text on standard output. A reader that went away (`| head`) is no error.
    pub fn line(&self, text: &str) -> Result<(), Failed> {
        match writeln!(std::io::stdout().lock(), "{}", text.trim_end_matches('\n')) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failed::Internal(error.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// A remark for a person, on standard error; not with `--quiet` or `--json`.
    pub fn note(&self, text: &str) {
        if !self.quiet && !self.json {
            eprintln!("{text}");
        }
    }

    fn interactive(&self) -> bool {
        !self.quiet && !self.json && std::io::stderr().is_terminal()
    }

    /// Something that turns while the node works.
    pub fn spinner(&self, text: String) -> ProgressBar {
        if !self.interactive() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new_spinner().with_message(text);
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// A bar over bytes; the length may come later.
    pub fn bytes(&self) -> ProgressBar {
        if !self.interactive() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(0);
        if let Ok(style) =
            ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        {
            bar.set_style(style);
        }
        bar
    }
}

/// Columns as wide as their widest cell.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
