//! What the product is made of: licences, banned crates, duplicates. The rules are in `dependencies.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;
use tests::reference::repository;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Rules {
    licences: Vec<String>,
    banned: BTreeMap<String, String>,
    only_through: BTreeMap<String, String>,
    duplicates: BTreeMap<String, String>,
}

fn rules() -> Rules {
    toml::from_str(include_str!("dependencies.toml")).unwrap()
}

/// `cargo tree` of the product: what is really linked or run at build, not what the lock file could offer.
fn tree(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(repository())
        .args(["tree", "--locked", "-p", "node", "-e", "normal,build"])
        .args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// `(name, version, licence)` of each package.
fn packages() -> BTreeSet<(String, String, String)> {
    let text = tree(&["--prefix", "none", "--no-dedupe", "-f", "{p}|{l}"]);
    let found: BTreeSet<_> = text
        .lines()
        .map(|line| {
            let (package, licence) = line.split_once('|').unwrap();
            let mut words = package.split(' ');
            (
                words.next().unwrap().to_owned(),
                words.next().unwrap_or_default().to_owned(),
                licence.to_owned(),
            )
        })
        .collect();
    assert!(found.len() > 100, "only {} packages found", found.len());
    found
}

#[test]
fn licences_are_allowed() {
    let rules = rules();
    let wrong: Vec<_> =
        packages().into_iter().filter(|(_, _, licence)| !allowed(licence, &rules.licences)).collect();
    assert!(wrong.is_empty(), "not in the list of licences: {wrong:?}");
}

#[test]
fn banned_crates_are_absent() {
    let rules = rules();
    let packages = packages();
    for (name, why) in &rules.banned {
        assert!(!packages.iter().any(|(found, ..)| found == name), "{name}: {why}");
    }
    for (name, through) in &rules.only_through {
        let text = tree(&["--prefix", "depth", "--depth", "1", "-i", name, "-f", "|{p}"]);
        let parents: BTreeSet<_> =
            text.lines().filter_map(|l| l.strip_prefix("1|")).filter_map(|l| l.split(' ').next()).collect();
        assert_eq!(parents, BTreeSet::from([through.as_str()]), "{name} enters through something else");
    }
}

#[test]
fn duplicates_have_a_reason() {
    let rules = rules();
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    for (name, version, _) in packages() {
        versions.entry(name).or_default().insert(version);
    }
    let found: BTreeMap<_, _> = versions.into_iter().filter(|(_, v)| v.len() > 1).collect();
    for (name, versions) in &found {
        assert!(rules.duplicates.contains_key(name), "{name} is there as {versions:?}, without a reason");
    }
    for name in rules.duplicates.keys() {
        assert!(found.contains_key(name), "{name} is no longer there twice: remove its line");
    }
}

/// An SPDX expression is met: `OR` (also written `/`) needs one side, `AND` both.
fn allowed(expression: &str, allow: &[String]) -> bool {
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut at = 0;
    let met = alternatives(&words, &mut at, allow);
    met && at == words.len() && !words.is_empty()
}

fn alternatives(words: &[&str], at: &mut usize, allow: &[String]) -> bool {
    let mut met = together(words, at, allow);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= together(words, at, allow);
    }
    met
}

fn together(words: &[&str], at: &mut usize, allow: &[String]) -> bool {
    let mut met = licence(words, at, allow);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= licence(words, at, allow);
    }
    met
}

fn licence(words: &[&str], at: &mut usize, allow: &[String]) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let met = alternatives(words, at, allow);
        *at += 1;
        return met;
    }
    let mut name = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        name.push_str(&format!(" WITH {}", words.get(*at + 1).unwrap_or(&"")));
        *at += 2;
    }
    allow.contains(&name)
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allow = ["MIT".to_owned(), "ISC".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()];
    for good in
        ["MIT", "GPL-3.0 OR MIT", "GPL-3.0/MIT", "ISC AND (GPL-3.0 OR MIT)", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(allowed(good, &allow), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "ISC AND (GPL-3.0 OR BSD)", "Apache-2.0", "MIT GPL-3.0"] {
        assert!(!allowed(bad, &allow), "{bad}");
    }
}
