//! What persons read, in French and English, from one set of keys: `assets/text/{fr,en}.toml`, and what `--help` says,
//! `assets/help/{fr,en}.toml`, below `help`.
//!
//! A test keeps the files equal in keys and in the names they fill in.

pub mod convention;
mod preferred;
mod sentence;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use ontology::Lang;
pub use preferred::preferred;
pub use sentence::{Sentence, say};

type Texts = BTreeMap<String, String>;

static FR: LazyLock<Texts> =
    LazyLock::new(|| read(include_str!("../assets/text/fr.toml"), include_str!("../assets/help/fr.toml")));
static EN: LazyLock<Texts> =
    LazyLock::new(|| read(include_str!("../assets/text/en.toml"), include_str!("../assets/help/en.toml")));

fn read(text: &str, help: &str) -> Texts {
    let mut found = Texts::new();
    gather("", text.parse().unwrap_or_default(), &mut found);
    gather("help.", help.parse().unwrap_or_default(), &mut found);
    found
}

/// The texts of a table and of the tables in it, by the path that leads to each.
fn gather(path: &str, table: toml::Table, found: &mut Texts) {
    for (key, value) in table {
        match value {
            toml::Value::String(text) => drop(found.insert(format!("{path}{key}"), text)),
            toml::Value::Table(below) => gather(&format!("{path}{key}."), below, found),
            _ => {}
        }
    }
}

/// The text of a key, when there is one.
pub fn find(lang: Lang, key: &str) -> Option<&'static str> {
    let texts = match lang {
        Lang::Fr => &FR,
        Lang::En => &EN,
    };
    texts.get(key).map(String::as_str)
}

/// The text of a key (`section.key`). A key without text shows itself, so that it is seen and reported.
pub fn get(lang: Lang, key: &'static str) -> &'static str {
    find(lang, key).unwrap_or(key)
}

/// The text of a key with its `{names}` filled in, in one pass: a value is never read for names.
pub fn fill(lang: Lang, key: &'static str, values: &[(&str, &str)]) -> String {
    let mut rest = get(lang, key);
    let mut out = String::with_capacity(rest.len() + 32);
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, after)) => {
                out.push_str(values.iter().find(|(n, _)| *n == name).map_or("…", |(_, value)| value));
                rest = after;
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        let mut names: Vec<_> =
            text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_say_the_same_things() {
        assert!(!FR.is_empty());
        assert_eq!(FR.keys().collect::<Vec<_>>(), EN.keys().collect::<Vec<_>>());
        for (key, text) in FR.iter() {
            assert_eq!(names(text), names(&EN[key]), "{key}");
        }
    }
}
