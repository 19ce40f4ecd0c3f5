//! What is found in workbooks, in Parquet, and against a Table Schema; hostile files are described as far as they go.

use node::inspect::{self, Found, Rule};
use serde_json::json;
use tests::reference;
use tests::tables::{Stated, archive, parquet, workbook};
use tests::temporary::Folder;
use zip::CompressionMethod::{Deflated, Stored};

fn look(name: &str, content: impl AsRef<[u8]>) -> Found {
    let folder = Folder::named("tables");
    inspect::file(&folder.write(name, content)).unwrap()
}

fn kinds(found: &Found) -> Vec<(&str, &str)> {
    found.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect()
}

fn period(found: &Found) -> Option<String> {
    found.period.map(|(start, end)| format!("{start}/{end}"))
}

const TEXTS: [&str; 5] = ["Relevés du réseau", "Jour", "Code INSEE", "Débit &amp; pression", "35238"];
const ROWS: &str = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>
    <row r="3"><c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v>2</v></c><c r="D3" t="s"><v>3</v></c>
        <c r="E3" t="inlineStr"><is><r><t>Ou</t></r><r><t>vert</t></r><rPh><t>x</t></rPh></is></c></row>
    <row r="4"><c r="B4" s="1"><v>45292</v></c><c r="C4" t="s"><v>4</v></c><c r="D4"><v>1.5</v></c><c r="E4" t="b"><v>1</v></c></row>
    <row><c r="B5" s="1"><v>45322.25</v></c><c t="s"><v>4</v></c><c><f>D4*2</f><v>3E0</v></c><c r="E5" t="e"><v>#N/A</v></c></row>"#;

#[test]
fn the_first_sheet_shown_is_the_table_of_a_workbook() {
    for method in [Stored, Deflated] {
        let found = look("releves.xlsx", archive(&workbook(ROWS, &TEXTS), method));
        assert_eq!((found.format, &found.broken, found.rows), (Some("XLSX"), &None, Some(2)));
        let expected = [
            ("Jour", "date_time"),
            ("Code INSEE", "code_commune"),
            ("Débit & pression", "decimal"),
            ("Ouvert", "boolean"),
        ];
        assert_eq!(kinds(&found), expected);
        assert_eq!(found.columns.iter().map(|column| column.filled).collect::<Vec<_>>(), [2, 2, 2, 1]);
        assert_eq!(period(&found).unwrap(), "2024-01-01/2024-01-31");
        assert_eq!(found.place, Some(("commune", "35238".into())));
    }
}

#[test]
fn hostile_workbooks_are_described_as_far_as_they_go() {
    let book = workbook(ROWS, &TEXTS);
    let with = |name: &str, content: Vec<u8>| {
        let mut parts = book.clone();
        parts.iter_mut().filter(|(part, _)| *part == name).for_each(|(_, own)| own.clone_from(&content));
        look("a.xlsx", archive(&parts, Deflated))
    };
    let why = |found: Found| found.broken.unwrap();
    // 80 MB of texts in 80 KB; a text, a tag and a row that have no end.
    let bomb = [b"<sst>".to_vec(), b"<si><t>a</t></si>".repeat(5 << 20)].concat();
    assert!(why(with("xl/sharedStrings.xml", bomb)).contains("inflates to more"));
    for start in ["<sst><si><t>", "<sst><si x=\""] {
        let endless = [start.as_bytes().to_vec(), vec![b'a'; 8 << 20]].concat();
        assert!(why(with("xl/sharedStrings.xml", endless)).contains("one piece of it"), "{start}");
    }
    let cell = "<c t=\"inlineStr\"><is><t>a</t></is></c>";
    let wide = format!("<worksheet><sheetData><row>{}</row></sheetData></worksheet>", cell.repeat(3_000));
    assert!(why(with("xl/worksheets/sheet2.xml", wide.into())).contains("more than 2000 cells"));
    // What came before a fault is described.
    let cut = b"<worksheet><sheetData><row><c><v>1</v></c></row><row><c><v>2</v></c></row><row><c".to_vec();
    let cut = with("xl/worksheets/sheet2.xml", cut);
    assert!(cut.broken.is_some() && cut.rows == Some(1), "{cut:?}");
    // A reference to an entity of its own is no text, and nothing is fetched for it.
    let entity =
        b"<!DOCTYPE sst [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><sst><si><t>&a;</t></si></sst>".to_vec();
    assert!(why(with("xl/sharedStrings.xml", entity)).contains('a'));
    let whole = archive(&book, Deflated);
    assert!(why(look("a.xlsx", &whole[..whole.len() / 2])).contains("not a whole archive"));
    let without: Vec<_> = book.iter().filter(|(name, _)| *name != "xl/workbook.xml").cloned().collect();
    let without = look("a.xlsx", [archive(&without, Stored), b"xl/workbook.xml".to_vec()].concat());
    assert!(why(without).contains("xl/workbook.xml is missing"));
}

