//! Tables of separated values (RFC 4180, with the separators that are met).

use std::io::Read;

use super::Found;
use super::column::Table;
use super::records::Records;

const SEPARATORS: [char; 4] = [';', ',', '\t', '|'];
/// Records that a separator is judged by.
const SAMPLE: usize = 200;

/// The separator under which records are as wide as their head most often; nothing when no line is separated.
pub fn separator(start: &str) -> Option<char> {
    // The last line of a beginning may be cut.
    let whole = match start.rfind('\n') {
        Some(end) if start.len() > 4096 => &start[..end],
        _ => start,
    };
    let judged = SEPARATORS.into_iter().filter_map(|separator| {
        let mut records = Records::new(separator, whole.as_bytes());
        let mut widths = Vec::new();
        while widths.len() < SAMPLE
            && let Ok(Some(record)) = records.next()
        {
            widths.push(record.len());
        }
        let width = *widths.first()?;
        let same = widths.iter().filter(|own| **own == width).count();
        (width > 1).then_some((same * 100 / widths.len(), width, separator))
    });
    // Half of the records may be odd; a table of which more are is none.
    let tables = judged.filter(|(share, ..)| *share >= 50);
    tables.max_by_key(|(share, width, _)| (*share >= 90, *width)).map(|(.., separator)| separator)
}

/// Reads a table to its end.
pub fn read(text: impl Read, start: &str, found: &mut Found) {
    found.separator = separator(start);
    let mut records = Records::new(found.separator.unwrap_or(','), text);
    let (mut table, mut head) = (Table::default(), true);
    loop {
        match records.next() {
            Ok(None) => break,
            Ok(Some(record)) if head => {
                head = false;
                for (at, name) in record.iter().enumerate() {
                    let name = name.trim();
                    let name = if name.is_empty() { format!("column {}", at + 1) } else { name.to_owned() };
                    let _place = table.headed(&name);
                }
            }
            Ok(Some(record)) => {
                // A line without anything is none.
                if record.len() > 1 || record.iter().any(|cell| !cell.trim().is_empty()) {
                    table.row(record.into_iter().enumerate());
                }
            }
            Err(error) => {
                found.broken = Some(error.to_string());
                break;
            }
        }
    }
    found.take(table.summary());
}
