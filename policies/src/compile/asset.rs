//! A target narrowed by refinements (ODRL 2.2, 2.2.3): what of the dataset a permission delivers, said of the asset.

use contracts::odrl::{Extra, Policy};
use serde_json::{Value, json};

use super::members;
use crate::constraint::{self, Position};
use crate::fault::{Fault, FaultCode};
use crate::policy::Expr;

/// Takes the target of a permission out of its members if it is refined; its refinements are conditions like any other.
pub(super) fn refined(policy: &Policy, extra: &mut Extra, at: &str, faults: &mut Vec<Fault>) -> Vec<Expr> {
    let at = format!("{at}/target");
    let Some(Value::Object(target)) = extra.get("target") else { return Vec::new() };
    let Some(refinement) = target.get("refinement").cloned() else { return Vec::new() };
    let mut left = target.clone();
    left.remove("refinement");
    extra.remove("target");
    for member in ["@id", "source"] {
        let named = left.remove(member);
        if named.as_ref().is_some_and(|named| named.as_str() != policy.target.as_deref()) {
            let (found, accepted) = (named.unwrap_or_default().to_string(), policy.target.clone());
            let accepted = accepted.unwrap_or_default();
            faults.push(Fault::new(format!("{at}/{member}"), FaultCode::Party, found, accepted));
        }
    }
    members(&left, &at, &["Asset", "AssetCollection"], faults);
    let at = format!("{at}/refinement");
    let carrier = Policy::try_from(json!({"permission": {"constraint": refinement}}));
    let Some(rule) = carrier.ok().and_then(|policy| policy.permission.into_iter().next()) else {
        faults.push(Fault::new(at, FaultCode::Member, "", "fiducie:columns, fiducie:territory"));
        return Vec::new();
    };
    members(&rule.extra, &at, &[], faults);
    constraint::all(&rule.constraint, &at, Position::Asset, faults)
}
