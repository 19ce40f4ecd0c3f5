//! Grounds on which public-sector data may stay closed. Without one of them they are open.

use crate::dcat::{Term, terms};

/// CRPA, articles L. 311-5, L. 311-6 and L. 321-2; what each ground protects.
pub const GROUNDS: &[Term] = terms! {
    "https://w3id.org/fiducie/exclusion#";
    "donnees_personnelles",
        "Protection de la vie privée et des données personnelles (CRPA, art. L. 311-6, 1° et L. 312-1-2)",
        "Privacy and personal data (CRPA, art. L. 311-6(1) and L. 312-1-2)";
    "secret_affaires",
        "Secret des affaires (CRPA, art. L. 311-6, 1°)",
        "Trade secrets (CRPA, art. L. 311-6(1))";
    "propriete_intellectuelle",
        "Droits de propriété intellectuelle de tiers (CRPA, art. L. 321-2)",
        "Intellectual property of third parties (CRPA, art. L. 321-2)";
    "securite",
        "Sûreté de l'État, sécurité publique, des personnes ou des systèmes d'information (CRPA, art. L. 311-5, 2°)",
        "Security of the State, the public, persons or information systems (CRPA, art. L. 311-5(2))";
};
