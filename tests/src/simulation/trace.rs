//! What happened, in words that hold nothing random: places instead of names, sizes and statuses instead of contents.

use sha2::{Digest, Sha256};

#[derive(Debug, Default)]
pub struct Trace(Vec<String>);

impl Trace {
    pub fn say(&mut self, line: String) {
        self.0.push(line);
    }
    pub fn lines(&self) -> &[String] {
        &self.0
    }
    /// SHA-256 over the lines, hexadecimal.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for line in &self.0 {
            hash.update(line);
            hash.update("\n");
        }
        hex::encode(hash.finalize())
    }
}
