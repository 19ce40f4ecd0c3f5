//! `fiducie publish`: a description goes to the node; every fault of it comes back.

use std::path::{Path, PathBuf};

use clap::Args;
use contracts::api::dataset::{Published, QualityView};
use ontology::Lang;
use serde::Serialize;
use serde_json::Value;

use super::Global;
use super::client::{Client, segment};
use super::conform;
use super::drafts;
use super::exit::Failed;
use super::inspect::{self, Asked};
use super::output::Output;
use crate::text;

#[derive(Debug, Args)]
pub struct Publish {
    #[arg(required_unless_present = "withdraw")]
    file: Option<PathBuf>,
    #[arg(long, value_name = "DATASET", conflicts_with = "file")]
    withdraw: Option<String>,
    #[arg(long, requires = "file")]
    inspect: bool,
    #[arg(long, value_name = "FILE", requires = "file", conflicts_with_all = ["scdl", "dcat"])]
    schema: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "inspect")]
    with: Option<PathBuf>,
    #[arg(long, requires = "file", conflicts_with = "inspect")]
    scdl: bool,
    #[arg(long, requires = "file", conflicts_with_all = ["inspect", "scdl"])]
    dcat: bool,
    #[arg(long, requires = "file")]
    now: bool,
}

impl Publish {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        if self.inspect {
            let asked = Asked { path: self.file.unwrap_or_default(), schema: self.schema, with: self.with };
            let draft = inspect::draft(global, &asked).await?;
            return match self.now {
                true => published(&Client::open(global)?, out, &draft.record).await,
                false => out.result(&draft, inspect::shown),
            };
        }
        if self.scdl {
            return drafts::scdl(global, &self.file.unwrap_or_default(), self.now).await;
        }
        if self.dcat {
            return drafts::dcat(global, &self.file.unwrap_or_default(), self.now).await;
        }
        let client = Client::open(global)?;
        if let Some(id) = self.withdraw {
            client.delete(&format!("/datasets/{}", segment(&id))).await?;
            return out.result(&serde_json::json!({ "withdrawn": id }), |_| {
                text::fill(out.lang, "cli.withdrawn", &[("dataset", &id)])
            });
        }
        let file = self.file.unwrap_or_default();
        let description = json_file(&file)?;
        if let Some(schema) = &self.schema {
            let source = conform::source(&description, &file);
            let without = || Failed::Usage(text::get(out.lang, "cli.no-source").to_owned());
            conform::check(global, vec![source.ok_or_else(without)?], schema).await?;
        }
        published(&client, out, &description).await
    }
}

async fn published(client: &Client, out: Output, description: &Value) -> Result<(), Failed> {
    let published: Published = client.post("/datasets", description).await?;
    // Published it is; that it cannot be measured is no failure.
    let quality = client.get(&format!("/datasets/{}/quality", segment(&published.id))).await.ok();
    out.result(&Done { published, quality }, |Done { published: p, quality }| {
        let revision = p.revision.to_string();
        let said = text::fill(
            out.lang,
            "cli.published",
            &[("dataset", &p.id), ("revision", &revision), ("digest", &p.digest)],
        );
        format!("{said}{}", quality.as_ref().map(|q| measured(q, out.lang)).unwrap_or_default())
    })
}

#[derive(Serialize)]
struct Done {
    #[serde(flatten)]
    published: Published,
    quality: Option<QualityView>,
}

/// The measure, and what would mend it.
fn measured(quality: &QualityView, lang: Lang) -> String {
    let (points, of) = (quality.points.to_string(), quality.of.to_string());
    let mut out = format!("\n{}", text::fill(lang, "cli.quality", &[("points", &points), ("of", &of)]));
    for mend in &quality.mend {
        out.push_str(&format!("\n  +{} {}", mend.points, mend.remedy));
    }
    out
}

/// Reads a JSON file given on the command line.
pub fn json_file(path: &Path) -> Result<Value, Failed> {
    let failed = |e: String| Failed::Usage(format!("{}: {e}", path.display()));
    let bytes = std::fs::read(path).map_err(|e| failed(e.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|e| failed(format!("not JSON: {e}")))
}
