//! What one row of a dataset is about. DCAT has no such scheme, so this one is ours.

use super::{Term, terms};

pub const SCHEME: &str = "https://w3id.org/fiducie/granularity";

pub const LEVELS: &[Term] = terms! {
    "https://w3id.org/fiducie/granularity#";
    "personne", "Personne", "Person";
    "equipement", "Équipement ou capteur", "Equipment or sensor";
    "point", "Point", "Point";
    "adresse", "Adresse", "Address";
    "batiment", "Bâtiment", "Building";
    "parcelle", "Parcelle", "Parcel";
    "troncon", "Tronçon de réseau ou de voie", "Network or road segment";
    "etablissement", "Établissement ou organisation", "Establishment or organisation";
    "contrat", "Contrat, marché ou acte", "Contract or deed";
    "carreau", "Carreau de grille", "Grid cell";
    "iris", "IRIS", "IRIS statistical area";
    "quartier", "Quartier", "Neighbourhood";
    "bassin", "Bassin versant ou unité de distribution", "Catchment or distribution area";
    "commune", "Commune", "Municipality";
    "epci", "EPCI", "Inter-municipal body";
    "departement", "Département", "Département";
    "region", "Région", "Region";
    "pays", "Pays", "Country";
};
