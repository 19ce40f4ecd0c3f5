//! An EDC participant as a process: control plane and data plane in one virtual machine, stores in memory.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::management::Management;
use crate::conformance::maven::Jars;
use crate::process::free_port;
use crate::reference::repository;

/// Longest wait until it is healthy.
const PATIENCE: Duration = Duration::from_secs(60);
/// Its virtual machine may come up without its data plane being registered, for good: it is then started again.
const STARTS: u32 = 3;
/// A request that arrives while it opens its ports may never be answered.
const ANSWER: Duration = Duration::from_secs(5);
/// EDC has no main class of its own to write.
const MAIN: &str = "org.eclipse.edc.boot.system.runtime.BaseRuntime";

/// How a participant differs from another.
pub struct Setup<'a> {
    pub name: &'a str,
    /// Its identifier.
    pub id: &'a str,
    /// Where peers reach its protocol: EDC adds the version.
    pub callback: &'a str,
    /// Where its HTTP proxy is reached.
    pub public: &'a str,
    /// Largest heap, as the virtual machine takes it; its own choice when empty.
    pub heap: &'a str,
    /// State machines look every so many milliseconds; EDC's default when absent.
    pub wait_ms: Option<u32>,
    /// A PostgreSQL database of its own; stores in memory when absent.
    pub database: Option<String>,
    /// Whether the consumer accepts what a provider offers instead.
    pub accept_offers: bool,
}

/// A participant's ports, and its process while it runs.
pub struct Participant {
    pub name: String,
    pub id: String,
    folder: PathBuf,
    ports: Ports,
    pub management: Management,
    jars: String,
    heap: String,
    child: Option<Child>,
}

#[derive(Clone, Copy)]
pub struct Ports {
    default: u16,
    control: u16,
    management: u16,
    pub protocol: u16,
    pub public: u16,
    version: u16,
}

/// What EDC participants of one version share: jars, our extension compiled against them, keys, trust.
pub struct Kit {
    folder: PathBuf,
    jars: String,
}

impl Kit {
    /// # Errors
    /// What the JDK's tools said.
    pub fn prepare(folder: &Path, jars: &Jars, authority: &Path) -> Result<Self, String> {
        let classes = folder.join("classes");
        let services = classes.join("META-INF/services");
        std::fs::create_dir_all(&services).map_err(|e| e.to_string())?;
        let jars = jars.class_path();
        let source = repository().join("tests/edc/Extension.java");
        run(Command::new("javac")
            .args(["--release", "17", "-nowarn", "-cp", &jars, "-d"])
            .arg(&classes)
            .arg(source))?;
        let service = services.join("org.eclipse.edc.spi.system.ServiceExtension");
        std::fs::write(service, "Extension\n").map_err(|e| e.to_string())?;
        let key = rcgen::KeyPair::generate().map_err(|e| e.to_string())?;
        for (name, pem) in [("private-key", key.serialize_pem()), ("public-key", key.public_key_pem())] {
            std::fs::write(folder.join(format!("{name}.pem")), pem).map_err(|e| e.to_string())?;
        }
        let store = folder.join("trust.p12");
        run(Command::new("keytool")
            .args([
                "-importcert",
                "-noprompt",
                "-alias",
                "tests",
                "-storetype",
                "PKCS12",
                "-storepass",
                "public",
            ])
            .arg("-keystore")
            .arg(store)
            .arg("-file")
            .arg(authority))?;
        Ok(Self { folder: folder.to_owned(), jars: format!("{}:{jars}", classes.display()) })
    }

    /// A participant that does not run yet.
    pub fn participant(&self, ports: Ports, setup: &Setup<'_>) -> Participant {
        let folder = self.folder.join(setup.name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("edc.properties"), ports.properties(setup, &self.folder)).unwrap();
        Participant {
            name: setup.name.to_owned(),
            id: setup.id.to_owned(),
            folder,
            ports,
            management: Management::new(ports.management),
            jars: self.jars.clone(),
            heap: setup.heap.to_owned(),
            child: None,
        }
    }
}

impl Ports {
    pub fn free() -> Self {
        let [default, control, management, protocol, public, version] = [0; 6].map(|_: u16| free_port());
        Self { default, control, management, protocol, public, version }
    }

