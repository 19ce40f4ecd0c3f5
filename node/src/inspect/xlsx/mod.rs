//! Spreadsheets in Office Open XML (ECMA-376): the first sheet that is shown, read cell by cell.
//!
//! Parts are inflated as they are read, each up to a limit; texts that cells share are kept once, up to another.

mod book;
mod cells;
mod part;
mod rows;
mod strings;
mod styles;

use std::fs::File;

use super::Found;
use part::Archive;
use rows::Rows;

/// Reads the table of a workbook: what was read of it before something was wrong is described.
pub fn read(file: File, found: &mut Found) {
    let mut rows = Rows::default();
    found.broken = sheet(file, &mut rows).err();
    if let Some(summary) = rows.summary() {
        found.take(summary);
    }
}

fn sheet(file: File, rows: &mut Rows) -> Result<(), String> {
    let mut archive = Archive::open(file)?;
    let book = book::read(&mut archive)?;
    let styles = match &book.styles {
        Some(path) => styles::read(&mut archive, path)?,
        None => styles::Styles::default(),
    };
    let strings = match &book.strings {
        Some(path) => strings::read(&mut archive, path)?,
        None => strings::Strings::default(),
    };
    let known = cells::Known { strings, styles, from_1904: book.from_1904 };
    cells::read(&mut archive, &book.sheet, &known, rows)
}
