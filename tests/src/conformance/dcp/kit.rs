//! The kit itself: where it comes from, and one run of one of its packages.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::Wanted;
use crate::conformance::dsp::cases::write;
use crate::conformance::dsp::kit::trust;
use crate::conformance::maven::{Failure, Jars};
use crate::temporary::Folder;

/// Starts the kit; its own main program does not say which cases failed in a form that can be read.
const LAUNCH: &str = include_str!("Launch.java");
/// Longest run of one package.
const END: Duration = Duration::from_secs(300);
const GROUP: &str = "org.eclipse.dataspacetck.dcp";
/// The newest version that is served in parts; it has the same 85 cases.
const IN_PARTS: &str = "1.0.0-RC6";
/// The schema that a case names.
const SCHEMA: &str = "credential-schemas/membership-credential-schema.json";

pub struct Kit {
    pub name: String,
    pub version: String,
    pub jars: Jars,
    /// Where the jars come from, as a sentence.
    pub origin: String,
    pub debug: bool,
}

/// What a run showed, by the kit's own sums.
pub struct Ran {
    pub passed: usize,
    /// Cases that failed, with the kit's words.
    pub failed: Vec<(String, String)>,
    pub output: String,
}

impl Kit {
    /// The kit, from Maven Central or from a folder.
    ///
    /// # Errors
    /// It is at neither place.
    pub fn get(wanted: &Wanted) -> Result<Self, String> {
        let made = |version: &str, jars, origin| {
            let name = format!("{GROUP} {version}");
            Self { name, version: version.to_owned(), jars, origin, debug: wanted.debug }
        };
        if let Some(folder) = &wanted.jars {
            let origin = format!("kit: jars of {}", folder.display());
            return Ok(made(&wanted.version, Jars::of_folder(folder)?, origin));
        }
        let whole = [format!("{GROUP}:dcp-tck:{}", wanted.version)];
        let parts = [
            format!("{GROUP}:dcp-testcases:{IN_PARTS}"),
            format!("{GROUP}:dcp-system:{IN_PARTS}"),
            format!("org.eclipse.dataspacetck.dsp:tck-runtime:{IN_PARTS}"),
            "com.squareup.okhttp3:okhttp-jvm:5.3.0".to_owned(),
        ];
        let named = |all: &[String]| -> Vec<String> { all.to_vec() };
        let resolve = |version: &str, all: Vec<String>| {
            let artifacts: Vec<&str> = all.iter().map(String::as_str).collect();
            Jars::resolve(&format!("dcp-tck-{version}"), &artifacts)
        };
        let central = |version: &str| format!("kit: {GROUP} {version} of Maven Central");
        if wanted.version == IN_PARTS {
            let jars = resolve(IN_PARTS, named(&parts)).map_err(|e| e.to_string())?;
            return Ok(made(IN_PARTS, jars, central(IN_PARTS)));
        }
        match resolve(&wanted.version, named(&whole)) {
            Ok(jars) => Ok(made(&wanted.version, jars, central(&wanted.version))),
            Err(Failure::Missing(said)) => {
                let jars = resolve(IN_PARTS, named(&parts)).map_err(|e| e.to_string())?;
                let why = format!("because {} is not to be had ({said})", wanted.version);
                Ok(made(IN_PARTS, jars, format!("{}, {why}", central(IN_PARTS))))
            }
            Err(failure) => Err(failure.to_string()),
        }
    }

    /// The schema that a credential of one case names, out of the kit's jars.
    ///
    /// # Errors
    /// It is in none of them, or the JDK's `jar` is missing.
    pub async fn schema(&self) -> Result<String, String> {
        let folder = Folder::default();
        for jar in self.jars.named("dcp-testcases") {
            let mut command = Command::new("jar");
            command.current_dir(folder.path()).args(["--extract", "--file"]).arg(jar).arg(SCHEMA);
            let ran = command.output().await.map_err(|e| format!("jar: {e}; install a JDK 17"))?;
            if let Ok(schema) = std::fs::read_to_string(folder.path().join(SCHEMA)) {
                return Ok(schema);
            }
            drop(ran);
        }
        Err(format!("no jar of the kit holds {SCHEMA}"))
    }

    /// Runs the cases of a package.
    ///
    /// # Errors
    /// Java is missing, or the run broke off.
    pub async fn run(&self, properties: &BTreeMap<String, String>, package: &str) -> Result<Ran, String> {
        let folder = Folder::default();
        let launch = folder.write("Launch.java", LAUNCH);
        let file = folder.path().join("kit.properties");
        write(properties, &file).map_err(|e| format!("{}: {e}", file.display()))?;
        let mut java = Command::new("java");
        java.args(["-Xmx512m", "-Djavax.net.ssl.trustStorePassword=changeit", &trust(&folder).await?, "-cp"]);
        java.arg(self.jars.class_path()).arg(&launch).arg(&file).arg(package);
        java.stdin(Stdio::null()).kill_on_drop(true);
        let ran = tokio::time::timeout(END, java.output()).await;
        let ran = ran.map_err(|_| format!("the kit does not end within {END:?}"))?;
        let ran = ran.map_err(|e| format!("java: {e}; install a JDK 17"))?;
        let output = [ran.stdout, ran.stderr].map(|s| String::from_utf8_lossy(&s).into_owned()).concat();
        read(output)
    }
}

/// Reads the kit's sums, and what failed.
fn read(output: String) -> Result<Ran, String> {
    let sum = |label: &str| {
        let found = output.lines().find_map(|line| line.strip_prefix(label)?.trim().parse::<usize>().ok());
        found.ok_or_else(|| format!("the kit's run broke: no `{label}`\n{output}"))
    };
    let (passed, failures) = (sum("CASES PASSED ")?, sum("CASES FAILED ")?);
    let failed: Vec<(String, String)> = output
        .lines()
        .filter_map(|line| line.strip_prefix("CASE FAILED ")?.split_once(' '))
        .map(|(name, said)| (name.to_owned(), said.chars().take(400).collect()))
        .collect();
    match failed.len() == failures {
        true => Ok(Ran { passed, failed, output }),
        false => Err(format!("the kit sums up {failures} failures, but shows {}\n{output}", failed.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_failures_are_read_together() {
        let output = "Started: x\nCASE FAILED cs_1 AssertionError: no\nCASES PASSED 3\nCASES FAILED 1\n";
        let ran = read(output.to_owned()).unwrap();
        assert_eq!((ran.passed, ran.failed), (3, vec![("cs_1".to_owned(), "AssertionError: no".to_owned())]));
        assert!(read(output.replace("FAILED 1", "FAILED 0")).is_err(), "a sum that is not true");
        assert!(read("Started: x\n".to_owned()).is_err(), "a run that broke off");
    }
}
