//! Update frequencies (EU Vocabularies, `frequency`).
//!
//! `UNKNOWN` is left out on purpose: the frequency is one of the six mandatory metadata.

use super::{Term, terms};

pub const FREQUENCIES: &[Term] = terms! {
    "http://publications.europa.eu/resource/authority/frequency/";
    "CONT", "En continu", "Continuous";
    "UPDATE_CONT", "Mise à jour en continu", "Continuously updated";
    "1MIN", "Toutes les minutes", "Every minute";
    "5MIN", "Toutes les cinq minutes", "Every five minutes";
    "10MIN", "Toutes les dix minutes", "Every ten minutes";
    "15MIN", "Tous les quarts d'heure", "Every fifteen minutes";
    "30MIN", "Toutes les demi-heures", "Every thirty minutes";
    "HOURLY", "Toutes les heures", "Hourly";
    "BIHOURLY", "Toutes les deux heures", "Every two hours";
    "TRIHOURLY", "Toutes les trois heures", "Every three hours";
    "12HRS", "Toutes les douze heures", "Every twelve hours";
    "DAILY", "Quotidienne", "Daily";
    "DAILY_2", "Deux fois par jour", "Twice a day";
    "WEEKLY", "Hebdomadaire", "Weekly";
    "WEEKLY_2", "Deux fois par semaine", "Twice a week";
    "WEEKLY_3", "Trois fois par semaine", "Three times a week";
    "BIWEEKLY", "Toutes les deux semaines", "Biweekly";
    "MONTHLY", "Mensuelle", "Monthly";
    "MONTHLY_2", "Deux fois par mois", "Twice a month";
    "MONTHLY_3", "Trois fois par mois", "Three times a month";
    "BIMONTHLY", "Tous les deux mois", "Bimonthly";
    "QUARTERLY", "Trimestrielle", "Quarterly";
    "ANNUAL_2", "Semestrielle", "Twice a year";
    "ANNUAL_3", "Trois fois par an", "Three times a year";
    "ANNUAL", "Annuelle", "Annual";
    "BIENNIAL", "Tous les deux ans", "Biennial";
    "TRIENNIAL", "Tous les trois ans", "Triennial";
    "QUADRENNIAL", "Tous les quatre ans", "Every four years";
    "QUINQUENNIAL", "Tous les cinq ans", "Every five years";
    "DECENNIAL", "Tous les dix ans", "Every ten years";
    "IRREG", "Irrégulière", "Irregular";
    "NEVER", "Jamais", "Never";
};

/// For how many days after its last change a dataset of this frequency is up to date: its step, and some time for the work.
/// Nothing where no change is promised.
pub fn fresh_days(code: &str) -> Option<u32> {
    Some(match code {
        "IRREG" | "NEVER" => return None,
        "WEEKLY" => 14,
        "BIWEEKLY" => 28,
        "MONTHLY_2" => 25,
        "MONTHLY_3" => 20,
        "MONTHLY" => 45,
        "BIMONTHLY" => 75,
        "QUARTERLY" => 110,
        "ANNUAL_3" => 140,
        "ANNUAL_2" => 200,
        "ANNUAL" => 400,
        "BIENNIAL" => 800,
        "TRIENNIAL" => 1_170,
        "QUADRENNIAL" => 1_540,
        "QUINQUENNIAL" => 1_900,
        "DECENNIAL" => 3_750,
        // Several times a week, and everything more often than that.
        code => return FREQUENCIES.iter().any(|term| term.code == code).then_some(7),
    })
}
