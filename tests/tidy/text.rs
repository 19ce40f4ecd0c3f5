//! What persons read exists in both languages.

use std::collections::{BTreeMap, BTreeSet};

use tests::reference::{files, repository};

use crate::source::product;

/// Key → names of its placeholders.
fn keys(value: &toml::Value, prefix: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
    if let Some(table) = value.as_table() {
        for (name, value) in table {
            keys(value, &format!("{prefix}{name}."), found);
        }
    } else {
        let text = value.as_str().unwrap_or_else(|| panic!("{prefix} is no text"));
        assert!(!text.trim().is_empty(), "{prefix} is empty");
        let names =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned());
        found.insert(prefix.trim_end_matches('.').to_owned(), names.collect());
    }
}

fn read(path: &std::path::Path) -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut found = BTreeMap::new();
    keys(&toml::Value::Table(table), "", &mut found);
    found
}

#[test]
fn french_and_english_say_the_same_things() {
    let mut pairs = 0;
    for english in files(&repository().join("node/assets"), "toml") {
        if english.file_name().is_some_and(|name| name != "en.toml") {
            continue;
        }
        pairs += 1;
        let french = english.with_file_name("fr.toml");
        let (en, fr) = (read(&english), read(&french));
        let only = |a: &BTreeMap<String, _>, b: &BTreeMap<String, _>| -> Vec<String> {
            a.keys().filter(|k| !b.contains_key(*k)).cloned().collect()
        };
        assert_eq!(only(&en, &fr), [""; 0], "only in {}", english.display());
        assert_eq!(only(&fr, &en), [""; 0], "only in {}", french.display());
        for (key, names) in &en {
            assert_eq!(names, &fr[key], "placeholders of {key}");
        }
    }
    assert!(pairs > 0, "no text found");
}

/// Every key in the code has a text, and every text is said somewhere.
#[test]
fn code_and_texts_name_the_same_keys() {
    let known: BTreeSet<String> = read(&repository().join("node/assets/text/en.toml")).into_keys().collect();
    let sections: BTreeSet<&str> = known.iter().filter_map(|key| Some(key.split_once('.')?.0)).collect();
    let mut named = BTreeSet::new();
    for source in product().filter(|s| s.path.starts_with("node/src/")) {
        for literal in source.code.split('"') {
            let section = literal.split_once('.').map(|(section, _)| section);
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            if section.is_some_and(|s| sections.contains(s)) && literal.chars().all(plain) {
                named.insert(literal.to_owned());
            }
        }
        // What is missing is named by a noun, which the answer translates.
        for (_, rest) in
            source.code.match_indices("Error::NotFound(\"").map(|(at, m)| source.code.split_at(at + m.len()))
        {
            let noun = rest.split('"').next().unwrap().replace(' ', "-");
            named.insert(format!("noun.{noun}"));
        }
    }
    let without: Vec<_> = named.difference(&known).collect();
    let unsaid: Vec<_> = known.difference(&named).collect();
    assert!(without.is_empty(), "no text: {without:?}");
    assert!(unsaid.is_empty(), "said nowhere: {unsaid:?}");
}
