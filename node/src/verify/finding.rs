//! Everything a verification can find, each with a code for programs and a sentence for persons.

use ontology::Lang;

/// One thing found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Every byte is as signed.
    Whole,
    /// The file was altered, or is incomplete.
    NotWhole,
    /// None of the files we know how to verify.
    UnknownKind,
    /// Not in the form it was signed in, or inconsistent; with where and why.
    Altered(String),
    /// A signature or proof that does not hold; with why.
    BadSignature(String),
    /// A signature that is good.
    SignedBy { did: String, capacity: String, at: String },
    /// Both parties signed.
    SignedByBoth,
    /// A party whose signature is missing.
    NotSignedBy { did: String },
    /// The same participant signs twice in one capacity.
    SignedTwice { did: String },
    /// The file carries no key, and no anchor was given for the signer.
    NoKey { did: String },
    /// The key is the participant's, by an anchor.
    Anchored { did: String },
    /// No anchor at all was given: the keys prove integrity, not identity.
    NotAnchored,
    /// Anchors were given, none for this signer.
    NoAnchorFor { did: String },
    /// The anchor of this DID shows another key.
    Stranger { did: String },
    /// A party revoked the contract.
    Revoked { did: String, ground: String, at: String },
    /// A revocation of another contract, or by somebody who is no party.
    ForeignRevocation { did: String },
    /// A finding of a log extract: whether it refuses, and its two sentences.
    Log { code: &'static str, refuses: bool, fr: String, en: String },
}

impl Finding {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::NotWhole => "not-whole",
            Self::UnknownKind => "unknown-kind",
            Self::Altered(_) => "altered",
            Self::BadSignature(_) => "bad-signature",
            Self::SignedBy { .. } => "signed-by",
            Self::SignedByBoth => "signed-by-both",
            Self::NotSignedBy { .. } => "not-signed-by",
            Self::SignedTwice { .. } => "signed-twice",
            Self::NoKey { .. } => "no-key",
            Self::Anchored { .. } => "anchored",
            Self::NotAnchored => "keys-not-anchored",
            Self::NoAnchorFor { .. } => "no-anchor-for",
            Self::Stranger { .. } => "stranger",
            Self::Revoked { .. } => "revoked",
            Self::ForeignRevocation { .. } => "foreign-revocation",
            Self::Log { code, .. } => code,
        }
    }

    /// Whether this alone makes the verification fail.
    pub fn refuses(&self) -> bool {
        match self {
            Self::NotWhole
            | Self::UnknownKind
            | Self::Altered(_)
            | Self::BadSignature(_)
            | Self::NotSignedBy { .. }
            | Self::SignedTwice { .. }
            | Self::NoKey { .. }
            | Self::NoAnchorFor { .. }
            | Self::Stranger { .. }
            | Self::ForeignRevocation { .. } => true,
            Self::Log { refuses, .. } => *refuses,
            Self::Whole
            | Self::SignedBy { .. }
            | Self::SignedByBoth
            | Self::Anchored { .. }
            | Self::NotAnchored
            | Self::Revoked { .. } => false,
        }
    }

    /// Whether this means that bytes are not as they were signed (rather than that somebody did not sign).
    pub fn breaks_integrity(&self) -> bool {
        match self {
            Self::NotWhole
            | Self::UnknownKind
            | Self::Altered(_)
            | Self::BadSignature(_)
            | Self::SignedTwice { .. }
            | Self::NoKey { .. }
            | Self::ForeignRevocation { .. } => true,
            Self::Log { refuses, .. } => *refuses,
            _ => false,
        }
    }

    /// The finding in one sentence.
    pub fn sentence(&self, lang: Lang) -> String {
        let (fr, en) = match self {
            Self::Whole => ("Intégrité vérifiée : chaque octet est tel qu'il a été signé.".to_owned(),
                "Integrity verified: every byte is as it was signed.".to_owned()),
            Self::NotWhole => ("Refusé : le fichier n'est pas tel qu'il a été signé.".to_owned(),
                "Refused: the file is not as it was signed.".to_owned()),
            Self::UnknownKind => ("Refusé : ce n'est ni un contrat, ni une convention, ni un cadre de confiance, ni un accusé de réception, ni une révocation, ni un extrait ou une preuve de journal.".to_owned(),
                "Refused: neither a contract, nor a convention, nor a trust framework, nor a receipt, nor a revocation, nor a log extract or proof.".to_owned()),
            Self::Altered(why) => (format!("Refusé, contenu altéré ou incomplet : {why}."),
                format!("Refused, content altered or incomplete: {why}.")),
            Self::BadSignature(why) => (format!("Refusé, signature ou preuve fausse : {why}."),
                format!("Refused, false signature or proof: {why}.")),
            Self::SignedBy { did, capacity, at } => {
                let (c_fr, c_en) = capacity_words(capacity);
                (format!("Signé par {did}{c_fr}, le {at}."), format!("Signed by {did}{c_en}, on {at}."))
            }
            Self::SignedByBoth => ("Signé par les deux parties.".to_owned(), "Signed by both parties.".to_owned()),
            Self::NotSignedBy { did } => (format!("Refusé : {did} n'a pas signé."), format!("Refused: {did} has not signed.")),
            Self::SignedTwice { did } => (format!("Refusé : {did} signe deux fois en la même qualité."),
                format!("Refused: {did} signs twice in the same capacity.")),
            Self::NoKey { did } => (format!("Refusé : aucune clé de {did} n'est dans le fichier ni parmi les ancres ; donnez son document DID avec --anchor."),
                format!("Refused: no key of {did} is in the file or among the anchors; give its DID document with --anchor.")),
            Self::Anchored { did } => (format!("Identité prouvée : la clé est celle de {did} selon l'ancre donnée."),
                format!("Identity proven: the key is that of {did} by the anchor given.")),
            Self::NotAnchored => ("Clés non ancrées : le fichier prouve qui a signé avec quelle clé, non à qui est cette clé ; donnez les documents DID avec --anchor.".to_owned(),
                "Keys not anchored: the file proves which keys signed, not whose they are; give the DID documents with --anchor.".to_owned()),
            Self::NoAnchorFor { did } => (format!("Refusé : aucune ancre donnée pour {did}."), format!("Refused: no anchor given for {did}.")),
            Self::Stranger { did } => (format!("Refusé : la clé qui a signé au nom de {did} n'est pas la sienne selon l'ancre donnée."),
                format!("Refused: the key that signed in the name of {did} is not its own by the anchor given.")),
            Self::Revoked { did, ground, at } => (format!("Révoqué par {did} le {at} : {ground}"),
                format!("Revoked by {did} on {at}: {ground}")),
            Self::ForeignRevocation { did } => (format!("Refusé : révocation d'un autre contrat, ou par {did} qui n'y est pas partie."),
                format!("Refused: revocation of another contract, or by {did}, which is not a party.")),
            Self::Log { fr, en, .. } => (fr.clone(), en.clone()),
        };
        match lang {
            Lang::Fr => fr,
            Lang::En => en,
        }
    }
}

fn capacity_words(capacity: &str) -> (&'static str, &'static str) {
    match capacity {
        "node" => (" (son nœud)", " (its node)"),
        "dpo" => (" (délégué à la protection des données)", " (data protection officer)"),
        "delegate" => (" (personne délégataire de signature)", " (delegated person)"),
        "body" => (" (organisme tiers)", " (third body)"),
        _ => ("", ""),
    }
}
