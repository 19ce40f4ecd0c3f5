//! The shipped binary: no test double is in it, nothing switches one on.

use tests::reference::repository;
use tests::{DOUBLE, binary};

#[test]
fn the_shipped_binary_holds_no_test_double() {
    let marker = DOUBLE.as_bytes();
    let holds = |bytes: &[u8]| bytes.windows(marker.len()).any(|window| window == marker);
    let shipped = std::fs::read(binary::fiducie()).unwrap();
    assert!(!holds(&shipped), "{DOUBLE} is in the shipped binary");
    // The search finds what is there: this program links the doubles.
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert!(holds(&own));
}

#[test]
fn no_feature_flag_or_variable_of_the_build_changes_the_product() {
    for name in ["ontology", "contracts", "policies", "node"] {
        let manifest = std::fs::read_to_string(repository().join(name).join("Cargo.toml")).unwrap();
        let table: toml::Table = manifest.parse().unwrap();
        assert!(!table.contains_key("features"), "{name} declares features");
        assert!(!repository().join(name).join("build.rs").exists(), "{name} has a build script");
    }
    for source in crate::source::product() {
        for word in ["option_env!", "cfg(feature", "debug_assertions", "cfg!("] {
            assert!(!source.code.contains(word), "{}: {word}", source.path);
        }
    }
}
