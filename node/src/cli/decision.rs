//! `fiducie decision`: what was decided, decided again, and explained.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use contracts::api::decision::{DecisionReportView, ReplayView, ReportView};
use serde_json::Value;

use super::Global;
use super::client::Client;
use super::exit::Failed;
use super::language::Language;
use super::output::Output;
use crate::text::{self, Lang};
use crate::verify::explained::explained;
use crate::verify::pack;
use crate::verify::replay::{NotReplayed, Opened, replay};

#[derive(Debug, Subcommand)]
pub enum Decision {
    Replay {
        index: u64,
        #[arg(long, value_name = "FOLDER")]
        pack: Option<PathBuf>,
    },
    Report {
        index: u64,
        #[arg(long, value_name = "LANGUAGE")]
        language: Option<Language>,
        #[arg(long, value_name = "FOLDER")]
        pack: Option<PathBuf>,
        #[arg(long)]
        triples: bool,
    },
}

impl Decision {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        match self {
            Self::Replay { index, pack } => {
                let found: ReplayView = match pack {
                    Some(folder) => from_pack(&folder, index, out.lang, replay)?,
                    None => Client::open(global)?.get(&format!("/log/entries/{index}/decision")).await?,
                };
                tell(&out, &found)
            }
            Self::Report { index, language, pack, triples } => {
                let global = &Global { lang: language.or(global.lang), ..global.clone() };
                let out = global.output();
                let found: DecisionReportView = match pack {
                    Some(folder) => from_pack(&folder, index, out.lang, explained)?,
                    None => {
                        Client::open(global)?.get(&format!("/log/entries/{index}/decision/report")).await?
                    }
                };
                out.result(&found, |found| match (triples, &found.report) {
                    (true, Some(report)) => report.clone(),
                    _ => headed(found),
                })
            }
        }
    }
}

/// The report as a text.
fn headed(found: &DecisionReportView) -> String {
    let mut lines = vec![found.title.clone()];
    for heading in &found.headings {
        lines.push(format!("\n{}", heading.title));
        lines.extend(heading.items.iter().map(|item| format!("  - {item}")));
    }
    lines.join("\n")
}

type Made<T> = fn(Opened<'_>, &Value, Lang) -> Result<T, NotReplayed>;

/// Does it with the files of an evidence pack, which must hold.
fn from_pack<T>(folder: &Path, index: u64, lang: Lang, made: Made<T>) -> Result<T, Failed> {
    let not_found =
        || Failed::NotFound(text::fill(lang, "cli.no-decision", &[("entry", &index.to_string())]));
    let pack = pack::open(folder).map_err(|finding| Failed::Refused(finding.sentence(lang)))?;
    let entry = pack.entries().find(|entry| entry.index == index).ok_or_else(not_found)?;
    let agreement = entry.openings.get("agreement").map(|opening| opening.value.as_str());
    let (_, file) = agreement.and_then(|id| pack.contracts.get(id)).ok_or_else(not_found)?;
    made(entry, &file.contract.policy, lang).map_err(|why| match why {
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
