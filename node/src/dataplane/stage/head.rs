//! The head of a table: its separator, its line ends, and where the columns of a view are.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::filter::broken;

/// Bytes looked at.
pub(super) const LOOK: usize = 256 << 10;
const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What the head of a table tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub separator: u8,
    /// Lines end with carriage return and line feed.
    pub returns: bool,
    /// Bytes of a byte-order mark before it.
    pub mark: usize,
    pub names: Vec<String>,
}

impl Head {
    /// Reads the beginning of a file. Of the separators under which all these columns are there, the one that parts it most.
    ///
    /// # Errors
    /// UTF-16, or a table in which one of these columns is not, or twice.
    pub fn read(start: &[u8], needed: &[&str]) -> std::io::Result<Self> {
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(broken("a table in UTF-16; store it in UTF-8".to_owned()));
        }
        let mark = if start.starts_with(MARK) { MARK.len() } else { 0 };
        let has = |names: &[String], name: &str| names.iter().filter(|own| own.as_str() == name).count() == 1;
        let parted = SEPARATORS.into_iter().map(|separator| (separator, names(&start[mark..], separator)));
        let fits = parted.filter(|(_, names)| needed.iter().all(|name| has(names, name)));
        let Some((separator, names)) = fits.max_by_key(|(_, names)| names.len()) else {
            let needed = needed.join(", ");
            return Err(broken(format!("its first line does not name each of these columns once: {needed}")));
        };
        let end = start.iter().position(|byte| *byte == b'\n');
        let returns = end.is_some_and(|end| end > 0 && start[end - 1] == b'\r');
        Ok(Self { separator, returns, mark, names })
    }

    /// Where a column is.
    pub fn at(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| own == name)
    }
}

/// The cells of the first line; none if it does not end.
fn names(start: &[u8], separator: u8) -> Vec<String> {
    let mut parser = ReaderBuilder::new().delimiter(separator).build();
    let (mut out, mut ends) = (vec![0; start.len()], vec![0; 2_000]);
    // A head alone may have no line end.
    let start = [start, b"\n"].concat();
    let (ReadRecordResult::Record, _, _, found) = parser.read_record(&start, &mut out, &mut ends) else {
        return Vec::new();
    };
    let mut from = 0;
    let cells = ends[..found].iter().map(|end| {
        let cell = out.get(from..*end).unwrap_or_default();
        from = *end;
        text(cell).trim().to_owned()
    });
    cells.collect()
}

/// A cell as text: UTF-8, or else the western encoding that French tables are met in.
pub(super) fn text(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0,
    }
}
