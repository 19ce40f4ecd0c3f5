//! Drafts from a catalogue kept as a table, by the schema that French local authorities share (SCDL, "catalogue", 0.1).

use std::fs::File;
use std::io::{self, BufReader, Seek};
use std::path::Path;

use ontology::dcat::format::Format;
use ontology::dcat::territory::{Kind, is_siret};
use ontology::dcat::{licence, theme};
use serde_json::{Value, json};

use super::records::Records;
use super::table;
use super::{Row, encoding};

/// Frequencies as the schema says them, with the code of the nearest European one.
const FREQUENCIES: [(&str, &str); 14] = [
    ("Ponctuelle", "NEVER"),
    ("Continuelle", "CONT"),
    ("Toutes les heures", "HOURLY"),
    ("Quotidienne ou plusieurs fois par jour", "DAILY"),
    ("Hebdomadaire ou plusieurs fois par semaine", "WEEKLY"),
    ("Mensuelle ou plusieurs fois par mois", "MONTHLY"),
    ("Bimestrielle", "BIMONTHLY"),
    ("Trimestrielle", "QUARTERLY"),
    ("Semestrielle", "ANNUAL_2"),
    ("Annuelle", "ANNUAL"),
    ("Biennale", "BIENNIAL"),
    ("Triennale", "TRIENNIAL"),
    ("Quinquennale", "QUINQUENNIAL"),
    ("Irrégulière", "IRREG"),
];

/// The drafts of a table, in its order. What a row does not say is a guess on the closed side, as by inspection.
///
/// # Errors
/// It cannot be read, or is no catalogue of the schema: which column it lacks.
pub fn scdl(path: &Path) -> io::Result<Vec<Row>> {
    let mut file = File::open(path)?;
    let encoding = encoding::detect(&mut file)?;
    file.rewind()?;
    let start = super::beginning(&mut file, &encoding)?;
    file.rewind()?;
    let separator = table::separator(&start).unwrap_or(',');
    let mut records = Records::new(separator, encoding.decoded(BufReader::new(file)));
    let head: Vec<String> =
        records.next()?.unwrap_or_default().iter().map(|name| name.trim().to_uppercase()).collect();
    for column in ["ID", "TITRE", "DESCRIPTION", "PRODUCTEUR_NOM"] {
        if !head.iter().any(|name| name == column) {
            return Err(io::Error::other(format!("no column {column}: not a catalogue of the SCDL")));
        }
    }
    let (mut rows, mut line) = (Vec::new(), 1);
    while let Some(cells) = records.next()? {
        line += 1;
        let cell = |name: &str| {
            let at = head.iter().position(|own| own == name);
            at.and_then(|at| cells.get(at)).map_or("", |cell| cell.trim())
        };
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            rows.push(Row { line, record: record(&cell) });
        }
    }
    Ok(rows)
}

fn record<'a>(cell: &impl Fn(&str) -> &'a str) -> Value {
    let list = |name: &str| -> Vec<String> {
        let parts = cell(name).split(';').map(str::trim).filter(|part| !part.is_empty());
        parts.map(ToOwned::to_owned).collect()
    };
    let found = |wanted: &str| {
        let same = |text: &str| text.eq_ignore_ascii_case(wanted);
        theme::THEMES
            .iter()
            .find(|theme| same(theme.code) || theme.fr.to_lowercase() == wanted.to_lowercase())
    };
    let frequency =
        FREQUENCIES.iter().find(|(said, _)| *said == cell("FREQ_MAJ")).map_or("IRREG", |(_, code)| code);
    let mut formats: Vec<&str> =
        list("FORMAT_RESSOURCES").iter().filter_map(|name| Some(Format::find(name)?.code)).collect();
    formats.dedup();
    if formats.is_empty() {
        formats.push("CSV");
    }
    let mut producer = json!({ "name": cell("PRODUCTEUR_NOM") });
    if is_siret(cell("PRODUCTEUR_SIRET")) {
        producer["siret"] = cell("PRODUCTEUR_SIRET").into();
    }
    let mut record = json!({
        "draft": true, "title": cell("TITRE"), "description": cell("DESCRIPTION"), "producer": producer,
        "theme": [found(cell("THEME")).map_or("GOVE", |theme| theme.code)], "frequency": frequency,
        "format": formats, "location": [place(cell("COUV_SPAT_MAILLE"), cell("COUV_SPAT_NOM"))],
        "granularity": { "level": "pays" }, "status": "publique", "rung": "invisible",
    });
    let keywords = list("MOTS_CLES");
    if !keywords.is_empty() {
        record["keywords"] = keywords.into();
    }
    let (start, end) = (cell("COUV_TEMP_DEBUT"), cell("COUV_TEMP_FIN"));
    for (side, day) in [("start", start), ("end", end)] {
        if !day.is_empty() {
            record["period"][side] = day.into();
        }
    }
    match cell("LICENCE").to_uppercase() {
        said if said.ends_with("-LO") => record["licence"] = licence_code("LO").into(),
        said if said.ends_with("-ODBL") => record["licence"] = licence_code("ODbL").into(),
        _ => {}
    }
    record
}

fn licence_code(start: &str) -> &'static str {
    licence::LICENCES.iter().find(|term| term.code.starts_with(start)).map_or("LO-2.0", |term| term.code)
}

/// The schema names territories; where it gives a code instead, that is taken.
fn place(scale: &str, name: &str) -> Value {
    let kind = match scale {
        "Communale" => Kind::Commune,
        "Intercommunale" => Kind::Epci,
        "Départementale" => Kind::Departement,
        "Régionale" => Kind::Region,
        _ => Kind::Country,
    };
    match kind.accepts(name) {
        true => json!({ "kind": kind.code(), "code": name }),
        false => json!({ "kind": "pays", "code": "FR" }),
    }
}
