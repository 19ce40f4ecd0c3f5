//! `fiducie completions SHELL`.

use clap::Args;
use clap_complete::Shell;

use super::exit::Failed;
use super::{Global, help};
use crate::text::Lang;

#[derive(Debug, Args)]
pub struct Completions {
    shell: Shell,
}

impl Completions {
    pub fn run(self, global: &Global) -> Result<(), Failed> {
        let mut command = help::command(global.language(Lang::En));
        // First whole in memory: clap stops the program when its reader goes away.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "fiducie", &mut script);
        global.output().line(&String::from_utf8_lossy(&script))
    }
}
