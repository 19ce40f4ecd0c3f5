//! The words of one argument.

use std::borrow::Cow;

use clap::Arg;

use crate::text::{self, Lang};

/// Where the words of arguments stand that mean the same in several commands.
const COMMON: &str = "common";

/// Where arguments of every command stand among the others, just before --help and --version.
const LAST: usize = 998;

/// Gives an argument its help, the name of its value, and what else is to be known of it.
pub(super) fn argument(argument: Arg, lang: Lang, path: &str) -> Arg {
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
