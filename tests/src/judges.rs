//! Other people's policy engines, in a program of their own: see `tests/judges`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::reference::repository;

/// The program, asked line by line.
pub struct Judges {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Judges {
    /// Starts it.
    ///
    /// # Errors
    /// Why there is none.
    pub fn start() -> Result<Judges, String> {
        let found = Command::new(repository().join("tests/judges/build")).output().unwrap();
        if !found.status.success() {
            return Err(String::from_utf8_lossy(&found.stderr).trim().to_owned());
        }
        let program = String::from_utf8(found.stdout).unwrap();
        let mut child =
            Command::new(program.trim()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Ok(Judges { child, input, output: BufReader::new(output) })
    }

    pub fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.input, "{question}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {question}"))
    }
}

impl Drop for Judges {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
