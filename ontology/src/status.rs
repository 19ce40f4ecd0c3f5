//! Statuses of a dataset: what kind of data it is in law, and so what may be done with it by default.

use crate::Lang;

/// The status of a dataset. `EssentielleCp` (listed data of public contracts) and `Vitale` (data without which a
/// service stops) are two senses of « données essentielles » and two statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    Personnelle,
    Sensible,
    Publique,
    InteretGeneral,
    PriveeIg,
    Privee,
    PiTiers,
    EssentielleCp,
    Vitale,
    Mixte,
    Anonymisee,
    Securite,
    RechercheEnCours,
    SelfData,
    Archive,
}

impl Status {
    pub const ALL: [Status; 15] = [
        Status::Personnelle,
        Status::Sensible,
        Status::Publique,
        Status::InteretGeneral,
        Status::PriveeIg,
        Status::Privee,
        Status::PiTiers,
        Status::EssentielleCp,
        Status::Vitale,
        Status::Mixte,
        Status::Anonymisee,
        Status::Securite,
        Status::RechercheEnCours,
        Status::SelfData,
        Status::Archive,
    ];

    /// Code, French label, English label.
    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Status::Personnelle => ("personnelle", "Données à caractère personnel", "Personal data"),
            Status::Sensible => ("sensible", "Données sensibles", "Special categories of personal data"),
            Status::Publique => ("publique", "Données publiques", "Public-sector data"),
            Status::InteretGeneral => (
                "interet_general",
                "Données d'intérêt général (concessions)",
                "General-interest data (concessions)",
            ),
            Status::PriveeIg => {
                ("privee_ig", "Données privées d'intérêt général", "Privately held data of general interest")
            }
            Status::Privee => {
                ("privee", "Données privées, secret des affaires", "Private data, trade secrets")
            }
            Status::PiTiers => {
                ("pi_tiers", "Propriété intellectuelle de tiers", "Intellectual property of third parties")
            }
            Status::EssentielleCp => (
                "essentielle_cp",
                "Données essentielles de la commande publique",
                "Essential data of public procurement",
            ),
            Status::Vitale => ("vitale", "Données vitales", "Vital data"),
            Status::Mixte => ("mixte", "Données mixtes", "Mixed personal and non-personal data"),
            Status::Anonymisee => {
                ("anonymisee", "Données anonymisées ou agrégées", "Anonymised or aggregated data")
            }
            Status::Securite => ("securite", "Données de sécurité", "Security-sensitive data"),
            Status::RechercheEnCours => {
                ("recherche_en_cours", "Travaux de recherche en cours", "Research in progress")
            }
            Status::SelfData => {
                ("self_data", "Données confiées par la personne", "Data entrusted by the person")
            }
            Status::Archive => ("archive", "Archives publiques", "Public archives"),
        }
    }

    /// The code stored and sent.
    pub const fn code(self) -> &'static str {
        self.row().0
    }

    pub const fn label(self, lang: Lang) -> &'static str {
        lang.pick(self.row().1, self.row().2)
    }

    /// The status with this code.
    pub fn parse(code: &str) -> Option<Status> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// May data of this status be open or free for the asking? The others leave under a signed contract only.
    pub const fn may_be_open(self) -> bool {
        matches!(
            self,
            Status::Publique
                | Status::InteretGeneral
                | Status::EssentielleCp
                | Status::Anonymisee
                | Status::Archive
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for (at, status) in Status::ALL.into_iter().enumerate() {
            assert_eq!(Status::parse(status.code()), Some(status));
            assert!(Status::ALL[..at].iter().all(|other| other.code() != status.code()));
        }
        assert_eq!(Status::parse("essentielle"), None);
    }
}
