//! Publication by inspection: what a file holds is found by reading it, and makes a draft that the node accepts.

use std::path::Path;

use node::inspect::{self, Beside, Found};
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::segment;
use tests::on_both;
use tests::reference;
use tests::temporary::Folder;

on_both!(
    real_files_are_published_by_inspection,
    a_folder_is_published_by_inspection,
    a_catalogue_kept_as_a_table_becomes_drafts,
);

fn look(folder: &Folder, name: &str, content: impl AsRef<[u8]>) -> Found {
    folder.write(name, content);
    inspect::file(&folder.path().join(name)).unwrap()
}

fn beside(source: Value) -> Beside {
    Beside { producer: "Régie".into(), source, ..Beside::default() }
}

/// The type of each column, by its name.
fn kinds(found: &Found) -> Vec<(&str, &str)> {
    found.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect()
}

#[test]
fn encodings_and_separators_are_found() {
    let folder = Folder::named("encodings");
    let text = "Année;Libellé;Été\n2023;Hôtel de région;1,5\n2024;À côté;2,25\n";
    let wide = |big: bool| -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let marked = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
    for (name, content, encoding, bom) in [
        ("a.csv", text.as_bytes().to_vec(), "UTF-8", false),
        ("b.csv", marked(b"\xef\xbb\xbf", text.as_bytes().to_vec()), "UTF-8", true),
        ("c.csv", latin, "windows-1252", false),
        ("d.csv", marked(b"\xff\xfe", wide(false)), "UTF-16LE", true),
        ("e.csv", marked(b"\xfe\xff", wide(true)), "UTF-16BE", true),
        ("f.csv", wide(false), "UTF-16LE", false),
        ("g.csv", text.replace('\n', "\r\n").into_bytes(), "UTF-8", false),
    ] {
        let found = look(&folder, name, content);
        assert_eq!((found.encoding, found.bom), (Some(encoding), bom), "{name}");
        assert_eq!((found.format, found.separator, found.rows), (Some("CSV"), Some(';'), Some(2)), "{name}");
        assert_eq!(kinds(&found), [("Année", "year"), ("Libellé", "text"), ("Été", "decimal")], "{name}");
    }
    for (name, content, format, separator) in [
        ("t.tsv", "a\tb\n1\t2\n", "TSV", Some('\t')),
        ("p.csv", "a|b\n\"1|1\"|2\n", "CSV", Some('|')),
        ("one.csv", "a\n1\n2\n", "CSV", None),
        ("n.txt", "Une phrase.\nUne autre.\n", "TXT", None),
    ] {
        let found = look(&folder, name, content);
        assert_eq!((found.format, found.separator), (Some(format), separator), "{name}");
    }
}

