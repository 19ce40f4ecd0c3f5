//! Tables in binary forms, made for tests: workbooks, and footers of Parquet.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive of parts.
pub fn archive(parts: &[(&str, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The parts of a workbook with a hidden sheet before one of these rows (`<row>…`), texts that cells share, and dates as
/// style 1.
pub fn workbook(rows: &str, texts: &[&str]) -> Vec<(&'static str, Vec<u8>)> {
    const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = |all: &[(&str, &str, &str)]| {
        let one = |(id, kind, target): &(&str, &str, &str)| {
            format!("<Relationship Id=\"{id}\" Type=\"{RELATED}/{kind}\" Target=\"{target}\"/>")
        };
        let all: String = all.iter().map(one).collect();
        let namespace = "http://schemas.openxmlformats.org/package/2006/relationships";
        format!("<?xml version=\"1.0\"?><Relationships xmlns=\"{namespace}\">{all}</Relationships>")
            .into_bytes()
    };
    let of = |name: &str, inside: &str| {
        let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        format!(
            "<?xml version=\"1.0\"?><{name} xmlns=\"{namespace}\" xmlns:r=\"{RELATED}\">{inside}</{name}>"
        )
        .into_bytes()
    };
    let texts: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let sheets = "<workbookPr/><sheets><sheet name=\"Notes\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>\
                  <sheet name=\"Données\" sheetId=\"2\" r:id=\"rId2\"/></sheets>";
    let styles = "<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/></numFmts>\
                  <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs>";
    vec![
        ("_rels/.rels", related(&[("rId1", "officeDocument", "xl/workbook.xml")])),
        (
            "xl/_rels/workbook.xml.rels",
            related(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "worksheet", "/xl/worksheets/sheet2.xml"),
                ("rId3", "sharedStrings", "sharedStrings.xml"),
                ("rId4", "styles", "styles.xml"),
            ]),
        ),
        ("xl/workbook.xml", of("workbook", sheets)),
        ("xl/styles.xml", of("styleSheet", styles)),
        ("xl/sharedStrings.xml", of("sst", &texts)),
        ("xl/worksheets/sheet1.xml", of("worksheet", "<sheetData><row><c><v>1</v></c></row></sheetData>")),
        ("xl/worksheets/sheet2.xml", of("worksheet", &format!("<sheetData>{rows}</sheetData>"))),
    ]
}

/// A column of a Parquet footer: name, physical type, converted type, and what is stated of its values.
pub struct Stated {
    pub name: &'static str,
    pub physical: i64,
    pub converted: Option<i64>,
    pub range: Option<(Vec<u8>, Vec<u8>)>,
}

/// A Parquet file of these columns that has no data, only the footer with so many rows.
pub fn parquet(rows: i64, columns: &[Stated]) -> Vec<u8> {
    let root = fields(&[(4, bytes(b"schema")), (5, int(5, columns.len() as i64))]);
    let element = |column: &Stated| {
        let mut all = vec![(1, int(5, column.physical)), (3, int(5, 1)), (4, bytes(column.name.as_bytes()))];
        all.extend(column.converted.map(|kind| (6, int(5, kind))));
        fields(&all)
    };
    let chunk = |column: &Stated| {
        let mut statistics = vec![(3, int(6, 1))];
        if let Some((least, most)) = &column.range {
            statistics.extend([(5, bytes(most)), (6, bytes(least))]);
        }
        let data = [(1, int(5, column.physical)), (5, int(6, rows)), (12, (12, fields(&statistics)))];
        fields(&[(3, (12, fields(&data)))])
    };
    let schema = std::iter::once(root).chain(columns.iter().map(element)).collect();
    let group = fields(&[(1, list(columns.iter().map(chunk).collect())), (3, int(6, rows))]);
    let footer = fields(&[(1, int(5, 2)), (2, list(schema)), (3, int(6, rows)), (4, list(vec![group]))]);
    let mut file = b"PAR1".to_vec();
    file.extend(&footer);
    file.extend((footer.len() as u32).to_le_bytes());
    file.extend(b"PAR1");
    file
}

type Value = (u8, Vec<u8>);

fn fields(all: &[(u8, Value)]) -> Vec<u8> {
    let (mut out, mut last) = (Vec::new(), 0);
    for (number, (kind, value)) in all {
        out.push((number - last) << 4 | kind);
        out.extend(value);
        last = *number;
    }
    out.push(0);
    out
}

fn int(kind: u8, value: i64) -> Value {
    (kind, varint(((value << 1) ^ (value >> 63)).cast_unsigned()))
}

fn bytes(value: &[u8]) -> Value {
    let mut out = varint(value.len() as u64);
    out.extend(value);
    (8, out)
}

fn list(structures: Vec<Vec<u8>>) -> Value {
    let mut out = vec![0xf0 | 12];
    out.extend(varint(structures.len() as u64));
    out.extend(structures.concat());
    (9, out)
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}
