//! The words of a convention of hosting, made from what it settles: the same document always says the same.

use contracts::convention::{ConventionDocument, Readable, Side};

use super::{Lang, fill, get};

/// Name of the template, and its version: raised when any of its words changes.
pub const TEMPLATE: &str = "fiducie-hosting";
pub const VERSION: &str = "1";

/// Both texts of a convention. What its `texts` say does not count.
pub fn words(convention: &ConventionDocument) -> Readable {
    Readable { fr: text(convention, Lang::Fr), en: text(convention, Lang::En) }
}

fn text(convention: &ConventionDocument, lang: Lang) -> String {
    let ConventionDocument { id, host, hosted, processing, answers, measures, term, .. } = convention;
    let none = get(lang, "hosting.none").to_owned();
    let listed = |lines: &[String]| if lines.is_empty() { none.clone() } else { lines.join(", ") };
    let others: Vec<_> =
        measures.subprocessors.iter().map(|other| format!("{} ({})", other.name, other.country)).collect();
    let until = term.until.map_or_else(|| none.clone(), |until| until.to_string());
    let values = [
        ("id", id.to_string()),
        ("host", host.name.clone()),
        ("host-did", host.did.to_string()),
        ("hosted", hosted.name.clone()),
        ("hosted-did", hosted.did.to_string()),
        ("subject", processing.subject.clone()),
        ("data", listed(&processing.data)),
        ("persons", listed(&processing.persons)),
        ("country", measures.country.clone()),
        ("others", listed(&others)),
        ("told", measures.told_within_hours.to_string()),
        ("every", measures.backup_every_hours.to_string()),
        ("kept", measures.backup_kept_days.to_string()),
        ("erased", measures.erased_within_days.to_string()),
        ("notice", measures.notice_days.to_string()),
        ("from", term.from.to_string()),
        ("until", until),
    ];
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let clauses = [
        "hosting.parties",
        "hosting.subject",
        "hosting.roles",
        "hosting.processing",
        "hosting.instructions",
        "hosting.place",
        "hosting.confidence",
        "hosting.keys",
        "hosting.others",
        by(answers.requests, "hosting.requests-host", "hosting.requests-hosted"),
        by(answers.breaches, "hosting.breaches-host", "hosting.breaches-hosted"),
        by(answers.backups, "hosting.backups-host", "hosting.backups-hosted"),
        "hosting.fairness",
        "hosting.control",
        "hosting.leaving",
        "hosting.term",
    ];
    let mut text = fill(lang, "hosting.title", &values);
    for (number, clause) in clauses.into_iter().enumerate() {
        text.push_str(&format!("\n\n{}. {}", number + 1, fill(lang, clause, &values)));
    }
    text.push('\n');
    text
}

fn by(side: Side, host: &'static str, hosted: &'static str) -> &'static str {
    match side {
        Side::Host => host,
        Side::Hosted => hosted,
    }
}
