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

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  fiducie member add --name \"Commune de Bas\" --url https://epci.example.org/bas
  fiducie --member \"Commune de Bas\" member export bas.archive --secret-file bas.secret
  fiducie member import bas.archive --secret-file bas.secret")]
pub enum Member {
    /// Host one more member, whether the node runs or not
    Add(Add),
    /// Write everything of a member into an encrypted archive; it leaves this node for good
    Export(Archive),
    /// Host the member of an archive, with its identity, contracts and log; the node must be stopped
    Import(Archive),
    /// Declare where the member processes data, whose law binds it, and the charter it follows
    Declare(Declare),
    /// Delete everything of a member that left; the node must be stopped
    Remove,
}

#[derive(Debug, Args)]
pub struct Add {
    /// Name of the member, shown to persons
    #[arg(long)]
    name: String,
    /// Public address of the member, different from the others'
    #[arg(long)]
    url: Url,
    /// Country where it processes data (ISO 3166-1)
    #[arg(long, value_name = "COUNTRY")]
    place: Option<String>,
    /// Country whose law binds it (ISO 3166-1)
    #[arg(long, value_name = "COUNTRY")]
    law: Option<String>,
}

#[derive(Debug, Args)]
pub struct Declare {
    /// Country where it processes data (ISO 3166-1)
    #[arg(long, value_name = "COUNTRY")]
    place: String,
    /// Country whose law binds it (ISO 3166-1)
    #[arg(long, value_name = "COUNTRY")]
    law: String,
    /// Charter it follows, with --charter-version
    #[arg(long, value_name = "IDENTIFIER", requires = "charter_version")]
    charter: Option<String>,
    /// Version of the charter
    #[arg(long, value_name = "VERSION", requires = "charter")]
    charter_version: Option<String>,
}

#[derive(Debug, Args)]
pub struct Archive {
    /// The archive
    file: PathBuf,
    /// Secret of the archive, mode 600; an export makes it when the file does not exist. Carry it apart from the archive
    #[arg(long, value_name = "FILE", env = "FIDUCIE_ARCHIVE_SECRET_FILE")]
    secret_file: PathBuf,
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
