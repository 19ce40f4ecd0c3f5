//! Policies as RDF: Turtle and JSON-LD bytes to a graph. Nothing is fetched, and everything is bounded.

mod context;
mod encoding;
mod graph;
mod json_ld;

use oxrdf::{GraphName, Triple};
use oxttl::TurtleParser;

pub use context::Contexts;
pub use encoding::text;
pub use graph::{Graph, Node, Term};

/// Largest document that is read.
pub const MAX_BYTES: usize = 1 << 20;
/// Most statements of one document.
pub const MAX_STATEMENTS: usize = 100_000;
/// Deepest nesting of JSON in a document.
pub const MAX_DEPTH: usize = 64;
/// Relative names are resolved against this: they stay what they are, and equal nothing else.
pub const BASE: &str = "https://relative.invalid/";

/// Why bytes are no graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("{bytes} bytes: a policy has at most {MAX_BYTES}")]
    TooLarge { bytes: usize },
    #[error("more than {MAX_STATEMENTS} statements")]
    TooMany,
    #[error("nested deeper than {MAX_DEPTH} levels: flatten it")]
    TooDeep,
    #[error("the text is not {encoding} at byte {at}: send UTF-8")]
    Encoding { encoding: &'static str, at: usize },
    #[error("{0}")]
    Syntax(String),
    #[error("context `{0}` is not one of those this program brings, and none is fetched")]
    Context(String),
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Document {
    pub graph: Graph,
    /// Members of the JSON text that its contexts give no meaning to: they are in the text, and not in the graph.
    pub dropped: Vec<String>,
}

/// Reads Turtle.
///
/// # Errors
/// See [`Unreadable`].
pub fn turtle(bytes: &[u8]) -> Result<Document, Unreadable> {
    let text = text(bytes)?;
    let mut graph = Graph::default();
    let parser = TurtleParser::new().with_base_iri(BASE).map_err(|e| Unreadable::Syntax(e.to_string()))?;
    for triple in parser.for_slice(text.as_bytes()) {
        add(&mut graph, triple.map_err(|e| Unreadable::Syntax(e.to_string()))?)?;
    }
    Ok(Document { graph, dropped: Vec::new() })
}

/// Reads JSON-LD with the contexts given.
///
/// # Errors
/// See [`Unreadable`].
pub fn json_ld(bytes: &[u8], contexts: &Contexts) -> Result<Document, Unreadable> {
    let text = text(bytes)?;
    let (quads, dropped) = json_ld::read(&text, contexts)?;
    let mut graph = Graph::default();
    for quad in quads {
        // A policy is not spread over named graphs.
        if quad.graph_name != GraphName::DefaultGraph {
            return Err(Unreadable::Syntax(format!("a graph of its own: {}", quad.graph_name)));
        }
        add(&mut graph, Triple::new(quad.subject, quad.predicate, quad.object))?;
    }
    Ok(Document { graph, dropped })
}

fn add(graph: &mut Graph, triple: Triple) -> Result<(), Unreadable> {
    graph.insert(triple);
    if graph.len() > MAX_STATEMENTS { Err(Unreadable::TooMany) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
