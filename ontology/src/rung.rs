//! The exposure ladder: how far a dataset shows and gives itself, from open to invisible.

use crate::Lang;

/// A rung; a greater one is more closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rung {
    Ouvert,
    OuvertIdentifie,
    AgregatPublic,
    MembresDuCadre,
    PartenairesNommes,
    RequeteSure,
    ExistenceSeule,
    Invisible,
}

/// What a rung needs before a byte can leave, beyond a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// A trust framework that says who its members are.
    Framework,
    /// An engine that answers queries or publishes aggregates, never the rows.
    Query,
    /// Nothing can unlock it: the rung itself says that no data leave.
    Never,
}

impl Rung {
    /// From open to closed.
    pub const ALL: [Rung; 8] = [
        Rung::Ouvert,
        Rung::OuvertIdentifie,
        Rung::AgregatPublic,
        Rung::MembresDuCadre,
        Rung::PartenairesNommes,
        Rung::RequeteSure,
        Rung::ExistenceSeule,
        Rung::Invisible,
    ];

    /// Code, French label, English label.
    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Rung::Ouvert => ("ouvert", "Ouvert", "Open"),
            Rung::OuvertIdentifie => {
                ("ouvert_identifie", "Ouvert sur identification", "Open to identified callers")
            }
            Rung::AgregatPublic => ("agregat_public", "Agrégat public", "Public aggregate"),
            Rung::MembresDuCadre => {
                ("membres_du_cadre", "Membres du cadre de confiance", "Members of the framework")
            }
            Rung::PartenairesNommes => ("partenaires_nommes", "Partenaires nommés", "Named partners"),
            Rung::RequeteSure => (
                "requete_sure",
                "Requête en environnement sûr, sans sortie brute",
                "Query in a safe environment, no raw output",
            ),
            Rung::ExistenceSeule => ("existence_seule", "Existence seule", "Existence only"),
            Rung::Invisible => ("invisible", "Invisible", "Invisible"),
        }
    }

    /// The code stored and sent.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    pub const fn label(self, lang: Lang) -> &'static str {
        lang.pick(self.row().1, self.row().2)
    }

    /// The rung with this code.
    pub fn parse(code: &str) -> Option<Rung> {
        Self::ALL.into_iter().find(|rung| rung.code() == code)
    }

    /// Position on the ladder, 0 = open: the number to store in an ordered column.
    pub const fn level(self) -> u8 {
        self as u8
    }

    pub const fn needs(self) -> Needs {
        match self {
            Rung::Ouvert | Rung::OuvertIdentifie | Rung::PartenairesNommes => Needs::Nothing,
            Rung::MembresDuCadre => Needs::Framework,
            Rung::AgregatPublic | Rung::RequeteSure => Needs::Query,
            Rung::ExistenceSeule | Rung::Invisible => Needs::Never,
        }
    }

    /// Can the bytes of the dataset itself leave at this rung, given a right? Where not, each is refused.
    pub const fn delivers(self) -> bool {
        matches!(self.needs(), Needs::Nothing)
    }

    /// Is the dataset announced in the catalogue at all?
    pub const fn announced(self) -> bool {
        !matches!(self, Rung::Invisible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_is_ordered_and_reads_back() {
        for pair in Rung::ALL.windows(2) {
            assert!(pair[0] < pair[1] && pair[0].level() < pair[1].level());
        }
        for rung in Rung::ALL {
            assert_eq!(Rung::parse(rung.code()), Some(rung));
            assert!(!rung.delivers() || rung.announced());
        }
    }
}
