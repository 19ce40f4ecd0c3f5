//! What is true of the story: what the verify command says of its files, run as a separate process that knows nothing
//! of this one.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;
use tokio::process::Command;

use super::proof::{self, Proofs};
use super::stage::Stage;
use crate::cli::exit::Failed;
use crate::log::twins;

/// The last line of `--json`.
#[derive(Debug, Default, Serialize)]
pub struct Verdict {
    /// Every file that was to arrive did, with equal digests and a verified receipt.
    pub exchanged: bool,
    /// Every contract is whole and signed by both, with keys that the anchors know.
    pub contract_verified: bool,
    /// Refusals that had to come and came.
    pub refused: usize,
    pub revoked_in_flight: bool,
    pub logs_agree: bool,
    pub folder: String,
    /// Addresses of the members' catalogues.
    pub catalogues: Vec<String>,
    /// The certification authority of the demonstration.
    pub ca: String,
}

/// Runs the commands and judges.
pub async fn judge(stage: &mut Stage, proofs: &Proofs, verdict: &mut Verdict) -> Result<(), Failed> {
    let (provider, consumer) = (stage.provider.did.clone(), stage.authority.did.clone());
    let contracts = verify(stage, "*.contract.json", &proofs.contracts, &proofs.anchors).await?;
    verdict.contract_verified = !contracts.is_empty()
        && contracts.iter().all(|c| {
            let parties = field(c, "provider") == provider && field(c, "consumer") == consumer;
            good(c) && parties && c["signed"] == "both" && c["kind"] == "contract"
        });
    let receipts = verify(stage, "*.receipt.json", &proofs.receipts, &proofs.anchors).await?;
    let exchanges = &stage.exchanges;
    let matches = |(receipt, exchange): (&Value, &super::story::Exchange)| {
        let digest = URL_SAFE_NO_PAD.decode(field(receipt, "sha256")).map(hex::encode).unwrap_or_default();
        let all = digest == exchange.sha256 && field(receipt, "bytes") == exchange.bytes.to_string();
        good(receipt) && field(receipt, "reference") == exchange.reference && (all || !exchange.whole)
    };
    verdict.exchanged = exchanges.iter().any(|e| e.whole)
        && receipts.len() == exchanges.len()
        && receipts.iter().zip(exchanges).all(matches);
    let (given, taken): (Vec<_>, Vec<_>) = proofs.logs.iter().cloned().unzip();
    let extracts = verify(stage, "*.log.json", &[given, taken].concat(), &proofs.anchors).await?;
    let owners = proofs.logs.iter().map(|_| &provider).chain(proofs.logs.iter().map(|_| &consumer));
    let proven = !extracts.is_empty()
        && extracts.iter().zip(owners).all(|(e, owner)| {
            good(e) && e["kind"] == "log-extract" && field(e, "participant") == owner.as_str()
        });
    let (pairs, differences) = compare(&proofs.logs)?;
    for difference in &differences {
        stage.voice.tell("demo.logs-differ", &[("what", difference)]);
    }
    let known = |reference: &str| pairs.iter().any(|pair| pair.reference == reference);
    let all_known = stage.exchanges.iter().all(|e| known(&e.reference));
    verdict.logs_agree =
        proven && differences.is_empty() && all_known && pairs.len() == stage.exchanges.len();
    let cut = stage.exchanges.iter().find(|e| !e.whole);
    let stopped = cut.and_then(|e| Some((e, pairs.iter().find(|pair| pair.reference == e.reference)?)));
    let revoked = contracts.iter().any(|c| {
        let is_it = c["fields"]["agreement"].as_str() == stage.revoked.as_deref();
        is_it && c["findings"].as_array().is_some_and(|all| all.iter().any(|f| f["code"] == "revoked"))
    });
    verdict.revoked_in_flight = proven
        && revoked
        && stopped
            .is_some_and(|(e, pair)| pair.ending != "complete" && pair.bytes > 0 && pair.bytes < e.bytes);
    if verdict.logs_agree {
        let (pairs, entries) = (pairs.len().to_string(), count(&extracts).to_string());
        stage.voice.tell("demo.logs-agree", &[("pairs", &pairs), ("entries", &entries)]);
    }
    forged(stage, proofs).await
}

