//! What puts a policy under a framework, and what it may then not permit.

use contracts::framework::Purposes;
use ontology::Relation;
use ontology::purpose::Purpose;

use crate::operand::Operator;
use crate::policy::{Check, Compiled, Expr, Test};

/// Identifiers of the charters that a policy names: it is written under the frameworks whose charters they are.
pub fn charters(policy: &Compiled) -> Vec<&str> {
    let mut found = Vec::new();
    for test in tests(policy) {
        if let Check::Charter(listed) = &test.check {
            found.extend(listed.iter().map(|(id, _)| id.as_str()));
        }
    }
    found
}

/// Purposes that a policy permits by name and the framework prohibits.
pub fn prohibited(policy: &Compiled, purposes: &Purposes) -> Vec<Purpose> {
    let never: Vec<Purpose> = purposes.prohibited.iter().filter_map(|code| Purpose::parse(code)).collect();
    let mut found = Vec::new();
    for test in tests(policy) {
        if let (Check::Purpose(listed), false) =
            (&test.check, matches!(test.operator, Operator::Neq | Operator::IsNoneOf))
        {
            let within = |one: &&Purpose| never.iter().any(|other| one.relation(*other) == Relation::Within);
            found.extend(listed.iter().filter(within));
        }
    }
    found
}

/// Every condition of what is permitted.
fn tests(policy: &Compiled) -> Vec<&Test> {
    fn gather<'a>(part: &'a Expr, into: &mut Vec<&'a Test>) {
        match part {
            Expr::Test(test) => into.push(test),
            Expr::Logic(logic) => logic.parts.iter().for_each(|part| gather(part, into)),
        }
    }
    let mut found = Vec::new();
    policy.permissions.iter().flat_map(|rule| &rule.when).for_each(|part| gather(part, &mut found));
    found
}
