//! `fiducie framework`: trust frameworks written, checked and compared in files, published, taken and adopted on a node.

mod file;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use contracts::api::framework::{Adoption, EditionView, FrameworkView};
use contracts::framework::diff::diff;
use serde_json::{Value, json};

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::{Output, table};
use super::publish::json_file;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Framework {
    New {
        #[arg(value_name = "NAME")]
        source: String,
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        #[arg(long)]
        next: bool,
    },
    Validate {
        file: PathBuf,
    },
    Diff {
        #[arg(value_name = "FILE")]
        first: PathBuf,
        #[arg(value_name = "FILE")]
        second: PathBuf,
    },
    Publish {
        file: PathBuf,
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    Export {
        id: String,
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        #[arg(long, value_name = "VERSION")]
        edition: Option<String>,
    },
    Import {
        file: PathBuf,
    },
    Adopt {
        id: String,
        #[arg(long, value_name = "VERSION")]
        edition: Option<String>,
    },
    List,
    History {
        id: String,
    },
}

impl Framework {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        match self {
            Self::New { source, output, next } => {
                let draft = file::new(&source, next, out.lang)?;
                file::write(&output, &draft)?;
                let shown = output.display().to_string();
                out.result(&json!({ "file": shown }), |_| {
                    text::fill(out.lang, "trust.cli-new", &[("file", &shown)])
                })
            }
            Self::Validate { file } => {
                let read = file::read(&file, out.lang)?;
                let shown = file.display().to_string();
                out.result(&json!({ "version": read["version"], "file": shown }), |_| {
                    text::fill(out.lang, "trust.cli-valid", &[("file", &shown)])
                })
            }
            Self::Diff { first, second } => {
                let changes = diff(&file::read(&first, out.lang)?, &file::read(&second, out.lang)?);
                out.result(&changes, |changes| file::changes(changes, out.lang))
            }
            other => other.on_a_node(global, out).await,
        }
    }

    async fn on_a_node(self, global: &Global, out: Output) -> Result<(), Failed> {
        let client = Client::open(global)?;
        match self {
            Self::Publish { file, output } => {
                let published: FrameworkView = client.post("/frameworks", &json_file(&file)?).await?;
                if let Some(output) = &output {
                    export(&client, &published.id, Some(&published.version), output).await?;
                }
                said(out, &published, "trust.cli-published")
            }
            Self::Import { file } => {
                let given: Value = json_file(&file)?;
                let taken: FrameworkView = client.post("/frameworks/imports", &given).await?;
                said(out, &taken, "trust.cli-imported")
            }
            Self::Export { id, output, edition } => {
                export(&client, &id, edition.as_deref(), &output).await?;
                let shown = output.display().to_string();
                out.result(&json!({ "file": shown }), |_| shown.clone())
            }
            Self::Adopt { id, edition } => {
                let wanted = Adoption { version: edition };
                let path = format!("/frameworks/{}/adopt", segment(&id));
                let adopted: FrameworkView = client.post(&path, &wanted).await?;
                said(out, &adopted, "trust.cli-adopted")
            }
            Self::History { id } => {
                let path = format!("/frameworks/{}/versions", segment(&id));
                let all: Vec<EditionView> = client.get(&path).await?;
                out.result(&all, |all| {
                    let one = |edition: &EditionView| {
                        let head = format!("{}  {}", edition.framework.version, edition.framework.published);
                        format!("{head}\n{}", file::changes(&edition.changes, out.lang)).trim_end().to_owned()
                    };
                    all.iter().map(one).collect::<Vec<_>>().join("\n")
                })
            }
            _ => {
                let all: Vec<FrameworkView> = every_page(&client, "/frameworks").await?;
                out.result(&all, |all| {
                    let row = |one: &FrameworkView| {
                        let adopted = one.adopted.clone().unwrap_or_else(|| "-".into());
                        let (id, version) = (one.id.clone(), one.version.clone());
                        vec![id, version, one.standing.clone(), adopted, one.name.clone()]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
        }
    }
}

async fn export(client: &Client, id: &str, version: Option<&str>, to: &Path) -> Result<(), Failed> {
    let query = version.map(|version| format!("?version={}", segment(version))).unwrap_or_default();
    let bytes = client.bytes(&format!("/frameworks/{}/file{query}", segment(id))).await?;
    std::fs::write(to, bytes).map_err(|e| Failed::Usage(format!("{}: {e}", to.display())))
}

fn said(out: Output, view: &FrameworkView, key: &'static str) -> Result<(), Failed> {
    out.result(view, |view| {
        let values = [
            ("name", view.name.as_str()),
            ("version", &view.version),
            ("id", &view.id),
            ("publisher", &view.publisher_name),
        ];
        text::fill(out.lang, key, &values)
    })
}
