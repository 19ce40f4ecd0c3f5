//! Purposes for which territorial public data are used: a hierarchical scheme (SKOS), so that a purpose is never
//! free text. The table in `purposes.rs` is the only source; `vocab/purposes.ttl` is written from it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use crate::purposes::CONCEPTS;
use crate::{Lang, Relation, vocab};

/// How a concept stands to its counterpart in the Data Privacy Vocabulary 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mapping {
    None,
    /// The same purpose: the DPV name may be written instead of ours.
    Exact(&'static str),
    /// Near, for catalogues; never used to decide.
    Close(&'static str),
}

/// One row of the table.
#[derive(Debug)]
pub struct Concept {
    pub id: &'static str,
    pub broader: &'static [&'static str],
    pub fr: &'static str,
    pub en: &'static str,
    pub dpv: Mapping,
}

/// A purpose of the scheme, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Purpose(u8);

/// Purposes that a clause names, with everything narrower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Set([u64; 2]);

impl FromIterator<Purpose> for Set {
    fn from_iter<I: IntoIterator<Item = Purpose>>(purposes: I) -> Set {
        let all = purposes.into_iter().fold(0, |all, one| all | NARROWER[usize::from(one.0)]);
        Set([all as u64, (all >> 64) as u64])
    }
}

impl Set {
    /// How a declared purpose stands to these together: within one of them, overlapping some, apart from all.
    pub fn relation(self, own: Purpose) -> Relation {
        let all = u128::from(self.0[1]) << 64 | u128::from(self.0[0]);
        if all >> own.0 & 1 == 1 {
            Relation::Within
        } else if all & NARROWER[usize::from(own.0)] != 0 {
            Relation::Overlaps
        } else {
            Relation::Apart
        }
    }
}

/// The scheme as Turtle, embedded.
pub const TURTLE: &str = include_str!("../vocab/purposes.ttl");

/// For each concept, the set of itself and everything narrower. The table has fewer than 128 rows.
static NARROWER: LazyLock<Vec<u128>> = LazyLock::new(|| {
    let mut sets: Vec<u128> = (0..CONCEPTS.len()).map(|at| 1 << at).collect();
    // A parent always stands before its children in the table, so one pass from the end closes the sets.
    for (at, concept) in CONCEPTS.iter().enumerate().rev() {
        for parent in concept.broader {
            if let Some(parent) = CONCEPTS.iter().position(|other| other.id == *parent) {
                sets[parent] |= sets[at];
            }
        }
    }
    sets
});

/// What every decision looks up: its keys are our own, so that a cheap hash will do.
static BY_CODE: LazyLock<HashMap<&str, Purpose, BuildHasherDefault<Cheap>>> =
    LazyLock::new(|| CONCEPTS.iter().map(|concept| concept.id).zip(Purpose::all()).collect());

/// Eight bytes at a time, multiplied and folded.
#[derive(Default)]
struct Cheap(u64);

impl Hasher for Cheap {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..chunk.len()].copy_from_slice(chunk);
            let mixed = u128::from(self.0 ^ u64::from_le_bytes(eight)) * 0x9E37_79B9_7F4A_7C15;
            self.0 = (mixed as u64) ^ (mixed >> 64) as u64;
        }
    }
}

impl Purpose {
    /// Reads a code (`gestion_ressource_eau`), our IRI, or the DPV name (`dpv:ScientificResearch`, full IRI) of a
    /// concept that is an exact match.
    pub fn parse(name: &str) -> Option<Purpose> {
        if let Some(local) = vocab::local(name, "dpv", vocab::DPV) {
            return Self::find(|concept| matches!(concept.dpv, Mapping::Exact(own) if own == local));
        }
        BY_CODE.get(name.strip_prefix(vocab::PURPOSES).unwrap_or(name)).copied()
    }

    fn find(matches: impl Fn(&Concept) -> bool) -> Option<Purpose> {
        let at = CONCEPTS.iter().position(matches)?;
        u8::try_from(at).ok().map(Purpose)
    }

