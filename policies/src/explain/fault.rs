//! One fault, one sentence: where, what was found, what to do.

use ontology::Lang;

use crate::fault::{Fault, FaultCode};

/// The sentence of a fault.
pub fn fault(fault: &Fault, lang: Lang) -> String {
    let Fault { pointer, code, found, accepted } = fault;
    let at = if pointer.is_empty() { "/" } else { pointer };
    let (what, remedy) = match lang {
        Lang::Fr => french(*code),
        Lang::En => english(*code),
    };
    let fill = |text: &str| text.replace("{found}", found).replace("{accepted}", accepted);
    match lang {
        Lang::Fr => format!("{at} : {} {}", fill(what), fill(remedy)),
        Lang::En => format!("{at}: {} {}", fill(what), fill(remedy)),
    }
}

const fn french(code: FaultCode) -> (&'static str, &'static str) {
    match code {
        FaultCode::Member => (
            "élément non compris ({found}).",
            "Retirez-le, ou écrivez-le sous une forme acceptée. {accepted}",
        ),
        FaultCode::Missing => ("il manque « {accepted} ».", "Ajoutez-le."),
        FaultCode::NoRule => {
            ("la politique n'autorise ni n'interdit rien.", "Ajoutez au moins une règle : {accepted}.")
        }
        FaultCode::Type => ("type « {found} » non compris.", "Écrivez : {accepted}."),
        FaultCode::Profile => (
            "profil « {found} » inconnu : ses termes ne seraient pas appliqués.",
            "Profils compris : {accepted}.",
        ),
        FaultCode::Conflict => (
            "stratégie de conflit {found} : ici, une interdiction l'emporte toujours.",
            "Écrivez « {accepted} », ou retirez-la.",
        ),
        FaultCode::Void => (
            "la permission « {found} » est toujours reprise par une interdiction ({accepted}).",
            "Retirez l'une des deux, ou donnez à l'interdiction une condition qui lui soit propre.",
        ),
        FaultCode::Action => ("action « {found} » inconnue.", "Utilisez une action de {accepted}."),
        FaultCode::Operand => (
            "critère « {found} » inconnu : personne ne pourrait le vérifier.",
            "Critères compris : {accepted}.",
        ),
        FaultCode::Spatial => (
            "« {found} » est ambigu : territoire des données ou lieu de traitement ?",
            "Pour le lieu de traitement ou le droit applicable, utilisez : {accepted}.",
        ),
        FaultCode::Operator => ("opérateur « {found} » inconnu.", "Opérateurs compris ici : {accepted}."),
        FaultCode::OperatorHere => (
            "l'opérateur « {found} » n'a pas de sens pour ce critère.",
            "Opérateurs compris ici : {accepted}.",
        ),
        FaultCode::Datatype => ("type de valeur {found} non compris ici.", "Types compris : {accepted}."),
        FaultCode::Value => ("valeur {found} non comprise.", "Forme attendue : {accepted}."),
        FaultCode::Values => ("nombre de valeurs incorrect : {found}.", "Attendu : {accepted}."),
        FaultCode::Sequence => {
            ("« {found} » : l'ordre des événements n'est pas observé.", "Utilisez « {accepted} ».")
        }
        FaultCode::Empty => ("contrainte logique vide.", "Ajoutez des contraintes, ou retirez-la."),
        FaultCode::Duty => {
            ("forme d'obligation non comprise ({found}).", "Retirez-la, ou utilisez : {accepted}.")
        }
        FaultCode::ViewHere => (
            "« {found} » dit ce qui est remis, et ne peut pas le dire ici.",
            "Placez-le parmi les conditions cumulatives d'une autorisation : {accepted}.",
        ),
        FaultCode::Columns => (
            "le jeu ne déclare pas toutes ces colonnes : {found}, ou n'est pas un fichier CSV que ce nœud remet.",
            "Colonnes déclarées : [{accepted}].",
        ),
        FaultCode::Contributors => (
            "aucune colonne déclarée ne dit combien sont derrière une ligne (au moins {found} demandés).",
            "Donnez `contributors: true` à une colonne de nombres entiers ; colonnes déclarées : [{accepted}].",
        ),
        FaultCode::Territory => (
            "aucune colonne déclarée ne dit si une ligne est dans : {found}.",
            "Donnez `territory` (année du code) à la colonne du code commune, département, région ou EPCI, et la même \
             année ici ; colonnes déclarées : [{accepted}].",
        ),
        FaultCode::CountHere => (
            "« {found} » ne peut pas être compté ici.",
            "Placez-le parmi les conditions cumulatives d'une autorisation : {accepted}.",
        ),
        FaultCode::Party => (
            "{found} diffère de ce que dit la politique.",
            "Retirez-le de la règle, ou écrivez la même valeur : {accepted}.",
        ),
        FaultCode::Cycle => ("« {found} » ramène à lui-même.", "Supprimez ce renvoi."),
        FaultCode::Large => ("{found} : plus que ce qui est lu.", "Limite : {accepted}."),
        FaultCode::Form => (
            "un formulaire ne peut pas contenir ceci ({found}).",
            "Gardez la politique sous sa propre forme, ou écrivez-la autrement.",
        ),
    }
}

