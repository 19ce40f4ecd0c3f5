//! `--help` says everything in both languages, and nothing of it stands in the code.

use clap::{Command, CommandFactory};
use node::cli::{Cli, help};
use node::text::Lang;
use tests::reference::repository;

/// Said with the same word in both languages.
const SAME: &[&str] = &["URL", "VERSION"];

/// `(where, what is said)` of a command and all below it.
fn said(command: &Command, found: &mut Vec<(String, String)>) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    found.push((format!("{name}: about"), command.get_about().map(ToString::to_string).unwrap_or_default()));
    for after in [command.get_after_help(), command.get_after_long_help()].into_iter().flatten() {
        found.push((format!("{name}: after"), after.to_string()));
    }
    for argument in command.get_arguments() {
        let id = format!("{name}: {}", argument.get_id());
        found.push((id.clone(), argument.get_help().map(ToString::to_string).unwrap_or_default()));
        if argument.get_action().takes_values() {
            let names = argument.get_value_names().unwrap_or_default();
            assert!(!names.is_empty(), "{id} has no name for its value");
            found.extend(names.iter().map(|value| (format!("{id}: <value>"), value.to_string())));
        }
    }
    command.get_subcommands().for_each(|below| said(below, found));
}

#[test]
fn every_command_and_argument_is_explained_in_both_languages() {
    let [french, english] = [Lang::Fr, Lang::En].map(|lang| {
        let mut found = Vec::new();
        said(&help::command(lang), &mut found);
        found
    });
    assert_eq!(french.len(), english.len());
    assert!(french.len() > 400, "only {} texts found", french.len());
    let mut wrong = Vec::new();
    for ((place, fr), (_, en)) in french.iter().zip(&english) {
        if fr.is_empty() || en.is_empty() {
            wrong.push(format!("{place} is not explained"));
        } else if fr == en && !SAME.contains(&fr.as_str()) {
            wrong.push(format!("{place} is the same in both languages: {fr}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A comment on an argument would be its help, in English for everybody.
#[test]
fn no_help_stands_in_the_code() {
    fn silent(command: &Command) {
        assert_eq!(command.get_about().map(ToString::to_string), None, "{}", command.get_name());
        for argument in command.get_arguments() {
            let id = argument.get_id();
            assert_eq!(argument.get_help().map(ToString::to_string), None, "{} {id}", command.get_name());
        }
        command.get_subcommands().for_each(silent);
    }
    silent(&Cli::command());
}

/// What `-h` and `--help` print, of a command and all below it.
fn printed(command: &mut Command, into: &mut String) {
    into.push_str(&command.render_help().to_string());
    into.push_str(&command.render_long_help().to_string());
    command.get_subcommands_mut().for_each(|below| printed(below, into));
}

#[test]
fn every_text_of_help_is_printed_and_none_of_clap_in_french() {
    for (lang, name) in [(Lang::Fr, "fr"), (Lang::En, "en")] {
        let mut shown = String::new();
        printed(&mut help::command(lang), &mut shown);
        let file = repository().join("node/assets/help").join(name).with_extension("toml");
        let text = std::fs::read_to_string(file).unwrap();
        let mut unused = Vec::new();
        unprinted("", &text.parse().unwrap(), &shown, &mut unused);
        assert!(unused.is_empty(), "never printed in {name}: {}", unused.join(", "));
        if lang == Lang::Fr {
            for word in
                ["Usage:", "Commands:", "Options:", "Print ", "[default", "[env:", "[possible", "see more"]
            {
                assert!(!shown.contains(word), "{word}");
            }
        }
    }
}

fn unprinted(path: &str, table: &toml::Table, shown: &str, found: &mut Vec<String>) {
    for (key, value) in table {
        match value {
            toml::Value::Table(below) => unprinted(&format!("{path}{key}."), below, shown, found),
            text if shown.contains(text.as_str().unwrap().split('{').next().unwrap()) => {}
            _ => found.push(format!("{path}{key}")),
        }
    }
}
