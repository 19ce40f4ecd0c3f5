//! The kit itself: where it comes from, and one run of it.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::Wanted;
use super::cases::{self, Addresses};
use super::output::{self, Case};
use crate::authority;
use crate::conformance::maven::{Failure, Jars};
use crate::temporary::Folder;

/// Starts the kit; its own main program cannot run a single case.
const LAUNCH: &str = include_str!("Launch.java");
/// Seconds that the kit waits for a message of ours.
const PATIENCE: u32 = 10;
/// Longest whole run.
const END: Duration = Duration::from_secs(900);

/// Cases that the kit executes (two of its 67 are switched off in it).
pub const CASES: usize = 65;
/// The newest version before the kit was published as one artifact; it has the same cases.
const IN_PARTS: &str = "1.0.0-RC6";
const PARTS: [&str; 7] = [
    "tck-runtime",
    "core",
    "dsp-system",
    "dsp-metadata",
    "dsp-catalog",
    "dsp-contract-negotiation",
    "dsp-transfer-process",
];
const GROUP: &str = "org.eclipse.dataspacetck.dsp";

pub struct Kit {
    pub name: String,
    pub jars: Jars,
    /// Where the jars come from, as a sentence.
    pub origin: String,
    debug: bool,
}

impl Kit {
    /// The kit, from Maven Central or from a folder.
    ///
    /// # Errors
    /// It is at neither place.
    pub fn get(wanted: &Wanted) -> Result<Self, String> {
        if let Some(folder) = &wanted.jars {
            let jars = Jars::of_folder(folder)?;
            let origin = format!("kit: jars of {}", folder.display());
            let name = format!("{GROUP} {}", wanted.version);
            return Ok(Self { name, jars, origin, debug: wanted.debug });
        }
        match Self::central(&wanted.version, wanted.debug) {
            Ok(kit) => Ok(kit),
            Err(Failure::Missing(said)) if wanted.version != IN_PARTS => {
                let mut kit = Self::central(IN_PARTS, wanted.debug).map_err(|e| e.to_string())?;
                kit.origin = format!("{}, because {} is not to be had ({said})", kit.origin, wanted.version);
                Ok(kit)
            }
            Err(failure) => Err(failure.to_string()),
        }
    }

    fn central(version: &str, debug: bool) -> Result<Self, Failure> {
        // What a Gradle build would choose by itself of a library that exists for several platforms.
        let http = |version: &str| format!("com.squareup.okhttp3:okhttp-jvm:{version}");
        let artifacts: Vec<String> = if version == IN_PARTS {
            let parts = PARTS.iter().map(|part| format!("{GROUP}:{part}:{version}"));
            parts.chain([http("5.3.0")]).collect()
        } else {
            vec![format!("{GROUP}:dsp-tck:{version}"), http("5.4.0")]
        };
        let artifacts: Vec<&str> = artifacts.iter().map(String::as_str).collect();
        let jars = Jars::resolve(&format!("dsp-tck-{version}"), &artifacts)?;
        let name = format!("{GROUP} {version}");
        Ok(Self { origin: format!("kit: {name} of Maven Central"), name, jars, debug })
    }

    /// Runs all cases, or one, against a connector, or against the kit's own. Gives what was printed too.
    ///
    /// # Errors
    /// Java is missing, or the run broke off.
    pub async fn run(
        &self,
        port: u16,
        tested: Option<&Addresses>,
        case: Option<&str>,
    ) -> Result<(Vec<Case>, String), String> {
        let folder = Folder::default();
        let launch = folder.write("Launch.java", LAUNCH);
        let file = folder.path().join("kit.properties");
        let mut properties = cases::properties(port, tested, PATIENCE);
        properties.insert("dataspacetck.debug".into(), self.debug.to_string());
        cases::write(&properties, &file).map_err(|e| format!("{}: {e}", file.display()))?;
        let mut java = Command::new("java");
        java.args([
            "-Xmx512m",
            "-Djavax.net.ssl.trustStorePassword=changeit",
            &trust(&folder).await?,
            "-cp",
            &self.jars.class_path(),
        ]);
        java.arg(&launch).arg(&file).args(case);
        java.stdin(Stdio::null()).kill_on_drop(true);
        let ran = tokio::time::timeout(END, java.output()).await;
        let ran = ran.map_err(|_| format!("the kit does not end within {END:?}"))?;
        let ran = ran.map_err(|e| format!("java: {e}; install a JDK 17"))?;
        let text = [ran.stdout, ran.stderr].map(|s| String::from_utf8_lossy(&s).into_owned()).concat();
        match output::read(&text) {
            Ok(cases) => Ok((cases, text)),
            Err(said) => Err(format!("the kit's run broke: {said}\n{text}")),
        }
    }
}

/// Has Java trust the tests' authority: the option that names a store of it.
pub async fn trust(folder: &Folder) -> Result<String, String> {
    let (authority, store) =
        (folder.write("authority.pem", authority::root()), folder.path().join("trust.p12"));
    let mut keytool = Command::new("keytool");
    keytool.args([
        "-importcert",
        "-noprompt",
        "-alias",
        "tests",
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit",
    ]);
    let ran = keytool.arg("-file").arg(&authority).arg("-keystore").arg(&store).output().await;
    let ran = ran.map_err(|e| format!("keytool: {e}; install a JDK 17"))?;
    match ran.status.success() {
        true => Ok(format!("-Djavax.net.ssl.trustStore={}", store.display())),
        false => Err(format!("keytool: {}", String::from_utf8_lossy(&ran.stdout))),
    }
}
