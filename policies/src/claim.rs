//! What a recipient says of itself by name: its kind, its labels, the use cases and audits that it claims.

use crate::constraint::identifier;
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::facts::Facts;
use crate::operand::{Operand, Operator};

/// Kinds of member.
pub(crate) const KINDS: &str = "commune, epci, departement, region, etat, etablissement_public, delegataire, \
                                entreprise, association, recherche, tiers_de_confiance";

/// Reads the name of a kind, or the identifier of a label, use case or audit.
pub(crate) fn read(operand: Operand, text: &str) -> Option<String> {
    let known = match operand {
        Operand::MemberKind => KINDS.split(", ").any(|kind| kind == text),
        _ => identifier(text) && text.contains(':'),
    };
    known.then(|| text.to_owned())
}

/// Claims in force at the instant of the facts. Nothing claimed of the kind: nothing is known.
pub(crate) fn verdict(operand: Operand, operator: Operator, listed: &[String], facts: &Facts) -> Verdict {
    let (Some(claims), Some(now)) = (&facts.claims, facts.now) else { return Unknown };
    let in_force = |one: &&crate::facts::Claim| one.about == operand && one.until.is_none_or(|end| now < end);
    let held: Vec<&str> = claims.iter().filter(in_force).map(|one| one.value.as_str()).collect();
    if held.is_empty() { Unknown } else { among(operator, listed, &held) }
}

/// How values that are all known stand to those of a constraint.
pub(crate) fn among(operator: Operator, listed: &[String], held: &[&str]) -> Verdict {
    let has = |one: &String| held.contains(&one.as_str());
    let holds = match operator {
        Operator::IsAllOf => listed.iter().all(has),
        Operator::Neq | Operator::IsNoneOf => !listed.iter().any(has),
        _ => listed.iter().any(has),
    };
    if holds { Satisfied } else { Unsatisfied }
}
