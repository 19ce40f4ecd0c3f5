//! Reads what `strace -f` saw: which bytes left, and which flushes came before.

/// One finished system call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub thread: u32,
    pub name: String,
    /// First argument: the file descriptor.
    pub file: i64,
    /// The whole line after the call's name.
    pub text: String,
    /// Place of its beginning and of its end in the trace.
    pub begun: usize,
    pub ended: usize,
}

/// The calls of a trace, each once, in the order in which they ended. A call that another thread interrupted stands in
/// two lines (`<unfinished ...>`, `<... resumed>`), which are put together.
pub fn calls(trace: &str) -> Vec<Call> {
    let mut open: std::collections::HashMap<u32, (usize, String)> = std::collections::HashMap::new();
    let mut calls = Vec::new();
    for (place, line) in trace.lines().enumerate() {
        let Some((thread, rest)) = thread(line) else { continue };
        if let Some((start, _)) = rest.split_once(" <unfinished ...>") {
            open.insert(thread, (place, start.to_owned()));
            continue;
        }
        let (begun, text) = match rest.strip_prefix("<... ").and_then(|r| r.split_once(" resumed>")) {
            Some((_, end)) => match open.remove(&thread) {
                Some((begun, start)) => (begun, start + end),
                None => continue,
            },
            None => (place, rest.to_owned()),
        };
        let Some((name, arguments)) = text.split_once('(') else { continue };
        let digits: String = arguments.chars().take_while(char::is_ascii_digit).collect();
        let Ok(file) = digits.parse() else { continue };
        calls.push(Call {
            thread,
            name: name.to_owned(),
            file,
            text: arguments.to_owned(),
            begun,
            ended: place,
        });
    }
    calls
}

/// `[pid 12] rest`, `12 rest` or a line without a thread.
fn thread(line: &str) -> Option<(u32, &str)> {
    let line = line.trim_start_matches("[pid ").trim_start();
    let digits = line.find(|c: char| !c.is_ascii_digit())?;
    let thread = line[..digits].parse().ok()?;
    Some((thread, line[digits..].trim_start_matches(']').trim_start()))
}

/// A flush that succeeded.
pub fn is_flush(call: &Call) -> bool {
    matches!(call.name.as_str(), "fdatasync" | "fsync") && call.text.contains("= 0")
}

/// Bytes to a socket (strace -y shows `<TCP:…>` or `<socket:…>`).
pub fn is_answer(call: &Call) -> bool {
    matches!(call.name.as_str(), "write" | "writev" | "sendto" | "sendmsg")
        && (call.text.contains("<TCP") || call.text.contains("<socket:"))
}

/// Bytes to the database's write-ahead log.
pub fn is_log_write(call: &Call) -> bool {
    matches!(call.name.as_str(), "pwrite64" | "write" | "writev") && call.text.contains("-wal>")
}

/// What went wrong with one answer, or nothing: between the request's arrival and the first byte of its answer the
/// write-ahead log must have been written and, after its last such write, flushed.
///
/// # Errors
/// Why the answer cannot have been durable, as a sentence.
pub fn durable(calls: &[Call], asked: usize, answered: usize) -> Result<(), String> {
    let between = |c: &&Call| c.begun > asked && c.ended < answered;
    let written = calls.iter().filter(between).filter(|c| is_log_write(c)).map(|c| c.ended).min();
    let Some(written) = written else {
        return Err(format!("nothing was written to the database between lines {asked} and {answered}"));
    };
    let flushed =
        calls.iter().filter(between).any(|c| is_flush(c) && c.text.contains("-wal>") && c.begun > written);
    match flushed {
        true => Ok(()),
        false => {
            Err(format!("written at line {written}, but not flushed before the answer at line {answered}"))
        }
    }
}

/// Requests and the first bytes of their answers, one after another on one connection: each read of the socket that
/// begins a request is followed by the first write to the same socket.
pub fn exchanges(calls: &[Call], peer: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut asked = None;
    for call in calls.iter().filter(|c| c.text.contains(peer)) {
        let arrived =
            matches!(call.name.as_str(), "read" | "recvfrom" | "recvmsg" | "readv") && bytes(call) > 0;
        if arrived {
            asked = Some(call.ended);
        } else if is_answer(call)
            && let Some(asked) = asked.take()
        {
            found.push((asked, call.begun));
        }
    }
    found
}

/// What the call returned.
fn bytes(call: &Call) -> i64 {
    let result = call.text.rsplit(" = ").next().unwrap_or_default();
    result.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = r#"10 recvfrom(15<TCP:[127.0.0.1:1->127.0.0.1:2]>, ""..., 4096, 0, NULL, NULL) = 900
11 pwrite64(7</d/fiducie.sqlite-wal>, ""..., 4096, 32) = 4096
11 fdatasync(7</d/fiducie.sqlite-wal> <unfinished ...>
10 write(3<anon_inode:[eventfd]>, ""..., 8) = 8
11 <... fdatasync resumed>)                 = 0
10 writev(15<TCP:[127.0.0.1:1->127.0.0.1:2]>, [{iov_base=""..., iov_len=5}], 1) = 5
"#;

    fn judge(trace: &str) -> Result<(), String> {
        let calls = calls(trace);
        let found = exchanges(&calls, "<TCP");
        assert_eq!(found.len(), 1, "{calls:?}");
        durable(&calls, found[0].0, found[0].1)
    }

    #[test]
    fn a_flush_before_the_answer_is_found() {
        assert_eq!(judge(SOUND), Ok(()));
    }

    #[test]
    fn a_missing_late_or_failed_flush_is_found() {
        let without: String =
            SOUND.lines().filter(|l| !l.contains("fdatasync")).fold(String::new(), |a, l| a + l + "\n");
        assert!(judge(&without).unwrap_err().contains("not flushed"));
        let mut lines: Vec<&str> = SOUND.lines().collect();
        lines.swap(4, 5);
        assert!(judge(&lines.join("\n")).unwrap_err().contains("not flushed"), "the answer came first");
        assert!(judge(&SOUND.replace("= 0\n", "= -1 EIO\n")).is_err(), "the flush failed");
        assert!(
            judge(&SOUND.replace("fdatasync(7</d/fiducie.sqlite-wal>", "fdatasync(7</d/other>")).is_err()
        );
        assert!(
            judge(&SOUND.replace("pwrite64(7", "pread64(7")).unwrap_err().contains("nothing was written")
        );
        let mut early: Vec<&str> = SOUND.lines().collect();
        early.swap(1, 4);
        early.swap(2, 3);
        assert!(judge(&early.join("\n")).is_err(), "the flush came before the write");
    }
}
