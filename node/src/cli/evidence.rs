//! `fiducie evidence`: a folder of proofs for those who check.

use std::path::{Component, Path, PathBuf};

use clap::Args;
use contracts::api::evidence::EvidenceFiles;
use serde_json::json;

use super::Global;
use super::client::Client;
use super::exit::Failed;
use crate::text;

#[derive(Debug, Args)]
pub struct Evidence {
    #[arg(long, value_name = "ID")]
    contract: Option<String>,
    #[arg(long, value_name = "ID")]
    dataset: Option<String>,
    #[arg(long, value_name = "DID")]
    peer: Option<String>,
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

impl Evidence {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let shown = self.out.display().to_string();
        if std::fs::read_dir(&self.out).is_ok_and(|mut found| found.next().is_some()) {
            return Err(Failed::Usage(text::fill(out.lang, "cli.not-empty", &[("folder", &shown)])));
        }
        let client = Client::open(global)?;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let instants = (day(self.from), day(self.to));
        let asked = [
            ("contract", self.contract),
            ("dataset", self.dataset.map(|id| id.trim_start_matches("urn:uuid:").to_owned())),
            ("peer", self.peer),
            ("from", instants.0),
            ("until", instants.1),
            ("reason", self.reason),
        ];
        for (name, value) in asked {
            query.extend_pairs(value.map(|value| (name, value)));
        }
        let pack: EvidenceFiles = client.get(&format!("/evidence?{}", query.finish())).await?;
        for (name, content) in &pack.files {
            write(&self.out, name, content)?;
        }
        let count = pack.files.len();
        out.result(&json!({ "folder": shown, "files": count }), |_| {
            let values = [("folder", shown.as_str()), ("files", &count.to_string())];
            text::fill(out.lang, "cli.evidence-written", &values)
        })
    }
}

/// A date alone is its first instant.
pub(super) fn day(text: Option<String>) -> Option<String> {
    text.map(|text| if text.len() == 10 { text + "T00:00:00Z" } else { text })
}

fn write(folder: &Path, name: &str, content: &str) -> Result<(), Failed> {
    // The node is trusted, but not to write outside of the folder that was named.
    if Path::new(name).components().any(|part| !matches!(part, Component::Normal(_))) {
        return Err(Failed::Internal(format!("{name}: not a name below the folder")));
    }
    let path = folder.join(name);
    let failed = |e: std::io::Error| Failed::Usage(format!("{}: {e}", path.display()));
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    std::fs::write(&path, content).map_err(failed)
}
