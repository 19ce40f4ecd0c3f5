//! Where the story plays: the three members, the narrator, and what happened so far.

use std::path::PathBuf;

use super::party::Party;
use super::story::{Exchange, Shown};
use super::voice::Voice;

pub struct Stage {
    pub voice: Voice,
    /// The délégataire, the autorité concédante, the région.
    pub provider: Party,
    pub authority: Party,
    pub region: Party,
    /// A caller that is nobody's node; trusts the demonstration's authority only.
    pub outsider: reqwest::Client,
    /// Folder of the demonstration.
    pub folder: PathBuf,
    /// The present year, for a policy that ends.
    pub year: i32,
    pub shown: Vec<Shown>,
    /// In the order of the datasets.
    pub contracts: Vec<String>,
    pub transfers: Vec<String>,
    pub exchanges: Vec<Exchange>,
    /// The contract revoked while bytes were on their way.
    pub revoked: Option<String>,
}

impl Stage {
    /// The folder of what proves the story.
    pub fn proofs(&self) -> PathBuf {
        self.folder.join("proofs")
    }

    /// Name of a received file.
    pub fn received_name(&self, index: usize) -> String {
        let name = self.shown.get(index).and_then(|s| s.file.file_name()).and_then(|n| n.to_str());
        let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
        format!("{:02}-{}", index + 1, name.unwrap_or("data").chars().map(safe).collect::<String>())
    }
}
