//! Licences that a public body may use without approval: CRPA, article D. 323-2-1.

use super::Term;

pub const LICENCES: &[Term] = &[
    Term {
        code: "LO-2.0",
        iri: "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
        fr: "Licence Ouverte 2.0",
        en: "Open Licence 2.0",
    },
    Term {
        code: "ODbL-1.0",
        iri: "https://opendatacommons.org/licenses/odbl/1-0/",
        fr: "Licence ODbL 1.0 (partage à l'identique)",
        en: "ODbL 1.0 (share-alike)",
    },
];
