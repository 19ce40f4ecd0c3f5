//! The entry of a data request is on disk before the first byte of its answer: seen from outside, system call by
//! system call.

use std::process::Command;
use std::time::{Duration, Instant};

use tests::binary::fiducie;
use tests::pair::Pair;
use tests::process::Setup;
use tests::reader::Reader;
use tests::skip::skipped;
use tests::strace::{calls, durable, exchanges};
use tests::temporary::Folder;

const REQUESTS: usize = 50;
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether this machine lets a process be traced.
fn traceable() -> bool {
    let tried = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    tried.is_ok_and(|output| output.status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_entry_is_flushed_before_the_first_byte_of_each_answer() {
    if !traceable() {
        return skipped("flush before the answer", "strace is not installed, or not allowed here");
    }
    let scratch = Folder::named("flush");
    let mut pair = Pair::init(scratch.path(), &Setup::default(), &Setup::default());
    std::fs::write(pair.data("small.csv"), "a;b\n1;2\n").unwrap();
    pair.start().await;
    let dataset = pair.publish("small.csv").await;
    let transfer = pair.transfer(&pair.contract(&dataset).await).await;
    pair.consumer.stop();
    pair.provider.stop();
    let reader = Reader::of(&pair.consumer, &pair.authority.pem(), &transfer).await;

    let file = scratch.path().join("trace");
    let mut command = Command::new("strace");
    // The node stays our child (-D): what is stopped is the node, and the tracer ends with it.
    command.args(["-D", "-f", "-y", "-yy", "-s", "0", "-o"]).arg(&file);
    command.args([
        "-e",
        "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg,read,readv,recvfrom,recvmsg",
    ]);
    command.arg(fiducie()).arg("--dir").arg(&pair.provider.dir).arg("serve");
    pair.provider.start_as(command).await;
    // Peer and connection are known from here on: what is traced below is data requests and nothing else.
    assert!(reader.read().await.bytes().await.is_ok());
    for number in 1..=REQUESTS {
        let answer = reader.read().await;
        assert_eq!(answer.bytes().await.unwrap(), "a;b\n1;2\n");
        closed(&pair, number + 1).await;
    }
    pair.provider.stop();
    tokio::time::sleep(Duration::from_millis(500)).await;

    let trace = std::fs::read_to_string(&file).unwrap();
    let calls = calls(&trace);
    let connection =
        connection(&calls).unwrap_or_else(|| panic!("no connection in the trace:\n{}", head(&trace)));
    let found = exchanges(&calls, &connection);
    assert!(found.len() >= REQUESTS, "{} exchanges on {connection}:\n{}", found.len(), head(&trace));
    for (number, (asked, answered)) in found[found.len() - REQUESTS..].iter().enumerate() {
        durable(&calls, *asked, *answered).unwrap_or_else(|why| panic!("request {number}: {why}"));
    }
}

/// Waits for the closing entry of so many requests, so that its flush does not count for the next one.
async fn closed(pair: &Pair, requests: usize) {
    let begun = Instant::now();
    loop {
        // Asked by another process each time: the reader's connection stays the one with most answers.
        let entries = pair.provider.command(&["log", "list"]);
        let entries = entries.as_array().cloned().unwrap_or_default();
        if entries.iter().filter(|e| e["kind"] == "delivery.closed").count() >= requests {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "request {requests} is not closed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The connection with most answers: the reader keeps one open.
fn connection(calls: &[tests::strace::Call]) -> Option<String> {
    let mut counts = std::collections::HashMap::new();
    for call in calls.iter().filter(|c| tests::strace::is_answer(c)) {
        let start = call.text.find('<')?;
        let end = call.text.find("]>").map(|e| e + 2).or_else(|| call.text.find('>').map(|e| e + 1))?;
        *counts.entry(call.text[start..end].to_owned()).or_insert(0) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(name, _)| name)
}

fn head(trace: &str) -> String {
    trace.lines().take(60).collect::<Vec<_>>().join("\n")
}
