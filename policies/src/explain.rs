//! Decisions and faults as sentences, in French and in English, from the same keys.

pub(crate) mod compared;
mod fault;
mod onward;
mod reason;

use ontology::Lang;
use ontology::purpose::Purpose;

use crate::decision::{Decision, Key, Outcome, Reason, RuleKind, Verdict};
use crate::duration;
use crate::fault::shown;
use crate::operand::{Operand, Operator};

pub use compared::{Names, comparison};
pub use fault::fault;
pub use onward::left;
pub use reason::reason;

/// A decision as sentences, one each: the outcome, then for a refusal every cause.
pub fn decision(decision: &Decision, lang: Lang) -> Vec<String> {
    let outcome = match decision.outcome {
        Outcome::Permit => lang.pick("Accès autorisé.", "Access permitted."),
        Outcome::Refuse => lang.pick("Accès refusé.", "Access refused."),
    };
    let mut sentences = vec![outcome.to_owned()];
    if decision.outcome == Outcome::Refuse {
        sentences.extend(causes(decision).map(|cause| reason(&cause, lang)));
    }
    sentences
}

/// The reasons that refuse: prohibitions that apply, and what each permission lacks. A condition is a cause only
/// where the rule it belongs to refuses: the false half of an `or` that holds is none.
pub fn causes(decision: &Decision) -> impl Iterator<Item = Reason<'_>> {
    let mut rule = Verdict::Unknown;
    // The combined condition last met: its pointer is the prefix of its parts'.
    let mut held: Option<String> = None;
    decision.reasons.iter().filter(move |reason| {
        match (reason.key, reason.verdict) {
            (Key::Rule, verdict) => rule = verdict,
            (Key::Logic, Verdict::Satisfied) => held = Some(format!("{}/", reason.pointer)),
            _ => {}
        }
        if held.as_ref().is_some_and(|pointer| reason.pointer.starts_with(pointer)) {
            return false;
        }
        match (reason.kind, reason.key) {
            (RuleKind::Prohibition, Key::Rule) => reason.verdict != Verdict::Unsatisfied,
            // The rule itself was told; of its conditions, those that nobody could verify are news.
            (RuleKind::Prohibition, _) => rule == Verdict::Unknown && reason.verdict == Verdict::Unknown,
            (RuleKind::Permission, Key::Rule) => false,
            (RuleKind::Permission, _) => rule != Verdict::Satisfied && reason.verdict != Verdict::Satisfied,
            (RuleKind::Policy, _) => reason.verdict != Verdict::Satisfied,
        }
    })
}

/// A value as a person reads it: the label of a purpose, else the text itself.
pub(crate) fn value(operand: Operand, text: &str, lang: Lang) -> String {
    let one = |text: &str| match operand {
        Operand::Purpose => Purpose::parse(text).map_or_else(
            || shown(text),
            |purpose| format!("{} ({})", purpose.label(lang), purpose.concept().id),
        ),
        Operand::ElapsedTime | Operand::DelayPeriod | Operand::TimeInterval => {
            duration::words(text, lang).unwrap_or_else(|| shown(text))
        }
        Operand::Embargo if text == "ended" => lang.pick("terminé", "ended").to_owned(),
        Operand::Reciprocity if text == "any" => {
            lang.pick("au moins un jeu", "at least one dataset").to_owned()
        }
        Operand::CharterVersion => match text.rsplit_once('@') {
            Some((id, version)) => format!("{} version {}", shown(id), shown(version)),
            None => shown(text),
        },
        _ => shown(text),
    };
    text.split(", ").map(one).collect::<Vec<_>>().join(", ")
}

/// `operand operator value`, as in « finalité : Eau et assainissement ou plus précise ».
pub(crate) fn clause(operand: Operand, operator: Operator, expected: &str, lang: Lang) -> String {
    let expected = value(operand, expected, lang);
    let hierarchical = matches!(
        operand,
        Operand::Purpose | Operand::ProcessingPlace | Operand::GoverningLaw | Operand::Territory
    );
    let words = match (operator, hierarchical) {
        (Operator::Eq | Operator::IsA | Operator::IsPartOf, true) => {
            lang.pick("{} (ou compris dedans)", "{} (or within it)")
        }
        (Operator::Eq | Operator::IsA | Operator::IsPartOf, false) => "{}",
        (Operator::Neq, _) => lang.pick("autre que {}", "other than {}"),
        (Operator::IsAnyOf, false) if operand == Operand::Columns => lang.pick("seulement {}", "only {}"),
        (Operator::IsAnyOf, true) => {
            lang.pick("parmi (ou compris dedans) : {}", "one of (or within them): {}")
        }
        (Operator::IsAnyOf, false) => lang.pick("parmi : {}", "one of: {}"),
        (Operator::IsNoneOf, _) => lang.pick("aucun de : {}", "none of: {}"),
        (Operator::IsAllOf, _) => lang.pick("chacun de : {}", "all of: {}"),
        (Operator::HasPart, _) => lang.pick("contient {}", "contains {}"),
        (Operator::Lt, _) => match operand {
            Operand::DateTime => lang.pick("avant {}", "before {}"),
            _ => lang.pick("moins de {}", "less than {}"),
        },
        (Operator::Lteq, _) => match operand {
            Operand::DateTime => lang.pick("jusqu'au {} inclus", "until {} included"),
            _ => lang.pick("au plus {}", "at most {}"),
        },
        (Operator::Gt, _) if matches!(operand, Operand::DelayPeriod | Operand::Contributors) => {
            lang.pick("plus de {}", "more than {}")
        }
        (Operator::Gteq, _) if matches!(operand, Operand::DelayPeriod | Operand::Contributors) => {
            lang.pick("au moins {}", "at least {}")
        }
        (Operator::Gt, _) => match operand {
            Operand::DateTime => lang.pick("après {}", "after {}"),
            _ => lang.pick("postérieure à {}", "later than {}"),
        },
        (Operator::Gteq, _) => match operand {
            Operand::DateTime => lang.pick("à partir du {}", "from {} on"),
            _ => lang.pick("{} ou ultérieure", "{} or later"),
        },
    };
    format!("{}{}{}", operand.label(lang), lang.pick(" : ", ": "), words.replace("{}", &expected))
}
