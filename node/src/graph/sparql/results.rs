//! Answers to bytes.

use oxigraph::model::Triple;
use sparesults::{QueryResultsFormat, QueryResultsSerializer};
use spareval::{QueryEvaluationError, QueryResults};

use super::Refusal;
use super::run::Limits;
use crate::graph::projection;
use crate::graph::serialise::{self, Format};

/// What kind of answer a query has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Rows, or yes and no.
    Results,
    /// Triples.
    Graph,
}

/// A format of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultFormat {
    Json,
    Xml,
    Csv,
    Tsv,
}

/// In which formats who asks takes an answer: for each form that it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    pub rows: Option<ResultFormat>,
    pub graph: Option<Format>,
}

/// The format of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chosen {
    Rows(ResultFormat),
    Graph(Format),
}

impl Accepted {
    pub(super) fn format(self, form: Form) -> Result<Chosen, Refusal> {
        let chosen = match form {
            Form::Results => self.rows.map(Chosen::Rows),
            Form::Graph => self.graph.map(Chosen::Graph),
        };
        chosen.ok_or(Refusal::NotAcceptable(form))
    }
}

impl Chosen {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Rows(ResultFormat::Json) => "application/sparql-results+json; charset=utf-8",
            Self::Rows(ResultFormat::Xml) => "application/sparql-results+xml; charset=utf-8",
            Self::Rows(ResultFormat::Csv) => "text/csv; charset=utf-8",
            Self::Rows(ResultFormat::Tsv) => "text/tab-separated-values; charset=utf-8",
            Self::Graph(format) => format.content_type(),
        }
    }
}

impl ResultFormat {
    pub const ALL: [Self; 4] = [Self::Json, Self::Xml, Self::Csv, Self::Tsv];

    pub fn media_type(self) -> &'static str {
        self.of().media_type()
    }
    fn of(self) -> QueryResultsFormat {
        match self {
            Self::Json => QueryResultsFormat::Json,
            Self::Xml => QueryResultsFormat::Xml,
            Self::Csv => QueryResultsFormat::Csv,
            Self::Tsv => QueryResultsFormat::Tsv,
        }
    }
}

/// Writes the answer of a query, as long as it stays within the limits.
pub(super) fn write(results: QueryResults<'_>, chosen: Chosen, limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let internal = |e: std::io::Error| Refusal::Internal(e.to_string());
    match (results, chosen) {
        (QueryResults::Boolean(value), Chosen::Rows(format)) => {
            let serializer = QueryResultsSerializer::from_format(format.of());
            serializer.serialize_boolean_to_writer(Vec::new(), value).map_err(internal)
        }
        (QueryResults::Solutions(solutions), Chosen::Rows(format)) => {
            let serializer = QueryResultsSerializer::from_format(format.of());
            let mut out = Counted { bytes: Vec::new(), most: limits.bytes };
            let variables = solutions.variables().to_vec();
            let mut writer =
                serializer.serialize_solutions_to_writer(&mut out, variables).map_err(|_| Refusal::Bytes)?;
            for (number, solution) in (1..).zip(solutions) {
                let solution = solution.map_err(failed)?;
                if number > limits.rows {
                    return Err(Refusal::Rows);
                }
                writer.serialize(&solution).map_err(|_| Refusal::Bytes)?;
            }
            writer.finish().map_err(|_| Refusal::Bytes)?;
            Ok(out.bytes)
        }
        (QueryResults::Graph(triples), Chosen::Graph(format)) => {
            let mut all: Vec<Triple> = Vec::new();
            for triple in triples {
                let triple = triple.map_err(failed)?;
                if all.len() == limits.rows {
                    return Err(Refusal::Rows);
                }
                all.push(triple);
            }
            let bytes =
                serialise::write(all.iter().map(Triple::as_ref).collect(), format).map_err(internal)?;
            match bytes.len() > limits.bytes {
                true => Err(Refusal::Bytes),
                false => Ok(bytes),
            }
        }
        _ => Err(Refusal::Internal("an answer of another form".into())),
    }
}

pub(super) fn failed(error: QueryEvaluationError) -> Refusal {
    match error {
        QueryEvaluationError::Dataset(cause) => match cause.downcast_ref::<projection::Error>() {
            Some(projection::Error::Changed) => Refusal::Changed,
            _ => Refusal::Internal(cause.to_string()),
        },
        other => Refusal::Evaluation(other.to_string()),
    }
}

/// Takes bytes up to a limit.
struct Counted {
    bytes: Vec<u8>,
    most: usize,
}

impl std::io::Write for &mut Counted {
    fn write(&mut self, more: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + more.len() > self.most {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
