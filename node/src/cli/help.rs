//! What `--help` says: every command and argument takes its words from `assets/help`, by its path and its name.

use std::borrow::Cow;

use clap::{Arg, Command, CommandFactory};

use super::Cli;
use crate::text::{self, Lang};

/// The path of the program itself.
const ROOT: &str = "fiducie";

/// Where the words of arguments stand that mean the same in several commands.
const COMMON: &str = "common";

/// Where arguments of every command stand among the others, just before --help and --version.
const LAST: usize = 998;

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

fn argument(argument: Arg, lang: Lang, path: &str) -> Arg {
    let id = argument.get_id().as_str().replace('_', "-");
    let said = [path, COMMON].iter().find_map(|place| text::find(lang, &format!("help.{place}.{id}")));
    let mut help = said.unwrap_or_default().to_owned();
    // Those of every command come last.
    let argument = if argument.is_global_set() { argument.display_order(LAST) } else { argument };
    if !argument.get_action().takes_values() {
        return argument.help(help).long_help(None::<&'static str>);
    }
    let names = argument.get_value_names().unwrap_or_default().iter();
    let names: Vec<_> =
        names.map(|name| text::find(lang, &format!("help.value.{name}")).unwrap_or_default()).collect();
    let mut note = |key, values: Vec<Cow<'_, str>>| {
        if !values.is_empty() {
            help.push(' ');
            help.push_str(&text::fill(lang, key, &[("value", &values.join(", "))]));
        }
    };
    let possible = argument.get_possible_values();
    note("help.word.default", argument.get_default_values().iter().map(|v| v.to_string_lossy()).collect());
    note("help.word.environment", argument.get_env().iter().map(|v| v.to_string_lossy()).collect());
    note("help.word.values", possible.iter().map(|v| v.get_name().into()).collect());
    argument.help(help).value_names(names).hide_default_value(true).hide_env(true).hide_possible_values(true)
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
