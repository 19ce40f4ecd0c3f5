//! Real nodes: the program as it ships, in folders of its own making, as processes that can be stopped and killed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::api::{Api, http};
use crate::authority::Authority;
use crate::binary::fiducie;

/// Longest wait for a node to be ready, or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a node is made with.
#[derive(Default, Clone)]
pub struct Setup {
    /// Database address; without one an SQLite file in the folder.
    pub database: Option<String>,
    /// More of `fiducie.toml`, after the sections that every test node has (`listen`, `outgoing`, `telemetry`).
    pub settings: String,
    /// Behind a reverse proxy: the member's address there. By default the node ends TLS itself.
    pub behind: Option<String>,
}

/// A folder with one member, and its process while it runs.
pub struct Node {
    pub name: String,
    pub dir: PathBuf,
    pub did: String,
    /// Address of the member.
    pub url: String,
    pub api: Api,
    /// Where it listens.
    pub port: u16,
    authority: String,
    child: Option<Child>,
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Node {
    /// `fiducie init`, with settings that let two nodes of one machine reach each other.
    ///
    /// # Panics
    /// When the program refuses; with what it said.
    pub fn init(root: &Path, name: &str, authority: &Authority, setup: &Setup) -> Self {
        let dir = root.join(name);
        let port = free_port();
        let url = setup.behind.clone().unwrap_or_else(|| format!("https://localhost:{port}"));
        let mut command = Command::new(fiducie());
        command.arg("--dir").arg(&dir).args(["--json", "init", "--name", name, "--url", &url]);
        command.args(["--place", "FR", "--law", "FR"]);
        if setup.behind.is_some() {
            command.args(["--behind-proxy", "--listen", &format!("127.0.0.1:{port}")]);
        } else {
            let certificate = authority.issue(name);
            command.arg("--certificate").arg(&certificate.chain).arg("--key").arg(&certificate.key);
        }
        if let Some(database) = &setup.database {
            command.args(["--database", database]);
        }
        let made = output(&mut command);
        let read =
            |key: &str| made[key].as_str().unwrap_or_else(|| panic!("no `{key}` in {made}")).to_owned();
        let access: Value = serde_json::from_slice(&std::fs::read(read("access")).unwrap()).unwrap();
        let config = dir.join("fiducie.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let authorities = toml::Value::from(authority.file().display().to_string());
        let added = format!(
            "{text}\n[outgoing]\nauthorities = [{authorities}]\nprivate_networks = [\"127.0.0.0/8\", \"::1/128\"]\n\
             [telemetry]\nlog = \"warn\"\n{}",
            setup.settings
        );
        std::fs::write(config, added).unwrap();
        let token = access["token"].as_str().unwrap();
        let api = Api::new(&authority.pem(), &url, token);
        let (did, authority) = (read("did"), authority.pem());
        Self { name: name.into(), dir, did, url, api, port, authority, child: None }
    }

    /// `fiducie serve`, until it is ready; gives how long that took.
    pub async fn start(&mut self) -> Duration {
        let mut command = Command::new(fiducie());
        command.arg("--dir").arg(&self.dir).arg("serve");
        self.start_as(command).await
    }

    /// The same under a tracer, or any other command that runs the program.
    pub async fn start_as(&mut self, mut command: Command) -> Duration {
        assert!(self.child.is_none(), "{} runs already", self.name);
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let (http, health) = (http(&self.authority), format!("{}/health/ready", self.url));
        let begun = Instant::now();
        let mut child = command.spawn().unwrap_or_else(|e| panic!("{command:?}: {e}"));
        loop {
            if http.get(&health).send().await.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            if let Some(status) = child.try_wait().unwrap() {
                panic!("{} ended with {status} before it was ready:\n{}", self.name, self.said());
            }
            assert!(begun.elapsed() < PATIENCE, "{} is not ready:\n{}", self.name, self.said());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let took = begun.elapsed();
        self.child = Some(child);
        took
    }

    /// The process, while there is one.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// `kill -9`: nothing of the process runs any more when this returns.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let asked = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", child.id())).status();
        assert!(asked.unwrap().success());
        let begun = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("{} does not end:\n{}", self.name, self.said());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs another command of the program on this folder; gives its JSON.
    pub fn command(&self, arguments: &[&str]) -> Value {
        output(Command::new(fiducie()).arg("--dir").arg(&self.dir).arg("--json").args(arguments))
    }

    fn log(&self) -> PathBuf {
        self.dir.join("stderr.log")
    }

    /// What it wrote to standard error, from all its runs.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Certificate (PEM) of the authority that the node's address is under.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Memory of the process in bytes: resident now, and at most since it started or [`Node::reset_peak`].
    pub fn memory(&self) -> (u64, u64) {
        memory(self.pid().unwrap())
    }

    /// Measures the peak of memory anew from here (Linux, `clear_refs`).
    pub fn reset_peak(&self) {
        reset_peak(self.pid().unwrap());
    }
}

/// Memory of a process in bytes: resident now, and at most since it started or [`reset_peak`].
pub fn memory(pid: u32) -> (u64, u64) {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// Processor time of a process so far, in milliseconds, of all threads that still live (Linux, `schedstat`).
pub fn processor_ms(pid: u32) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let nanoseconds = threads.flatten().filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e6
}

/// Measures the peak of a process's memory anew from here (Linux, `clear_refs`).
pub fn reset_peak(pid: u32) {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn output(command: &mut Command) -> Value {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let (said, result) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{command:?}: {}\n{said}{result}", output.status);
    serde_json::from_str(&result).unwrap_or_else(|e| panic!("{command:?}: {e}: {result}"))
}
