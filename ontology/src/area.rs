//! Areas by the official geographic code of a year (COG, INSEE; SIREN for groupings): `departement:35@2024`. Communes
//! merge and régions did, so that a code without its year names nothing.

use std::fmt;

use crate::dcat::divisions;
use crate::dcat::territory::Kind;

/// An area in the code of one year.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Area {
    kind: Kind,
    code: String,
    /// Year of the code: it is published each 1 January.
    vintage: u16,
}

/// Years in which there is such a code; the first was that of 1943.
const YEARS: std::ops::RangeInclusive<u16> = 1943..=2199;

/// Reads a year of the code.
#[must_use]
pub fn vintage(text: &str) -> Option<u16> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?.filter(|year| YEARS.contains(year))
}

impl Area {
    /// Reads `kind:code@year`, kind one of commune, epci, departement, region.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (named, year) = text.rsplit_once('@')?;
        let (kind, code) = named.split_once(':')?;
        let kind = Kind::parse(kind).filter(|kind| *kind != Kind::Country && kind.accepts(code))?;
        Some(Self { kind, code: code.to_owned(), vintage: vintage(year)? })
    }

    /// Whether rows that name their area by a kind of code of a year tell if they lie in this one. A grouping's communes
    /// are not known here, and a wider code does not tell a narrower one.
    #[must_use]
    pub fn told_by(&self, kind: Kind, vintage: u16) -> bool {
        let above = match kind {
            Kind::Commune => &[Kind::Commune, Kind::Departement, Kind::Region][..],
            Kind::Epci => &[Kind::Epci],
            Kind::Departement => &[Kind::Departement, Kind::Region],
            Kind::Region => &[Kind::Region],
            Kind::Country => &[],
        };
        self.vintage == vintage && above.contains(&self.kind)
    }

    /// Whether the area that a row names by such a code lies in this one. A code that is none lies nowhere.
    #[must_use]
    pub fn holds(&self, kind: Kind, code: &str) -> bool {
        kind.accepts(code) && up(kind, code, self.kind) == Some(self.code.as_str())
    }

    /// Whether every row in the other area is in this one.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.told_by(other.kind, other.vintage) && self.holds(other.kind, &other.code)
    }
}

/// The code of the wider area of a kind in which an area lies.
fn up(kind: Kind, code: &str, wanted: Kind) -> Option<&str> {
    match (kind, wanted) {
        (own, wanted) if own == wanted => Some(code),
        (Kind::Commune, Kind::Departement) => divisions::of_commune(code),
        (Kind::Commune, Kind::Region) => divisions::departement(divisions::of_commune(code)?).map(|(_, r)| r),
        (Kind::Departement, Kind::Region) => divisions::departement(code).map(|(_, region)| region),
        _ => None,
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}@{}", self.kind.code(), self.code, self.vintage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_holds_what_lies_in_it_in_the_code_of_its_year() {
        let area = |text: &str| Area::parse(text).unwrap();
        assert!(area("departement:35@2024").holds(Kind::Commune, "35238"));
        assert!(!area("departement:35@2024").holds(Kind::Commune, "22278"));
        assert!(area("region:53@2024").contains(&area("commune:22278@2024")));
        assert!(!area("region:53@2024").contains(&area("commune:22278@2023")), "another year");
        assert!(area("departement:2A@2024").holds(Kind::Commune, "2A004"));
        assert!(area("departement:974@2024").holds(Kind::Commune, "97411"));
        for code in ["", "3523", "35238 ", "abcde"] {
            assert!(!area("departement:35@2024").holds(Kind::Commune, code), "{code:?}");
        }
        assert!(!area("epci:243500139@2024").told_by(Kind::Commune, 2024), "its communes are not known");
        assert!(!area("commune:35238@2024").told_by(Kind::Departement, 2024), "wider than asked");
        for none in ["departement:35", "35@2024", "pays:FR@2024", "departement:350@2024", "region:53@24"] {
            assert_eq!(Area::parse(none), None, "{none}");
        }
    }
}
