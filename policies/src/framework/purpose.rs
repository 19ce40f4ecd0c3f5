//! What a framework says of a purpose.

use contracts::framework::Purposes;
use ontology::Relation;
use ontology::purpose::Purpose;

/// How a purpose stands in a framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// It is, or is within, one that is allowed.
    Allowed,
    /// It is, or is within, one that no contract and no use case under the framework may have.
    Prohibited,
    /// Neither.
    Unlisted,
    /// No purpose of the scheme.
    Unknown,
}

/// Looks a purpose up, by code or IRI; that it is prohibited weighs more.
pub fn listed(purposes: &Purposes, name: &str) -> Listed {
    let Some(purpose) = Purpose::parse(name) else { return Listed::Unknown };
    let among = |codes: &[String]| {
        let known = codes.iter().filter_map(|code| Purpose::parse(code));
        known.into_iter().any(|other| purpose.relation(other) == Relation::Within)
    };
    match () {
        () if purpose.is_prohibited() || among(&purposes.prohibited) => Listed::Prohibited,
        () if among(&purposes.allowed) => Listed::Allowed,
        () => Listed::Unlisted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_is_what_the_nearest_list_says_and_prohibition_weighs_more() {
        let purposes = Purposes {
            allowed: vec!["recherche".into(), "gestion_ressource_eau".into()],
            prohibited: vec!["recherche_scientifique".into()],
        };
        for (name, expected) in [
            ("gestion_ressource_eau", Listed::Allowed),
            ("https://w3id.org/fiducie/purposes#gestion_ressource_eau", Listed::Allowed),
            ("recherche", Listed::Allowed),
            ("recherche_scientifique", Listed::Prohibited),
            ("identification_biometrique", Listed::Prohibited),
            ("publicite", Listed::Unlisted),
            ("n'importe quoi", Listed::Unknown),
        ] {
            assert_eq!(listed(&purposes, name), expected, "{name}");
        }
    }
}