fn stated(
    name: &'static str,
    physical: i64,
    converted: Option<i64>,
    range: Option<(&[u8], &[u8])>,
) -> Stated {
    Stated { name, physical, converted, range: range.map(|(least, most)| (least.to_vec(), most.to_vec())) }
}

#[test]
fn the_footer_of_parquet_tells_columns_types_rows_and_period() {
    let day = |day: i32| day.to_le_bytes();
    let number = |number: f64| number.to_le_bytes();
    let found = look(
        "releves.parquet",
        parquet(
            1_000,
            &[
                stated("jour", 1, Some(6), Some((&day(19_723), &day(20_088)))),
                stated("code_insee", 6, Some(0), Some((b"35238", b"35238"))),
                stated("annee", 1, None, Some((&day(2_023), &day(2_024)))),
                stated("prenom", 6, Some(0), None),
                stated("lat", 5, None, Some((&number(48.0), &number(48.5)))),
                stated("lon", 5, None, Some((&number(-1.75), &number(-1.5)))),
                stated("actif", 0, None, None),
            ],
        ),
    );
    assert_eq!((&found.broken, found.rows), (&None, Some(1_000)));
    let expected = [
        ("jour", "date"),
        ("code_insee", "code_commune"),
        ("annee", "year"),
        ("prenom", "text"),
        ("lat", "decimal"),
        ("lon", "decimal"),
        ("actif", "boolean"),
    ];
    assert_eq!(kinds(&found), expected);
    assert_eq!(found.columns[0].filled, 999, "one is stated to be empty");
    assert_eq!(
        (found.columns[3].personal, period(&found).unwrap()),
        (Some("name"), "2024-01-01/2024-12-31".into())
    );
    assert_eq!(found.bbox, Some([-1.75, 48.0, -1.5, 48.5]));
    assert_eq!(found.place, Some(("commune", "35238".into())));
    if let Some(data) = reference::folder("data", "real files in Parquet") {
        let of = |name: &str| inspect::file(&data.join(name)).unwrap();
        let networks = of("eau/reseaux-udi-communes-extrait.parquet");
        assert_eq!((networks.rows, &networks.broken), (Some(1_000), &None));
        for (name, kind) in
            [("debutalim", "date"), ("annee", "year"), ("is_true", "boolean"), ("timestamp", "date_time")]
        {
            assert!(kinds(&networks).contains(&(name, kind)), "{name}: {:?}", kinds(&networks));
        }
        let bodies = of("referentiels/collectivites-extrait.parquet");
        assert_eq!((bodies.rows, bodies.columns.len()), (Some(27), 23));
    }
}

#[test]
fn hostile_footers_are_refused_with_their_reason() {
    let whole = parquet(10, &[stated("a", 1, None, None)]);
    let why = |bytes: &[u8]| look("a.parquet", bytes).broken.unwrap();
    assert!(why(&whole[..whole.len() - 3]).contains("does not end with its footer"));
    assert!(why(b"PAR1").contains("does not end with its footer"));
    let ending = |size: u32, mark: &[u8]| {
        [b"PAR1".to_vec(), vec![0; 64], size.to_le_bytes().to_vec(), mark.to_vec()].concat()
    };
    assert!(why(&ending(u32::MAX, b"PAR1")).contains("4294967295"));
    assert!(why(&ending(8, b"PARE")).contains("encrypted"));
    assert!(why(&ending(8, b"PAR1")).contains("how many rows"));
    // A list that claims four thousand million elements, structures in structures without end.
    let footer = |bytes: &[u8]| [b"PAR1", bytes, &(bytes.len() as u32).to_le_bytes(), b"PAR1"].concat();
    let claims = [0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f];
    assert!(why(&footer(&claims)).contains("no structure"));
    assert!(why(&footer(&[0x1c; 1 << 20])).contains("no structure"));
}

