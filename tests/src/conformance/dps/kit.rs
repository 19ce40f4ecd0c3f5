//! The kit itself: where it comes from, and one run of it.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::Wanted;
use crate::conformance::dsp::cases::write;
use crate::conformance::dsp::kit::trust;
use crate::conformance::dsp::output::{self, Case};
use crate::conformance::maven::{Failure, Jars};
use crate::temporary::Folder;

/// Starts the kit; its own main program cannot run single cases.
const LAUNCH: &str = include_str!("Launch.java");
/// Longest run of one group.
const END: Duration = Duration::from_secs(300);
const GROUP: &str = "org.eclipse.dataspacetck.dps";

pub struct Kit {
    pub name: String,
    pub jars: Jars,
    /// Where the jars come from, as a sentence.
    pub origin: String,
    pub debug: bool,
}

impl Kit {
    /// The kit, from Maven Central or from a folder.
    ///
    /// # Errors
    /// It is at neither place.
    pub fn get(wanted: &Wanted) -> Result<Self, Failure> {
        let name = format!("{GROUP} {}", wanted.version);
        let (jars, origin) = match &wanted.jars {
            Some(folder) => {
                let jars = Jars::of_folder(folder).map_err(Failure::Other)?;
                (jars, format!("kit: jars of {}", folder.display()))
            }
            None => {
                let set = format!("dps-tck-{}", wanted.version);
                let artifact = format!("{GROUP}:dps-tck:{}", wanted.version);
                (Jars::resolve(&set, &[&artifact])?, format!("kit: {name} of Maven Central"))
            }
        };
        Ok(Self { name, jars, origin, debug: wanted.debug })
    }

    /// Runs cases. Gives what was printed too.
    ///
    /// # Errors
    /// Java is missing, or the run broke off.
    pub async fn run(
        &self,
        properties: &BTreeMap<String, String>,
        cases: &[&str],
    ) -> Result<(Vec<Case>, String), String> {
        let folder = Folder::default();
        let launch = folder.write("Launch.java", LAUNCH);
        let file = folder.path().join("kit.properties");
        write(properties, &file).map_err(|e| format!("{}: {e}", file.display()))?;
        let mut java = Command::new("java");
        java.args(["-Xmx512m", "-Djavax.net.ssl.trustStorePassword=changeit", &trust(&folder).await?, "-cp"]);
        java.arg(self.jars.class_path()).arg(&launch).arg(&file).args(cases);
        java.stdin(Stdio::null()).kill_on_drop(true);
        let ran = tokio::time::timeout(END, java.output()).await;
        let ran = ran.map_err(|_| format!("the kit does not end within {END:?}"))?;
        let ran = ran.map_err(|e| format!("java: {e}; install a JDK 17"))?;
        let text = [ran.stdout, ran.stderr].map(|s| String::from_utf8_lossy(&s).into_owned()).concat();
        let mut read = output::read(&text).map_err(|said| format!("the kit's run broke: {said}\n{text}"))?;
        for case in &mut read {
            // The kit cuts its own names at their last colon.
            case.name = case.name.splitn(3, ':').take(2).collect::<Vec<_>>().join(":");
        }
        let missing: Vec<_> = cases.iter().filter(|c| !read.iter().any(|r| r.name == **c)).collect();
        match missing.is_empty() {
            true => Ok((read, text)),
            false => Err(format!("the kit did not run {missing:?}\n{text}")),
        }
    }
}
