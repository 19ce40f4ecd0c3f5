//! Grounds on which public-sector data may stay closed. Without one of them they are open.

use crate::dcat::{Term, terms};

/// CRPA, articles L. 311-5 to L. 311-7 and L. 321-2; what each ground protects.
pub const GROUNDS: &[Term] = terms! {
    "https://w3id.org/fiducie/exclusion#";
    "donnees_personnelles",
        "Protection de la vie privée et des données personnelles (CRPA, art. L. 311-6, 1° et L. 312-1-2)",
        "Privacy and personal data (CRPA, art. L. 311-6(1) and L. 312-1-2)";
    "secret_medical",
        "Secret médical (CRPA, art. L. 311-6, 1°)",
        "Medical confidentiality (CRPA, art. L. 311-6(1))";
    "secret_affaires",
        "Secret des affaires (CRPA, art. L. 311-6, 1°)",
        "Trade secrets (CRPA, art. L. 311-6(1))";
    "appreciation_personne",
        "Appréciation ou jugement de valeur sur une personne physique identifiable (CRPA, art. L. 311-6, 2°)",
        "Judgement on an identifiable natural person (CRPA, art. L. 311-6(2))";
    "comportement_personne",
        "Comportement d'une personne dont la divulgation lui porterait préjudice (CRPA, art. L. 311-6, 3°)",
        "Conduct of a person whom disclosure would harm (CRPA, art. L. 311-6(3))";
    "occultation",
        "Mentions à occulter ou à disjoindre, qui ne peuvent l'être (CRPA, art. L. 311-7)",
        "Parts that must be masked or severed and cannot be (CRPA, art. L. 311-7)";
    "propriete_intellectuelle",
        "Droits de propriété intellectuelle de tiers (CRPA, art. L. 321-2)",
        "Intellectual property of third parties (CRPA, art. L. 321-2)";
    "avis_juridictions",
        "Avis et documents de juridictions ou d'autorités énumérés par la loi (CRPA, art. L. 311-5, 1°)",
        "Opinions and papers of courts and authorities listed by law (CRPA, art. L. 311-5(1))";
    "deliberations_gouvernement",
        "Secret des délibérations du Gouvernement (CRPA, art. L. 311-5, 2°, a)",
        "Secrecy of Government deliberations (CRPA, art. L. 311-5(2)(a))";
    "defense_nationale",
        "Secret de la défense nationale (CRPA, art. L. 311-5, 2°, b)",
        "National defence secrets (CRPA, art. L. 311-5(2)(b))";
    "politique_exterieure",
        "Conduite de la politique extérieure de la France (CRPA, art. L. 311-5, 2°, c)",
        "Conduct of the foreign policy of France (CRPA, art. L. 311-5(2)(c))";
    "securite",
        "Sûreté de l'État, sécurité publique, des personnes ou des systèmes d'information (CRPA, art. L. 311-5, 2°, d)",
        "Security of the State, the public, persons or information systems (CRPA, art. L. 311-5(2)(d))";
    "monnaie_credit",
        "Monnaie et crédit public (CRPA, art. L. 311-5, 2°, e)",
        "Currency and public credit (CRPA, art. L. 311-5(2)(e))";
    "procedures_juridictionnelles",
        "Procédures engagées devant les juridictions (CRPA, art. L. 311-5, 2°, f)",
        "Proceedings before courts (CRPA, art. L. 311-5(2)(f))";
    "recherche_infractions",
        "Recherche et prévention des infractions de toute nature (CRPA, art. L. 311-5, 2°, g)",
        "Detection and prevention of offences (CRPA, art. L. 311-5(2)(g))";
    "secret_loi",
        "Autres secrets protégés par la loi (CRPA, art. L. 311-5, 2°, h)",
        "Other secrets protected by law (CRPA, art. L. 311-5(2)(h))";
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Who publishes reads which article keeps the data closed, in both languages.
    #[test]
    fn each_ground_names_its_article() {
        for ground in GROUNDS {
            for text in [ground.fr, ground.en] {
                assert!(
                    ["L. 311-5", "L. 311-6", "L. 311-7", "L. 321-2"]
                        .iter()
                        .any(|article| text.contains(article)),
                    "{}: {text}",
                    ground.code
                );
            }
        }
        for code in ["donnees_personnelles", "secret_affaires", "propriete_intellectuelle", "securite"] {
            assert!(crate::dcat::find(GROUNDS, code).is_some(), "{code} is in published records");
        }
    }
}
