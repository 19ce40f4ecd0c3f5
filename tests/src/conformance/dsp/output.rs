//! What the kit prints. Its exit code says nothing.

/// One case as the kit saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `CN:01-01`
    pub name: String,
    pub passed: bool,
    /// Why not, in the kit's words.
    pub said: Option<String>,
}

/// Reads the cases, in the order they ran.
///
/// # Errors
/// The run itself broke: no sums at the end, or sums that differ from the cases.
pub fn read(text: &str) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for line in text.lines().map(message) {
        let Some((status, name)) = line.split_once(": ") else { continue };
        if ["SUCCESSFUL", "FAILED", "ABORTED"].contains(&status) && name.contains(':') {
            let passed = status == "SUCCESSFUL";
            let said = if passed { None } else { said(text, name) };
            cases.push(Case { name: name.to_owned(), passed, said });
        }
    }
    let sum = |label: &str| {
        let line = text.lines().find_map(|line| message(line).strip_prefix(label));
        line.and_then(|n| n.trim().parse::<usize>().ok()).ok_or_else(|| format!("no `{label}` in its output"))
    };
    let (passed, failed) = (sum("Passed tests:")?, sum("Failed tests:")?);
    let counted = cases.iter().filter(|case| case.passed).count();
    if (counted, cases.len() - counted) == (passed, failed) {
        Ok(cases)
    } else {
        Err(format!("it sums up {passed} passed and {failed} failed, but shows {counted} of {}", cases.len()))
    }
}

/// A line without the instant before it.
fn message(line: &str) -> &str {
    let line = line.trim();
    let (instant, rest) = line.strip_prefix("[20").and_then(|l| l.split_once(']')).unwrap_or(("", line));
    if instant.contains('T') { rest.trim() } else { line }
}

/// What stands below a case in the list of failures.
fn said(text: &str, name: &str) -> Option<String> {
    let (_, failures) = text.split_once("Failures:")?;
    let (_, from) = failures.split_once(&format!("[{name}"))?;
    let lines = from.lines().skip(1).map(message).skip_while(|line| line.is_empty());
    let lines: Vec<&str> =
        lines.take_while(|line| !line.is_empty() && !line.starts_with('■')).take(5).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "[2026-11-22T04:35:41.43] Started: CN:01-01: Verify it\n\
        [2026-11-22T04:35:42.1] SUCCESSFUL: CN:01-01\n\nStarted: CN:01-02: Verify that\n\
        FAILED: CN:01-02\n\n[2026-11-22T04:35:43] Passed tests: 1\nFailed tests: 1\nFailures:\n\n   ■ a.B.cn_01_02\n\n     \
        [CN:01-02: Verify that]\n[2026-11-22T04:35:43]      expected: <A> but was: <B>\n\nTest run complete\n";

    #[test]
    fn cases_and_sums_are_read_together() {
        let cases = read(RUN).unwrap();
        assert_eq!(cases.iter().map(|c| c.passed).collect::<Vec<_>>(), [true, false]);
        assert_eq!(cases[1].said.as_deref(), Some("expected: <A> but was: <B>"));
        assert!(read(&RUN.replace("Passed tests: 1", "Passed tests: 2")).is_err(), "a sum that is not true");
        assert!(read("Started: CN:01-01: Verify it\n").is_err(), "a run that broke off");
    }
}
