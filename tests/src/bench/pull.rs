//! A large pull against nginx and curl doing the same work: TLS, one SHA-256 on each side, a file that is on disk at the
//! end. Both in turn, in the same run.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use contracts::api::transfer::PullView;

use super::Sizes;
use super::figure::{Figure, percentile};
use super::machine::Machine;
use crate::pair::Pair;
use crate::process::free_port;

const TIMES: usize = 3;

pub async fn measure(
    pair: &Pair,
    transfer: &str,
    file: &Path,
    machine: &Machine,
    sizes: &Sizes,
) -> Vec<Figure> {
    let reference = Nginx::start(pair, file, sizes.nginx.as_deref());
    let megabytes = std::fs::metadata(file).unwrap().len() as f64 / 1e6;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for node in [&pair.provider, &pair.consumer] {
        node.reset_peak();
    }
    for time in 0..TIMES {
        ours.push(megabytes / pull(pair, transfer, &format!("large-{time}")).await);
        if let Ok(nginx) = &reference {
            theirs.push(megabytes / nginx.fetch(pair, file));
        }
    }
    let peak = pair.provider.memory().1.max(pair.consumer.memory().1) as f64 / 1e6;
    let rate = percentile(&mut ours, 0.5);
    let versus = match reference {
        Ok(nginx) => {
            let reference = percentile(&mut theirs, 0.5);
            Figure::new("pull_vs_reference", rate / reference, "").at_least(0.8).note(format!(
                "{} → curl {} MB/s, {megabytes:.0} MB, medians of {TIMES}, digests by {}",
                nginx.version, reference as u64, nginx.digest
            ))
        }
        Err(why) => Figure::missing("pull_vs_reference", "", why),
    };
    vec![
        Figure::new("pull_mb_per_s", rate, "MB/s").of("SHA-256, one core", machine.sha256),
        versus,
        Figure::new("pull_memory_mb", peak, "MB").at_most(100.0).note("peak of the larger of the two nodes"),
    ]
}

/// One pull through both nodes; seconds from asking until it is done and on disk.
async fn pull(pair: &Pair, transfer: &str, name: &str) -> f64 {
    let begun = Instant::now();
    let mut job: PullView = pair.consumer.api.pull(transfer, name).await.unwrap_or_else(|e| panic!("{e}"));
    while job.state == "running" {
        tokio::time::sleep(Duration::from_millis(20)).await;
        job = pair.consumer.api.pulled(&job).await.unwrap_or_else(|e| panic!("{e}"));
    }
    assert_eq!(job.state, "done", "{:?}", job.error);
    let took = begun.elapsed().as_secs_f64();
    let _ = std::fs::remove_file(&job.file);
    took
}

/// The reference server.
struct Nginx {
    child: Child,
    port: u16,
    version: String,
    digest: &'static str,
}

impl Nginx {
    fn start(pair: &Pair, file: &Path, program: Option<&Path>) -> Result<Self, String> {
        let program = program.map_or_else(|| PathBuf::from("nginx"), Path::to_owned);
        let missing = "nginx is missing: install Debian's package, or name the program with --nginx";
        let said = Command::new(&program).arg("-v").output().map_err(|_| missing.to_owned())?;
        let version =
            String::from_utf8_lossy(&said.stderr).trim().rsplit(' ').next().unwrap_or("nginx").to_owned();
        if Command::new("curl").arg("--version").output().is_err() {
            return Err("curl is missing".into());
        }
        let fast = Command::new("openssl").arg("version").output().is_ok_and(|o| o.status.success());
        let (folder, port) = (pair.root.join("nginx"), free_port());
        std::fs::create_dir_all(folder.join("tmp")).unwrap();
        let certificate = pair.authority.issue("nginx");
        // A server started by root would otherwise read as somebody who may not.
        let named = |what| {
            Command::new("id")
                .arg(what)
                .output()
                .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
        };
        let user = match (named("-un"), named("-gn")) {
            (Ok(user), Ok(group)) if user == "root" => format!("user {user} {group}; "),
            _ => String::new(),
        };
        let config = format!(
            "{user}worker_processes 1; daemon off; pid nginx.pid; error_log error.log; events {{}}\n\
             http {{ access_log off; client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; \
             uwsgi_temp_path tmp; scgi_temp_path tmp; sendfile on;\n\
             server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {}; ssl_certificate_key {}; \
             ssl_protocols TLSv1.3; root {}; }} }}\n",
            certificate.chain.display(),
            certificate.key.display(),
            file.parent().unwrap().display(),
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let mut command = Command::new(program);
        command.arg("-p").arg(&folder).args(["-e", "error.log", "-c", "nginx.conf"]);
        let child = command.stderr(Stdio::null()).spawn().map_err(|e| format!("nginx: {e}"))?;
        std::thread::sleep(Duration::from_millis(500));
        let digest = if fast { "openssl" } else { "sha256sum" };
        Ok(Self { child, port, version, digest })
    }

    /// The server's digest of the file, curl, the client's digest and the file on disk, all at the same time.
    fn fetch(&self, pair: &Pair, file: &Path) -> f64 {
        let digest = match self.digest {
            "openssl" => "openssl dgst -sha256 -r",
            _ => "sha256sum",
        };
        let script = format!(
            "set -e; {digest} \"$1\" > server.digest & \
             curl -sSf --cacert \"$2\" \"$3\" | tee received | {digest} > client.digest; sync received; wait"
        );
        let folder = pair.root.join("nginx");
        let url = format!("https://localhost:{}/{}", self.port, file.file_name().unwrap().to_str().unwrap());
        let begun = Instant::now();
        let mut command = Command::new("sh");
        command
            .current_dir(&folder)
            .args(["-c", &script, "sh"])
            .arg(file)
            .arg(pair.authority.file())
            .arg(url);
        assert!(command.status().unwrap().success(), "the reference transfer failed");
        let took = begun.elapsed().as_secs_f64();
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap()[..64].to_owned();
        assert_eq!(read("server.digest"), read("client.digest"), "the reference transfer is not whole");
        let _ = std::fs::remove_file(folder.join("received"));
        took
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("sh").arg("-c").arg(format!("kill -QUIT {}", self.child.id())).status();
        let _ = self.child.wait();
    }
}
