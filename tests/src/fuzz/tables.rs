//! Data that a publisher has looked into, in every form that is known.

use std::cell::LazyCell;

use node::inspect::{self, Beside};
use zip::CompressionMethod;

use crate::tables::{Stated, archive, parquet, workbook};
use crate::temporary::Folder;

thread_local! {
    static FOLDER: LazyCell<Folder> = LazyCell::new(|| Folder::named("fuzz"));
}

pub fn read(bytes: &[u8]) {
    let file = FOLDER.with(|folder| folder.write("data", bytes));
    let found = inspect::file(&file).unwrap();
    // Whatever was found, a draft comes of it.
    let record = inspect::record(&found, &Beside::default());
    assert_eq!((&record["draft"], &record["rung"]), (&true.into(), &"invisible".into()));
    let schema = serde_json::json!({"fields": [{"name": "a", "type": "integer", "constraints": {"required": true}},
        {"name": "jour", "type": "date", "format": "any"}, {"name": "x", "type": "geopoint"}]});
    if let Ok((unfit, count)) = inspect::conform(&file, &schema) {
        assert!(unfit.len() <= inspect::MOST && unfit.len() as u64 <= count);
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>b</t></is></c></row>\
                <row r=\"2\"><c r=\"A2\" s=\"1\"><v>45292.5</v></c><c r=\"B2\"><v>1.5e3</v></c></row>";
    let book = workbook(rows, &["jour"]);
    let column = |name, physical, converted, range| Stated { name, physical, converted, range };
    let day = |day: i32| day.to_le_bytes().to_vec();
    vec![
        archive(&book, CompressionMethod::Stored),
        archive(&book, CompressionMethod::Deflated),
        parquet(
            10,
            &[
                column("jour", 1, Some(6), Some((day(1), day(2)))),
                column("insee", 6, Some(0), Some((b"35238".to_vec(), b"35238".to_vec()))),
                column("x", 5, None, None),
            ],
        ),
        b"a;jour;x\n1;2024-01-01;\"1,2\"\n2;31/12/2024;\n".to_vec(),
        br#"[{"a": 1, "jour": "2024-01-01"}, {"a": null}]"#.to_vec(),
        br#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": 1},
            "geometry": {"type": "Point", "coordinates": [1.5, 48.5]}}]}"#
            .to_vec(),
        [&b"\xff\xfe"[..], &"a\tb\n1\té\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()]
            .concat(),
    ]
}
