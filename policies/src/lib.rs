//! What is allowed: policies compiled once, decided many times. Pure: no I/O, no clock, no randomness.
//!
//! Reading order: [`operand`] (what can be asked), [`compile`] (what is refused before anything is signed),
//! [`facts`] (all that a decision may look at), [`decide`] (one access, now), [`foresee`] (may this caller ever?),
//! [`explain`], [`render`] and [`plain`] (sentences for persons), [`form`] (a policy that a person fills in).
//!
//! Semantics, closed by default:
//! - no permission that covers the action, no access; a prohibition always wins over a permission;
//! - what cannot be decided refuses: an unknown constraint does not satisfy a permission and does trigger a
//!   prohibition (strong Kleene logic inside `and`, `or`, `xone`);
//! - what is not understood is refused before signature: [`compile`] names every unknown term with a remedy.

mod claim;
pub mod compare;
pub mod compile;
pub mod conflict;
mod constraint;
pub mod decide;
pub mod decision;
mod duration;
mod evaluate;
pub mod evaluation;
pub mod explain;
pub mod facts;
pub mod fault;
pub mod foresee;
pub mod form;
pub mod framework;
mod instant;
pub mod model;
pub mod onward;
pub mod operand;
pub mod owed;
pub mod plain;
pub mod policy;
mod program;
pub mod rdf;
mod reasons;
pub mod render;
mod seen;
pub mod sheet;
mod typed;
mod value;
pub mod view;

pub use compile::compile;
pub use conflict::conflicts;
pub use decide::decide;
pub use decision::{Decision, Key, Outcome, Reason, RuleKind, Take, Verdict};
pub use duration::months_from;
pub use facts::{
    Attestation, Charter, Claim, Declared, Facts, FirstUse, Fulfilled, Request, Row, Table, Uses,
};
pub use fault::{Fault, FaultCode};
pub use foresee::{Foresight, foresee};
pub use form::Form;
pub use onward::{Clause, derived, onward};
pub use operand::{Grade, Operand, Operator};
pub use owed::{Owed, owed};
pub use plain::plain;
pub use policy::Compiled;
pub use reasons::Reasons;
pub use render::{Graded, TEMPLATE_VERSION, graded, render};
pub use sheet::{Sheet, signable};
pub use view::View;
