//! Who may use what. Everything not named here is free.

use crate::source::product;

/// A word, the only places where it may stand, and why.
const ONLY_IN: &[(&str, &[&str], &str)] = &[
    ("sqlx", &["node/src/store/"], "all SQL is in one place"),
    (
        "actix_web",
        &["node/src/http/", "node/src/dataplane/serve.rs", "node/src/dataplane/take", "node/src/startup/"],
        "use cases know no HTTP",
    ),
    (
        "app.store",
        &["node/src/app/", "node/src/peer/", "node/src/startup/", "node/src/cli/demo/"],
        "edges ask use cases, use cases ask the store",
    ),
    ("oxigraph", &["node/src/graph/"], "the graph is a projection behind its own module"),
    ("spareval", &["node/src/graph/"], "the graph is asked behind its own module"),
    ("spargebra", &["node/src/graph/"], "the graph is asked behind its own module"),
    ("sparesults", &["node/src/graph/"], "the graph is asked behind its own module"),
    ("josekit", &["node/src/identity/"], "signatures are made and read in one place"),
    (
        "reqwest",
        &[
            "node/src/peer/",
            "node/src/cli/",
            "node/src/telemetry.rs",
            "node/src/dataplane/pull.rs",
            "node/src/dataplane/push.rs",
        ],
        "calls out pass the guard of `peer`; pulls and pushes stream through its guarded client",
    ),
    ("SystemTime::now", &["node/src/domain/time.rs"], "one clock"),
    ("now_utc", &["node/src/domain/time.rs"], "one clock"),
    ("env::var", &["node/src/config/", "node/src/cli/"], "configuration is read once"),
    ("std::process::exit", &["node/src/main.rs"], "only the program ends the program"),
    ("Uuid::now_v7", &["node/src/identity/"], "randomness is drawn in one place"),
    ("Uuid::new_v4", &["node/src/identity/"], "randomness is drawn in one place"),
    ("SystemRandom", &["node/src/identity/"], "randomness is drawn in one place"),
];

#[test]
fn what_belongs_in_one_place_is_only_there() {
    let mut wrong = Vec::new();
    for (word, places, why) in ONLY_IN {
        let mut used = false;
        for source in product() {
            if !has_word(&source.code, word) {
                continue;
            }
            used = true;
            if !places.iter().any(|place| source.path.starts_with(place)) {
                wrong.push(format!("{}: `{word}` ({why}; only in {})", source.path, places.join(", ")));
            }
        }
        // A rule about something that no longer exists would pass for ever.
        let expected_absent = [
            "SystemRandom",
            "SystemTime::now",
            "Uuid::new_v4",
            "Uuid::now_v7",
            "std::process::exit",
            "oxigraph",
        ];
        assert!(used || expected_absent.contains(word), "nothing uses `{word}`: is the rule still right?");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pure parts: no async, no I/O, no clock, no randomness.
#[test]
fn pure_parts_are_pure() {
    let pure = ["ontology/src/", "contracts/src/", "policies/src/", "node/src/domain/"];
    let impure = ["async fn", ".await", "std::fs", "std::net", "std::env", "tokio", "rand::", "std::thread"];
    let mut wrong = Vec::new();
    for source in product().filter(|s| pure.iter().any(|p| s.path.starts_with(p))) {
        for word in impure {
            if has_word(&source.code, word) {
                wrong.push(format!("{}: `{word}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Calls go one way: edge → use case → store; the domain knows nobody.
#[test]
fn modules_of_the_node_depend_one_way() {
    const FORBIDDEN: &[(&str, &[&str])] = &[
        (
            "domain",
            &[
                "app",
                "store",
                "log",
                "identity",
                "verify",
                "peer",
                "dataplane",
                "graph",
                "http",
                "cli",
                "config",
                "startup",
                "workers",
                "telemetry",
            ],
        ),
        ("log", &["app", "peer", "dataplane", "graph", "http", "cli", "startup", "workers"]),
        ("identity", &["app", "store", "dataplane", "graph", "http", "cli", "startup", "workers"]),
        (
            "verify",
            &["app", "store", "peer", "dataplane", "graph", "http", "cli", "config", "startup", "workers"],
        ),
        ("store", &["app", "verify", "peer", "dataplane", "graph", "http", "cli", "startup"]),
        ("app", &["http", "cli", "startup", "demo"]),
        ("peer", &["http", "cli", "startup"]),
        ("dataplane", &["cli", "startup", "graph", "store"]),
        ("graph", &["http", "cli", "startup", "dataplane", "peer"]),
        ("search", &["app", "store", "http", "cli", "startup", "dataplane", "peer", "graph"]),
        ("http", &["cli", "startup"]),
    ];
    let mut wrong = Vec::new();
    for (from, to) in FORBIDDEN {
        let (folder, file) = (format!("node/src/{from}/"), format!("node/src/{from}.rs"));
        for source in product().filter(|s| s.path.starts_with(&folder) || s.path == file) {
            for module in *to {
                if has_word(&source.code, &format!("crate::{module}")) {
                    wrong.push(format!("{}: `{from}` must not know `{module}`", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The domain is rebuilt from rows by hand and travels through types of `contracts`: it derives no serialisation.
#[test]
fn the_domain_derives_no_serialisation() {
    for source in product().filter(|s| s.path.starts_with("node/src/domain/")) {
        assert!(
            !has_word(&source.code, "Serialize") && !has_word(&source.code, "Deserialize"),
            "{}",
            source.path
        );
    }
}

/// The word, not as part of a longer one.
fn has_word(code: &str, word: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(word)
        .any(|(at, _)| !part(code[..at].chars().next_back()) && !part(code[at + word.len()..].chars().next()))
}
