//! `fiducie demo`: three members, a closed dataset under a signed contract, refusals with their reasons, a revocation
//! in mid-transfer, and both logs; then `fiducie verify` on the files that remain.

mod act;
mod data;
mod ladder;
mod offer;
mod party;
mod pki;
mod proof;
mod revoke;
mod stage;
mod story;
mod thief;
mod verdict;
mod voice;

use std::path::{Path, PathBuf};

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::Global;
use super::exit::Failed;
use super::output::Output;
use super::private::private_folder;
use crate::domain::time::Clock;
use crate::text::{self, Lang};
use data::Dataset;
use party::{Ground, Party, Profile};
use pki::Authority;
use stage::Stage;
use verdict::Verdict;
use voice::Voice;

#[derive(Debug, Args)]
pub struct Demo {
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    #[arg(long)]
    keep: bool,
}

impl Demo {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let lang = global.language(Lang::Fr);
        let out = Output { lang, ..global.output() };
        let folder = new_folder(self.folder.as_deref(), lang)?;
        let mut verdict = Verdict { folder: folder.display().to_string(), ..Verdict::default() };
        let (mut stage, datasets, large) = match prepare(&folder, self.data.as_deref(), out).await {
            Ok(prepared) => prepared,
            Err(failed) if out.json => {
                eprintln!("fiducie: {failed}");
                last_line(out, &verdict)?;
                return Err(Failed::Told);
            }
            Err(failed) => return Err(failed),
        };
        verdict.catalogues =
            [&stage.provider, &stage.authority, &stage.region].map(|p| format!("{}/catalog", p.url)).into();
        verdict.ca = folder.join("ca.pem").display().to_string();
        let told = tell(&mut stage, &datasets, &large, &mut verdict).await;
        if let Err(failed) = &told {
            stage.voice.tell("demo.failed", &[("error", &voice::reason(failed))]);
        }
        verdict.refused = stage.voice.refused;
        let right = told.is_ok() && verdict.holds() && stage.voice.refused == stage.voice.attempts;
        let key = if right { "demo.right" } else { "demo.wrong" };
        let refused = verdict.refused.to_string();
        stage.voice.step(key, &[("folder", &verdict.folder), ("refused", &refused)]);
        let story = folder.join("story.txt");
        std::fs::write(&story, stage.voice.told()).map_err(|e| Failed::Setup(e.to_string()))?;
        if self.keep {
            // Before waiting: whoever runs this as a program reads here where the nodes are.
            last_line(out, &verdict)?;
            keep(&mut stage).await?;
        } else {
            // Large, and made again by the next run.
            let _gone_already = std::fs::remove_file(&large.file);
        }
        let Stage { provider, authority, region, .. } = stage;
        tokio::join!(provider.stop(), authority.stop(), region.stop());
        if !self.keep {
            last_line(out, &verdict)?;
        }
        if right { Ok(()) } else { Err(Failed::Told) }
    }
}

/// The story from the beginning to the verdict.
async fn tell(
    stage: &mut Stage,
    datasets: &[Dataset],
    large: &Dataset,
    verdict: &mut Verdict,
) -> Result<(), Failed> {
    story::publish(stage, datasets, large).await?;
    if let Some(first) = datasets.first() {
        ladder::climb(stage, first).await?;
    }
    story::neighbour(stage).await?;
    story::wrong_purpose(stage).await?;
    story::agree(stage).await?;
    story::exchange(stage).await?;
    story::too_many(stage).await?;
    thief::steal(stage).await?;
    revoke::cut(stage).await?;
    stage.voice.step("demo.verify", &[]);
    let proofs = proof::collect(stage).await?;
    verdict::judge(stage, &proofs, verdict).await
}

