//! `fiducie completions SHELL`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::exit::Failed;

#[derive(Debug, Args)]
#[command(after_help = "Example: fiducie completions bash > /etc/bash_completion.d/fiducie")]
pub struct Completions {
    /// Shell the script is for
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> Result<(), Failed> {
        clap_complete::generate(self.shell, &mut Cli::command(), "fiducie", &mut std::io::stdout());
        Ok(())
    }
}
