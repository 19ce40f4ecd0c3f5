//! A term inside an evaluation.

use std::rc::Rc;

use oxigraph::model::Term;

use super::meter;
use crate::graph::terms::Id;

/// A term of the catalogue by its number, or one that the query made. Its copies are counted.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Copied(Kind);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Known(Id),
    Made(Rc<Term>),
}

impl Copied {
    pub(super) fn known(id: Id) -> Self {
        meter::copied();
        Self(Kind::Known(id))
    }
    pub(super) fn made(term: Term) -> Self {
        meter::copied();
        Self(Kind::Made(Rc::new(term)))
    }
    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }
    /// The number of a term of the catalogue.
    pub(super) fn id(&self) -> Option<Id> {
        match self.0 {
            Kind::Known(id) => Some(id),
            Kind::Made(_) => None,
        }
    }
}

impl Clone for Copied {
    fn clone(&self) -> Self {
        meter::copied();
        Self(self.0.clone())
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        meter::dropped();
    }
}
