//! Everything that is shown of a policy before anybody signs it: its form, its text, each clause with who enforces it, and
//! what keeps it from being signed.

use contracts::odrl;
use ontology::{Lang, vocab};
use serde_json::Value;

use crate::compile::compile;
use crate::conflict::conflicts;
use crate::fault::{Fault, FaultCode};
use crate::form::Form;
use crate::model::Policy;
use crate::plain::plain;
use crate::policy::Compiled;
use crate::render::{Graded, graded, render};

/// A policy as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub form: Form,
    /// In the form of the Dataspace Protocol; as JSON-LD when that form cannot hold it.
    pub policy: Value,
    /// The text that signers would read; of a policy that cannot be signed, the same in words of ODRL.
    pub text: String,
    /// None when it cannot be signed.
    pub clauses: Vec<Graded>,
    /// Why a node would not sign it, by place in `policy`.
    pub faults: Vec<Fault>,
}

impl Sheet {
    /// # Errors
    /// Every clause that a form cannot hold.
    pub fn of(policy: &Policy, lang: Lang) -> Result<Sheet, Vec<Fault>> {
        Sheet::made(Form::of(policy)?, lang)
    }

    /// # Errors
    /// Every fault of the form.
    pub fn made(form: Form, lang: Lang) -> Result<Sheet, Vec<Fault>> {
        let mut policy = form.make()?;
        let understood = form.policy()?;
        let unread = understood.not_understood();
        if !unread.is_empty() {
            return Err(unread);
        }
        let read = odrl::Policy::try_from(policy.clone());
        let read = read.map_err(|e| vec![Fault::new("", FaultCode::Form, e.to_string(), "")])?;
        let (text, clauses, faults) = match signable(&read) {
            Ok(compiled) => (render(&compiled, lang), graded(&compiled, lang), Vec::new()),
            Err(faults) => (plain(&understood, lang), Vec::new(), faults),
        };
        if let (false, Value::Object(members)) = (faults.is_empty(), &mut policy) {
            members.insert("@context".to_owned(), vocab::DSPACE_CONTEXT.into());
        }
        Ok(Sheet { form, policy, text, clauses, faults })
    }
}

/// A policy that a node would sign.
///
/// # Errors
/// Why it would not.
pub fn signable(policy: &odrl::Policy) -> Result<Compiled, Vec<Fault>> {
    let compiled = compile(policy)?;
    let conflicts = conflicts(&compiled);
    if conflicts.is_empty() { Ok(compiled) } else { Err(conflicts) }
}
