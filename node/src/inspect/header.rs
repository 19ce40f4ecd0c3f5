//! What the name of a column tells: what its values mean, and whether they may be about persons.

use unicode_normalization::UnicodeNormalization;

/// The words of a column's name, in lower case and without accents: `dateConvention`, `date_convention` alike.
#[derive(Debug, Clone)]
pub struct Words(Vec<String>);

/// Words with which a name or an address is not a person's.
const OF_THINGS: [&str; 34] = [
    "lieu",
    "site",
    "station",
    "region",
    "departement",
    "dep",
    "commune",
    "epci",
    "com",
    "reg",
    "compteur",
    "channel",
    "etablissement",
    "attribuant",
    "acheteur",
    "organisme",
    "organization",
    "dataset",
    "schema",
    "reseau",
    "voie",
    "parametre",
    "zone",
    "ligne",
    "arret",
    "stop",
    "route",
    "agency",
    "amenageur",
    "operateur",
    "enseigne",
    "producteur",
    "coll",
    "mail2",
];

impl Words {
    pub fn of(name: &str) -> Self {
        let mut words = vec![String::new()];
        let mut before = ' ';
        for c in name.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
            let begins = c.is_uppercase() && before.is_lowercase();
            if (begins || !c.is_alphanumeric()) && words.last().is_some_and(|word| !word.is_empty()) {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
                word.extend(c.to_lowercase());
            }
            before = c;
        }
        words.retain(|word| !word.is_empty());
        Self(words)
    }

    pub fn has(&self, any: &[&str]) -> bool {
        self.0.iter().any(|word| any.contains(&word.as_str()))
    }
    fn is(&self, any: &[&str]) -> bool {
        self.0.len() == 1 && self.has(any)
    }

    pub fn is_latitude(&self) -> bool {
        self.has(&["lat", "latitude", "ylat"])
    }
    pub fn is_longitude(&self) -> bool {
        self.has(&["lon", "lng", "long", "longitude", "xlong", "xlon"])
    }
    pub fn is_commune(&self) -> bool {
        self.has(&["insee", "depcom", "codgeo", "codecommune"])
            || self.has(&["com"]) && self.0.len() == 1
            || self.has(&["commune"]) && self.has(&["code", "cog"])
    }
    pub fn is_departement(&self) -> bool {
        self.is(&["dep"])
            || self.has(&["departement", "dept", "dep"]) && self.has(&["code", "insee", "num", "numero"])
    }
    pub fn is_region(&self) -> bool {
        self.is(&["reg"]) || self.has(&["region", "reg"]) && self.has(&["code", "insee"])
    }
    pub fn is_year(&self) -> bool {
        self.has(&["annee", "annees", "year", "exercice", "millesime", "an"])
    }
    pub fn is_date(&self) -> bool {
        self.has(&["date", "jour", "day", "dt"])
    }
    /// Of the data's keeping, or of a thing's life, rather than of what the rows are about.
    pub fn is_of_keeping(&self) -> bool {
        self.has(&[
            "maj",
            "update",
            "updated",
            "modif",
            "modified",
            "modification",
            "creation",
            "created",
            "naissance",
            "birth",
            "installation",
            "publication",
            "publ",
            "mdate",
            "traitement",
            "harvest",
            "last",
        ])
    }

    /// Why a column of this name may be personal. A bare `nom` counts only beside other columns of persons.
    pub fn personal(&self) -> Option<&'static str> {
        let things = self.has(&OF_THINGS);
        Some(match () {
            () if self.has(&["nir", "nss", "insee2"])
                || self.has(&["securite"]) && self.has(&["sociale"]) =>
            {
                "nir"
            }
            () if self.has(&["email", "mail", "courriel", "mel"]) => "email",
            () if self.has(&["telephone", "tel", "phone", "portable", "gsm"]) => "phone",
            () if self.has(&["naissance", "birth", "birthdate", "birthday", "dob"]) => "birth",
            () if self.has(&["prenom", "prenoms", "firstname", "lastname", "surname", "patronyme"]) => "name",
            () if self.has(&["nom", "name"])
                && self.has(&[
                    "famille",
                    "usage",
                    "usager",
                    "agent",
                    "abonne",
                    "client",
                    "contact",
                    "proprietaire",
                    "demandeur",
                    "occupant",
                    "eleve",
                    "first",
                    "last",
                    "family",
                    "given",
                    "personne",
                ]) =>
            {
                "name"
            }
            () if self.has(&["iban", "rib", "civilite", "immatriculation", "plaque"]) => "identity",
            () if !things && self.has(&["adresse", "address", "domicile"]) => "address",
            () => return None,
        })
    }
    pub fn is_bare_name(&self) -> bool {
        self.is(&["nom", "name"])
    }
}
