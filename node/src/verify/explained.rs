//! A decision explained under the four headings of article R.311-3-1-2 of the French code of relations between the public
//! and the administration (CRPA): degree and mode of contribution, data and sources, parameters, operations.

mod data;

use contracts::api::decision::{DecisionReportView, HeadingView};
use contracts::leaf::Outcome;
use ontology::Lang;
use policies::{Key, Reason, explain};
use serde_json::Value;

use super::replay::{NotReplayed, Opened, kept};
use crate::log::decision::{CannotReplay, Kept, ReadyPolicy, digest};
use crate::text::{fill, get};

/// Explains the decision of an entry, by the policy of its agreement.
///
/// # Errors
/// See [`NotReplayed`].
pub fn explained(entry: Opened<'_>, policy: &Value, lang: Lang) -> Result<DecisionReportView, NotReplayed> {
    let kept = kept(entry)?;
    kept.decided_by(policy).map_err(|CannotReplay::OtherPolicy| {
        NotReplayed::Altered(format!("entry {}: the agreement's policy is not the one it names", entry.index))
    })?;
    let ready = ReadyPolicy::read(policy).ok();
    let report = ready.and_then(|ready| ready.compliance(&kept.request, &kept.facts));
    let permitted = entry.leaf.outcome == Some(Outcome::Permit);
    let contract = entry.openings.get("agreement").map(|opening| opening.value.clone()).unwrap_or_default();
    let told = Told { kept: &kept, permitted, contract: &contract, clauses: clauses(&kept), lang };
    let index = entry.index.to_string();
    Ok(DecisionReportView {
        entry: entry.index,
        kind: entry.leaf.kind.clone(),
        language: lang.tag().to_owned(),
        outcome: if permitted { "permit" } else { "refuse" }.to_owned(),
        title: fill(lang, "crpa.title", &[("entry", &index)]),
        headings: vec![
            heading("contribution", get(lang, "crpa.contribution"), told.contribution()),
            heading("data", get(lang, "crpa.data"), data::data(&kept, lang)),
            heading("parameters", get(lang, "crpa.parameters"), told.parameters()),
            heading("operations", get(lang, "crpa.operations"), told.operations()),
        ],
        clauses: told.clauses.clone(),
        digest: report.as_deref().map(digest),
        named: kept.compliance.clone(),
        report,
        contract,
    })
}

fn heading(key: &str, title: &str, items: Vec<String>) -> HeadingView {
    HeadingView { key: key.to_owned(), title: title.to_owned(), items }
}

/// The clauses that decided: the permission that was used, or the causes of a refusal.
fn clauses(kept: &Kept) -> Vec<String> {
    if kept.lacks.is_some() {
        return Vec::new();
    }
    match &kept.decision.permission {
        Some(permission) => vec![permission.clone()],
        None => explain::causes(&kept.decision).map(|reason| reason.pointer.to_string()).collect(),
    }
}

struct Told<'a> {
    kept: &'a Kept,
    permitted: bool,
    contract: &'a str,
    clauses: Vec<String>,
    lang: Lang,
}

impl Told<'_> {
    fn contribution(&self) -> Vec<String> {
        let (lang, rules) = (self.lang, self.clauses.join(", "));
        let outcome = if self.permitted { "crpa.permitted" } else { "crpa.refused" };
        let values = [("rules", rules.as_str()), ("contract", self.contract)];
        let rule = match (self.kept.lacks, self.clauses.is_empty()) {
            (Some(_), _) => fill(lang, "crpa.rule-right", &values),
            (None, true) => fill(lang, "crpa.rule-none", &values),
            (None, false) => fill(lang, "crpa.rule", &values),
        };
        let mut said = vec![get(lang, outcome).to_owned(), get(lang, "crpa.automatic").to_owned(), rule];
        if let Some((lack, right)) = self.kept.lacks.zip(self.kept.right.as_ref()) {
            said.push(right.sentence(lack).text(lang));
        }
        said
    }

    fn parameters(&self) -> Vec<String> {
        let weighting = get(self.lang, "crpa.weighting").to_owned();
        let applied = |reason: &Reason<'_>| matches!(reason.key, Key::Constraint | Key::Duty | Key::Logic);
        let steps = self.kept.decision.reasons.iter().filter(applied);
        let mut said: Vec<String> = steps.map(|reason| explain::reason(&reason, self.lang)).collect();
        if said.is_empty() {
            said.push(get(self.lang, "crpa.no-condition").to_owned());
        }
        said.insert(0, weighting);
        said
    }

    fn operations(&self) -> Vec<String> {
        let lang = self.lang;
        let right = if self.kept.lacks.is_none() { "crpa.right-given" } else { "crpa.right-lacking" };
        let mut said = vec![get(lang, right).to_owned()];
        let whole = |reason: &Reason<'_>| !matches!(reason.key, Key::Constraint | Key::Duty | Key::Logic);
        let steps = self.kept.decision.reasons.iter().filter(whole);
        said.extend(steps.map(|reason| explain::reason(&reason, lang)));
        for take in self.kept.decision.consumes.iter().filter(|_| self.permitted) {
            let (amount, limit) = (take.amount.to_string(), take.limit.to_string());
            let values = [("amount", amount.as_str()), ("limit", &limit), ("counter", &take.counter)];
            said.push(fill(lang, "crpa.counted", &values));
        }
        let outcome = if self.permitted { "crpa.permitted" } else { "crpa.refused" };
        said.push(get(lang, outcome).to_owned());
        said.push(get(lang, "crpa.recorded").to_owned());
        said
    }
}
