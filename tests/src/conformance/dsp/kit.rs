//! The kit itself: where it comes from.

use super::Wanted;
use crate::conformance::maven::{Failure, Jars};

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
            return Ok(Self { name: format!("{GROUP} {}", wanted.version), jars, origin });
        }
        match Self::central(&wanted.version) {
            Ok(kit) => Ok(kit),
            Err(Failure::Missing(said)) if wanted.version != IN_PARTS => {
                let mut kit = Self::central(IN_PARTS).map_err(|e| e.to_string())?;
                kit.origin = format!("{}, because {} is not to be had ({said})", kit.origin, wanted.version);
                Ok(kit)
            }
            Err(failure) => Err(failure.to_string()),
        }
    }

    fn central(version: &str) -> Result<Self, Failure> {
        let artifacts: Vec<String> = match version == IN_PARTS {
            true => PARTS.iter().map(|part| format!("{GROUP}:{part}:{version}")).collect(),
            false => vec![format!("{GROUP}:dsp-tck:{version}")],
        };
        let artifacts: Vec<&str> = artifacts.iter().map(String::as_str).collect();
        let jars = Jars::resolve(&format!("dsp-tck-{version}"), &artifacts)?;
        let name = format!("{GROUP} {version}");
        Ok(Self { origin: format!("kit: {name} of Maven Central"), name, jars })
    }
}
