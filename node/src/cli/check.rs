//! `fiducie check`: looks at a node from outside and says what is not right.

use std::path::Path;
use std::process::Command;

use contracts::api::status::Check;
use contracts::did;
use serde_json::{Value, json};

use super::Global;
use super::access;
use super::exit::Failed;
use super::output::table;
use crate::config::{self, Config};
use crate::domain::time::Clock;
use crate::peer;
use crate::startup::certificates;
use crate::store::Store;
use crate::text;

/// Free space below which a node is warned about, in MiB.
const LEAST_SPACE: u64 = 512;

pub async fn run(global: &Global) -> Result<(), Failed> {
    let out = global.output();
    let mut checks = Vec::new();
    match config::load(&global.dir) {
        Err(config::ConfigError(faults)) => {
            let faults = faults.into_iter().map(|f| format!("{} = {}: {}", f.field, f.value, f.remedy));
            checks.extend(faults.map(|detail| wrong("config", detail)));
        }
        Ok(config) => {
            checks.push(right("config", config.dir.join(config::FILE).display()));
            checks.push(judge(
                "secret",
                config::secret(&config).map(|_| "opens, and only its owner can read it"),
            ));
            if config.tls() {
                checks.push(judge(
                    "certificate",
                    certificates(&config).map(|n| format!("{n} read with their keys")),
                ));
            }
            database(&config, &mut checks).await;
            checks.push(space(&config.dir));
            identities(&config, &mut checks).await;
        }
    }
    let failed = checks.iter().filter(|c| !c.ok).count();
    out.result(&json!({ "ok": failed == 0, "checks": checks }), |_| {
        let row = |c: &Check| {
            let mark = text::get(out.lang, if c.ok { "cli.check-ok" } else { "cli.check-wrong" });
            vec![mark.to_owned(), c.name.clone(), c.detail.clone()]
        };
        table(&checks.iter().map(row).collect::<Vec<_>>())
    })?;
    match failed {
        0 => Ok(()),
        _ if out.json => Err(Failed::ToldSetup),
        n => {
            let (n, all) = (n.to_string(), checks.len().to_string());
            Err(Failed::Setup(text::fill(out.lang, "cli.check-failed", &[("count", &n), ("all", &all)])))
        }
    }
}

fn right(name: &str, detail: impl ToString) -> Check {
    Check { name: name.into(), ok: true, detail: detail.to_string() }
}

fn wrong(name: &str, detail: impl ToString) -> Check {
    Check { name: name.into(), ok: false, detail: detail.to_string() }
}

fn judge(name: &str, result: Result<impl ToString, impl std::fmt::Display>) -> Check {
    match result {
        Ok(detail) => right(name, detail),
        Err(error) => wrong(name, error.to_string()),
    }
}

/// Reachable, of this program's schema, durable; and the clock not behind it. The lease is left to the node that may be running.
async fn database(config: &Config, checks: &mut Vec<Check>) {
    match Store::inspect(&config.database_url()).await {
        Err(error) => checks.push(wrong("database", error)),
        Ok(found) => {
            checks.push(right("database", "reachable, schema up to date"));
            let now = Clock::System.now();
            checks.push(match found.newest.filter(|newest| *newest > now) {
                None => right("clock", now.rfc3339()),
                Some(newest) => wrong(
                    "clock",
                    format!("{} is before the newest log entry, {}", now.rfc3339(), newest.rfc3339()),
                ),
            });
            for setting in found.settings {
                let detail = format!("{} = {}", setting.name, setting.value);
                checks.push(match setting.safe {
                    true => right("durability", detail),
                    false => wrong(
                        "durability",
                        format!("{detail}: what was answered may not survive a power cut"),
                    ),
                });
            }
        }
    }
}

/// Free space where the node writes, as `df` (POSIX) tells it.
fn space(dir: &Path) -> Check {
    let output = Command::new("df").arg("-Pk").arg(dir).env("LC_ALL", "C").output();
    let text = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    let free = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    match free.map(|kib| kib / 1024) {
        Some(mib) if mib >= LEAST_SPACE => right("disk", format!("{mib} MiB free")),
        Some(mib) => {
            wrong("disk", format!("{mib} MiB free; the node stops accepting writes when the disk is full"))
        }
        None => wrong("disk", "df does not tell the free space"),
    }
}

/// Each member's own DID document, fetched by its public name as peers do.
async fn identities(config: &Config, checks: &mut Vec<Check>) {
    let client = match peer::Client::from_config(config) {
        Ok(client) => client,
        Err(error) => return checks.push(wrong("outgoing", error)),
    };
    let all = match access::list(&config.dir) {
        Ok(all) => all,
        Err(error) => return checks.push(wrong("access", error)),
    };
    for member in all {
        let name = format!("identity of {}", member.member);
        let fetched = async {
            let url = url::Url::parse(&member.url).map_err(|e| e.to_string())?;
            let expected = did::from_base_url(&url).map_err(|e| e.to_string())?;
            let address = did::document_url(expected.as_str()).map_err(|e| e.to_string())?;
            let answer = client.get(address.as_str(), None, config.limits.document_bytes).await;
            let answer = answer.map_err(|e| format!("{address}: {e}"))?;
            if !answer.is_success() {
                return Err(format!("{address} answers {}", answer.status));
            }
            let document: Value =
                serde_json::from_slice(&answer.body).map_err(|e| format!("{address}: {e}"))?;
            match document.get("id").and_then(Value::as_str) {
                Some(found) if found == expected.as_str() => {
                    Ok(format!("{expected}, fetched from {address}"))
                }
                found => Err(format!("{address} shows {}, expected {expected}", found.unwrap_or("no id"))),
            }
        };
        checks.push(judge(&name, fetched.await));
    }
}
