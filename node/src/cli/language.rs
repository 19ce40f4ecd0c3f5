//! The language that the program speaks: asked for by `--lang`, else that of the environment.

use std::ffi::OsString;

use clap::ValueEnum;

use crate::text::{self, Lang};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Language {
    Fr,
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::Fr => Self::Fr,
            Language::En => Self::En,
        }
    }
}

/// Read from arguments that are not parsed yet: help, and what is wrong with them, speak it too.
pub(super) fn asked(arguments: &[OsString]) -> Lang {
    let mut words = arguments.iter().filter_map(|a| a.to_str()).take_while(|word| *word != "--");
    let mut found = None;
    while let Some(word) = words.next() {
        let value = if word == "--lang" { words.next() } else { word.strip_prefix("--lang=") };
        found = value.and_then(|value| Language::from_str(value, false).ok()).or(found);
    }
    found.map_or_else(|| of_environment(Lang::En), Lang::from)
}

/// That of the first variable that says something, as POSIX orders them, when it is one of ours.
pub(super) fn of_environment(otherwise: Lang) -> Lang {
    let said = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let wanted = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(said);
    text::preferred(&wanted.unwrap_or_default(), otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_known_before_the_arguments_are_parsed() {
        let asked = |words: &str| asked(&words.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(asked("fiducie init --lang fr --help"), Lang::Fr);
        assert_eq!(asked("fiducie --lang=fr --wrong"), Lang::Fr);
        assert_eq!(asked("fiducie --lang=en --wrong"), Lang::En);
        // After `--` it is a file's name.
        assert_eq!(asked("fiducie --lang=en verify -- --lang=fr"), Lang::En);
    }
}
