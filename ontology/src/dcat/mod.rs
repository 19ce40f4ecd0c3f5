//! Terms of European and French vocabularies that describe a dataset: only those a description may use.
//!
//! Codes and IRIs are those of their authorities (`SOURCES.md`); labels are ours where the authority has none in that language.

pub mod column;
pub mod divisions;
pub mod format;
pub mod frequency;
pub mod granularity;
pub mod hvd;
pub mod legal_basis;
pub mod licence;
pub mod territory;
pub mod theme;

/// A term: what a publisher writes, what other systems read, what persons read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub code: &'static str,
    pub iri: &'static str,
    pub fr: &'static str,
    pub en: &'static str,
}

/// The term of that code or IRI.
pub fn find(table: &'static [Term], text: &str) -> Option<&'static Term> {
    table.iter().find(|term| term.code == text || term.iri == text)
}

/// All codes of a table, for a remedy.
pub fn codes(table: &'static [Term]) -> String {
    table.iter().map(|term| term.code).collect::<Vec<_>>().join(", ")
}

/// Declares a table whose IRIs are one namespace followed by the code.
macro_rules! terms {
    ($ns:literal; $($code:literal, $fr:literal, $en:literal;)+) => {
        &[$($crate::dcat::Term { code: $code, iri: concat!($ns, $code), fr: $fr, en: $en }),+]
    };
}
pub(crate) use terms;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_iris_are_unique() {
        for table in [
            column::TYPES,
            theme::THEMES,
            crate::exclusion::GROUNDS,
            crate::origin::ORIGINS,
            frequency::FREQUENCIES,
            granularity::LEVELS,
            hvd::CATEGORIES,
            legal_basis::BASES,
            licence::LICENCES,
        ] {
            for (i, term) in table.iter().enumerate() {
                assert!(!term.fr.is_empty() && !term.en.is_empty(), "{}", term.code);
                assert!(
                    table[i + 1..].iter().all(|t| t.code != term.code && t.iri != term.iri),
                    "{}",
                    term.code
                );
                assert_eq!(find(table, term.iri), Some(term));
            }
        }
    }
}
