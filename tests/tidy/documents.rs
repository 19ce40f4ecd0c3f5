//! Documents lead somewhere: every relative link and every path named in them exists.

use std::path::Path;

use tests::reference::{files, repository};

fn documents() -> Vec<std::path::PathBuf> {
    let mut found = files(&repository().join("docs"), "md");
    found.extend(files(&repository().join("deploy"), "md"));
    let root = std::fs::read_dir(repository()).unwrap().map(|e| e.unwrap().path());
    found.extend(root.filter(|p| p.extension().is_some_and(|e| e == "md")));
    found
}

#[test]
fn links_lead_to_files_and_headings() {
    let mut wrong = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for (_, rest) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let Some(target) = rest.split([')', ' ', '\n']).next() else { continue };
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { document.clone() } else { document.parent().unwrap().join(path) };
            if !file.exists() {
                wrong.push(format!("{}: {target} leads nowhere", document.display()));
            } else if !heading.is_empty() && !headings(&file).iter().any(|h| h == heading) {
                wrong.push(format!("{}: {target}: no such heading", document.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Anchors of the headings, as code forges make them.
fn headings(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            title
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .collect::<String>()
                .replace(' ', "-")
        })
        .collect()
}

#[test]
fn paths_named_in_documents_exist() {
    let roots = ["ontology/", "contracts/", "policies/", "node/", "tests/", "docs/", "deploy/", ".ci/"];
    let mut wrong = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        let mut fenced = false;
        for line in text.lines() {
            if line.starts_with("```") {
                fenced = !fenced;
            }
            // Inside backticks: every second piece.
            for name in line.split('`').skip(1).step_by(2).filter(|_| !fenced) {
                let plain = !name.contains([' ', '*', '{', '<', '…', '$']);
                let path = name.split([':', '#']).next().unwrap_or_default();
                if plain && roots.iter().any(|r| path.starts_with(r)) && !repository().join(path).exists() {
                    wrong.push(format!("{}: `{name}` does not exist", document.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
