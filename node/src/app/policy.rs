//! Policies as forms, before anything is published or asked for. Nothing is read from the store, and nothing kept.

use contracts::api::policy::{ChoiceView, ClauseView, FieldView, FieldsView, PolicyView};
use contracts::odrl;
use policies::form::field::{FIELDS, choices};
use policies::model::{self, NoPolicy};
use policies::{Fault, Form, Graded, Sheet, explain};
use serde::Serialize;
use serde_json::Value;

use super::Error;
use crate::text::{Lang, get, say};

/// The form of a policy, with all that a signer would be shown.
///
/// # Errors
/// [`Error::Malformed`] with every clause that is not understood or that a form cannot hold.
pub fn form(policy: &Value, lang: Lang) -> Result<PolicyView, Error> {
    let bytes = match policy {
        Value::String(text) => text.clone().into_bytes(),
        other => other.to_string().into_bytes(),
    };
    let refused = |faults: Vec<Fault>| malformed("/policy", &faults, lang);
    let wrong = |what: String| Error::malformed(say("malformed.policy").with("what", what), "/policy");
    let read = model::first(&bytes).map_err(|no| match no {
        NoPolicy::Faults(faults) => refused(faults),
        NoPolicy::Unreadable(unreadable) => wrong(unreadable.to_string()),
        NoPolicy::None => wrong(get(lang, "cli.no-policy").to_owned()),
    })?;
    view(Sheet::of(&read, lang).map_err(refused)?, lang)
}

/// The policy that a form says.
///
/// # Errors
/// [`Error::Malformed`] with every fault of the form.
pub fn make(form: Value, lang: Lang) -> Result<PolicyView, Error> {
    let form: Form = serde_json::from_value(form)
        .map_err(|e| Error::malformed(say("malformed.body").with("what", e), "/form"))?;
    view(Sheet::made(form, lang).map_err(|faults| malformed("/form", &faults, lang))?, lang)
}

fn malformed(at: &str, faults: &[Fault], lang: Lang) -> Error {
    let said: Vec<String> = faults.iter().map(|fault| explain::fault(fault, lang)).collect();
    let first = faults.first().map(|fault| fault.pointer.as_str()).unwrap_or_default();
    Error::malformed(say("malformed.clauses").with("what", said.join(" ")), format!("{at}{first}"))
}

fn view(sheet: Sheet, lang: Lang) -> Result<PolicyView, Error> {
    Ok(PolicyView {
        policy: sheet.policy,
        form: serde_json::to_value(&sheet.form).map_err(|e| Error::Internal(e.to_string()))?,
        text: sheet.text,
        clauses: sheet.clauses.into_iter().map(clause).collect(),
        signable: sheet.faults.is_empty(),
        faults: sheet.faults.iter().map(|fault| explain::fault(fault, lang)).collect(),
    })
}

/// What is shown of the policy of a negotiation or contract.
#[derive(Debug, Default)]
pub struct Shown {
    pub text: Option<String>,
    pub clauses: Vec<ClauseView>,
    pub faults: Vec<String>,
}

/// Each clause of a policy with who enforces it, or why no node would sign it.
pub fn graded(policy: &Value, lang: Lang) -> Shown {
    let said = |faults: Vec<Fault>| faults.iter().map(|fault| explain::fault(fault, lang)).collect();
    let read = match odrl::Policy::try_from(policy.clone()) {
        Ok(read) => read,
        Err(error) => return Shown { faults: vec![error.to_string()], ..Shown::default() },
    };
    match policies::signable(&read) {
        Ok(compiled) => Shown {
            text: Some(policies::render(&compiled, lang)),
            clauses: policies::graded(&compiled, lang).into_iter().map(clause).collect(),
            faults: Vec::new(),
        },
        Err(faults) => Shown { faults: said(faults), ..Shown::default() },
    }
}

/// A clause as it is shown.
fn clause(clause: Graded) -> ClauseView {
    ClauseView { clause: clause.pointer, grade: format!("{:?}", clause.grade), text: clause.text }
}

/// What can be filled in, with its words.
pub fn fields(lang: Lang) -> FieldsView {
    let view = |field: &policies::form::field::Field| FieldView {
        key: field.key.to_owned(),
        place: word(field.place),
        input: word(field.input),
        label: field.label(lang).to_owned(),
        help: field.help(lang).to_owned(),
        choices: choices(field, lang)
            .into_iter()
            .map(|choice| ChoiceView { value: choice.value, label: choice.label })
            .collect(),
    };
    FieldsView { fields: FIELDS.iter().map(view).collect() }
}

/// An enumeration's value by its name in JSON.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
