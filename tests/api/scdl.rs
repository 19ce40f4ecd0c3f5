//! The table of the catalogue, judged by the schema of its authors (SCDL "catalogue", Table Schema).

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::{flow, on_both, reference};

on_both!(a_well_described_catalogue_conforms_to_the_schema_of_its_authors,);

/// Rows of cells (RFC 4180).
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => cell.push(signs.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(cell.is_empty() && row.is_empty() && !quoted, "the last row has no end");
    rows
}

/// What a cell has wrong, by a field of the schema.
fn wrong(field: &Value, cell: &str) -> Option<String> {
    let rules = &field["constraints"];
    if cell.is_empty() {
        return (rules["required"] == true).then(|| "missing".into());
    }
    if let Some(known) = rules["enum"].as_array()
        && !known.iter().any(|one| one == cell)
    {
        return Some(format!("{cell} is none of {}", rules["enum"]));
    }
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match (field["type"].as_str().unwrap(), rules["pattern"].as_str()) {
        (_, Some("^\\d{14}$")) => (!digits(cell, 14)).then(|| format!("{cell}: not 14 digits")),
        (_, Some(other)) => panic!("a pattern that this test does not know: {other}"),
        ("date", None) => {
            let format = time::format_description::well_known::Iso8601::DATE;
            time::Date::parse(cell, &format).err().map(|e| format!("{cell}: {e}"))
        }
        ("integer", None) => {
            let least = rules["minimum"].as_i64().unwrap_or(i64::MIN);
            (!cell.parse::<i64>().is_ok_and(|n| n >= least)).then(|| format!("{cell}: not from {least}"))
        }
        ("string", None) if field["format"] == "uri" => url::Url::parse(cell).err().map(|e| e.to_string()),
        ("string", None) => None,
        (other, None) => panic!("a type that this test does not know: {other}"),
    }
}

async fn a_well_described_catalogue_conforms_to_the_schema_of_its_authors(engine: Engine) {
    let name = "a_well_described_catalogue_conforms_to_the_schema_of_its_authors";
    let Some(data) = reference::folder("data", name) else { return };
    let schema = std::fs::read(data.join("schemas/scdl-catalogue.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let fields = schema["fields"].as_array().unwrap();
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    let title = "Débits, \"relevés\" et\ncorrigés";
    for (frequency, kind, code, licence) in [
        ("DAILY", "commune", "35238", "LO-2.0"),
        ("ANNUAL", "epci", "243500139", "ODbL-1.0"),
        ("IRREG", "departement", "35", "https://creativecommons.org/licenses/by/4"),
        ("DECENNIAL", "region", "53", ""),
        ("CONT", "pays", "FR", "LO-2.0"),
    ] {
        let mut one = flow::described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
        for (field, value) in [
            ("title", json!(title.replace('\n', " "))),
            ("description", json!(title)),
            ("status", json!("interet_general")),
            ("rung", json!("ouvert")),
            ("licence", json!(licence)),
            ("frequency", json!(frequency)),
            ("location", json!([{"kind": kind, "code": code}])),
            ("period", json!({"start": "2024-01-01"})),
            ("producer", json!({"name": "eau", "siret": "24350013900189"})),
        ] {
            one[field] = value;
        }
        // Data that are open have a licence of the list.
        if !licence.ends_with(".0") {
            (one["rung"], one["licence"]) =
                (json!("agregat_public"), json!("https://creativecommons.org/licenses/by/4.0/"));
        }
        if licence.is_empty() {
            one.as_object_mut().unwrap().remove("licence");
        }
        eau.publish(&one).await;
    }
    let table = eau.public("/catalog.csv").await;
    assert!(table.header("content-type").starts_with("text/csv"), "{}", table.header("content-type"));
    let rows = rows(&table.text());
    let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!((rows[0].iter().map(String::as_str).collect::<Vec<_>>(), rows.len()), (names, 6));
    for row in &rows[1..] {
        assert_eq!(row.len(), fields.len());
        for (field, cell) in fields.iter().zip(row) {
            assert_eq!(wrong(field, cell), None, "{}: {row:?}", field["name"]);
        }
    }
    // What is not known is left empty, and the schema says so.
    let mut gaps = flow::described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
    (gaps["status"], gaps["rung"], gaps["licence"]) = (json!("publique"), json!("ouvert"), json!("LO-2.0"));
    eau.publish(&gaps).await;
    let rows = self::rows(&eau.public("/catalog.csv").await.text());
    let faulty: Vec<&str> = rows[1..]
        .iter()
        .flat_map(|row| fields.iter().zip(row).filter(|(field, cell)| wrong(field, cell).is_some()))
        .map(|(field, _)| field["name"].as_str().unwrap())
        .collect();
    assert!(faulty.contains(&"PRODUCTEUR_SIRET") && faulty.contains(&"COUV_TEMP_DEBUT"), "{faulty:?}");
}
