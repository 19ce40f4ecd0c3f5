//! What of the terms received an offer leaves, as a sentence.

use ontology::Lang;

use crate::onward::{Clause, Why};
use crate::render::action_label;

/// The sentence of a clause that an offer of derived data leaves.
pub fn left(clause: &Clause, lang: Lang) -> String {
    let Clause { pointer, why, about, condition } = clause;
    let about = match condition {
        Some((operand, operator)) => super::clause(*operand, *operator, about, lang),
        None => action_label(about, lang),
    };
    match why {
        Why::Prohibited => match lang {
            Lang::Fr => format!("la clause {pointer} interdit : {about}"),
            Lang::En => format!("clause {pointer} prohibits: {about}"),
        },
        Why::NotPermitted => match lang {
            Lang::Fr => {
                format!("aucune autorisation reçue ({pointer}) ne permet que d'autres puissent : {about}")
            }
            Lang::En => format!("no permission received ({pointer}) allows that others may: {about}"),
        },
        Why::Wider => match lang {
            Lang::Fr => format!("la clause {pointer} ({about}) n'y est pas reprise, ou plus largement"),
            Lang::En => format!("clause {pointer} ({about}) is not carried on in it, or more widely"),
        },
    }
}
