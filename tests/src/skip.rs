//! Saying that a test did not run. The test command counts these lines, so that nothing passes by being absent.

use std::io::Write;

/// Says, past the capture of the test harness, that `what` was not tested and why.
pub fn skipped(what: &str, why: &str) {
    // One write and a line of its own: other tests write at the same time.
    let _ = std::io::stderr().write_all(format!("\nskipped: {what}: {why}\n").as_bytes());
}
