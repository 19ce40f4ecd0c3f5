//! Rules of one policy that contradict each other. A prohibition wins, so such a policy can be decided; but a permission
//! that a prohibition always takes back is nothing that somebody should sign.

use crate::fault::{Fault, FaultCode};
use crate::policy::{Compiled, Expr, Rule};

/// Permissions under which nothing could ever be permitted: a prohibition of the same policy covers their action and
/// holds whenever they do. A prohibition with conditions of its own is an exception, and no conflict.
pub fn conflicts(policy: &Compiled) -> Vec<Fault> {
    let mut faults = Vec::new();
    for permission in &policy.permissions {
        if let Some(prohibition) = policy.prohibitions.iter().find(|rule| takes_back(rule, permission)) {
            let found = permission.action.name();
            faults.push(Fault::new(
                &permission.pointer,
                FaultCode::Void,
                found,
                prohibition.pointer.as_str(),
            ));
        }
    }
    faults
}

/// Whether every condition of the prohibition is one of the permission's.
fn takes_back(prohibition: &Rule, permission: &Rule) -> bool {
    prohibition.action.covers(permission.action)
        && prohibition.when.iter().all(|theirs| permission.when.iter().any(|own| same(own, theirs)))
}

/// The same condition, wherever it stands.
pub(crate) fn same(one: &Expr, other: &Expr) -> bool {
    match (one, other) {
        (Expr::Test(a), Expr::Test(b)) => {
            (a.operand, a.operator, &a.expected) == (b.operand, b.operator, &b.expected)
        }
        (Expr::Logic(a), Expr::Logic(b)) => {
            a.operator == b.operator
                && a.parts.len() == b.parts.len()
                && a.parts.iter().zip(&b.parts).all(|(x, y)| same(x, y))
        }
        (Expr::Test(_), Expr::Logic(_)) | (Expr::Logic(_), Expr::Test(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use contracts::odrl::Policy;
    use serde_json::{Value, json};

    use super::*;

    fn found(permission: Value, prohibition: Value) -> Vec<String> {
        let policy = json!({"@type": "Offer", "permission": permission, "prohibition": prohibition});
        let policy = crate::compile(&Policy::try_from(policy).unwrap()).unwrap();
        conflicts(&policy).into_iter().map(|f| format!("{} {}", f.pointer, f.accepted)).collect()
    }

    #[test]
    fn what_is_always_taken_back_is_a_conflict_and_an_exception_is_none() {
        let purpose = |p: &str| json!({"leftOperand": "purpose", "operator": "isA", "rightOperand": p});
        let date = json!({"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2030-12-31"});
        let (water, resale) = (purpose("eau_assainissement"), purpose("revente_donnees"));
        let whole = json!([{"action": "use"}]);
        assert_eq!(found(whole.clone(), whole.clone()), ["/permission/0 /prohibition/0"]);
        assert_eq!(found(json!([{"action": "read"}]), whole.clone()), ["/permission/0 /prohibition/0"]);
        // The permission's own condition is what is prohibited.
        let limited = json!([{"action": "use", "constraint": [water.clone(), date]}]);
        let forbidden = json!([{"action": "use", "constraint": [water]}]);
        assert_eq!(found(limited.clone(), forbidden.clone()), ["/permission/0 /prohibition/0"]);
        // Exceptions: narrower in action, or in condition.
        assert!(found(limited, json!([{"action": "use", "constraint": [resale]}])).is_empty());
        assert!(found(whole.clone(), forbidden).is_empty());
        assert!(found(whole, json!([{"action": "distribute"}])).is_empty());
    }
}
