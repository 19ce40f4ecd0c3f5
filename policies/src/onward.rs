//! What terms received with data allow their recipient to offer on, with what was made from the data.
//!
//! Closed by default: an offer that is not certainly within the terms received is refused with the clause that it
//! leaves. The recipient constraint counts too: data given to a list of recipients are passed on to nobody else.

use ontology::Relation;
use ontology::action::Action;
use serde::Serialize;

use crate::conflict::same;
use crate::operand::{Operand, Operator};
use crate::policy::{Check, Compiled, Expr, Rule, Test};

/// A clause received that an offer would leave behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// Of the clause, in the policy received.
    pub pointer: String,
    pub why: Why,
    /// The action or condition it is about, as the policy writes it.
    pub about: String,
    /// Of a condition: what it compares, and how; `about` is then its right operand.
    #[serde(skip)]
    pub condition: Option<(Operand, Operator)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Making derived data, or passing them on, is prohibited.
    Prohibited,
    /// No permission received covers it.
    NotPermitted,
    /// The offer does not carry the condition on, or carries a wider one.
    Wider,
}

/// Whether data may be derived and offered on under `offered`, given that they were received under `received`.
///
/// # Errors
/// The first clause received that the offer leaves.
pub fn onward(received: &Compiled, offered: &Compiled) -> Result<(), Clause> {
    derived(received)?;
    for prohibition in &received.prohibitions {
        if prohibition.when.is_empty() && passes_on(prohibition.action) {
            return Err(clause(prohibition, Why::Prohibited));
        }
        let is_kept = offered.prohibitions.iter().any(|own| {
            own.action.covers(prohibition.action)
                && own.when.iter().all(|one| prohibition.when.iter().any(|theirs| same(one, theirs)))
        });
        if !is_kept {
            return Err(clause(prohibition, Why::Wider));
        }
    }
    // Duties that go with the data wherever they go: the source is named, the terms are passed on.
    let carried = |rule: &&Rule| CARRIED.iter().any(|name| Action::parse(name) == Some(rule.action));
    for obligation in received.obligations.iter().filter(carried) {
        if !offered.obligations.iter().any(|own| own.action == obligation.action) {
            return Err(clause(obligation, Why::Wider));
        }
    }
    offered.permissions.iter().try_for_each(|permission| within(permission, &received.permissions))
}

/// Obligations that whoever receives derived data has too.
const CARRIED: [&str; 6] =
    ["attribute", "cc:Attribution", "cc:Notice", "cc:ShareAlike", "nextPolicy", "delete"];

/// Whether data may be derived at all.
///
/// # Errors
/// The clause that says no.
pub fn derived(received: &Compiled) -> Result<(), Clause> {
    let makes = |action: Action| touches_any(action, &["derive", "cc:DerivativeWorks"]);
    match received.prohibitions.iter().find(|rule| rule.when.is_empty() && makes(rule.action)) {
        Some(prohibition) => Err(clause(prohibition, Why::Prohibited)),
        None => Ok(()),
    }
}

/// Names of actions by which data reach others.
const PASSING: [&str; 7] =
    ["distribute", "grantUse", "cc:Distribution", "cc:Sharing", "transfer", "sell", "give"];

fn passes_on(action: Action) -> bool {
    touches_any(action, &PASSING)
}

fn touches_any(action: Action, names: &[&str]) -> bool {
    names.iter().filter_map(|name| Action::parse(name)).any(|named| action.covers(named))
}

/// A permission offered is within one of those received, or it leaves a clause of the one that comes nearest.
fn within(offered: &Rule, received: &[Rule]) -> Result<(), Clause> {
    let distribute = Action::parse("distribute");
    let covers = |rule: &&Rule| {
        rule.action.covers(offered.action) && distribute.is_some_and(|passed| rule.action.covers(passed))
    };
    let mut left: Option<Clause> = None;
    for rule in received.iter().filter(covers) {
        match leaves(offered, rule) {
            None => return Ok(()),
            Some(clause) => drop(left.get_or_insert(clause)),
        }
    }
    Err(left.unwrap_or_else(|| Clause {
        pointer: received.first().map_or_else(|| "/permission".to_owned(), |rule| rule.pointer.to_string()),
        why: Why::NotPermitted,
        about: offered.action.name().to_owned(),
        condition: None,
    }))
}

