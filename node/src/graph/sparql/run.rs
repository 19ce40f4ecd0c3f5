//! Running a query.

use std::sync::Arc;
use std::time::Duration;

use spareval::QueryEvaluator;

use super::index::Indexes;
use super::meter::{self, Stopped};
use super::results::{self, Accepted};
use super::view::View;
use super::{Prepared, Refusal};
use crate::domain::dataset::Asker;
use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::graph::projection::Projection;

/// Stack that [`run`] may need, in bytes: parser and evaluator descend as deep as a query does.
pub const STACK: usize = 512 << 20;
/// Times a query is begun again because the catalogue changed under it.
const AGAIN: usize = 3;

/// How much of everything an answer may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub time: Duration,
    pub rows: usize,
    pub bytes: usize,
}

/// A catalogue, and who asks it.
pub struct Asked<'a> {
    pub projection: &'a Projection,
    pub indexes: &'a Indexes,
    pub member: &'a Member,
    pub asker: Asker<'a>,
    pub now: Timestamp,
}

/// Reads a query and answers it; to be called on a thread of its own with a stack of [`STACK`]. The media type comes with
/// the bytes.
///
/// # Errors
/// Why not; every limit ends it.
pub fn run(
    asked: &Asked<'_>,
    query: &str,
    accepted: Accepted,
    limits: &Limits,
) -> Result<(&'static str, Vec<u8>), Refusal> {
    // Not counted: the first query after a start, or after many changes, waits for the catalogue to be read.
    let mut seen = asked.indexes.seen(asked)?;
    let ran = meter::within(limits.time, || {
        let prepared = Prepared::read(query)?;
        let format = accepted.format(prepared.form())?;
        for _ in 0..AGAIN {
            let (shared, own) = (Arc::clone(&seen.0), Arc::clone(&seen.1));
            let view = View { projection: asked.projection, shared, own };
            let evaluator = QueryEvaluator::new();
            let results = evaluator.prepare(&prepared.query).execute(&view).map_err(results::failed);
            match results.and_then(|results| results::write(results, format, limits)) {
                Err(Refusal::Changed) => seen = asked.indexes.seen(asked)?,
                other => return Ok((format.content_type(), other?)),
            }
        }
        Err(Refusal::Changed)
    });
    match ran {
        Ok(answered) => answered,
        Err(Stopped::Limit(limit)) => Err(Refusal::Limit(limit)),
        Err(Stopped::Failed) => Err(Refusal::Internal("the evaluation failed".into())),
    }
}
