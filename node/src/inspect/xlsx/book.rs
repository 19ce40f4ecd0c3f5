//! The workbook: where its parts are.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::part::{Archive, PART, attribute};

/// What is read of a workbook: paths of parts within the archive.
#[derive(Debug)]
pub struct Book {
    /// The first sheet of cells that is shown.
    pub sheet: String,
    pub strings: Option<String>,
    pub styles: Option<String>,
    /// Days are counted from 1904.
    pub from_1904: bool,
}

/// Sheets of a workbook that are looked at.
const SHEETS: usize = 10_000;

/// # Errors
/// What is missing or wrong.
pub fn read(archive: &mut Archive) -> Result<Book, String> {
    let whole = related(archive, "")?;
    let path = whole.of("officeDocument").ok_or("no workbook in it")?;
    let (sheets, from_1904) = sheets(archive, &path)?;
    let parts = related(archive, &path)?;
    let is_sheet = |id: &String| parts.0.get(id).filter(|(kind, _)| kind == "worksheet");
    let sheet = sheets.iter().find_map(is_sheet).map(|(_, path)| path.clone());
    Ok(Book {
        sheet: sheet.ok_or("no sheet of cells in it is shown")?,
        strings: parts.of("sharedStrings"),
        styles: parts.of("styles"),
        from_1904,
    })
}

/// Relations of a part, by identifier: what kind, and where.
struct Related(HashMap<String, (String, String)>);

impl Related {
    fn of(&self, wanted: &str) -> Option<String> {
        let mut found: Vec<_> =
            self.0.values().filter(|(kind, _)| kind == wanted).map(|(_, at)| at).collect();
        found.sort();
        found.first().map(|at| (*at).clone())
    }
}

/// The relations of a part, or of the whole archive (ECMA-376, part 2, 9.3).
fn related(archive: &mut Archive, of: &str) -> Result<Related, String> {
    let (folder, name) = of.rsplit_once('/').map_or(("", of), |(folder, name)| (folder, name));
    let path = format!("{folder}/_rels/{name}.rels");
    let mut part = archive.part(path.trim_start_matches('/'), PART)?;
    let mut all = HashMap::new();
    while let Some(event) = part.next()? {
        let Event::Start(element) = event else { continue };
        if element.local_name().as_ref() != b"Relationship" || all.len() == SHEETS {
            continue;
        }
        let value = |name| attribute(&element, name);
        if let (Some(id), Some(kind), Some(target)) = (value("Id"), value("Type"), value("Target")) {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            all.insert(id, (kind, within(folder, &target)));
        }
    }
    Ok(Related(all))
}

/// A path of the archive, as a part of a folder names it.
fn within(folder: &str, target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut steps = Vec::new();
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// Identifiers of the sheets that are shown, in their order, and from when days are counted.
fn sheets(archive: &mut Archive, path: &str) -> Result<(Vec<String>, bool), String> {
    let mut part = archive.part(path, PART)?;
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    while let Some(event) = part.next()? {
        let Event::Start(element) = event else { continue };
        match element.local_name().as_ref() {
            b"workbookPr" => {
                from_1904 = matches!(attribute(&element, "date1904").as_deref(), Some("1" | "true"));
            }
            b"sheet" if sheets.len() < SHEETS => {
                let shown = attribute(&element, "state").is_none_or(|state| state == "visible");
                sheets.extend(attribute(&element, "id").filter(|_| shown));
            }
            _ => {}
        }
    }
    Ok((sheets, from_1904))
}
