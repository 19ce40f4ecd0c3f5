//! The commands of `fiducie`: one file per command. Those that act on a running node use its management API. What they
//! say of themselves stands in `assets/help`, not in comments, which clap would show in English to everybody.

mod access;
mod access_request;
mod backup;
mod body;
mod catalog;
mod check;
mod client;
mod completions;
mod conform;
mod contract;
mod convention;
mod decision;
mod demo;
mod drafts;
mod duty;
mod evidence;
mod exit;
mod framework;
mod harvest;
pub mod help;
mod init;
mod inspect;
mod key;
mod language;
mod log;
mod member;
mod membership;
mod migrate;
mod output;
mod part;
mod policy;
mod private;
mod publish;
mod restore;
mod search;
mod serve;
mod status;
mod token;
mod transfer;
mod usage;
mod use_case;
mod verify;
mod wait;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, FromArgMatches, Parser, Subcommand};

use exit::Failed;
use language::Language;
use output::Output;

use crate::text::Lang;

#[derive(Debug, Parser)]
#[command(name = "fiducie", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Clone, Args)]
pub struct Global {
    #[arg(long, global = true, env = "FIDUCIE_DIR", default_value = "fiducie-data", value_name = "FOLDER")]
    pub dir: PathBuf,
    #[arg(long, global = true, value_name = "NAME")]
    pub member: Option<String>,
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(long, short, global = true)]
    pub quiet: bool,
    #[arg(long, global = true, value_name = "LANGUAGE")]
    pub lang: Option<Language>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Init(init::Init),
    #[command(subcommand)]
    Member(member::Member),
    Serve,
    Demo(demo::Demo),
    Publish(publish::Publish),
    Catalog(catalog::Catalog),
    Search(search::Search),
    #[command(subcommand)]
    Contract(contract::Contract),
    #[command(subcommand)]
    Convention(convention::Convention),
    #[command(subcommand)]
    Framework(framework::Framework),
    #[command(subcommand)]
    Membership(membership::Membership),
    #[command(subcommand)]
    Body(body::Body),
    #[command(subcommand)]
    UseCase(use_case::UseCase),
    #[command(subcommand)]
    AccessRequest(access_request::AccessRequest),
    #[command(subcommand)]
    Duty(duty::Duty),
    #[command(subcommand)]
    Transfer(transfer::Transfer),
    Verify(verify::Verify),
    Evidence(evidence::Evidence),
    #[command(subcommand)]
    Decision(decision::Decision),
    #[command(subcommand)]
    Policy(policy::PolicyFile),
    #[command(subcommand)]
    Log(log::Log),
    Status,
    Check,
    Migrate(migrate::Migrate),
    Backup(backup::Backup),
    Restore(backup::Backup),
    #[command(subcommand)]
    Key(key::Key),
    #[command(subcommand)]
    Token(token::Token),
    Completions(completions::Completions),
}

impl Global {
    pub fn output(&self) -> Output {
        Output { json: self.json, quiet: self.quiet, lang: self.language(Lang::En) }
    }

    /// The language asked for, or that of the environment when it is one of ours.
    fn language(&self, otherwise: Lang) -> Lang {
        self.lang.map_or_else(|| language::of_environment(otherwise), Lang::from)
    }
}

/// Runs the program: parses the arguments, runs the command, tells how it ended.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let lang = language::asked(&arguments);
    let json = arguments.iter().any(|argument| argument == "--json");
    let parsed = help::command(lang).try_get_matches_from(&arguments).and_then(|m| Cli::from_arg_matches(&m));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => match usage::sentence(&error, lang) {
            Some(sentence) => return report(json, Failed::Usage(sentence)),
            None => error.exit(),
        },
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(json, Failed::Internal(format!("cannot start threads: {error}"))),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => report(json, failed),
    }
}

fn report(json: bool, failed: Failed) -> ExitCode {
    match json {
        _ if matches!(failed, Failed::Told | Failed::ToldSetup | Failed::ToldBusy | Failed::Otherwise) => {}
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
        Command::Search(command) => command.run(global).await,
        Command::Contract(command) => command.run(global).await,
        Command::Convention(command) => command.run(global).await,
        Command::Framework(command) => command.run(global).await,
        Command::Membership(command) => command.run(global).await,
        Command::Body(command) => command.run(global).await,
        Command::UseCase(command) => command.run(global).await,
        Command::AccessRequest(command) => command.run(global).await,
        Command::Duty(command) => command.run(global).await,
        Command::Transfer(command) => command.run(global).await,
        Command::Verify(command) => command.run(global),
        Command::Evidence(command) => command.run(global).await,
        Command::Decision(command) => command.run(global).await,
        Command::Policy(command) => command.run(global),
        Command::Log(command) => command.run(global).await,
        Command::Status => status::run(global).await,
        Command::Check => check::run(global).await,
        Command::Migrate(command) => command.run(global).await,
        Command::Backup(command) => command.run(global).await,
        Command::Restore(command) => restore::run(command, global).await,
        Command::Key(command) => command.run(global).await,
        Command::Token(command) => command.run(global).await,
        Command::Completions(command) => command.run(global),
    }
}
