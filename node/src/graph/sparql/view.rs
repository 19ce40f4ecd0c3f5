//! The triples that one asker may see, as the evaluator reads them: one graph, the default one.

use std::sync::Arc;

use oxigraph::model::Term;
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};

use super::meter;
use super::orders::Orders;
use super::term::{Copied, Kind};
use crate::graph::projection::{Error, Projection};

/// Longest text that a query may make, in bytes.
const LONGEST: usize = 64 << 10;

/// What everybody sees of a catalogue, and what this asker sees besides. Nothing is in both.
pub(super) struct View<'p> {
    pub(super) projection: &'p Projection,
    pub(super) shared: Arc<Orders>,
    pub(super) own: Arc<Orders>,
}

impl<'a> QueryableDataset<'a> for &'a View<'a> {
    type InternalTerm = Copied;
    type Error = Error;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Copied>,
        predicate: Option<&Copied>,
        object: Option<&Copied>,
        graph_name: Option<Option<&Copied>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Copied>, Error>> + use<'a> {
        let wanted = [subject, predicate, object];
        // A term that the catalogue does not have matches nothing, and there are no named graphs.
        let none = wanted.into_iter().flatten().any(|term| term.id().is_none()) || graph_name != Some(None);
        let [s, p, o] = wanted.map(|term| term.and_then(Copied::id));
        let view: &'a View<'a> = self;
        let both = [&view.shared, &view.own].into_iter().filter(move |_| !none);
        both.flat_map(move |orders| orders.matching(s, p, o)).map(|[s, p, o]| {
            meter::step();
            Ok(InternalQuad {
                subject: Copied::known(s),
                predicate: Copied::known(p),
                object: Copied::known(o),
                graph_name: None,
            })
        })
    }

    fn internalize_term(&self, term: Term) -> Result<Copied, Error> {
        if text_of(&term) > LONGEST {
            meter::too_much();
        }
        let id = self.projection.read()?.terms().id(term.as_ref());
        Ok(id.map_or_else(|| Copied::made(term), Copied::known))
    }

    fn externalize_term(&self, term: Copied) -> Result<Term, Error> {
        let term = match term.kind() {
            Kind::Made(term) => (**term).clone(),
            Kind::Known(id) => {
                let reading = self.projection.read()?;
                // Its dataset has changed since: begin again.
                reading.terms().get(*id).ok_or(Error::Changed)?.into_owned()
            }
        };
        meter::taken(text_of(&term));
        Ok(term)
    }

    fn internalize_expression_term(&self, term: ExpressionTerm) -> Result<Copied, Error> {
        self.internalize_term(term.into())
    }
}

fn text_of(term: &Term) -> usize {
    match term {
        Term::NamedNode(node) => node.as_str().len(),
        Term::BlankNode(node) => node.as_str().len(),
        Term::Literal(literal) => literal.value().len(),
    }
}
