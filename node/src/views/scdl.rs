//! The catalogue as a table, by the schema that French local authorities share (SCDL, "catalogue", 0.1). One row for each
//! dataset that the reader may know in full. What is not known is left empty, never invented: a row with gaps does not
//! conform, and says so to who checks it.

use contracts::dataset::{Description, Licence};
use ontology::dcat::territory::Kind;
use unicode_normalization::UnicodeNormalization;

use super::Shown;
use crate::domain::member::Member;
use crate::domain::time::Timestamp;

const COLUMNS: [&str; 20] = [
    "COLL_NOM",
    "COLL_SIRET",
    "ID",
    "TITRE",
    "DESCRIPTION",
    "THEME",
    "PRODUCTEUR_NOM",
    "PRODUCTEUR_SIRET",
    "COUV_SPAT_MAILLE",
    "COUV_SPAT_NOM",
    "COUV_TEMP_DEBUT",
    "COUV_TEMP_FIN",
    "DATE_PUBL",
    "FREQ_MAJ",
    "DATE_MAJ",
    "MOTS_CLES",
    "LICENCE",
    "NOMBRE_RESSOURCES",
    "FORMAT_RESSOURCES",
    "URL",
];

/// The table, with its head.
pub fn table(member: &Member, shown: &[Shown]) -> String {
    let mut out = line(COLUMNS.map(str::to_owned));
    for shown in shown {
        if let Some(d) = shown.full() {
            out.push_str(&line(row(member, shown, d)));
        }
    }
    out
}

fn row(member: &Member, shown: &Shown, d: &Description) -> [String; 20] {
    let french = ontology::Lang::Fr;
    let own = d.producer.did.as_ref() == Some(&member.did) || d.producer.name == member.name;
    let siret = d.producer.siret.clone().unwrap_or_default();
    let place = d.location.first();
    let start = d.period.as_ref().and_then(|period| period.start);
    let end = d.period.as_ref().and_then(|period| period.end);
    let updated = day(shown.since());
    // What has begun and goes on covers the time up to its last update.
    let ends = end.map(|day| day.to_string()).or(start.map(|_| updated.clone()));
    let formats = d.format.iter().map(|media| match media.format {
        Some(known) => known.code.to_lowercase(),
        None => media.media_type.clone(),
    });
    [
        short(&member.name),
        if own { siret.clone() } else { String::new() },
        shown.id().segment().to_owned(),
        d.title.best(french).to_owned(),
        d.description.best(french).to_owned(),
        d.theme.first().map_or("", |theme| theme.fr).to_owned(),
        short(&d.producer.name),
        siret,
        place.map_or("", |place| scale(place.kind)).to_owned(),
        place.map_or("", |place| place.label.as_deref().unwrap_or(&place.code)).to_owned(),
        start.map(|day| day.to_string()).unwrap_or_default(),
        ends.unwrap_or_default(),
        day(shown.issued()),
        frequency(d.frequency.code).to_owned(),
        updated,
        words(d),
        licence(d).to_owned(),
        d.format.len().to_string(),
        formats.collect::<Vec<_>>().join(";"),
        shown.page(member),
    ]
}

fn short(name: &str) -> String {
    name.chars().take(140).collect()
}

fn day(at: Timestamp) -> String {
    contracts::dataset::Day(at.to_date().date()).to_string()
}

fn scale(kind: Kind) -> &'static str {
    match kind {
        Kind::Commune => "Communale",
        Kind::Epci => "Intercommunale",
        Kind::Departement => "Départementale",
        Kind::Region => "Régionale",
        Kind::Country => "Autre",
    }
}

fn frequency(code: &str) -> &'static str {
    match code {
        "NEVER" => "Ponctuelle",
        "CONT" | "UPDATE_CONT" | "1MIN" | "5MIN" | "10MIN" | "15MIN" | "30MIN" => "Continuelle",
        "HOURLY" => "Toutes les heures",
        "BIHOURLY" | "TRIHOURLY" | "12HRS" | "DAILY" | "DAILY_2" => "Quotidienne ou plusieurs fois par jour",
        "WEEKLY" | "WEEKLY_2" | "WEEKLY_3" => "Hebdomadaire ou plusieurs fois par semaine",
        "BIWEEKLY" | "MONTHLY" | "MONTHLY_2" | "MONTHLY_3" => "Mensuelle ou plusieurs fois par mois",
        "BIMONTHLY" => "Bimestrielle",
        "QUARTERLY" | "ANNUAL_3" => "Trimestrielle",
        "ANNUAL_2" => "Semestrielle",
        "ANNUAL" => "Annuelle",
        "BIENNIAL" => "Biennale",
        "TRIENNIAL" => "Triennale",
        "QUINQUENNIAL" => "Quinquennale",
        // The schema has nothing between and beyond.
        _ => "Irrégulière",
    }
}

fn licence(d: &Description) -> &'static str {
    match &d.licence {
        Some(Licence::Listed(term)) if term.code == "LO-2.0" => "Licence Ouverte-LO",
        Some(Licence::Listed(_)) => "Open Database License-ODBL",
        Some(Licence::Other(iri)) if iri.contains("://creativecommons.org/") => "Creative Commons-CC",
        Some(Licence::Other(_) | Licence::Approved(_)) | None => "Spécifique ou autre",
    }
}

/// In lower case, without accents; the themes where there are no keywords.
fn words(d: &Description) -> String {
    let plain = |text: &str| {
        let letters = text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c) && *c != ';');
        letters.collect::<String>().to_lowercase().replace(' ', "-")
    };
    match d.keywords.as_slice() {
        [] => d.theme.iter().map(|theme| plain(theme.fr)).collect::<Vec<_>>().join(";"),
        keywords => keywords.iter().map(|word| plain(word)).collect::<Vec<_>>().join(";"),
    }
}

/// One line (RFC 4180). A cell that a spreadsheet would compute is given as text.
fn line(cells: [String; 20]) -> String {
    let quoted = cells.map(|cell| {
        let cell = match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            true => format!("'{cell}"),
            false => cell,
        };
        match cell.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", cell.replace('"', "\"\"")),
            false => cell,
        }
    });
    format!("{}\r\n", quoted.join(","))
}
