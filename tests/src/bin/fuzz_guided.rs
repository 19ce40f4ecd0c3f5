//! One reader of foreign bytes under libFuzzer, which looks for bytes that reach more: see `tests/fuzz/guided`.

#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use tests::fuzz::{Target, corpus, target};

fn chosen() -> &'static Target {
    static CHOSEN: OnceLock<&Target> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        target(&name).unwrap_or_else(|| panic!("FUZZ_TARGET: no target `{name}`"))
    })
}

/// Lays what is understood into the folder that libFuzzer begins with.
fn lay_seeds() {
    let Some(folder) = std::env::var_os("FUZZ_SEEDS").map(PathBuf::from) else { return };
    for (number, bytes) in corpus(chosen()).into_iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), bytes).unwrap();
    }
}

libfuzzer_sys::fuzz_target!(
    init: lay_seeds(),
    |bytes: &[u8]| (chosen().read)(bytes)
);
