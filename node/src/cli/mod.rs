//! The commands of `fiducie`: one file per command. Those that act on a running node use its management API.

mod access;
mod catalog;
mod check;
mod client;
mod completions;
mod contract;
mod demo;
mod exit;
mod init;
mod key;
mod log;
mod member;
mod migrate;
mod output;
mod publish;
mod serve;
mod status;
mod token;
mod transfer;
mod verify;
mod wait;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use exit::Failed;
use output::Output;

use crate::text::{self, Lang};

/// A node for exchanging closed data under signed contracts.
#[derive(Debug, Parser)]
#[command(name = "fiducie", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_long_help = exit::CODES, after_help = "Begin with: fiducie init --name \"Ma commune\" --url https://donnees.example.org\nEach command explains itself: fiducie help COMMAND")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Folder of the node
    #[arg(long, global = true, env = "FIDUCIE_DIR", default_value = "fiducie-data", value_name = "FOLDER")]
    pub dir: PathBuf,
    /// Member to speak for, when the node hosts several
    #[arg(long, global = true, value_name = "NAME")]
    pub member: Option<String>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Print results only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Language of what is printed (otherwise from LC_ALL or LANG)
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub lang: Option<Language>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Language {
    Fr,
    En,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a node in a folder: keys, settings, database
    Init(init::Init),
    /// Host more members on the node
    #[command(subcommand)]
    Member(member::Member),
    /// Serve the node of the folder until it is stopped
    Serve,
    /// See a whole exchange between three members on this machine, with what is refused and why
    Demo(demo::Demo),
    /// Publish a dataset, or a new revision of one
    Publish(publish::Publish),
    /// Ask a peer for its catalogue, or list one's own datasets
    Catalog(catalog::Catalog),
    /// Request, accept, show, revoke and export contracts
    #[command(subcommand)]
    Contract(contract::Contract),
    /// Start transfers under a contract and pull their data
    #[command(subcommand)]
    Transfer(transfer::Transfer),
    /// Verify contracts, receipts, revocations and log extracts, from their files alone
    Verify(verify::Verify),
    /// Read the member's log, prove entries of it, check it whole
    #[command(subcommand)]
    Log(log::Log),
    /// Show how the node is doing
    Status,
    /// Look at the node from outside and say what is not right
    Check,
    /// Bring the database to this program's schema
    Migrate,
    /// Show and rotate the member's keys
    #[command(subcommand)]
    Key(key::Key),
    /// Make, list and revoke tokens of the management API
    #[command(subcommand)]
    Token(token::Token),
    /// Print the completion script of a shell
    Completions(completions::Completions),
}

impl Global {
    pub fn output(&self) -> Output {
        Output { json: self.json, quiet: self.quiet, lang: self.language(Lang::En) }
    }

    /// The language asked for, or that of the environment when it is one of ours.
    fn language(&self, otherwise: Lang) -> Lang {
        match self.lang {
            Some(Language::Fr) => Lang::Fr,
            Some(Language::En) => Lang::En,
            None => {
                let wanted = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|v| std::env::var(v).ok());
                text::preferred(&wanted.unwrap_or_default(), otherwise)
            }
        }
    }
}

/// Runs the program: parses the arguments, runs the command, tells how it ended.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let global = cli.global.clone();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&global, Failed::Internal(format!("cannot start threads: {error}"))),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => report(&global, failed),
    }
}

fn report(global: &Global, failed: Failed) -> ExitCode {
    match global.json {
        _ if matches!(failed, Failed::Told | Failed::ToldSetup | Failed::ToldBusy) => {}
        true => println!("{}", failed.to_json()),
        false => eprintln!("fiducie: {failed}"),
    }
    failed.into()
}

async fn run(cli: Cli) -> Result<(), Failed> {
    let global = &cli.global;
    match cli.command {
        Command::Init(command) => command.run(global).await,
        Command::Member(command) => command.run(global).await,
        Command::Serve => serve::run(global).await,
        Command::Demo(command) => command.run(global).await,
        Command::Publish(command) => command.run(global).await,
        Command::Catalog(command) => command.run(global).await,
        Command::Contract(command) => command.run(global).await,
        Command::Transfer(command) => command.run(global).await,
        Command::Verify(command) => command.run(global),
        Command::Log(command) => command.run(global).await,
        Command::Status => status::run(global).await,
        Command::Check => check::run(global).await,
        Command::Migrate => migrate::run(global).await,
        Command::Key(command) => command.run(global).await,
        Command::Token(command) => command.run(global).await,
        Command::Completions(command) => command.run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
