//! The *clausier*: families of data clauses of territorial contracts, with the parameters each takes. A clause that is not
//! here has no meaning that anybody could hold a party to.

use crate::Lang;

/// A family of clauses.
#[derive(Debug)]
pub struct Clause {
    pub code: &'static str,
    pub fr: &'static str,
    pub en: &'static str,
    pub parameters: &'static [Parameter],
}

/// A parameter that the parties may set.
#[derive(Debug)]
pub struct Parameter {
    pub name: &'static str,
    pub takes: Takes,
}

#[derive(Debug)]
pub enum Takes {
    /// A whole number, from and to included.
    Number(u32, u32),
    OneOf(&'static [&'static str]),
}

const fn clause(
    code: &'static str,
    fr: &'static str,
    en: &'static str,
    parameters: &'static [Parameter],
) -> Clause {
    Clause { code, fr, en, parameters }
}

const fn parameter(name: &'static str, takes: Takes) -> Parameter {
    Parameter { name, takes }
}

pub const CLAUSES: &[Clause] = &[
    clause(
        "statut",
        "Statut des données du service",
        "Status of the data of the service",
        &[parameter("qualification", Takes::OneOf(&["publique", "interet_general", "privee"]))],
    ),
    clause(
        "propriete",
        "Propriété et retour des données",
        "Ownership and return of data",
        &[parameter("retour", Takes::OneOf(&["biens_de_retour", "copie", "aucun"]))],
    ),
    clause(
        "open_data",
        "Ouverture des données",
        "Opening of data",
        &[parameter("publication", Takes::OneOf(&["collectivite", "fournisseur"]))],
    ),
    clause("algorithmes", "Transparence des algorithmes", "Transparency of algorithms", &[]),
    clause(
        "hebergement",
        "Hébergement : Union européenne (1), France (2), proximité (3)",
        "Hosting: European Union (1), France (2), nearby (3)",
        &[parameter("option", Takes::OneOf(&["1", "2", "3"]))],
    ),
    clause(
        "sobriete",
        "Sobriété numérique, avec rapport",
        "Digital sobriety, with a report",
        &[parameter("rapport_mois", Takes::Number(1, 24))],
    ),
    clause("propriete_intellectuelle", "Propriété intellectuelle", "Intellectual property", &[]),
    clause(
        "reversibilite",
        "Réversibilité : remise des données en fin de contrat",
        "Reversibility: data handed back at the end",
        &[parameter("heures", Takes::Number(1, 720))],
    ),
    clause(
        "donnees_personnelles_gestion",
        "Données personnelles : gestion",
        "Personal data: management",
        &[],
    ),
    clause(
        "donnees_personnelles_protection",
        "Données personnelles : protection et notification des violations",
        "Personal data: protection and notification of breaches",
        &[parameter("notification_heures", Takes::Number(1, 72))],
    ),
    clause("interet_territorial", "Données d'intérêt territorial", "Data of territorial interest", &[]),
];

/// A family by its code.
pub fn find(code: &str) -> Option<&'static Clause> {
    CLAUSES.iter().find(|clause| clause.code == code)
}

impl Clause {
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.fr, self.en)
    }

    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

impl Takes {
    /// Whether a value as written is one of these; numbers have one spelling.
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Number(least, most) => value
                .parse::<u32>()
                .is_ok_and(|number| (*least..=*most).contains(&number) && number.to_string() == value),
            Self::OneOf(known) => known.contains(&value),
        }
    }

    /// What is accepted, for who wrote something else.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(least, most) => format!("{least}–{most}"),
            Self::OneOf(known) => known.join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_bounds_and_one_spelling() {
        let hours = &find("reversibilite").unwrap().parameter("heures").unwrap().takes;
        assert!(hours.accepts("48") && hours.accepts("1") && hours.accepts("720"));
        for wrong in ["0", "721", "048", "+48", "48 h", ""] {
            assert!(!hours.accepts(wrong), "{wrong}");
        }
        assert!(find("clause_libre").is_none() && find("statut").unwrap().parameter("heures").is_none());
        let codes: std::collections::BTreeSet<_> = CLAUSES.iter().map(|clause| clause.code).collect();
        assert_eq!(codes.len(), CLAUSES.len());
    }
}