fn leaves(offered: &Rule, received: &Rule) -> Option<Clause> {
    let condition = received.when.iter().find(|theirs| !offered.when.iter().any(|own| implies(own, theirs)));
    if let Some(condition) = condition {
        let (pointer, about, condition) = match condition {
            Expr::Test(test) => (&test.pointer, test.expected.as_str(), Some((test.operand, test.operator))),
            Expr::Logic(logic) => (&logic.pointer, logic.operator.name(), None),
        };
        return Some(Clause {
            pointer: pointer.to_string(),
            why: Why::Wider,
            about: about.to_owned(),
            condition,
        });
    }
    let duty =
        received.duties.iter().find(|theirs| !offered.duties.iter().any(|own| own.action == theirs.action));
    duty.map(|duty| clause(duty, Why::Wider))
}

fn clause(rule: &Rule, why: Why) -> Clause {
    Clause { pointer: rule.pointer.to_string(), why, about: rule.action.name().to_owned(), condition: None }
}

/// Whoever meets `own` certainly meets `theirs`.
fn implies(own: &Expr, theirs: &Expr) -> bool {
    match (own, theirs) {
        (Expr::Test(own), Expr::Test(theirs)) if own.operand == theirs.operand => narrower(own, theirs),
        _ => same(own, theirs),
    }
}

fn narrower(own: &Test, theirs: &Test) -> bool {
    if (own.operator, &own.expected) == (theirs.operator, &theirs.expected) {
        return true;
    }
    if own.operator.negated() || theirs.operator.negated() {
        return false;
    }
    match (&own.check, &theirs.check) {
        (Check::Purpose(own), Check::Purpose(theirs)) => {
            each_in(own, theirs, |one, other| one.relation(*other) == Relation::Within)
        }
        (Check::Recipient(own), Check::Recipient(theirs)) => each_in(own, theirs, |one, other| one == other),
        (Check::Place(own), Check::Place(theirs)) => {
            each_in(own, theirs, |one, other| one.relation(other) == Relation::Within)
        }
        (Check::Count(own), Check::Count(theirs)) | (Check::Uses(own), Check::Uses(theirs)) => own <= theirs,
        (Check::Columns(own), Check::Columns(theirs)) => each_in(own, theirs, |one, other| one == other),
        (Check::Least(own), Check::Least(theirs)) => own >= theirs,
        (Check::Territory(own), Check::Territory(theirs)) => {
            each_in(own, theirs, |one, other| other.contains(one))
        }
        (Check::Time(_), Check::Time(start)) if theirs.operator == Operator::Gteq => {
            let Check::Time(own_start) = &own.check else { return false };
            own.operator == Operator::Gteq && own_start.start >= start.start
        }
        (Check::Time(_), Check::Time(_)) => match (own.deadline(), theirs.deadline()) {
            (Some(own), Some(last)) => own <= last && theirs.operator != Operator::Eq,
            _ => false,
        },
        _ => false,
    }
}

fn each_in<T>(own: &[T], theirs: &[T], within: impl Fn(&T, &T) -> bool) -> bool {
    own.iter().all(|one| theirs.iter().any(|other| within(one, other)))
}

#[cfg(test)]
mod tests {
    use contracts::odrl::Policy;
    use serde_json::{Value, json};

    use super::*;

    fn compiled(policy: Value) -> Compiled {
        crate::compile(&Policy::try_from(policy).unwrap()).unwrap()
    }
    fn offer(permission: Value, prohibition: Value) -> Compiled {
        compiled(json!({"@type": "Offer", "permission": permission, "prohibition": prohibition}))
    }
    fn test(left: &str, operator: &str, right: Value) -> Value {
        json!({"leftOperand": left, "operator": operator, "rightOperand": right})
    }
    fn permit(constraints: Value) -> Value {
        json!([{"action": "use", "constraint": constraints}])
    }