const fn english(code: FaultCode) -> (&'static str, &'static str) {
    match code {
        FaultCode::Member => {
            ("member not understood ({found}).", "Remove it, or write it in an accepted form. {accepted}")
        }
        FaultCode::Missing => ("`{accepted}` is missing.", "Add it."),
        FaultCode::NoRule => {
            ("the policy neither permits nor prohibits anything.", "Add at least one rule: {accepted}.")
        }
        FaultCode::Type => ("type `{found}` is not understood.", "Write: {accepted}."),
        FaultCode::Profile => (
            "profile `{found}` is unknown: its terms would not be applied.",
            "Profiles understood: {accepted}.",
        ),
        FaultCode::Conflict => (
            "conflict strategy {found}: here a prohibition always wins.",
            "Write `{accepted}`, or remove it.",
        ),
        FaultCode::Void => (
            "the permission `{found}` is always taken back by a prohibition ({accepted}).",
            "Remove one of the two, or give the prohibition a condition of its own.",
        ),
        FaultCode::Action => ("unknown action `{found}`.", "Use an action of {accepted}."),
        FaultCode::Operand => {
            ("unknown operand `{found}`: nobody could check it.", "Operands understood: {accepted}.")
        }
        FaultCode::Spatial => (
            "`{found}` is ambiguous: territory of the rows, or place of processing?",
            "For the place of processing or the governing law, use: {accepted}.",
        ),
        FaultCode::Operator => ("unknown operator `{found}`.", "Operators understood here: {accepted}."),
        FaultCode::OperatorHere => {
            ("operator `{found}` has no meaning for this operand.", "Operators understood here: {accepted}.")
        }
        FaultCode::Datatype => {
            ("datatype {found} is not understood here.", "Datatypes understood: {accepted}.")
        }
        FaultCode::Value => ("value {found} is not understood.", "Expected form: {accepted}."),
        FaultCode::Values => ("wrong number of values: {found}.", "Expected: {accepted}."),
        FaultCode::Sequence => ("`{found}`: the order of events is not observed.", "Use `{accepted}`."),
        FaultCode::Empty => ("empty logical constraint.", "Add constraints, or remove it."),
        FaultCode::Duty => ("duty form not understood ({found}).", "Remove it, or use: {accepted}."),
        FaultCode::ViewHere => (
            "`{found}` says what is delivered, and cannot say it here.",
            "Put it among the joint conditions of a permission: {accepted}.",
        ),
        FaultCode::Columns => (
            "the dataset does not declare all these columns: {found}, or is no CSV file that this node delivers.",
            "Declared columns: [{accepted}].",
        ),
        FaultCode::Contributors => (
            "no declared column says how many are behind a row (at least {found} asked).",
            "Give `contributors: true` to a column of whole numbers; declared columns: [{accepted}].",
        ),
        FaultCode::Territory => (
            "no declared column tells whether a row is in: {found}.",
            "Give `territory` (year of the code) to the column of the code of commune, département, région or \
             grouping, and the same year here; declared columns: [{accepted}].",
        ),
        FaultCode::CountHere => (
            "`{found}` cannot be counted here.",
            "Put it among the joint conditions of a permission: {accepted}.",
        ),
        FaultCode::Party => (
            "{found} differs from what the policy says.",
            "Remove it from the rule, or write the same value: {accepted}.",
        ),
        FaultCode::Cycle => ("`{found}` leads back to itself.", "Remove that reference."),
        FaultCode::Large => ("{found}: more than is read.", "The limit is {accepted}."),
        FaultCode::Form => (
            "a form has no place for this ({found}).",
            "Keep the policy in a form of its own, or write it in another way.",
        ),
    }
}
