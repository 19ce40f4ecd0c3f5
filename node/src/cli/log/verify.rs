//! `fiducie log verify`: a whole log, from a folder, from a peer, or from the node itself.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::Args;
use contracts::api::log::EntryView;
use contracts::api::member::MemberView;
use serde_json::json;

use super::copy::copy;
use super::judge;
use crate::cli::Global;
use crate::cli::catalog::every_page;
use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::verify::{Trust, shown};
use crate::identity::random;
use crate::text;
use crate::verify::anchor::Anchors;
use crate::verify::tiled;

#[derive(Debug, Args)]
pub struct Verify {
    #[arg(conflicts_with = "peer")]
    folder: Option<PathBuf>,
    #[arg(long, value_name = "URL")]
    peer: Option<String>,
    #[arg(long, value_name = "FOLDER", requires = "peer")]
    keep: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "peer")]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
}

impl Verify {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let anchors = self.trust.anchors(global.output().lang)?;
        match (&self.folder, &self.peer, &self.keep) {
            (Some(folder), ..) => report(global, folder, &anchors),
            (None, None, _) => own(global).await,
            (None, Some(url), Some(folder)) => self.copied(global, url, folder, anchors).await,
            (None, Some(url), None) => {
                let folder = aside()?;
                let judged = self.copied(global, url, &folder, anchors).await;
                // What is left in the folder for temporary files harms nobody.
                let _removed = std::fs::remove_dir_all(&folder);
                judged
            }
        }
    }

    /// Copies a peer's log into a folder, and judges it there.
    async fn copied(
        &self,
        global: &Global,
        url: &str,
        folder: &Path,
        mut anchors: Anchors,
    ) -> Result<(), Failed> {
        let token = super::token(self.token_file.as_deref())?;
        let source = Client::outside(global, url, token.clone())?;
        copy(&source, folder, !token.is_empty()).await?;
        // Fetched from the peer's own address just now: that is what resolving a did:web is.
        if let Ok(document) = std::fs::read(folder.join(tiled::DOCUMENT)) {
            anchors.add(&document).map_err(|e| Failed::Refused(e.to_string()))?;
        }
        report(global, folder, &anchors)
    }
}

/// A folder of our own: nobody else can have put anything there, nor can an earlier run that was cut short.
fn aside() -> Result<PathBuf, Failed> {
    let folder = std::env::temp_dir().join(format!("fiducie-log-{}", random::nonce()));
    let made = DirBuilder::new().mode(0o700).create(&folder);
    made.map_err(|e| Failed::Usage(format!("{}: {e}", folder.display())))?;
    Ok(folder)
}

fn report(global: &Global, folder: &Path, anchors: &Anchors) -> Result<(), Failed> {
    let out = global.output();
    let report = tiled::verify(folder, anchors);
    if out.json {
        out.line(&report.to_json().to_string())?;
    } else {
        out.line(&shown(folder, &report, out.lang))?;
    }
    match (report.ok, out.json) {
        (true, _) => Ok(()),
        (false, true) => Err(Failed::Told),
        (false, false) => {
            let what =
                report.refusals().map(|finding| finding.sentence(out.lang)).collect::<Vec<_>>().join(" ");
            Err(Failed::Refused(text::fill(out.lang, "cli.log-broken", &[("what", &what)])))
        }
    }
}

/// The whole log of the running node, with its clear values.
async fn own(global: &Global) -> Result<(), Failed> {
    let out = global.output();
    let client = Client::open(global)?;
    let wait = out.spinner("0".into());
    let checked = whole(&client).await;
    wait.finish_and_clear();
    match checked? {
        Ok(size) => out.result(&json!({ "ok": true, "size": size }), |_| {
            text::fill(out.lang, "cli.log-whole", &[("size", &size.to_string())])
        }),
        Err(what) => Err(Failed::Refused(text::fill(out.lang, "cli.log-broken", &[("what", &what)]))),
    }
}

/// Recomputes the tree from the leaves as answered. The inner error says what is wrong with the log.
async fn whole(client: &Client) -> Result<Result<u64, String>, Failed> {
    // The checkpoint first: entries made meanwhile are beyond it.
    let note = String::from_utf8_lossy(&client.bytes("/log/checkpoint").await?).into_owned();
    let entries: Vec<EntryView> = every_page(client, "/log/entries").await?;
    let member: MemberView = client.get("/members/self").await?;
    Ok(judge(&note, &entries, &member))
}
