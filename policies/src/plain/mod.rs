//! Any policy of ODRL in plain words: what [`crate::render`] is for policies that a node can sign, for all others.
//!
//! A clause shows the grade it would have if its operand alone decided; one of which no node knows the facts is E4, text
//! without machine form.

mod condition;
pub(crate) mod words;

use ontology::Lang;

use crate::fault::shown;
use crate::model::{Policy, Rule, Scope, Strategy};
use crate::operand::Grade;
use crate::render::action_label;
use condition::conditions;

/// The text of a policy.
pub fn plain(policy: &Policy, lang: Lang) -> String {
    let mut page = Page { lang, text: String::new() };
    let kinds: Vec<&str> = policy.kinds.iter().map(|kind| local(kind)).collect();
    let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    let name = if policy.id.starts_with("_:") { String::new() } else { format!(" {}", shown(&policy.id)) };
    page.line(0, &format!("{}{name}{kinds}", lang.pick("POLITIQUE", "POLICY")));
    for (index, rule) in policy.rules().enumerate() {
        page.text.push('\n');
        page.rule(0, &format!("{}. ", index + 1), rule);
    }
    let last = match policy.strategy {
        Strategy::Permit => "perm",
        Strategy::Prohibit => "prohibit",
        Strategy::Invalid => "invalid",
    };
    let conflict = words::strategy(last, lang);
    page.text.push('\n');
    page.line(
        0,
        &match lang {
            Lang::Fr => format!("Tout ce qui n'est pas autorisé est refusé ; en cas de conflit, {conflict}."),
            Lang::En => format!("What is not permitted is refused; in a conflict, {conflict}."),
        },
    );
    page.line(0, lang.pick("Garanties :", "Guarantees:"));
    for grade in [Grade::E1, Grade::E2, Grade::E3, Grade::E4] {
        page.line(1, &format!("{grade:?}{}{}", lang.pick(" : ", ": "), grade.meaning(lang)));
    }
    page.text
}

/// The local name of a term of ODRL, else the name itself.
fn local(iri: &str) -> &str {
    iri.strip_prefix(ontology::vocab::ODRL).unwrap_or(iri)
}

struct Page {
    lang: Lang,
    text: String,
}

impl Page {
    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&"   ".repeat(depth));
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn labelled(&mut self, depth: usize, label: &str, text: &str) {
        let colon = self.lang.pick(" : ", ": ");
        self.line(depth, &format!("{label}{colon}{text}"));
    }

    fn rule(&mut self, depth: usize, number: &str, rule: &Rule) {
        let lang = self.lang;
        let action = match &rule.action {
            Some(action) => match action.known {
                Some(known) => action_label(known.name(), lang),
                None => shown(&action.name),
            },
            None => lang.pick("toute action", "any action").to_owned(),
        };
        self.labelled(depth, &format!("{number}{}", words::rule(rule.kind.property(), lang)), &action);
        if let Some(action) = &rule.action {
            if !action.included_in.is_empty() {
                let above: Vec<String> = action.included_in.iter().map(|one| shown(local(one))).collect();
                self.labelled(depth + 1, lang.pick("comprise dans", "included in"), &above.join(", "));
            }
            self.narrowed(depth + 1, lang.pick("précisée par", "narrowed by"), &action.refinements);
        }
        self.scope(depth + 1, lang.pick("Sur", "On"), rule.target.as_ref());
        self.scope(depth + 1, lang.pick("Accordée par", "Granted by"), rule.assigner.as_ref());
        self.scope(depth + 1, lang.pick("Accordée à", "Granted to"), rule.assignee.as_ref());
        self.narrowed(
            depth + 1,
            lang.pick("Si tout ceci est vrai", "If all of this holds"),
            &rule.constraints,
        );
        for below in rule.duties.iter().chain(&rule.consequences).chain(&rule.remedies) {
            self.rule(depth + 1, "- ", below);
        }
        for term in &rule.unknown {
            self.labelled(depth + 1, lang.pick("Non compris", "Not understood"), &shown(term));
        }
    }

    fn scope(&mut self, depth: usize, label: &str, scope: Option<&Scope>) {
        let Some(scope) = scope else { return };
        let lang = self.lang;
        let mut said = if scope.anonymous { String::new() } else { shown(&scope.id) };
        if let Some(source) = &scope.source {
            let from = lang.pick("pris dans", "taken from");
            said = format!("{said} {from} {}", shown(source)).trim_start().to_owned();
        }
        if scope.collection {
            said.push_str(lang.pick(" (un groupe)", " (a group)"));
        }
        for group in &scope.part_of {
            said = format!("{said}, {} {}", lang.pick("membre de", "a member of"), shown(group));
        }
        self.labelled(depth, label, &said);
        self.narrowed(depth + 1, lang.pick("précisé par", "narrowed by"), &scope.refinements);
    }

    fn narrowed(&mut self, depth: usize, label: &str, list: &[crate::model::Constraint]) {
        if !list.is_empty() {
            self.line(depth, &format!("{label}{}", self.lang.pick(" :", ":")));
            conditions(self, depth + 1, list);
        }
    }
}
