//! One reason, one sentence.

use ontology::Lang;

use super::{clause, value};
use crate::decision::{Key, Reason, RuleKind, Verdict};
use crate::facts::Attestation;
use crate::fault::shown;
use crate::operand::Operand;
use crate::render::{action_label, logic_label};

/// The sentence of a reason.
pub fn reason(reason: &Reason<'_>, lang: Lang) -> String {
    let expected = reason.expected.as_deref().unwrap_or_default();
    let found = reason.found.as_deref();
    let shown = found.map_or_else(|| lang.pick("inconnu", "unknown").to_owned(), shown);
    match reason.key {
        Key::Action => match lang {
            Lang::Fr => {
                format!("L'action demandée « {shown} » n'est pas une action ODRL 2.2 ; demandez « read ».")
            }
            Lang::En => {
                format!("The requested action `{shown}` is not an action of ODRL 2.2; ask for `read`.")
            }
        },
        Key::Target => match lang {
            Lang::Fr => format!("Le contrat porte sur {expected}, la demande sur {shown}."),
            Lang::En => format!("The contract is about {expected}, the request about {shown}."),
        },
        Key::Assignee => match lang {
            Lang::Fr => format!("Le contrat est conclu avec {expected}, le demandeur est {shown}."),
            Lang::En => format!("The contract is with {expected}, the caller is {shown}."),
        },
        Key::NoPermission => {
            let listed = if expected.is_empty() { lang.pick("aucune action", "no action") } else { expected };
            match lang {
                Lang::Fr => {
                    format!("Aucune autorisation ne couvre « {shown} » ; sont autorisées : {listed}.")
                }
                Lang::En => format!("No permission covers `{shown}`; permitted: {listed}."),
            }
        }
        Key::Rule => rule(reason, expected, lang),
        Key::Duty => duty(reason, expected, lang),
        Key::Logic => logic(reason, expected, lang),
        Key::Constraint => constraint(reason, expected, found, lang),
    }
}

fn rule(reason: &Reason<'_>, action: &str, lang: Lang) -> String {
    let label = action_label(action, lang);
    let at = &reason.pointer;
    let words = match (reason.kind, reason.verdict) {
        (RuleKind::Prohibition, Verdict::Satisfied) => {
            lang.pick("L'interdiction s'applique", "The prohibition applies")
        }
        (RuleKind::Prohibition, Verdict::Unknown) => lang.pick(
            "Rien ne prouve que l'interdiction ne s'applique pas, elle s'applique donc",
            "Nothing shows that the prohibition does not apply, so it applies",
        ),
        (RuleKind::Prohibition, Verdict::Unsatisfied) => {
            lang.pick("L'interdiction ne s'applique pas", "The prohibition does not apply")
        }
        (_, Verdict::Satisfied) => lang.pick("L'autorisation s'applique", "The permission applies"),
        (_, _) => lang.pick("L'autorisation ne s'applique pas", "The permission does not apply"),
    };
    format!("{words}{}{label} ({at}).", lang.pick(" : ", ": "))
}

fn logic(reason: &Reason<'_>, operator: &str, lang: Lang) -> String {
    let (label, at) = (logic_label(operator, lang), &reason.pointer);
    let words = match reason.verdict {
        Verdict::Satisfied => lang.pick("Conditions combinées réunies", "Combined conditions met"),
        Verdict::Unsatisfied => lang.pick("Conditions combinées non réunies", "Combined conditions not met"),
        Verdict::Unknown => lang.pick(
            "Conditions combinées impossibles à vérifier",
            "Combined conditions that cannot be verified",
        ),
    };
    format!("{words}{}{label} ({at}).", lang.pick(" : ", ": "))
}

fn duty(reason: &Reason<'_>, action: &str, lang: Lang) -> String {
    let (label, at) = (action_label(action, lang), &reason.pointer);
    let words = match reason.verdict {
        Verdict::Satisfied => lang.pick("Condition préalable remplie", "Precondition fulfilled"),
        Verdict::Unsatisfied => lang.pick("Condition préalable non remplie", "Precondition not fulfilled"),
        Verdict::Unknown => lang.pick(
            "On ne sait pas si la condition préalable est remplie",
            "Whether the precondition is fulfilled is not known",
        ),
    };
    format!("{words}{}{label} ({at}).", lang.pick(" : ", ": "))
}

fn constraint(reason: &Reason<'_>, expected: &str, found: Option<&str>, lang: Lang) -> String {
    let (Some(operand), Some(operator)) = (reason.operand, reason.operator) else {
        return reason.pointer.to_string();
    };
    let condition = clause(operand, operator, expected, lang);
    let shown = match (found, operand) {
        (Some(""), _) => lang.pick("rien", "nothing").to_owned(),
        (Some(text), Operand::ElapsedTime) => match lang {
            Lang::Fr => format!("premier usage le {text}"),
            Lang::En => format!("first use on {text}"),
        },
        (Some(text), Operand::DelayPeriod) => match lang {
            Lang::Fr => format!("signé le {text}"),
            Lang::En => format!("signed on {text}"),
        },
        (Some(text), operand) if operand.counts() => match lang {
            Lang::Fr => format!("déjà {text}"),
            Lang::En => format!("{text} so far"),
        },
        (Some(text), _) => value(operand, text, lang),
        (None, _) => lang.pick("rien de connu", "nothing known").to_owned(),
    };
    let declared = match reason.level {
        Some(Attestation::Declared) => lang.pick(" (déclaré)", " (declared)"),
        Some(Attestation::Attested) => lang.pick(" (attesté)", " (attested)"),
        None => "",
    };
    let words = match (reason.kind, reason.verdict) {
        (RuleKind::Prohibition, Verdict::Satisfied) => {
            lang.pick("Condition d'interdiction réunie", "Condition of a prohibition met")
        }
        (_, Verdict::Satisfied) => lang.pick("Condition respectée", "Condition met"),
        (_, Verdict::Unsatisfied) => lang.pick("Condition non respectée", "Condition not met"),
        (_, Verdict::Unknown) => {
            lang.pick("Condition impossible à vérifier", "Condition that cannot be verified")
        }
    };
    let at = &reason.pointer;
    match lang {
        Lang::Fr => format!("{words} : {condition} ; constaté : {shown}{declared} ({at})."),
        Lang::En => format!("{words}: {condition}; found: {shown}{declared} ({at})."),
    }
}
