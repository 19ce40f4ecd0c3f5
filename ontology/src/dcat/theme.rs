//! Data themes of the European Union (EU Vocabularies, `data-theme`).

use super::{Term, terms};

pub const SCHEME: &str = "http://publications.europa.eu/resource/authority/data-theme";

pub const THEMES: &[Term] = terms! {
    "http://publications.europa.eu/resource/authority/data-theme/";
    "AGRI", "Agriculture, pêche, sylviculture et alimentation", "Agriculture, fisheries, forestry and food";
    "ECON", "Économie et finances", "Economy and finance";
    "EDUC", "Éducation, culture et sport", "Education, culture and sport";
    "ENER", "Énergie", "Energy";
    "ENVI", "Environnement", "Environment";
    "GOVE", "Gouvernement et secteur public", "Government and public sector";
    "HEAL", "Santé", "Health";
    "INTR", "Questions internationales", "International issues";
    "JUST", "Justice, système juridique et sécurité publique", "Justice, legal system and public safety";
    "REGI", "Régions et villes", "Regions and cities";
    "SOCI", "Population et société", "Population and society";
    "TECH", "Science et technologie", "Science and technology";
    "TRAN", "Transports", "Transport";
};
