//! Legal bases for processing personal data: Regulation (EU) 2016/679, article 6(1), (a) to (f).

use super::{Term, terms};

pub const BASES: &[Term] = terms! {
    "https://w3id.org/fiducie/legal-basis#";
    "consentement", "Consentement (RGPD, art. 6.1.a)", "Consent (GDPR, art. 6(1)(a))";
    "contrat", "Exécution d'un contrat (RGPD, art. 6.1.b)", "Performance of a contract (GDPR, art. 6(1)(b))";
    "obligation_legale", "Obligation légale (RGPD, art. 6.1.c)", "Legal obligation (GDPR, art. 6(1)(c))";
    "interets_vitaux", "Sauvegarde des intérêts vitaux (RGPD, art. 6.1.d)", "Vital interests (GDPR, art. 6(1)(d))";
    "mission_interet_public", "Mission d'intérêt public (RGPD, art. 6.1.e)", "Public task (GDPR, art. 6(1)(e))";
    "interet_legitime", "Intérêt légitime (RGPD, art. 6.1.f)", "Legitimate interests (GDPR, art. 6(1)(f))";
};
