//! The Rust files of the workspace.

use std::sync::OnceLock;

use tests::reference::{files, repository};

pub struct Source {
    /// Relative to the repository, with `/`.
    pub path: String,
    pub text: String,
    /// Without comments and without the unit tests at its end: what ships.
    pub code: String,
}

/// Every Rust file of the product's crates and of the tests.
pub fn all() -> &'static [Source] {
    static ALL: OnceLock<Vec<Source>> = OnceLock::new();
    ALL.get_or_init(|| {
        let crates = ["ontology", "contracts", "policies", "node", "tests"];
        let found: Vec<Source> = crates
            .iter()
            .flat_map(|name| files(&repository().join(name), "rs"))
            .map(|file| {
                let path = file.strip_prefix(repository()).unwrap().to_string_lossy().replace('\\', "/");
                let text = std::fs::read_to_string(&file).unwrap();
                let code = shipped(&text);
                Source { path, text, code }
            })
            .collect();
        assert!(found.len() > 100, "only {} sources found", found.len());
        found
    })
}

/// Sources that ship: not package `tests`, no test-only files.
pub fn product() -> impl Iterator<Item = &'static Source> {
    all().iter().filter(|s| {
        s.path.split('/').nth(1) == Some("src") && !s.path.starts_with("tests/") && !test_only(&s.path)
    })
}

/// Modules that they, or a folder above them, have declared under `cfg(test)`.
fn test_only(path: &str) -> bool {
    let mut module = path.strip_suffix(".rs").unwrap_or(path).trim_end_matches("/mod");
    while let Some((folder, name)) = module.rsplit_once('/') {
        let declared = |visibility: &str| format!("#[cfg(test)]\n{visibility}mod {name};");
        let declarations = ["", "pub ", "pub(crate) ", "pub(super) "].map(declared);
        let parents = [format!("{folder}/mod.rs"), format!("{folder}.rs"), format!("{folder}/lib.rs")];
        let mut texts = parents.iter().filter_map(|parent| text_of(parent));
        if texts.any(|text| declarations.iter().any(|d| text.contains(d))) {
            return true;
        }
        module = folder;
    }
    false
}

fn text_of(path: &str) -> Option<&'static str> {
    all().iter().find(|s| s.path == path).map(|s| s.text.as_str())
}

fn shipped(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod ").filter(|at| text[*at..].contains('{')).unwrap_or(text.len());
    let mut code = String::with_capacity(end);
    for line in text[..end].lines() {
        // A `//` inside a string is an address: it follows a colon.
        let mut from = 0;
        let cut = loop {
            match line[from..].find("//") {
                Some(at) if from + at > 0 && line.as_bytes()[from + at - 1] == b':' => from += at + 2,
                Some(at) => break from + at,
                None => break line.len(),
            }
        };
        code.push_str(&line[..cut]);
        code.push('\n');
    }
    code
}