#[test]
fn types_extents_periods_and_persons_are_found() {
    let folder = Folder::named("types");
    let found = look(
        &folder,
        "releves.csv",
        "nom,prénom,courriel,contact,insee,siret,jour,horodatage,débit,nombre,actif,lat,lon,date_maj,n° sécu,code\n\
         Durand,Anne,a.durand@exemple.fr,06 12 34 56 78,35238,21350238800019,01/02/2024,2024-02-01T10:00:00Z,1.5,12,oui,48.11,-1.68,2026-01-01,255081416802538,00012\n\
         Le Gall,Yann,y@exemple.fr,+33612345679,35238,21350238800019,2024-03-31,2024-03-31T10:00:00Z,-2,7,non,48.02,-1.75,2026-01-02,2 55 08 14 168 025 38,00013\n",
    );
    assert_eq!(
        kinds(&found).into_iter().map(|(_, kind)| kind).collect::<Vec<_>>(),
        [
            "text",
            "text",
            "text",
            "text",
            "code_commune",
            "siret",
            "date",
            "date_time",
            "decimal",
            "integer",
            "boolean",
            "decimal",
            "decimal",
            "date",
            "text",
            "text"
        ]
        .map(|kind| kind)
    );
    let personal: Vec<_> =
        found.columns.iter().filter_map(|c| Some((c.name.as_str(), c.personal?))).collect();
    assert_eq!(
        personal,
        [
            ("nom", "name"),
            ("prénom", "name"),
            ("courriel", "email"),
            ("contact", "phone"),
            ("n° sécu", "nir")
        ]
    );
    let (start, end) = found.period.unwrap();
    assert_eq!((start.to_string(), end.to_string()), ("2024-02-01".into(), "2024-03-31".into()));
    assert_eq!(found.bbox, Some([-1.75, 48.02, -1.68, 48.11]));
    assert_eq!(found.place, Some(("commune", "35238".into())));
    // Positions that are no degrees are no extent; a broken file is described as far as it goes.
    assert_eq!(look(&folder, "l93.csv", "lat,lon\n6789000.5,352000.5\n").bbox, None);
    for (name, pair) in [("xy.csv", "\"[-1.68,48.11]\""), ("point.csv", "\"48.11, -1.68\"")] {
        assert_eq!(
            look(&folder, name, format!("id,position\n1,{pair}\n")).bbox,
            Some([-1.68, 48.11, -1.68, 48.11])
        );
    }
    let broken = look(&folder, "cut.json", "[{\"a\": 1}, {\"a\": 2}, {\"a\"");
    assert!(broken.broken.is_some() && broken.rows == Some(2), "{broken:?}");
    let nested =
        look(&folder, "n.json", json!({"marches": {"marche": [{"id": 1, "montant": 2.5}]}}).to_string());
    assert_eq!((nested.format, nested.rows, nested.columns.len()), (Some("JSON"), Some(1), 2));
    let feature = json!({"type": "Feature", "properties": {"nom": "x"},
        "geometry": {"type": "Polygon", "coordinates": [[[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]]]}});
    let map = json!({"features": [feature], "type": "FeatureCollection"}).to_string();
    let map = look(&folder, "carte.json", map);
    assert_eq!((map.format, map.bbox), (Some("GEOJSON"), Some([1.0, 2.0, 3.0, 4.0])));
    for (name, content, media_type) in [
        ("a.pdf", &b"%PDF-1.7"[..], "application/pdf"),
        (
            "a.bin",
            b"PK\x03\x04 xl/workbook.xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("b.bin", b"PK\x03\x04 x", "application/zip"),
        ("c.bin", b"PAR1", "application/vnd.apache.parquet"),
        ("a.shp", b"\x00\x00\x27\x0a\0\0", "application/vnd.shp"),
        ("a.xml", b"<?xml version=\"1.0\"?><a/>", "application/xml"),
    ] {
        assert_eq!(look(&folder, name, content).media_type, media_type, "{name}");
    }
    let mut package = vec![0; 100];
    package[..16].copy_from_slice(b"SQLite format 3\0");
    package[68..72].copy_from_slice(b"GPKG");
    assert_eq!(look(&folder, "a.gpkg", package).format, Some("GPKG"));
}

/// What the list of real files says of each: path and shape.
fn listed(data: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(data.join("README.md")).unwrap();
    let (mut folder, mut all) = (String::new(), Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            folder = name.to_owned();
        }
        let cells: Vec<&str> = line.split(" | ").collect();
        if let (true, Some(name)) = (folder.ends_with('/') && cells.len() >= 7, line.split('`').nth(1)) {
            all.push((format!("{folder}{name}"), cells[6].to_owned()));
        }
    }
    assert!(all.len() > 50, "only {} files are listed", all.len());
    all
}

async fn real_files_are_published_by_inspection(engine: Engine) {
    let Some(data) = reference::folder("data", "real files by inspection") else { return };
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    for (name, shape) in listed(&data) {
        let content = std::fs::read(data.join(&name)).unwrap();
        federation.nodes[0].put(&name, content);
        let found = inspect::file(&data.join(&name)).unwrap();
        assert_eq!(found.broken, None, "{name}");
        let number = |after: &str| -> Option<u64> {
            shape.split(", ").find_map(|part| part.strip_suffix(after)?.trim().parse().ok())
        };
        // A cell of this one goes over two lines, which the list counts.
        let cut = u64::from(name.ends_with("stationnement-cyclable-exemple-valide.csv"));
        if let (Some(rows), Some(columns)) = (number(" rows").map(|rows| rows - cut), number(" cols")) {
            assert_eq!((found.rows, found.columns.len() as u64), (Some(rows), columns), "{name}: {shape}");
            let separator = shape.split("sep ").nth(1).and_then(|rest| rest.split(", UTF-8").next()).unwrap();
            let separator = if separator == "TAB" { '\t' } else { separator.chars().next().unwrap() };
            assert_eq!(found.separator, Some(separator), "{name}");
            assert_eq!((found.encoding, found.bom), (Some("UTF-8"), shape.contains("BOM")), "{name}");
        } else {
            let format = if shape == "RDF" { "RDF_XML" } else { shape.as_str() };
            assert_eq!(found.format, Some(format), "{name}");
        }
        let record = inspect::record(&found, &beside(json!({ "file": name })));
        let id = eau.publish(&record).await;
        let kept = eau.get(&format!("/datasets/{}", segment(&id))).await.ok();
        let columns = kept["description"]["columns"].as_array().map_or(0, Vec::len);
        assert_eq!(columns, found.columns.len(), "{name}");
        assert_eq!(kept["description"]["draft"], true);
    }
    let of = |name: &str| inspect::file(&data.join(name)).unwrap();
    let kind = |found: &Found, name: &str| found.columns.iter().find(|c| c.name == name).unwrap().kind;
    let period = |found: &Found| found.period.map(|(a, b)| format!("{a}/{b}"));
    let counts = of("mobilite/comptages-mesures.csv");
    assert_eq!(
        ["channel_id", "counter_id", "start_datetime", "count"].map(|name| kind(&counts, name)),
        ["integer", "text", "date_time", "integer"]
    );
    assert_eq!(period(&counts).unwrap(), "2022-01-01/2023-01-01");
    assert_eq!(period(&of("energie/rte-consommation-horaire-fr-2019.csv")).unwrap(), "2019-01-01/2019-12-31");
    assert_eq!(kind(&of("referentiels/cog-communes.csv"), "COM"), "code_commune");
    assert_eq!(kind(&of("finances/ofgl-communes-extrait.csv"), "Exercice"), "year");
    let grants = of("finances/subventions-scdl-exemple-valide.csv");
    assert_eq!((kind(&grants, "idAttribuant"), kind(&grants, "dateConvention")), ("siret", "date"));
    let spoiled = of("finances/subventions-maine-et-loire.csv");
    assert!(spoiled.columns.iter().any(|c| c.name == "SIRET ou NIR" && c.personal == Some("nir")));
    let [west, south, east, north] = of("referentiels/communes-martinique.geojson").bbox.unwrap();
    assert!(west > -61.3 && south > 14.3 && east < -60.7 && north < 15.0, "{west} {south} {east} {north}");
    let bikes = of("mobilite/bordeaux-compteurs-velo.csv").bbox.unwrap();
    assert!(bikes[0] > -1.0 && bikes[1] > 44.0 && bikes[2] < 0.0 && bikes[3] < 45.5, "{bikes:?}");
    // Columns of a national schema, with its titles.
    for file in reference::files(&data.join("schemas"), "json") {
        let document = reference::json(&file);
        if document.get("fields").is_none() {
            assert!(inspect::schema(&document).is_err());
            continue;
        }
        let (columns, conforms_to) = inspect::schema(&document).unwrap();
        assert_eq!(columns.len(), document["fields"].as_array().unwrap().len(), "{}", file.display());
        let known = Beside { columns: Some(columns), conforms_to, ..beside(json!({"file": "x.csv"})) };
        federation.nodes[0].put("x.csv", "a\n1\n");
        eau.publish(&inspect::record(&counts, &known)).await;
    }
}

