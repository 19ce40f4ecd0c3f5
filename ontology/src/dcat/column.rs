//! Types of a column: what its values are, for persons and for programs.

use super::territory::Kind;
use super::{Term, terms};

/// Types that a description may give a column.
pub const TYPES: &[Term] = terms! {
    "https://w3id.org/fiducie/column#";
    "text", "Texte", "Text";
    "integer", "Nombre entier", "Whole number";
    "decimal", "Nombre décimal", "Decimal number";
    "boolean", "Vrai ou faux", "True or false";
    "date", "Date", "Date";
    "date_time", "Date et heure", "Date and time";
    "year", "Année", "Year";
    "url", "Adresse internet", "Web address";
    "geometry", "Géométrie ou position", "Geometry or position";
    "code_commune", "Code commune (COG, INSEE)", "Municipality code (COG, INSEE)";
    "code_departement", "Code département (COG, INSEE)", "Département code (COG, INSEE)";
    "code_region", "Code région (COG, INSEE)", "Région code (COG, INSEE)";
    "siren", "Numéro SIREN", "SIREN number";
    "siret", "Numéro SIRET", "SIRET number";
};

/// The built-in datatype that carries values of a type (Metadata Vocabulary for Tabular Data, 5.11.1), by its XSD name.
pub fn datatype(code: &str) -> &'static str {
    match code {
        "integer" => "integer",
        "decimal" => "decimal",
        "boolean" => "boolean",
        "date" => "date",
        "date_time" => "dateTime",
        "year" => "gYear",
        "url" => "anyURI",
        // Codes are names: a leading zero is part of them.
        _ => "string",
    }
}

/// The kind of area that values of a type name: groupings by their SIREN.
pub fn names_area(code: &str) -> Option<Kind> {
    match code {
        "code_commune" => Some(Kind::Commune),
        "siren" => Some(Kind::Epci),
        "code_departement" => Some(Kind::Departement),
        "code_region" => Some(Kind::Region),
        _ => None,
    }
}