    fn properties(&self, setup: &Setup<'_>, keys: &Path) -> String {
        let mut text = String::new();
        let mut line = |key: &str, value: &str| writeln!(text, "{key}={value}").unwrap();
        for key in ["edc.participant.id", "edc.component.id"] {
            line(key, setup.id);
        }
        line("edc.hostname", "localhost");
        line("edc.dsp.callback.address", setup.callback);
        line("edc.dataplane.api.public.baseurl", setup.public);
        line("edc.transfer.proxy.token.signer.privatekey.alias", "private-key");
        line("edc.transfer.proxy.token.verifier.publickey.alias", "public-key");
        line("tests.keys", &keys.display().to_string());
        line("tests.accept.offers", if setup.accept_offers { "true" } else { "false" });
        for (context, port, path) in [
            ("", self.default, "/api"),
            (".control", self.control, "/control"),
            (".management", self.management, "/management"),
            (".protocol", self.protocol, "/protocol"),
            (".public", self.public, "/public"),
            (".version", self.version, "/version"),
        ] {
            line(&format!("web.http{context}.port"), &port.to_string());
            line(&format!("web.http{context}.path"), path);
        }
        if let Some(mut url) = setup.database.as_deref().and_then(|url| url::Url::parse(url).ok()) {
            line("edc.sql.schema.autocreate", "true");
            line("edc.datasource.default.user", url.username());
            line("edc.datasource.default.password", url.password().unwrap_or("none"));
            let _ = (url.set_username(""), url.set_password(None));
            line(
                "edc.datasource.default.url",
                &format!("jdbc:postgresql{}", url.as_str().trim_start_matches(url.scheme())),
            );
        }
        if let Some(wait) = setup.wait_ms {
            for machine in
                ["negotiation.consumer", "negotiation.provider", "transfer", "dataplane", "policy.monitor"]
            {
                line(&format!("edc.{machine}.state-machine.iteration-wait-millis"), &wait.to_string());
            }
        }
        text
    }
}

impl Participant {
    /// Starts it; gives how long it took until it said that it is healthy.
    ///
    /// # Errors
    /// What it wrote and answered when it did not become healthy, however often it was started.
    pub async fn start(&mut self) -> Result<Duration, String> {
        let mut attempt = 1;
        loop {
            match self.start_once().await {
                Err(said) if attempt < STARTS => {
                    eprintln!("{said}\nEDC {} is started again", self.name);
                    self.stop();
                    attempt += 1;
                }
                ended => return ended,
            }
        }
    }

    async fn start_once(&mut self) -> Result<Duration, String> {
        let log = std::fs::File::create(self.log()).map_err(|e| e.to_string())?;
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(log.try_clone().map_err(|e| e.to_string())?).stderr(log);
        let begun = Instant::now();
        self.child = Some(command.spawn().map_err(|e| format!("java: {e}; install a JDK 17"))?);
        let health = format!("http://127.0.0.1:{}/api/check/startup", self.ports.default);
        let http = reqwest::Client::builder().no_proxy().timeout(ANSWER).build().unwrap();
        loop {
            let answer = match http.get(&health).send().await {
                Ok(answer) => answer.json::<Value>().await.map_err(|e| e.to_string()),
                Err(e) => Err(e.to_string()),
            };
            if answer.as_ref().is_ok_and(|said| said["isSystemHealthy"] == true) {
                return Ok(begun.elapsed());
            }
            let ended = self.child.as_mut().is_some_and(|child| !matches!(child.try_wait(), Ok(None)));
            if ended || begun.elapsed() > PATIENCE {
                return Err(format!("EDC {} is not healthy: {answer:?}\n{}", self.name, self.said()));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new("java");
        if !self.heap.is_empty() {
            command.arg(format!("-Xmx{}", self.heap));
        }
        command
            .arg(format!("-Dedc.fs.config={}", self.folder.join("edc.properties").display()))
            .arg(format!("-Djavax.net.ssl.trustStore={}", self.folder.with_file_name("trust.p12").display()))
            .arg("-Djavax.net.ssl.trustStorePassword=public")
            .args(["-cp", &self.jars, MAIN]);
        command
    }

    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    pub fn ports(&self) -> Ports {
        self.ports
    }

    fn log(&self) -> PathBuf {
        self.folder.join("output.log")
    }

    /// The last it wrote.
    pub fn said(&self) -> String {
        let all = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = all.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Participant {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}; install a JDK 17"))?;
    if output.status.success() {
        return Ok(());
    }
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    Err(format!("{command:?}: {said}"))
}