    pub fn concept(self) -> &'static Concept {
        &CONCEPTS[usize::from(self.0)]
    }

    /// The IRI to write in a policy or a request.
    pub fn iri(self) -> String {
        format!("{}{}", vocab::PURPOSES, self.concept().id)
    }

    pub fn label(self, lang: Lang) -> &'static str {
        lang.pick(self.concept().fr, self.concept().en)
    }

    /// How this declared purpose stands to an expected one.
    pub fn relation(self, expected: Purpose) -> Relation {
        let (own, other) = (NARROWER[usize::from(self.0)], NARROWER[usize::from(expected.0)]);
        if own & !other == 0 {
            Relation::Within
        } else if own & other == 0 {
            Relation::Apart
        } else {
            Relation::Overlaps
        }
    }

    /// No contract and no consent can permit this purpose (identification of persons in public space by their bodies:
    /// Regulation (EU) 2024/1689, article 5(1)(h), and what the charters of territories say).
    pub fn is_prohibited(self) -> bool {
        Purpose::parse("identification_biometrique")
            .is_some_and(|never| self.relation(never) == Relation::Within)
    }

    /// Every purpose, parents before children.
    pub fn all() -> impl Iterator<Item = Purpose> {
        (0u8..).take(CONCEPTS.len()).map(Purpose)
    }
}

/// Writes the scheme as Turtle; `vocab/purposes.ttl` is its output.
pub fn turtle() -> String {
    let mut out = format!(
        "# Written from ontology/src/purposes.rs; do not edit. Licence: EUPL-1.2.\n\
         @prefix : <{}> .\n@prefix dct: <{}> .\n@prefix dpv: <{}> .\n@prefix skos: <{}> .\n\n\
         :scheme a skos:ConceptScheme ;\n    dct:title \"Finalités d'usage des données territoriales\"@fr, \
         \"Purposes of use of territorial data\"@en .\n",
        vocab::PURPOSES,
        vocab::DCT,
        vocab::DPV,
        vocab::SKOS,
    );
    for concept in CONCEPTS {
        let _ = write!(out, "\n:{} a skos:Concept ;\n    skos:inScheme :scheme ;\n", concept.id);
        if concept.broader.is_empty() {
            out.push_str("    skos:topConceptOf :scheme ;\n");
        }
        for parent in concept.broader {
            let _ = writeln!(out, "    skos:broader :{parent} ;");
        }
        match concept.dpv {
            Mapping::None => {}
            Mapping::Exact(name) => out.push_str(&format!("    skos:exactMatch dpv:{name} ;\n")),
            Mapping::Close(name) => out.push_str(&format!("    skos:closeMatch dpv:{name} ;\n")),
        }
        let _ = writeln!(out, "    skos:prefLabel \"{}\"@fr, \"{}\"@en .", concept.fr, concept.en);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(name: &str) -> Purpose {
        Purpose::parse(name).unwrap_or_else(|| panic!("{name}"))
    }

    /// After a change of the table: `UPDATE_VOCAB=1 cargo test --release -p ontology`.
    #[test]
    fn embedded_turtle_is_the_table() {
        if std::env::var_os("UPDATE_VOCAB").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/vocab/purposes.ttl"), turtle()).unwrap();
        } else {
            assert_eq!(TURTLE, turtle());
        }
    }

    #[test]
    fn parents_come_first_and_names_are_unique() {
        assert!(CONCEPTS.len() <= 128);
        for (at, concept) in CONCEPTS.iter().enumerate() {
            for parent in concept.broader {
                assert!(CONCEPTS[..at].iter().any(|other| other.id == *parent), "{} < {parent}", concept.id);
            }
            assert!(CONCEPTS[..at].iter().all(|other| other.id != concept.id), "{}", concept.id);
            assert!(!concept.fr.contains(['"', '\\']) && !concept.en.contains(['"', '\\']), "{}", concept.id);
        }
    }

    #[test]
    fn relations() {
        let relation = |a, b| purpose(a).relation(purpose(b));
        assert_eq!(relation("gestion_ressource_eau", "interet_general"), Relation::Within);
        assert_eq!(relation("interet_general", "gestion_ressource_eau"), Relation::Overlaps);
        assert_eq!(relation("publicite", "interet_general"), Relation::Apart);
        // Research is not commercial, but commercial research is both: one cannot tell.
        assert_eq!(relation("recherche", "usage_commercial"), Relation::Overlaps);
        assert_eq!(purpose("dpv:ScientificResearch"), purpose("recherche_scientifique"));
        assert_eq!(purpose(&purpose("mobilite").iri()), purpose("mobilite"));
        assert_eq!(Purpose::parse("améliorer les choses"), None);
        assert_eq!(Purpose::parse("dpv:Marketing2"), None);
    }
}
