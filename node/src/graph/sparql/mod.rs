//! Questions in SPARQL 1.1 about one member's catalogue, as one asker may know it.
//!
//! Read only; the graph asked is what that asker may see and nothing else, and nothing is fetched. Each evaluation has a
//! thread of its own, which ends within its limits whatever is asked.

mod check;
mod index;
mod meter;
mod orders;
mod results;
mod run;
mod term;
mod text;
mod view;

pub use index::Indexes;
pub use meter::Limit;
pub use results::{Accepted, Form, ResultFormat};
pub use run::{Asked, Limits, STACK, run};
pub use text::{DEEPEST, LONGEST};

use spargebra::{Query, SparqlParser};

/// A query that may be run.
#[derive(Debug, Clone)]
pub struct Prepared {
    query: Query,
}

/// Why a query is not run, or was not run to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No query of SPARQL 1.1: where and why.
    Syntax(String),
    /// Longer than [`LONGEST`].
    TooLong,
    /// Brackets deeper than [`DEEPEST`], or signs in long rows.
    TooDeep,
    /// Makes more than can be stopped in time.
    TooLarge,
    Service,
    From,
    /// A function that there is not.
    Function(String),
    /// In no format that is asked for.
    NotAcceptable(Form),
    /// A limit was met while it ran.
    Limit(Limit),
    /// More rows than are given.
    Rows,
    /// More bytes than are given.
    Bytes,
    /// It fails on these data.
    Evaluation(String),
    /// The catalogue changed too often meanwhile.
    Changed,
    /// Our own failure.
    Internal(String),
}

impl Prepared {
    /// Reads a query, and refuses what reaches outside or cannot be stopped.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(query: &str) -> Result<Self, Refusal> {
        if query.len() > LONGEST {
            return Err(Refusal::TooLong);
        }
        if text::too_deep(query) {
            return Err(Refusal::TooDeep);
        }
        let query = SparqlParser::new().parse_query(query).map_err(|e| Refusal::Syntax(e.to_string()))?;
        check::check(&query)?;
        Ok(Self { query })
    }

    /// What kind of answer it has.
    pub fn form(&self) -> Form {
        match self.query {
            Query::Select { .. } | Query::Ask { .. } => Form::Results,
            Query::Construct { .. } | Query::Describe { .. } => Form::Graph,
        }
    }
}
