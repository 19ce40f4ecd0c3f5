//! Constraints and refinements in plain words.

use ontology::Lang;

use super::{Page, local, words};
use crate::explain::clause;
use crate::fault::shown;
use crate::model::{Atomic, Constraint};
use crate::operand::Grade;
use crate::rdf::Term;
use crate::render::logic_label;

pub(super) fn conditions(page: &mut Page, depth: usize, list: &[Constraint]) {
    let lang = page.lang;
    for one in list {
        match one {
            Constraint::Atomic(atomic) => page.line(depth, &format!("- {}", compared(atomic, lang))),
            Constraint::Logical(logical) => {
                let label = match logical.operator.name() {
                    "andSequence" => lang.pick("tout ceci, dans cet ordre", "all of this, in this order"),
                    other => logic_label(other, lang),
                };
                page.line(depth, &format!("- {label}{}", lang.pick(" :", ":")));
                conditions(page, depth + 1, &logical.parts);
            }
            Constraint::Unread(unread) => {
                let label = lang.pick("- condition non comprise : ", "- condition that is not understood: ");
                page.line(depth, &format!("{label}{} [E4]", shown(&unread.found)));
            }
        }
    }
}

fn compared(atomic: &Atomic, lang: Lang) -> String {
    if let (Some(test), None) = (&atomic.test, &atomic.unit) {
        let said = clause(test.operand, test.operator, &test.expected, lang);
        return format!("{said} [{:?}]", test.operand.grade());
    }
    let values: Vec<String> = atomic.right.iter().map(value).collect();
    let elsewhere = atomic.references.iter().map(|reference| match lang {
        Lang::Fr => format!("ce que dit {}", shown(reference)),
        Lang::En => format!("what {} says", shown(reference)),
    });
    let values: Vec<String> = values.into_iter().chain(elsewhere).collect();
    let unit = atomic.unit.as_deref().map(|unit| format!(" {}", shown(local(unit)))).unwrap_or_default();
    let (operand, operator) =
        (words::operand(&atomic.left, lang), words::operator(atomic.operator.name(), lang));
    let colon = lang.pick(" : ", ": ");
    format!("{operand}{colon}{operator} {}{unit} [{:?}]", values.join(", "), Grade::E4)
}

fn value(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => shown(local(node.as_str())),
        Term::BlankNode(_) => "…".to_owned(),
        Term::Literal(literal) => shown(literal.value()),
    }
}
