//! The table of fields, in the order in which they are filled in.

use super::{Field, Input, Place};

/// Place, key, what is filled in; label in French and English; help in French and English.
const fn field(
    place: Place,
    key: &'static str,
    input: Input,
    label: (&'static str, &'static str),
    help: (&'static str, &'static str),
) -> Field {
    Field { key, place, input, label, help }
}

use Input::{Choice, Choices, Date, Duration, Number, Place as Numbered, Rows, Text, Texts};
use Place::{Condition, Policy, Rule};

#[rustfmt::skip]
pub const FIELDS: &[Field] = &[
    field(Policy, "form", Number, ("Version du formulaire", "Version of the form"), ("Laissez 1.", "Leave 1.")),
    field(Policy, "name", Text, ("Identifiant", "Identifier"), ("Une adresse qui n'appartient qu'à cette politique : urn:uuid:…, https://…", "An address that only this policy has: urn:uuid:…, https://…")),
    field(Policy, "kinds", Choices, ("Nature", "Kind"), ("Offer pour une offre, Agreement pour un accord.", "Offer for an offer, Agreement for an agreement.")),
    field(Policy, "profiles", Texts, ("Profils", "Profiles"), ("Vocabulaires que la politique utilise en plus d'ODRL.", "Vocabularies that the policy uses beyond ODRL.")),
    field(Policy, "conflict", Choice, ("En cas de conflit", "In a conflict"), ("Ce qui l'emporte. Un nœud ne signe que « prohibit ».", "What prevails. A node signs `prohibit` only.")),
    field(Policy, "dataset", Text, ("Jeu de données", "Dataset"), ("Celui de toutes les règles. Une offre publiée n'en a pas : elle est celle du jeu publié.", "The one of all rules. A published offer has none: it belongs to what is published.")),
    field(Policy, "granted_by", Text, ("Accordée par", "Granted by"), ("L'identité (DID) de qui accorde.", "The identity (DID) of who grants.")),
    field(Policy, "granted_to", Text, ("Accordée à", "Granted to"), ("L'identité (DID) de qui reçoit.", "The identity (DID) of who receives.")),
    field(Policy, "rules", Rows, ("Règles", "Rules"), ("Ce qui est permis, interdit ou dû.", "What is permitted, prohibited or owed.")),
    field(Rule, "rule", Choice, ("Règle", "Rule"), ("permission, prohibition (interdiction), obligation ; duty (devoir), consequence et remedy (réparation) complètent une autre règle.", "permission, prohibition, obligation; duty, consequence and remedy complete another rule.")),
    field(Rule, "under", Numbered, ("Complète la règle", "Belongs to rule"), ("Le numéro de la règle complétée, placée avant ; la première est 1.", "The number of the rule that it completes, which stands before; the first is 1.")),
    field(Rule, "name", Text, ("Identifiant de la règle", "Identifier of the rule"), ("À remplir si d'autres documents la nomment.", "To be given if other documents name it.")),
    field(Rule, "actions", Choices, ("Actions", "Actions"), ("Ce que l'on fait des données : read, use, distribute…", "What is done with the data: read, use, distribute…")),
    field(Rule, "datasets", Texts, ("Jeux de données", "Datasets"), ("Si la règle n'est pas au sujet de celui de la politique.", "If the rule is not about that of the policy.")),
    field(Rule, "granted_by", Texts, ("Accordée par", "Granted by"), ("Si ce n'est pas comme pour la politique.", "If other than for the policy.")),
    field(Rule, "granted_to", Texts, ("Accordée à", "Granted to"), ("Si ce n'est pas comme pour la politique.", "If other than for the policy.")),
    field(Rule, "who", Texts, ("Qui reçoit les données", "Who gets the data"), ("Identités (DID) ; l'une d'elles suffit : did:web:epci.example.org", "Identities (DID); one of them is enough: did:web:epci.example.org")),
    field(Rule, "except_who", Texts, ("Sauf", "Except"), ("Identités exclues.", "Identities that are excluded.")),
    field(Rule, "purposes", Choices, ("Finalités", "Purposes"), ("L'une d'elles suffit, ou une plus précise : eau_assainissement", "One of them is enough, or a narrower one: eau_assainissement")),
    field(Rule, "except_purposes", Choices, ("Finalités exclues", "Excluded purposes"), ("Avec toutes celles qu'elles comprennent.", "With all that they include.")),
    field(Rule, "places", Texts, ("Lieux de traitement", "Places of processing"), ("Où les données sont traitées, comme déclaré : FR, FR-35, EU, EEA", "Where the data are processed, as declared: FR, FR-35, EU, EEA")),
    field(Rule, "except_places", Texts, ("Lieux exclus", "Excluded places"), ("Même forme.", "The same form.")),
    field(Rule, "laws", Texts, ("Droits applicables", "Governing laws"), ("Le droit dont relève l'opérateur, où qu'il traite : FR, EU, EEA", "The law that binds the operator, wherever it processes: FR, EU, EEA")),
    field(Rule, "except_laws", Texts, ("Droits exclus", "Excluded laws"), ("Même forme.", "The same form.")),
    field(Rule, "from", Date, ("À partir du", "From"), ("Inclus, en temps universel : 2027-01-01", "Included, in universal time: 2027-01-01")),
    field(Rule, "until", Date, ("Jusqu'au", "Until"), ("Inclus, en temps universel : 2027-12-31", "Included, in universal time: 2027-12-31")),
    field(Rule, "within", Duration, ("Durée depuis le premier usage", "Time since the first use"), ("P30D pour trente jours, P1Y pour un an.", "P30D for thirty days, P1Y for a year.")),
    field(Rule, "count", Number, ("Nombre d'usages", "Number of uses"), ("Au plus tant de fois, sous cette règle.", "So many times at most, under this rule.")),
    field(Rule, "charter", Text, ("Charte acceptée", "Accepted charter"), ("La charte et sa version la plus ancienne qui convienne : https://charte.example/donnees@2.0", "The charter and its earliest version that will do: https://charter.example/data@2.0")),
    field(Rule, "duties", Choices, ("À faire avant", "To be done before"), ("Actions : obtainConsent, inform…", "Actions: obtainConsent, inform…")),
    field(Rule, "conditions", Rows, ("Autres conditions", "Other conditions"), ("Une ligne chacune ; toutes doivent être remplies.", "A row each; all must hold.")),
    field(Condition, "part_of", Numbered, ("Fait partie de la ligne", "Part of row"), ("Le numéro de la ligne qui la combine à d'autres (or, and…), placée avant ; la première est 1.", "The number of the row that combines it with others (or, and…), which stands before; the first is 1.")),
    field(Condition, "about", Choice, ("Au sujet de", "About"), ("Ce qui est regardé ; rien pour une ligne qui en combine d'autres.", "What is looked at; nothing for a row that combines others.")),
    field(Condition, "is", Choice, ("Comparaison", "Comparison"), ("eq, lteq, isAnyOf… ; or, and, xone ou andSequence combinent d'autres lignes.", "eq, lteq, isAnyOf…; or, and, xone or andSequence combine other rows.")),
    field(Condition, "values", Texts, ("Valeurs", "Values"), ("Une ou plusieurs.", "One or several.")),
    field(Condition, "type", Text, ("Type des valeurs", "Type of the values"), ("Rien pour un texte ; name pour un nom (adresse), integer, decimal, date, dateTime, duration…", "Nothing for a text; name for a name (address), integer, decimal, date, dateTime, duration…")),
    field(Condition, "unit", Text, ("Unité", "Unit"), ("L'adresse de l'unité.", "The address of the unit.")),
    field(Condition, "datatype", Text, ("Type déclaré", "Declared type"), ("Tel que la politique le dit, si elle le dit.", "As the policy says it, if it does.")),
    field(Condition, "references", Texts, ("Valeurs tenues ailleurs", "Values kept elsewhere"), ("Adresses ; elles ne sont pas lues, la condition reste inconnue.", "Addresses; they are not read, the condition stays unknown.")),
];
