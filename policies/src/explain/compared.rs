//! A comparison as sentences: the verdict, then each clause that decided, with both values.

use ontology::Lang;
use ontology::action::Action;

use super::{clause, value};
use crate::compare::{Clause, Comparison, Finding, FindingKey, Relation, Said};
use crate::operand::{Operand, Operator};
use crate::render::action_label;

/// What was compared, as its readers call it: `an offer` with `a request`, or files by their names.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    pub first: &'a str,
    pub second: &'a str,
}

/// The verdict, and a sentence for each finding.
pub fn comparison(comparison: &Comparison, names: Names<'_>, lang: Lang) -> Vec<String> {
    let fill = |text: &str| text.replace("{first}", names.first).replace("{second}", names.second);
    let verdict = fill(relation(comparison.relation(), lang));
    let told = comparison.findings.iter().map(|one| fill(&finding(one, lang)));
    std::iter::once(verdict).chain(told).collect()
}

const fn relation(relation: Relation, lang: Lang) -> &'static str {
    match relation {
        Relation::Compatible => lang.pick(
            "Compatibles : {first} et {second} autorisent des accès communs, et chacun en autorise d'autres.",
            "Compatible: {first} and {second} permit some accesses in common, and each permits others.",
        ),
        Relation::Conflict => lang.pick(
            "Conflit : aucun accès n'est autorisé à la fois par {first} et par {second}.",
            "Conflict: no access is permitted both by {first} and by {second}.",
        ),
        Relation::Refines => lang.pick(
            "Plus étroit ou égal : {second} n'autorise rien que {first} refuse.",
            "Narrower or equal: {second} permits nothing that {first} refuses.",
        ),
        Relation::Subsumed => lang.pick(
            "Plus large : {second} autorise tout ce que {first} autorise, et davantage.",
            "Wider: {second} permits all that {first} permits, and more.",
        ),
        Relation::Unknown => lang.pick(
            "Indécidable : comparer {first} et {second} demande une personne.",
            "Cannot be told: comparing {first} and {second} needs a person.",
        ),
    }
}

/// One finding, with `{first}` and `{second}` where the names belong.
fn finding(finding: &Finding, lang: Lang) -> String {
    let side = |clause: &Option<Clause>, name: &str| match clause {
        Some(clause) => {
            let at = if clause.pointer.is_empty() { "/" } else { &clause.pointer };
            format!("{name}, {at}{}« {} »", lang.pick(" : ", ": "), said(&clause.said, lang))
        }
        None => format!("{name}{}", lang.pick(" n'en dit rien", " says nothing of it")),
    };
    let both = format!("{} ; {}", side(&finding.first, "{first}"), side(&finding.second, "{second}"));
    let why = match finding.key {
        FindingKey::Apart => lang.pick("jamais ensemble", "never together"),
        FindingKey::Beyond => lang.pick("l'un autorise plus que l'autre", "one permits more than the other"),
        FindingKey::Open => {
            lang.pick("leur rapport n'est pas connu", "how they stand to each other is not known")
        }
        FindingKey::Silent => lang.pick("un seul en parle", "only one speaks of it"),
    };
    let both = if lang == Lang::En { both.replace(" ; ", "; ") } else { both };
    format!("{both} ({why}).")
}

fn said(said: &Said, lang: Lang) -> String {
    match said {
        Said::Test { operand, operator, expected } => clause(*operand, *operator, expected, lang),
        Said::Condition { left, operator, right } => {
            let name = left.rsplit(['#', '/']).next().unwrap_or(left);
            let label = Operand::parse(left).map_or(name, |operand| operand.label(lang));
            let right = Operand::parse(left).map_or_else(|| right.clone(), |own| value(own, right, lang));
            format!("{label} {} {right}", sign(*operator, lang))
        }
        Said::Action(name) => action_label(local(name), lang),
        Said::Target(name) => format!("{}{name}", lang.pick("jeu de données ", "dataset ")),
        Said::Party(name) => format!("{}{name}", lang.pick("partie ", "party ")),
        Said::Other => lang
            .pick("un devoir, ou ce qui n'est pas compris", "a duty, or what is not understood")
            .to_owned(),
    }
}

fn local(name: &str) -> &str {
    match Action::parse(name) {
        Some(action) => action.name(),
        None => name,
    }
}

/// An operator between an operand and a value that have no words of their own.
pub(crate) const fn sign(operator: Operator, lang: Lang) -> &'static str {
    match operator {
        Operator::Eq => "=",
        Operator::Neq => "≠",
        Operator::Lt => "<",
        Operator::Lteq => "≤",
        Operator::Gt => ">",
        Operator::Gteq => "≥",
        Operator::IsA => lang.pick("est", "is a"),
        Operator::IsPartOf => lang.pick("fait partie de", "is part of"),
        Operator::IsAnyOf => lang.pick("parmi", "one of"),
        Operator::IsNoneOf => lang.pick("aucun de", "none of"),
        Operator::IsAllOf => lang.pick("chacun de", "all of"),
        Operator::HasPart => lang.pick("contient", "contains"),
    }
}
