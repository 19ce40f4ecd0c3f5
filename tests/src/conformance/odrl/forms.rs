//! Every policy of the suites that the engine understands, as a form and back: the same meaning, and words in both
//! languages. One that it does not understand has no form, and is no case.

use std::path::Path;

use ontology::Lang;
use policies::model::{self, Policy};
use policies::rdf::{self, Contexts, Document};
use policies::{Form, Sheet, explain};

use super::graph::written;
use super::{Judged, formal, guarded};
use crate::reference::files;

pub(super) fn run(cases: &Path) -> Judged {
    let mut judged = Judged::new("forms");
    let contexts = formal::contexts(&cases.join("formal-semantics-w3c"));
    for file in files(cases, "") {
        let policies = std::fs::read(&file).ok().and_then(|bytes| policies(&bytes, &contexts));
        for policy in policies.unwrap_or_default() {
            let name = format!("{} {}", file.strip_prefix(cases).unwrap_or(&file).display(), policy.id);
            match (policy.not_understood().is_empty(), Form::of(&policy)) {
                (true, form) => judged.case(&name, guarded(|| judge(&policy, form.map_err(said)?))),
                (false, Err(_)) => {}
                (false, Ok(_)) => judged.case(&name, Err("a form of what nobody understood".to_owned())),
            }
        }
    }
    judged
}

/// The policies of a document, if it is one that has any.
fn policies(bytes: &[u8], contexts: &Contexts) -> Option<Vec<Policy>> {
    let document: Document = match rdf::text(bytes).ok()?.trim_start().starts_with(['{', '[']) {
        true => rdf::json_ld(bytes, contexts).ok()?,
        false => rdf::turtle(bytes).ok()?,
    };
    let written = written(&document).ok()?;
    Some(written.iter().filter_map(|one| model::atomic(one, &written).ok()).collect())
}

/// The form as it would come back, made a policy, is the same.
pub(crate) fn judge(policy: &Policy, form: Form) -> Result<(), String> {
    let sent = serde_json::to_string(&form).map_err(|e| e.to_string())?;
    let read: Form = serde_json::from_str(&sent).map_err(|e| format!("{e}: {sent}"))?;
    let again = read.policy().map_err(said)?;
    if !policy.same(&again) {
        return Err(format!("the form makes another policy: {sent}"));
    }
    for lang in [Lang::Fr, Lang::En] {
        let sheet = Sheet::made(read.clone(), lang).map_err(said)?;
        if sheet.text.lines().count() < 4 {
            return Err(format!("hardly a word: {}", sheet.text));
        }
    }
    Ok(())
}

fn said(faults: Vec<policies::Fault>) -> String {
    faults.iter().map(|fault| explain::fault(fault, Lang::En)).collect::<Vec<_>>().join(" ")
}
