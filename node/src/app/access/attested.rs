//! From what trusted issuers attest of a recipient to the facts of a decision.
//!
//! What of a credential's subject is read: `memberKind`, `processingPlace`, `governingLaw` (a text each), `charter` (`id` and
//! `version`, or a list of such), `labels`, `useCases`, `ethicalAudits` (texts, or objects with `id` and the `until` of
//! RFC 3339 at which they end before the credential does). Anything else is no fact here.

use contracts::format::Instant;
use policies::{Attestation, Charter, Claim, Declared, Facts, Operand};
use serde_json::{Map, Value};

use crate::domain::credential::Attested;
use crate::domain::time::Timestamp;

const LEVEL: Attestation = Attestation::Attested;

/// Puts what is attested in the place of what the recipient says of itself. Where `alone`, what it says counts for
/// nothing.
pub(super) fn add(attested: &[&Attested], facts: &mut Facts, alone: bool) {
    if alone {
        facts.processing_place = None;
        facts.governing_law = None;
        facts.charters = None;
        facts.claims = None;
    }
    for one in attested {
        let subject = &one.facts;
        facts.processing_place = place(subject, "processingPlace").or(facts.processing_place.take());
        facts.governing_law = place(subject, "governingLaw").or(facts.governing_law.take());
        let charters = items(subject.get("charter")).filter_map(charter);
        for charter in charters {
            let known = facts.charters.get_or_insert_default();
            known.retain(|before| before.id != charter.id || before.level == LEVEL);
            known.push(charter);
        }
        for (about, name) in CLAIMS {
            for claim in items(subject.get(name)).filter_map(|item| claim(about, item)) {
                let known = facts.claims.get_or_insert_default();
                known.retain(|before| before.about != about || before.level == LEVEL);
                known.push(claim);
            }
        }
    }
}

const CLAIMS: [(Operand, &str); 4] = [
    (Operand::MemberKind, "memberKind"),
    (Operand::Label, "labels"),
    (Operand::UseCase, "useCases"),
    (Operand::EthicalAudit, "ethicalAudits"),
];

/// A list, or one item where there is no list.
fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
    .iter()
}

fn place(subject: &Map<String, Value>, name: &str) -> Option<Declared> {
    Some(Declared { value: subject.get(name)?.as_str()?.to_owned(), level: LEVEL })
}

fn charter(item: &Value) -> Option<Charter> {
    let text = |name: &str| item[name].as_str().map(ToOwned::to_owned);
    Some(Charter { id: text("id")?, version: text("version")?, level: LEVEL })
}

/// An end that cannot be read takes the claim with it: how long it holds is not known.
fn claim(about: Operand, item: &Value) -> Option<Claim> {
    let value = item.as_str().or(item["id"].as_str())?.to_owned();
    let until = match item.get("until") {
        None => None,
        Some(end) => {
            let end = Instant::parse(end.as_str()?)?;
            Some(Timestamp::from_seconds(end.seconds()).to_date())
        }
    };
    Some(Claim { about, value, until, level: LEVEL })
}