async fn a_folder_is_published_by_inspection(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    for (year, rows) in [(2023, "2023-01-01;1\n"), (2024, "2024-12-31;2\n2024-01-01;3\n")] {
        federation.nodes[0].put(&format!("releves/{year}.csv"), format!("jour;volume\n{rows}"));
    }
    let path = federation.nodes[0].folder.path().join("data/releves");
    let (found, files) = inspect::folder(&path).unwrap();
    assert_eq!((files.len(), found.rows, found.columns.len()), (2, Some(3), 2));
    let (start, end) = found.period.unwrap();
    assert_eq!((start.to_string(), end.to_string()), ("2023-01-01".into(), "2024-12-31".into()));
    let id = eau.publish(&inspect::record(&found, &beside(json!({"folder": "releves"})))).await;
    assert_eq!(eau.public(&format!("/catalog/datasets/{}", segment(&id))).await.status, 404);
    // Files that have nothing in common have no columns in common.
    federation.nodes[0].put("releves/lisez-moi.csv", "a;b\n1;2\n");
    assert!(inspect::folder(&path).unwrap().0.columns.is_empty());
}

/// What the node writes as a table, another reads from it; rows of other hands are read with their gaps.
async fn a_catalogue_kept_as_a_table_becomes_drafts(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "commune"]).await;
    let [eau, commune] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    let mut open = tests::flow::described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
    for (name, value) in [
        ("status", json!("publique")),
        ("rung", json!("ouvert")),
        ("licence", json!("LO-2.0")),
        ("keywords", json!(["eau", "débit"])),
        ("period", json!({"start": "2024-01-01", "end": "2024-12-31"})),
    ] {
        open[name] = value;
    }
    eau.publish(&open).await;
    let folder = Folder::named("scdl");
    let table = folder.write("catalogue.csv", eau.public("/catalog.csv").await.body);
    let rows = inspect::scdl(&table).unwrap();
    assert_eq!(rows.len(), 1);
    let record = &rows[0].record;
    assert_eq!((rows[0].line, &record["title"], &record["theme"]), (2, &open["title"], &json!(["ENVI"])));
    assert_eq!((&record["licence"], &record["frequency"]), (&json!("LO-2.0"), &json!("DAILY")));
    assert_eq!(record["period"], open["period"]);
    let id = commune.publish(record).await;
    assert_eq!(commune.public(&format!("/catalog/datasets/{}", segment(&id))).await.status, 404);
    let gaps =
        folder.write("a.csv", "ID;TITRE;DESCRIPTION;PRODUCTEUR_NOM;THEME\n1;\"Un; deux\";Texte.;Ville;?\n\n");
    let rows = inspect::scdl(&gaps).unwrap();
    assert_eq!((rows.len(), &rows[0].record["title"]), (1, &json!("Un; deux")));
    commune.publish(&rows[0].record).await;
    let other = folder.write("b.csv", "a,b\n1,2\n");
    assert!(inspect::scdl(&other).unwrap_err().to_string().contains("column ID"));
}