/// The forged contract must be refused, and is counted among the refusals.
async fn forged(stage: &mut Stage, proofs: &Proofs) -> Result<(), Failed> {
    let Some(file) = &proofs.forged else { return Ok(()) };
    stage.voice.tell("demo.forged", &[]);
    let reports = verify(stage, "forged.json", std::slice::from_ref(file), &proofs.anchors).await?;
    let lang = stage.voice.lang().pick("fr", "en");
    match reports.first() {
        Some(report) if report["ok"] == false => {
            let findings = report["findings"].as_array().cloned().unwrap_or_default();
            let refusing = findings.iter().filter(|f| f["refused"] == true);
            let said: Vec<_> = refusing.filter_map(|f| f[lang].as_str()).collect();
            stage.voice.refused(&said.join(" "));
        }
        _ => stage.voice.not_refused(),
    }
    Ok(())
}

/// What a report says of the file.
fn field<'a>(report: &'a Value, name: &str) -> &'a str {
    report["fields"][name].as_str().unwrap_or_default()
}

/// Whole, nothing refused, and every key known by the anchors.
fn good(report: &Value) -> bool {
    report["ok"] == true && report["anchored"] == true
}

fn count(extracts: &[Value]) -> usize {
    extracts.iter().filter_map(|extract| field(extract, "entries").parse::<usize>().ok()).sum()
}

type Compared = (Vec<twins::Pair>, Vec<String>);

fn compare(logs: &[(PathBuf, PathBuf)]) -> Result<Compared, Failed> {
    let (mut pairs, mut differences) = (Vec::new(), Vec::new());
    let load = |path: &Path| {
        let bytes = std::fs::read(path).map_err(|e| Failed::Setup(format!("{}: {e}", path.display())))?;
        proof::read(&bytes)
    };
    for (given, taken) in logs {
        // Here both nodes are at hand, and nothing is late.
        let found = twins::compare(&[load(given)?], &[load(taken)?], i64::MAX);
        pairs.extend(found.pairs);
        let unheard =
            found.unheard.iter().map(|reference| format!("{reference}: only the provider knows of it"));
        let differ = found.differences.iter().map(|d| format!("{}: {}", d.reference, d.what));
        differences.extend(unheard.chain(differ));
    }
    Ok((pairs, differences))
}

/// `fiducie --json verify FILE… --anchor FILE…` in a process of its own; the report on each file. `shown`: the files as
/// one would write them in their folder.
async fn verify(
    stage: &mut Stage,
    shown: &str,
    files: &[PathBuf],
    anchors: &[PathBuf],
) -> Result<Vec<Value>, Failed> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let program = std::env::current_exe().map_err(|e| Failed::Internal(format!("this program: {e}")))?;
    let mut command = Command::new(program);
    command.arg("--json").arg("verify").args(files);
    for anchor in anchors {
        command.arg("--anchor").arg(anchor);
    }
    let names = anchors.iter().filter_map(|path| path.file_name()?.to_str());
    let anchored: String = names.map(|name| format!(" --anchor {name}")).collect();
    stage.voice.line(&format!("   $ fiducie verify {shown}{anchored}"));
    let output = command.output().await.map_err(|e| Failed::Internal(format!("fiducie verify: {e}")))?;
    let answer: Value = serde_json::from_slice(&output.stdout).map_err(|e| {
        Failed::Internal(format!("fiducie verify: {e}; {}", String::from_utf8_lossy(&output.stderr)))
    })?;
    let (count, code) = (files.len().to_string(), output.status.code().unwrap_or(-1).to_string());
    let refused = answer["refused"].to_string();
    stage.voice.tell("demo.verified", &[("files", &count), ("refused", &refused), ("code", &code)]);
    let reports = answer["files"].as_array().cloned().unwrap_or_default();
    // Each file has its report, and the exit code says the same as the reports.
    let same = |(report, file): (&Value, &PathBuf)| report["file"].as_str() == file.to_str();
    let complete = reports.len() == files.len() && reports.iter().zip(files).all(same);
    if !complete || output.status.success() != reports.iter().all(|r| r["report"]["ok"] == true) {
        return Err(Failed::Internal(format!("fiducie verify: code {code} does not go with {answer}")));
    }
    Ok(reports.into_iter().map(|mut file| file["report"].take()).collect())
}
