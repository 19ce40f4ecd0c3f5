//! Tables in `docs/` that are produced by a test: the document is the snapshot.

use crate::reference::repository;

/// Checks that a document holds `table` between its two marker lines. Run with `INSTA_UPDATE=always` to accept a change.
pub fn holds(document: &str, table: &str) {
    const FROM: &str = "<!-- table: from here to the end marker written by the test `protocol` -->\n";
    const TO: &str = "<!-- end -->";
    let path = repository().join(document);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{document}: {e}"));
    let (head, rest) = text.split_once(FROM).unwrap_or_else(|| panic!("{document} has no table marker"));
    let (found, tail) = rest.split_once(TO).unwrap_or_else(|| panic!("{document} has no end marker"));
    if found == table {
        return;
    }
    if std::env::var("INSTA_UPDATE").is_ok_and(|v| v == "always") {
        std::fs::write(&path, format!("{head}{FROM}{table}{TO}{tail}")).unwrap();
        return;
    }
    for (line, (a, b)) in found.lines().zip(table.lines()).enumerate() {
        assert_eq!(
            a,
            b,
            "{document}, line {} of the table; INSTA_UPDATE=always accepts the change",
            line + 1
        );
    }
    panic!("{document}: {} lines, the code gives {}", found.lines().count(), table.lines().count());
}
