//! The clauses of a policy one by one, each with who enforces it: what is shown before anybody signs.

use ontology::Lang;
use ontology::action::Action;

use super::{Section, action_label, logic_label};
use crate::explain::clause;
use crate::operand::Grade;
use crate::policy::{Compiled, Expr, Rule};

/// A clause and its grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graded {
    /// JSON pointer in the policy.
    pub pointer: String,
    pub grade: Grade,
    /// The clause in plain words.
    pub text: String,
}

/// Every clause of a policy, in its order: rules, then what each depends on.
pub fn graded(policy: &Compiled, lang: Lang) -> Vec<Graded> {
    let mut all = Vec::new();
    let sections = [
        (Section::Permission, &policy.permissions),
        (Section::Prohibition, &policy.prohibitions),
        (Section::Obligation, &policy.obligations),
    ];
    for (section, rules) in sections {
        for rule in rules {
            self::rule(rule, section, lang, &mut all);
        }
    }
    all
}

fn rule(rule: &Rule, section: Section, lang: Lang, all: &mut Vec<Graded>) {
    let grade = section.grade(rule.action);
    let colon = lang.pick(" : ", ": ");
    let text = format!("{}{colon}{}", section.label(lang), label(rule.action, lang));
    all.push(Graded { pointer: rule.pointer.to_string(), grade, text });
    rule.when.iter().for_each(|part| self::part(part, grade, lang, all));
    for duty in &rule.duties {
        let text = format!("{}{colon}{}", lang.pick("Au préalable", "Before that"), label(duty.action, lang));
        all.push(Graded { pointer: duty.pointer.to_string(), grade: Grade::E1, text });
    }
}

fn label(action: Action, lang: Lang) -> String {
    action_label(action.name(), lang)
}

/// A condition holds no better than the rule it belongs to.
fn part(part: &Expr, rule: Grade, lang: Lang, all: &mut Vec<Graded>) {
    match part {
        Expr::Test(test) => {
            let text = clause(test.operand, test.operator, &test.expected, lang);
            all.push(Graded {
                pointer: test.pointer.to_string(),
                grade: test.operand.grade().max(rule),
                text,
            });
        }
        Expr::Logic(logic) => {
            let text = logic_label(logic.operator.name(), lang).to_owned();
            all.push(Graded { pointer: logic.pointer.to_string(), grade: rule, text });
            logic.parts.iter().for_each(|inner| self::part(inner, rule, lang, all));
        }
    }
}