#[test]
fn a_table_is_judged_by_its_schema_with_line_and_column() {
    let folder = Folder::named("schema");
    let schema = json!({"missingValues": ["", "NA"], "primaryKey": "id", "fields": [
        {"name": "id", "type": "integer"},
        {"name": "jour", "type": "date", "format": "%d/%m/%Y", "constraints": {"minimum": "2024-01-01"}},
        {"name": "valeur", "type": "number", "decimalChar": ",", "constraints": {"required": true, "maximum": 100}},
        {"name": "energie", "type": "string", "constraints": {"enum": ["gaz", "bois"]}},
        {"name": "insee", "type": "string", "constraints": {"pattern": "[0-9AB]{5}", "maxLength": 5}},
        {"name": "absent", "type": "string", "constraints": {"required": true}}]});
    let head = "id;jour;valeur;energie;insee;absent\r\n";
    let good = "1;01/02/2024;1,5;gaz;35238;x\r\n\"2\";;99;bois;NA;\"a\r\nb\"\r\n";
    let judge = |text: String| inspect::conform(&folder.write("a.csv", text), &schema).unwrap();
    assert_eq!(judge(format!("{head}{good}")), (Vec::new(), 0));
    let bad = "\r\n2;32/01/2024;101;fioul;3523;x\r\nx;01/12/2023;NA;gaz;352381;\r\n";
    let (unfit, count) = judge(format!("{head}{good}{bad}"));
    let told: Vec<(u64, &str, Rule)> =
        unfit.iter().map(|one| (one.line, one.column.as_str(), one.rule)).collect();
    // The second record goes over two lines, and a line is empty.
    let expected = [
        (6, "id", Rule::Unique),
        (6, "jour", Rule::Type),
        (6, "valeur", Rule::Maximum),
        (6, "energie", Rule::Enum),
        (6, "insee", Rule::Pattern),
        (7, "id", Rule::Type),
        (7, "jour", Rule::Minimum),
        (7, "valeur", Rule::Required),
        (7, "insee", Rule::Pattern),
        (7, "absent", Rule::Required),
    ];
    assert_eq!((told.as_slice(), count), (expected.as_slice(), 10), "{unfit:#?}");
    assert_eq!((unfit[3].found.as_str(), unfit[3].expected.as_str()), ("fioul", "gaz, bois"));
    let (lacking, _) = judge("id;valeur\n1;2\n".into());
    assert_eq!((lacking[0].line, lacking[0].column.as_str(), lacking[0].rule), (1, "absent", Rule::Column));
    for odd in [
        json!({"type": "colour"}),
        json!({"constraints": {"pattern": "("}}),
        json!({"type": "date", "format": "%j"}),
    ] {
        let mut field = json!({"name": "a"});
        field.as_object_mut().unwrap().extend(odd.as_object().unwrap().clone());
        let refused = inspect::conform(&folder.write("a.csv", "a\n1\n"), &json!({"fields": [field]}));
        assert!(refused.unwrap_err().to_string().contains("field a"), "{field}");
    }
}

/// Schemas of French administrations judge their own examples as they mean them.
#[test]
fn real_examples_are_judged_as_their_authors_say() {
    let Some(data) = reference::folder("data", "real examples of schemas") else { return };
    for (schema, file, expected) in [
        ("scdl-subventions", "finances/subventions-scdl-exemple-valide.csv", true),
        ("scdl-subventions", "finances/subventions-scdl-exemple-invalide.csv", false),
        ("stationnement", "mobilite/stationnement-exemple-valide.csv", true),
        ("stationnement", "mobilite/stationnement-exemple-invalide.csv", false),
        ("stationnement-cyclable", "mobilite/stationnement-cyclable-exemple-valide.csv", true),
        ("comptage-mobilites-channel", "mobilite/comptages-canaux.csv", true),
        ("comptage-mobilites-channel", "mobilite/comptages-canaux-invalide.csv", false),
    ] {
        let schema = reference::json(&data.join(format!("schemas/{schema}.schema.json")));
        let (unfit, count) = inspect::conform(&data.join(file), &schema).unwrap();
        assert_eq!(count == 0, expected, "{file}: {:#?}", &unfit[..unfit.len().min(5)]);
    }
}
