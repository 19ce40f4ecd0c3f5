//! Words that must not stand in the repository.

use tests::reference::{files, repository};

use crate::source::{all, product};

#[test]
fn nothing_is_left_to_do_and_no_test_is_switched_off() {
    // Written in two parts, so that this file does not find itself.
    let words = [
        ["todo", "!("],
        ["unimplemen", "ted!("],
        ["#[ign", "ore"],
        ["FIX", "ME"],
        ["XX", "X"],
        ["dbg", "!("],
    ];
    let by_hand = "tests/store/load.rs"; // A measurement, which says so.
    let mut wrong = Vec::new();
    for source in all().iter().filter(|s| s.path != by_hand) {
        for word in words.map(|parts| parts.concat()) {
            if source.text.contains(&word) {
                wrong.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_product_does_not_stop_on_bad_input() {
    // Evaluated by the compiler: a wrong name there is a compile error.
    let constant = ["ontology/src/action.rs"];
    let mut wrong = Vec::new();
    for source in product().filter(|s| !constant.contains(&s.path.as_str())) {
        for word in ["panic!(", "unreachable!(", ".unwrap()", ".expect(", "assert!(", "assert_eq!("] {
            let debug = source.code.matches(&format!("debug_{word}")).count();
            if source.code.matches(word).count() > debug {
                wrong.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lints are not switched off without saying why.
#[test]
fn every_switched_off_lint_has_a_reason() {
    for source in all() {
        for (number, line) in source.text.lines().enumerate() {
            let attribute = line.trim_start();
            if attribute.starts_with("#[allow(")
                || attribute.starts_with("#![allow(")
                || attribute.starts_with("#[expect(")
            {
                let rest: String = source.text.lines().skip(number).take(4).collect();
                assert!(rest.contains("reason ="), "{}:{}: {attribute}", source.path, number + 1);
            }
        }
    }
}

#[test]
fn no_path_of_one_machine_is_written_down() {
    let places = [["/ro", "ot/"], ["/ho", "me/"], ["/wo", "rk/"], ["/Us", "ers/"], ["C:", "\\"]]
        .map(|parts| parts.concat());
    let mut wrong = Vec::new();
    let folders = ["ontology", "contracts", "policies", "node", "tests", "docs", "deploy", ".ci"];
    for file in folders.iter().flat_map(|f| files(&repository().join(f), "")) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for place in &places {
            if text.contains(place.as_str()) {
                wrong.push(format!("{}: {place}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
