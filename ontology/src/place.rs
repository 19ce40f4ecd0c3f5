//! Places as law sees them: countries, their subdivisions, the European Union and the European Economic Area.
//!
//! Used for where data are processed and for whose law governs the holder. Codes of ISO 3166-1 (alpha-2) and the
//! form of ISO 3166-2; membership as of 2026. `FR` means the French territory that is part of the Union:
//! the outermost regions (article 349 TFEU) are inside, the overseas countries and territories (article 198 TFEU:
//! `NC`, `PF`, `WF`, `PM`, `BL`, `TF`) are places of their own, outside the Union.

use std::sync::LazyLock;

use crate::Relation;

/// ISO 3166-1 alpha-2 codes, officially assigned.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK \
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM \
JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS \
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM \
US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// Member states of the European Union.
const UNION: &str = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";
/// Outermost regions of France that have a country code of their own.
const OUTERMOST: &str = "GF GP MF MQ RE YT";
/// States of the European Economic Area that are not in the Union.
const EEA_ONLY: &str = "IS LI NO";
/// ISO 3166-2 codes of French territories that also have an alpha-2 code.
const ALIASES: &[(&str, &str)] = &[
    ("FR-971", "GP"),
    ("FR-972", "MQ"),
    ("FR-973", "GF"),
    ("FR-974", "RE"),
    ("FR-976", "YT"),
    ("FR-BL", "BL"),
    ("FR-MF", "MF"),
    ("FR-NC", "NC"),
    ("FR-PF", "PF"),
    ("FR-PM", "PM"),
    ("FR-TF", "TF"),
    ("FR-WF", "WF"),
];

/// A place: a group of countries, a country, or a subdivision of one. Small, so that a policy holds its places where it
/// holds its conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// Aliases resolved; what follows its end is zero.
    code: [u8; 6],
    countries: Countries,
}

/// Of which countries a place is: the bit of a country, or what no country has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Countries(u16);

/// A bit for each pair of letters.
type Set = [u64; 11];

fn set(lists: &[&str]) -> Set {
    let mut set = [0; 11];
    for bit in lists.iter().flat_map(|list| list.split_ascii_whitespace()).filter_map(bit) {
        set[usize::from(bit) / 64] |= 1 << (bit % 64);
    }
    set
}

fn bit(country: &str) -> Option<u16> {
    let letter = |byte: u8| byte.is_ascii_uppercase().then(|| u16::from(byte - b'A'));
    match country.as_bytes() {
        [a, b] => Some(letter(*a)? * 26 + letter(*b)?),
        _ => None,
    }
}

fn holds(set: &Set, bit: u16) -> bool {
    set[usize::from(bit) / 64] >> (bit % 64) & 1 == 1
}

static ALL: LazyLock<Set> = LazyLock::new(|| set(&[COUNTRIES]));
/// Of [`Countries::FRANCE`], then of each that is wider.
static GROUPS: LazyLock<[Set; 3]> =
    LazyLock::new(|| [set(&["FR", OUTERMOST]), set(&[UNION, OUTERMOST]), set(&[UNION, OUTERMOST, EEA_ONLY])]);

impl Countries {
    const FRANCE: Countries = Countries(1000);
    const UNION: Countries = Countries(1001);
    const EEA: Countries = Countries(1002);

    fn group(self) -> Option<usize> {
        self.0.checked_sub(Self::FRANCE.0).map(usize::from)
    }

    fn is_within(self, other: Self) -> bool {
        match (self.group(), other.group()) {
            (None, None) => self == other,
            (None, Some(group)) => GROUPS.get(group).is_some_and(|group| holds(group, self.0)),
            // Each group holds those named before it, and more than one country.
            (own, other) => own <= other,
        }
    }
}

impl Place {
    /// Reads `FR`, `FR-75`, `EU` or `EEA`. `None` for anything else, also for lower case: a code is a code.
    pub fn parse(code: &str) -> Option<Place> {
        let alias = || ALIASES.iter().find(|(alias, _)| *alias == code);
        let code = if code.contains('-') { alias().map_or(code, |(_, own)| own) } else { code };
        let countries = match code {
            "EU" => Countries::UNION,
            "EEA" => Countries::EEA,
            "FR" => Countries::FRANCE,
            _ => {
                let (country, part) = code.split_once('-').map_or((code, None), |(c, p)| (c, Some(p)));
                let bit = bit(country).filter(|bit| holds(&ALL, *bit))?;
                if let Some(part) = part {
                    let form = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit();
                    if part.is_empty() || part.len() > 3 || !part.bytes().all(form) {
                        return None;
                    }
                }
                Countries(bit)
            }
        };
        let mut place = Place { code: [0; 6], countries };
        place.code.get_mut(..code.len())?.copy_from_slice(code.as_bytes());
        Some(place)
    }

    /// The code, aliases resolved.
    pub fn code(&self) -> &str {
        let end = self.code.iter().position(|byte| *byte == 0).unwrap_or(self.code.len());
        std::str::from_utf8(&self.code[..end]).unwrap_or_default()
    }

    /// A subdivision is compared by its code; everything else by its countries.
    fn is_subdivision(&self) -> bool {
        self.code[2] == b'-'
    }

    /// How this declared place stands to an expected one.
    pub fn relation(&self, expected: &Place) -> Relation {
        if self.code == expected.code {
            return Relation::Within;
        }
        if self.is_subdivision() && expected.is_subdivision() {
            return Relation::Apart;
        }
        let (own, other) = (self.countries, expected.countries);
        match (own.is_within(other), expected.is_subdivision()) {
            (true, false) => Relation::Within,
            (true, true) => Relation::Overlaps,
            (false, _) if other.is_within(own) => Relation::Overlaps,
            (false, _) => Relation::Apart,
        }
    }
}

/// Codes of all countries.
pub fn countries() -> impl Iterator<Item = &'static str> {
    COUNTRIES.split_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(declared: &str, expected: &str) -> Relation {
        let read = |code| Place::parse(code).unwrap_or_else(|| panic!("{code}"));
        read(declared).relation(&read(expected))
    }

    #[test]
    fn membership() {
        for (declared, expected) in [
            ("FR", "EU"),
            ("RE", "FR"),
            ("FR-974", "EU"),
            ("FR-75", "FR"),
            ("EU", "EEA"),
            ("NO", "EEA"),
            ("FR-75", "FR-75"),
        ] {
            assert_eq!(relation(declared, expected), Relation::Within, "{declared} in {expected}");
        }
        for (declared, expected) in [
            ("US", "EU"),
            ("NO", "EU"),
            ("NC", "FR"),
            ("CH", "EEA"),
            ("GB", "EU"),
            ("FR-75", "FR-31"),
            ("DE-BY", "FR"),
        ] {
            assert_eq!(relation(declared, expected), Relation::Apart, "{declared} in {expected}");
        }
        for (declared, expected) in
            [("EU", "FR"), ("EEA", "EU"), ("FR", "FR-75"), ("FR", "RE"), ("EU", "FR-75")]
        {
            assert_eq!(relation(declared, expected), Relation::Overlaps, "{declared} in {expected}");
        }
    }

    #[test]
    fn only_codes_are_places() {
        for text in ["", "fr", "FRA", "XX", "FR-", "FR-75001", "FR-7a", "Europe", "EU-1", "France", "É"] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
        assert_eq!(COUNTRIES.split_ascii_whitespace().count(), 249);
    }
}
