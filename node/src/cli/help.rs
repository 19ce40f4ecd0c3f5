//! What `--help` says: every command and argument takes its words from `assets/help`, by its path and its name.

mod argument;

use clap::{Command, CommandFactory};

use argument::argument;

use super::Cli;
use crate::text::{self, Lang};

/// The path of the program itself.
const ROOT: &str = "fiducie";

/// The command line of the program, speaking this language.
pub fn command(lang: Lang) -> Command {
    let mut command = commands(Cli::command(), lang, ROOT);
    // What clap adds is there only now: --help, --version, `help`, and the options of all commands below each.
    command.build();
    arguments(command, lang, ROOT)
}

/// The words of each command. Before it is built: clap looks then whether there are more of them for `--help` than for `-h`.
fn commands(command: Command, lang: Lang, path: &str) -> Command {
    let say = |what: &str| text::find(lang, &format!("help.{path}.{what}"));
    command.about(say("about")).after_help(say("after")).after_long_help(say("after-long")).mut_subcommands(
        |found| {
            let path = below(path, found.get_name());
            commands(found, lang, &path)
        },
    )
}

/// The words of each argument, and those between them.
fn arguments(command: Command, lang: Lang, path: &str) -> Command {
    let page = template(&command, lang);
    command
        .help_template(page)
        .subcommand_value_name(text::get(lang, "help.word.command"))
        .mut_args(|found| argument(found, lang, path))
        .mut_subcommands(|found| {
            let path = below(path, found.get_name());
            match found.get_name() {
                "help" => arguments(found.about(text::find(lang, "help.help.about")), lang, &path),
                _ => arguments(found, lang, &path),
            }
        })
}

/// The page of a command: clap's own, with headings in the reader's language.
fn template(command: &Command, lang: Lang) -> String {
    let (usage, header) = (command.get_styles().get_usage(), command.get_styles().get_header());
    let word = text::get(lang, "help.word.usage");
    let mut page = format!("{{before-help}}{{about-with-newline}}\n{usage}{word}{usage:#} {{usage}}");
    let mut part = |there: bool, key, tag| {
        if there {
            page.push_str(&format!("\n\n{header}{}{header:#}\n{tag}", text::get(lang, key)));
        }
    };
    part(command.has_subcommands(), "help.word.commands", "{subcommands}");
    part(command.get_positionals().next().is_some(), "help.word.arguments", "{positionals}");
    part(command.get_arguments().any(|a| !a.is_positional()), "help.word.options", "{options}");
    page + "{after-help}"
}

fn below(path: &str, name: &str) -> String {
    if path == ROOT { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_consistent() {
        for lang in [Lang::Fr, Lang::En] {
            command(lang).debug_assert();
        }
    }
}
