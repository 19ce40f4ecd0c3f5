//! What is wrong with the arguments, in the caller's language.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::text::{self, Lang};

/// Says it; `None` for help, version and the rare kinds that keep clap's own words.
pub(super) fn sentence(error: &clap::Error, lang: Lang) -> Option<String> {
    let named = |kind| error.get(kind).map(plain).unwrap_or_default();
    let (argument, value) = (named(ContextKind::InvalidArg), named(ContextKind::InvalidValue));
    let (command, other) = (named(ContextKind::InvalidSubcommand), named(ContextKind::PriorArg));
    let key = match error.kind() {
        ErrorKind::UnknownArgument => "usage.unknown-argument",
        ErrorKind::InvalidSubcommand => "usage.unknown-command",
        ErrorKind::MissingSubcommand => "usage.no-command",
        ErrorKind::InvalidValue if value.is_empty() => "usage.no-value",
        ErrorKind::InvalidValue => "usage.invalid-value",
        ErrorKind::ValueValidation => "usage.unreadable-value",
        ErrorKind::TooManyValues => "usage.too-many-values",
        ErrorKind::ArgumentConflict if argument == other => "usage.twice",
        ErrorKind::ArgumentConflict => "usage.conflict",
        ErrorKind::MissingRequiredArgument => "usage.missing",
        _ => return None,
    };
    let what = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let values = named(ContextKind::ValidSubcommand);
    let fill = [
        ("argument", argument.as_str()),
        ("value", &value),
        ("command", &command),
        ("other", &other),
        ("what", &what),
        ("values", &values),
    ];
    let mut lines = vec![text::fill(lang, key, &fill)];
    let mut add = |key, name, value: String| {
        if !value.is_empty() {
            lines.push(text::fill(lang, key, &[(name, &value)]));
        }
    };
    add("usage.values", "values", named(ContextKind::ValidValue));
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue] {
        add("usage.suggested", "value", named(kind));
    }
    if let Some(usage) = named(ContextKind::Usage).strip_prefix("Usage: ") {
        lines.push(format!("{} {usage}", text::get(lang, "help.word.usage")));
    }
    lines.push(text::get(lang, "usage.more").to_owned());
    Some(lines.join("\n"))
}

fn plain(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(all) => all.join(", "),
        ContextValue::StyledStr(one) => one.to_string(),
        ContextValue::StyledStrs(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::help;

    fn said(words: &str) -> String {
        let error = help::command(Lang::Fr).try_get_matches_from(words.split(' ')).unwrap_err();
        sentence(&error, Lang::Fr).unwrap_or_else(|| panic!("{words}: {error}"))
    }

    #[test]
    fn faults_of_arguments_are_said_in_the_language_asked_for() {
        for (words, expected) in [
            ("fiducie --flog", "Il n'y a pas ici d'option ni d'argument --flog."),
            ("fiducie contrat", "Il n'y a pas de commande contrat.\nVouliez-vous dire contract ?"),
            ("fiducie --json", "Dites quelle commande après fiducie : init, member, serve"),
            ("fiducie --dir", "--dir <DOSSIER> demande une valeur."),
            (
                "fiducie key rotate all",
                "all n'est pas une valeur de <FINALITÉ>.\nValeurs possibles : sign, data, log",
            ),
            ("fiducie init --url x", "x ne peut pas être lu comme --url <URL> : relative URL without a base"),
            ("fiducie verify a --json=1", "1 est une valeur de trop pour --json."),
            ("fiducie serve --dir a --dir b", "--dir <DOSSIER> ne peut être donné qu'une fois."),
            (
                "fiducie init --behind-proxy --certificate a --key b",
                "--behind-proxy ne va pas avec --certificate <FICHIER>.",
            ),
            (
                "fiducie contract show",
                "Il manque : <IDENTIFIANT>\nUtilisation : fiducie contract show <IDENTIFIANT>",
            ),
        ] {
            assert!(said(words).starts_with(expected), "{words}: {}", said(words));
        }
    }
}