/// Data, authority and nodes.
async fn prepare(
    folder: &Path,
    given: Option<&Path>,
    out: Output,
) -> Result<(Stage, Vec<Dataset>, Dataset), Failed> {
    let lang = out.lang;
    let data = folder.join("data");
    private_folder(&data)?;
    let mut folders = vec![data.clone()];
    folders.extend(given.map(Path::to_owned));
    let given = given.map(Path::to_owned);
    let making = tokio::task::spawn_blocking(move || {
        let datasets = match given {
            Some(given) => data::files_of(&given, lang)?,
            None => data::generate(&data, lang)?,
        };
        Ok::<_, Failed>((datasets, data::telemetry(&data, lang)?))
    });
    let now = Clock::System.now();
    let authority = Authority::new(folder.join("ca.pem"), now)?;
    let ground = Ground { nodes: folder.join("nodes"), authority: &authority, lang };
    private_folder(&ground.nodes)?;
    let profile = |key, name: &'static str, role: &'static str, law| Profile {
        key,
        name: text::get(lang, name),
        role: text::get(lang, role),
        law,
    };
    let folders: Vec<PathBuf> =
        folders.iter().map(|f| f.canonicalize().unwrap_or_else(|_| f.clone())).collect();
    let profiles = [
        profile("delegataire", "demo.provider", "demo.provider-role", "FR"),
        profile("epci", "demo.authority", "demo.authority-role", "FR"),
        // Its node is run by a host under another law: what decides is who can be compelled, not where disks stand.
        profile("region", "demo.region", "demo.region-role", "US"),
    ];
    let (provider, consumer, region) = tokio::try_join!(
        Party::start(&profiles[0], &ground, &folders),
        Party::start(&profiles[1], &ground, &[]),
        Party::start(&profiles[2], &ground, &[]),
    )?;
    let (datasets, large) = making.await.map_err(|e| Failed::Internal(format!("generating data: {e}")))??;
    let pem = std::fs::read(&authority.file).map_err(|e| Failed::Setup(e.to_string()))?;
    let root = reqwest::Certificate::from_pem(&pem).map_err(|e| Failed::Internal(e.to_string()))?;
    let outsider = reqwest::Client::builder().https_only(true).no_proxy().tls_certs_only([root]).build();
    let mut voice = Voice::new(out);
    voice.line(text::get(lang, "demo.begin"));
    for party in [&provider, &consumer, &region] {
        let values = [("name", party.name), ("role", party.role), ("url", &party.url), ("did", &party.did)];
        voice.tell("demo.party", &values);
    }
    let stage = Stage {
        voice,
        provider,
        authority: consumer,
        region,
        outsider: outsider.map_err(|e| Failed::Internal(e.to_string()))?,
        folder: folder.to_owned(),
        year: now.to_date().year(),
        shown: Vec::new(),
        contracts: Vec::new(),
        transfers: Vec::new(),
        exchanges: Vec::new(),
        revoked: None,
    };
    Ok((stage, datasets, large))
}

/// Waits for Ctrl-C, having said what can be tried.
async fn keep(stage: &mut Stage) -> Result<(), Failed> {
    let ca = stage.folder.join("ca.pem").display().to_string();
    let dir = |party: &Party| party.dir.display().to_string();
    let (authority, provider) = (dir(&stage.authority), dir(&stage.provider));
    let values = [
        ("ca", ca.as_str()),
        ("provider", stage.provider.url.as_str()),
        ("authority", stage.authority.url.as_str()),
        ("region", stage.region.url.as_str()),
        ("authority_dir", authority.as_str()),
        ("provider_dir", provider.as_str()),
    ];
    stage.voice.tell("demo.keep", &values);
    let failed = |e: std::io::Error| Failed::Internal(format!("signals: {e}"));
    let mut terminated = signal(SignalKind::terminate()).map_err(failed)?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(failed),
        _ = terminated.recv() => Ok(()),
    }
}

/// The last line of `--json`.
fn last_line(out: Output, verdict: &Verdict) -> Result<(), Failed> {
    if !out.json {
        return Ok(());
    }
    out.line(&serde_json::to_string(verdict).map_err(|e| Failed::Internal(e.to_string()))?)
}

/// A folder of our own: an existing one must be empty, so that nothing of anybody is overwritten.
fn new_folder(wanted: Option<&Path>, lang: Lang) -> Result<PathBuf, Failed> {
    let name = || format!("fiducie-demo-{}", Clock::System.now().rfc3339().replace([':', '-'], ""));
    let folder = wanted.map_or_else(|| PathBuf::from(name()), Path::to_owned);
    let folder = std::path::absolute(&folder).map_err(|e| Failed::Usage(e.to_string()))?;
    if std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
        let shown = folder.display().to_string();
        return Err(Failed::Usage(text::fill(lang, "demo.not-empty", &[("folder", &shown)])));
    }
    private_folder(&folder)?;
    Ok(folder)
}

impl Verdict {
    /// All is as it should be.
    fn holds(&self) -> bool {
        self.exchanged
            && self.contract_verified
            && self.revoked_in_flight
            && self.logs_agree
            && self.refused > 0
    }
}
