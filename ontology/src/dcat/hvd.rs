//! Categories of high-value datasets: Implementing Regulation (EU) 2023/138, annex.

use super::Term;

/// The regulation itself, by its European Legislation Identifier.
pub const REGULATION: &str = "http://data.europa.eu/eli/reg_impl/2023/138/oj";
pub const SCHEME: &str = "http://data.europa.eu/bna/asd487ae75";

const fn category(code: &'static str, iri: &'static str, fr: &'static str, en: &'static str) -> Term {
    Term { code, iri, fr, en }
}

pub const CATEGORIES: &[Term] = &[
    category("geospatial", "http://data.europa.eu/bna/c_ac64a52d", "Géospatiales", "Geospatial"),
    category(
        "earth_observation",
        "http://data.europa.eu/bna/c_dd313021",
        "Observation de la terre et environnement",
        "Earth observation and environment",
    ),
    category("meteorological", "http://data.europa.eu/bna/c_164e0bf5", "Météorologiques", "Meteorological"),
    category("statistics", "http://data.europa.eu/bna/c_e1da4e07", "Statistiques", "Statistics"),
    category(
        "companies",
        "http://data.europa.eu/bna/c_a9135398",
        "Entreprises et propriété d'entreprises",
        "Companies and company ownership",
    ),
    category("mobility", "http://data.europa.eu/bna/c_b79e35eb", "Mobilité", "Mobility"),
];
