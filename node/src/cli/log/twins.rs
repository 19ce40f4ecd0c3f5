//! `fiducie log twins`: what both members recorded of one contract's exchanges, compared.

use std::path::{Path, PathBuf};

use clap::Args;
use contracts::api::log::TwinsView;
use contracts::extract::LogExtract;
use contracts::jcs;
use serde::Deserialize;
use serde_json::json;

use crate::cli::catalog::every_page;
use crate::cli::client::{Client, segment};
use crate::cli::exit::Failed;
use crate::cli::output::{Output, table};
use crate::text;

#[derive(Debug, Args)]
pub struct Twins {
    contract: Option<String>,
    #[arg(long, value_name = "FOLDER", requires = "contract")]
    evidence: Option<PathBuf>,
}

/// As the API answers it.
#[derive(Deserialize)]
struct Evidence {
    ours: Vec<LogExtract>,
    theirs: Vec<LogExtract>,
}

impl Twins {
    pub async fn run(self, client: &Client, out: &Output) -> Result<(), Failed> {
        let Some(contract) = &self.contract else {
            let all: Vec<TwinsView> = every_page(client, "/log/twins").await?;
            return out.result(&all, |all| {
                let row = |t: &TwinsView| {
                    let differences = t.report.differences.len().to_string();
                    vec![t.contract.clone(), t.state.clone(), t.tried.clone(), differences]
                };
                table(&all.iter().map(row).collect::<Vec<_>>())
            });
        };
        let path = format!("/contracts/{}/twins", segment(contract));
        let found: TwinsView = client.post(&path, &json!({})).await?;
        let (pairs, count) = (found.report.pairs.to_string(), found.report.differences.len().to_string());
        if let Some(folder) = self.evidence.as_deref().filter(|_| found.state == "differ") {
            let evidence: Evidence = client.get(&format!("{path}/evidence")).await?;
            write(folder, "ours", &evidence.ours)?;
            write(folder, "theirs", &evidence.theirs)?;
        }
        let mut lines: Vec<_> =
            found.report.differences.iter().map(|d| format!("{}: {}", d.reference, d.what)).collect();
        lines.extend(found.report.failure.clone());
        let (values, said) = ([("pairs", pairs.as_str()), ("differences", &count)], lines.join("\n"));
        match found.state.as_str() {
            "agree" => out.result(&found, |_| text::fill(out.lang, "cli.twins-agree", &values)),
            _ if out.json => {
                out.line(&json!(found).to_string())?;
                Err(Failed::Told)
            }
            "differ" => {
                Err(Failed::Refused(text::fill(out.lang, "cli.twins-differ", &values) + "\n" + &said))
            }
            _ => Err(Failed::Unreachable(text::fill(out.lang, "cli.twins-unanswered", &[("what", &said)]))),
        }
    }
}

/// One side's entries as files that `fiducie verify` reads.
fn write(folder: &Path, side: &str, extracts: &[LogExtract]) -> Result<(), Failed> {
    std::fs::create_dir_all(folder).map_err(|e| Failed::Usage(format!("{}: {e}", folder.display())))?;
    for (number, extract) in extracts.iter().enumerate() {
        let path = folder.join(format!("{side}-{number}.log.json"));
        let bytes = jcs::canonical(extract).map_err(|e| Failed::Internal(e.to_string()))?;
        std::fs::write(&path, bytes).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
    }
    Ok(())
}
