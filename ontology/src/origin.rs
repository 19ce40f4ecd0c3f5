//! Where data of private parties come from, which who receives them wants to know.

use crate::dcat::{Term, terms};

/// Kinds of origin.
pub const ORIGINS: &[Term] = terms! {
    "https://w3id.org/fiducie/origin#";
    "producteur", "Recueillies par le producteur lui-même", "Collected by the producer itself";
    "partenaire", "Reçues d'un partenaire du producteur", "Received from a partner of the producer";
    "personnes", "Confiées par les personnes concernées", "Entrusted by the persons they are about";
    "ouverte", "Tirées de données ouvertes", "Taken from open data";
    "courtier", "Acquises auprès d'un courtier en données", "Acquired from a data broker";
};
