//! Real policies of several makers, some of them in UTF-16: read, written, and read again they are the same graph.

use std::path::Path;

use policies::rdf::{self, Contexts};

use super::graph::{isomorphic, written};
use super::{Judged, guarded};
use crate::reference::files;

pub(super) fn run(suite: &Path) -> Vec<Judged> {
    let mut judged = Judged::new("parse-corpus-odrl-pap");
    for file in files(suite, "").iter().filter(|file| file.extension().is_some_and(|e| e != "txt")) {
        let name = file.strip_prefix(suite).unwrap_or(file).display().to_string();
        judged.case(&name, guarded(|| judge(file)));
    }
    vec![judged]
}

fn judge(file: &Path) -> Result<(), String> {
    let bytes = std::fs::read(file).map_err(|e| e.to_string())?;
    let read = rdf::json_ld(&bytes, &Contexts::default()).map_err(|e| e.to_string())?;
    let text = read.graph.to_string();
    let again = rdf::turtle(text.as_bytes()).map_err(|e| format!("{e}\n{text}"))?;
    let triples = |document: &rdf::Document| document.graph.iter().cloned().collect::<Vec<_>>();
    if !isomorphic(&triples(&read), &triples(&again), |_, _| false) {
        return Err("another graph after it was written".to_owned());
    }
    if written(&read)?.is_empty() { Err("no policy".to_owned()) } else { Ok(()) }
}
