//! `fiducie backup`: everything in the database at one instant, into one encrypted file.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::exit::Failed;
use super::part::{Part, secret_for_new};
use super::{Global, access};
use crate::app::backup;
use crate::domain::time::Clock;
use crate::{config, text};

#[derive(Debug, Args)]
pub struct Backup {
    pub(super) file: PathBuf,
    #[arg(long, value_name = "FILE", env = "FIDUCIE_BACKUP_SECRET_FILE")]
    pub(super) secret_file: PathBuf,
}

impl Backup {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
        let node = config::secret(&config).map_err(Failed::Setup)?;
        let archive = secret_for_new(&self.file, &self.secret_file, out.lang)?;
        let access = access::list(&config.dir)?.into_iter().map(Into::into).collect();
        let part = Part::create(&self.file)?;
        let wait = out.spinner(text::get(out.lang, "cli.exporting").to_owned());
        let (url, now) = (config.database_url(), Clock::System.now());
        let written = backup::backup(&url, &node, &archive, access, part.file(), now).await;
        wait.finish_and_clear();
        let kept = written.map_err(|e| Failed::of(e, out.lang))?;
        part.keep()?;
        let file = self.file.display().to_string();
        let result = json!({ "file": file, "members": kept.members, "rows": kept.rows });
        out.result(&result, |_| {
            let (members, secret) = (kept.members.len().to_string(), self.secret_file.display().to_string());
            text::fill(
                out.lang,
                "cli.backed-up",
                &[("members", members.as_str()), ("file", &file), ("secret", &secret)],
            )
        })
    }
}
