//! OVAL's documents that are ODRL, and those that are not.

use std::path::Path;

use policies::explain;
use policies::model::validate;
use policies::rdf::{self, Contexts};

use super::{Judged, guarded};
use crate::reference::files;

pub(super) fn run(suite: &Path) -> Vec<Judged> {
    let mut judged = Judged::new("validation-oval");
    for file in files(suite, "").iter().filter(|file| file.extension().is_some_and(|e| e != "txt")) {
        let name = file.strip_prefix(suite).unwrap_or(file);
        let wrong = name.starts_with("invalid");
        let result = guarded(|| {
            let bytes = std::fs::read(file).map_err(|e| e.to_string())?;
            let faults = match rdf::json_ld(&bytes, &Contexts::default()) {
                Ok(document) => validate(&document)
                    .iter()
                    .map(|fault| explain::fault(fault, ontology::Lang::En))
                    .collect(),
                Err(unreadable) => vec![unreadable.to_string()],
            };
            match (wrong, faults.as_slice()) {
                (true, []) => Err("accepted".to_owned()),
                (false, [_, ..]) => Err(faults.join(" ")),
                _ => Ok(()),
            }
        });
        judged.case(&name.display().to_string(), result);
    }
    vec![judged]
}
