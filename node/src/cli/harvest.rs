//! `fiducie catalog import`, `harvest` and `sources`: datasets of others.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use contracts::api::harvest::{ImportUrl, SourceView};
use contracts::harvest::{Fault, Report};

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Others {
    Import(Import),
    Harvest(Harvest),
    Sources(Sources),
}

#[derive(Debug, Args)]
pub struct Import {
    #[arg(value_name = "FILE")]
    from: String,
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[arg(long, value_name = "ADDRESS")]
    base: Option<String>,
}

#[derive(Debug, Args)]
pub struct Harvest {
    #[arg(value_name = "NAME")]
    source: Option<String>,
}

#[derive(Debug, Args)]
pub struct Sources {
    #[arg(long, value_name = "NAME")]
    forget: Option<String>,
}

impl Others {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        match self {
            Self::Import(import) => import.run(global).await,
            Self::Harvest(harvest) => harvest.run(global).await,
            Self::Sources(sources) => sources.run(global).await,
        }
    }
}

impl Import {
    async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        let wait = out.spinner(self.from.clone());
        let is_url = self.from.starts_with("https://") || self.from.starts_with("http://");
        let report: Report = if is_url {
            let name = self.name.unwrap_or_else(|| self.from.clone());
            client.post("/harvest/urls", &ImportUrl { name, url: self.from }).await?
        } else {
            let path = PathBuf::from(&self.from);
            let bytes =
                std::fs::read(&path).map_err(|e| Failed::Usage(format!("{}: {e}", path.display())))?;
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let mut query = format!("name={}", segment(&self.name.unwrap_or_else(|| file.clone())));
            if let Some(base) = self.base {
                query.push_str(&format!("&base={}", segment(&base)));
            }
            client.send_bytes(&format!("/harvest/imports?{query}"), media_type(&file), bytes).await?
        };
        wait.finish_and_clear();
        shown(&out, &report)
    }
}

/// What the end of a file's name says of its syntax; the node looks into it otherwise.
fn media_type(file: &str) -> &'static str {
    match file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "ttl" => "text/turtle",
        "trig" => "application/trig",
        "nt" => "application/n-triples",
        "rdf" | "xml" => "application/rdf+xml",
        "jsonld" | "json" => "application/ld+json",
        _ => "application/octet-stream",
    }
}

impl Harvest {
    async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        let names = match self.source {
            Some(name) => vec![name],
            None => {
                let all: Vec<SourceView> = every_page(&client, "/harvest/sources").await?;
                all.into_iter().filter(|source| source.kind != "import").map(|source| source.name).collect()
            }
        };
        for name in names {
            out.note(&name);
            let report: Report = client.post(&format!("/harvest/sources/{}", segment(&name)), &()).await?;
            shown(&out, &report)?;
        }
        Ok(())
    }
}

impl Sources {
    async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        if let Some(name) = self.forget {
            client.delete(&format!("/harvest/sources/{}", segment(&name))).await?;
            return out.result(&serde_json::json!({ "forgotten": name }), |_| {
                text::fill(out.lang, "cli.forgotten", &[("name", &name)])
            });
        }
        let all: Vec<SourceView> = every_page(&client, "/harvest/sources").await?;
        out.result(&all, |all| {
            let row = |source: &SourceView| {
                let read = source.read.clone().unwrap_or_else(|| "-".into());
                let fault = source.fault.clone().unwrap_or_default();
                vec![source.name.clone(), source.kind.clone(), source.datasets.to_string(), read, fault]
            };
            table(&all.iter().map(row).collect::<Vec<_>>())
        })
    }
}

fn shown(out: &Output, report: &Report) -> Result<(), Failed> {
    out.result(report, |report| {
        let counts = [
            ("found", report.found),
            ("added", report.added),
            ("changed", report.changed),
            ("unchanged", report.unchanged),
            ("deleted", report.deleted),
            ("own", report.own),
            ("known", report.known),
            ("quarantined", report.quarantined),
        ];
        let counts = counts.map(|(name, count)| (name, count.to_string()));
        let values: Vec<(&str, &str)> = counts.iter().map(|(name, count)| (*name, count.as_str())).collect();
        let mut lines = text::fill(out.lang, "cli.harvested", &values);
        for fault in report.faults.iter().chain(&report.warnings) {
            lines.push('\n');
            lines.push_str(&line(fault));
        }
        lines
    })
}

fn line(fault: &Fault) -> String {
    let place = match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("{line}:{column}: "),
        _ => String::new(),
    };
    let found = fault.found.as_deref().map(|found| format!(" ({found})")).unwrap_or_default();
    let record = fault.record.as_deref().map(|record| format!("{record}: ")).unwrap_or_default();
    format!("  {place}{record}{}{found}", fault.reason)
}
