//! `fiducie decision`: what was decided, decided again.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use contracts::api::decision::{ReplayView, ReportView};

use super::Global;
use super::client::Client;
use super::exit::Failed;
use super::output::Output;
use crate::text::{self, Lang};
use crate::verify::pack;
use crate::verify::replay::{NotReplayed, replay};

#[derive(Debug, Subcommand)]
pub enum Decision {
    Replay {
        index: u64,
        #[arg(long, value_name = "FOLDER")]
        pack: Option<PathBuf>,
    },
}

impl Decision {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let Self::Replay { index, pack } = self;
        let found: ReplayView = match pack {
            Some(folder) => from_pack(&folder, index, out.lang)?,
            None => Client::open(global)?.get(&format!("/log/entries/{index}/decision")).await?,
        };
        tell(&out, &found)
    }
}

/// Decides again from the files of an evidence pack, which must hold.
fn from_pack(folder: &Path, index: u64, lang: Lang) -> Result<ReplayView, Failed> {
    let not_found =
        || Failed::NotFound(text::fill(lang, "cli.no-decision", &[("entry", &index.to_string())]));
    let pack = pack::open(folder).map_err(|finding| Failed::Refused(finding.sentence(lang)))?;
    let entry = pack.entries().find(|entry| entry.index == index).ok_or_else(not_found)?;
    let agreement = entry.openings.get("agreement").map(|opening| opening.value.as_str());
    let (_, file) = agreement.and_then(|id| pack.contracts.get(id)).ok_or_else(not_found)?;
    replay(entry, &file.contract.policy, lang).map_err(|why| match why {
        NotReplayed::NoDecision | NotReplayed::Erased => not_found(),
        NotReplayed::Altered(what) => Failed::Refused(what),
    })
}

/// Says what a replay found; another decision has its own exit code.
fn tell(out: &Output, found: &ReplayView) -> Result<(), Failed> {
    out.result(found, |found| shown(found, out.lang))?;
    if found.same { Ok(()) } else { Err(Failed::Otherwise) }
}

fn shown(found: &ReplayView, lang: Lang) -> String {
    let entry = found.entry.to_string();
    let digest = found.kept.digest.as_deref().unwrap_or("-");
    let values = [("entry", entry.as_str()), ("kind", &found.kind), ("digest", digest)];
    let mut lines = Vec::new();
    if found.same {
        lines.push(text::fill(lang, "replay.same", &values));
        lines.extend(listed(&found.kept));
    } else {
        lines.push(text::fill(lang, "replay.otherwise", &values));
        lines.push(text::get(lang, "replay.kept").to_owned());
        lines.extend(listed(&found.kept));
        lines.push(text::get(lang, "replay.now").to_owned());
        lines.extend(listed(&found.now));
        for changed in &found.changed {
            let none = text::get(lang, "replay.nothing");
            let rule = if changed.rule.is_empty() { text::get(lang, "replay.right") } else { &changed.rule };
            let [kept, now] = [&changed.kept, &changed.now].map(|said| said.as_deref().unwrap_or(none));
            let values = [("rule", rule), ("kept", kept), ("now", now)];
            lines.push(text::fill(lang, "replay.changed", &values));
        }
    }
    if found.named.is_none() {
        lines.push(text::get(lang, "replay.unnamed").to_owned());
    }
    lines.join("\n")
}

fn listed(report: &ReportView) -> impl Iterator<Item = String> {
    report.reasons.iter().map(|reason| format!("  {reason}"))
}