    #[test]
    fn an_offer_is_never_wider_than_what_was_received() {
        let water = || test("purpose", "isA", json!("eau_assainissement"));
        let until = |day: &str| test("dateTime", "lteq", json!(day));
        let received = offer(permit(json!([water(), until("2030-12-31")])), json!([]));
        for (own, left) in [
            (json!([water(), until("2030-12-31")]), None),
            (json!([until("2029-01-01"), water()]), None),
            (json!([test("purpose", "isA", json!("gestion_ressource_eau")), until("2030-06-30")]), None),
            (json!([water(), until("2031-01-01")]), Some("/permission/0/constraint/1")),
            (json!([until("2030-12-31")]), Some("/permission/0/constraint/0")),
            (
                json!([test("purpose", "neq", json!("revente_donnees")), until("2030-12-31")]),
                Some("/permission/0/constraint/0"),
            ),
            (json!([]), Some("/permission/0/constraint/0")),
        ] {
            let found = onward(&received, &offer(permit(own.clone()), json!([]))).err();
            assert_eq!(found.as_ref().map(|clause| clause.pointer.as_str()), left, "{own}");
            assert!(found.is_none_or(|clause| clause.why == Why::Wider));
        }
    }

    #[test]
    fn prohibitions_are_kept_or_forbid_the_offer() {
        let open = || offer(permit(json!([])), json!([]));
        let prohibited = |action: &str| offer(permit(json!([])), json!([{"action": action}]));
        for action in ["distribute", "cc:Sharing", "derive", "grantUse", "sell"] {
            let clause = onward(&prohibited(action), &open()).unwrap_err();
            assert_eq!(
                (clause.why, clause.pointer.as_str()),
                (Why::Prohibited, "/prohibition/0"),
                "{action}"
            );
        }
        assert_eq!(derived(&prohibited("distribute")), Ok(()));
        assert!(derived(&prohibited("derive")).is_err());
        // Another prohibition goes on with the data.
        assert_eq!(onward(&prohibited("cc:CommercialUse"), &open()).unwrap_err().why, Why::Wider);
        assert_eq!(onward(&prohibited("cc:CommercialUse"), &prohibited("cc:CommercialUse")), Ok(()));
    }

    #[test]
    fn attribution_and_the_end_of_the_data_go_with_them() {
        let with = |obligations: Value| {
            compiled(json!({"@type": "Offer", "permission": permit(json!([])), "obligation": obligations}))
        };
        for action in ["attribute", "nextPolicy", "delete"] {
            let received = with(json!([{"action": "inform"}, {"action": action}]));
            let left = onward(&received, &with(json!([{"action": "inform"}]))).unwrap_err();
            assert_eq!((left.why, left.pointer.as_str()), (Why::Wider, "/obligation/1"), "{action}");
            assert_eq!(onward(&received, &with(json!([{"action": action}]))), Ok(()), "{action}");
        }
    }

    #[test]
    fn a_view_is_carried_on_or_narrowed() {
        let only =
            |left: &str, values: Value| offer(permit(json!([test(left, "isAnyOf", values)])), json!([]));
        let columns = |names: Value| only("fiducie:columns", names);
        assert_eq!(onward(&columns(json!(["a", "b"])), &columns(json!(["a"]))), Ok(()));
        assert!(onward(&columns(json!(["a"])), &columns(json!(["a", "b"]))).is_err());
        let areas = |codes: Value| only("fiducie:territory", codes);
        let brittany = areas(json!(["region:53@2024"]));
        assert_eq!(onward(&brittany, &areas(json!(["departement:35@2024"]))), Ok(()));
        assert!(onward(&brittany, &areas(json!(["departement:44@2024"]))).is_err());
        assert!(onward(&brittany, &areas(json!(["departement:35@2023"]))).is_err());
        assert!(onward(&brittany, &offer(permit(json!([])), json!([]))).is_err());
    }

    #[test]
    fn what_nobody_permitted_is_not_offered() {
        let received = offer(json!([{"action": "read"}]), json!([]));
        let clause = onward(&received, &offer(json!([{"action": "read"}]), json!([]))).unwrap_err();
        assert_eq!(clause.why, Why::NotPermitted);
        // Data for named recipients stay with them.
        let named = offer(permit(json!([test("recipient", "eq", json!("did:web:a.example"))])), json!([]));
        let other = offer(permit(json!([test("recipient", "eq", json!("did:web:b.example"))])), json!([]));
        assert_eq!(onward(&named, &other).unwrap_err().why, Why::Wider);
        assert_eq!(onward(&named, &named), Ok(()));
    }
}
