//! `fiducie member`: more members on one node, each with its own identity, keys, catalogue, contracts and log; and
//! moving one to another node with all of it.

mod add;
mod archive;
mod declare;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use url::Url;

use super::Global;
use super::exit::Failed;
use crate::config::Config;
use crate::domain;

#[derive(Debug, Subcommand)]
pub enum Member {
    Add(Add),
    Export(Archive),
    Import(Archive),
    Declare(Declare),
    Remove,
}

#[derive(Debug, Args)]
pub struct Add {
    #[arg(long)]
    name: String,
    #[arg(long)]
    url: Url,
    #[arg(long, value_name = "COUNTRY")]
    place: Option<String>,
    #[arg(long, value_name = "COUNTRY")]
    law: Option<String>,
}

#[derive(Debug, Args)]
pub struct Declare {
    #[arg(long, value_name = "COUNTRY")]
    place: String,
    #[arg(long, value_name = "COUNTRY")]
    law: String,
    #[arg(long, value_name = "IDENTIFIER", requires = "charter_version")]
    charter: Option<String>,
    #[arg(long, value_name = "VERSION", requires = "charter")]
    charter_version: Option<String>,
    #[arg(long, value_name = "ABOUT=VALUE")]
    claim: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Archive {
    file: PathBuf,
    #[arg(long, value_name = "FILE", env = "FIDUCIE_ARCHIVE_SECRET_FILE")]
    secret_file: PathBuf,
}

/// The member that `--member`, the configuration or its being alone names, in the database of the folder.
pub(super) async fn chosen(global: &Global, config: &Config) -> Result<domain::member::Member, Failed> {
    Ok(archive::find(global, config).await?.stored.member.clone())
}

impl Member {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        match self {
            Self::Add(add) => add.run(global).await,
            Self::Export(archive) => archive.export(global).await,
            Self::Import(archive) => archive.import(global).await,
            Self::Declare(declare) => declare.run(global).await,
            Self::Remove => archive::remove(global).await,
        }
    }
}
