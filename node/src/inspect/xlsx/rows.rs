//! Rows of a sheet as a table. Sheets begin with titles and notes: the head is the first row that is about as wide as the
//! rows after it.

use crate::inspect::column::{Summary, Table};

/// Rows among which the head is looked for.
const SAMPLE: usize = 20;
/// Most columns, and most bytes of a row: more is no table.
const WIDEST: usize = 2_000;
const LONGEST: usize = 16 << 20;

type Row = Vec<(usize, String)>;

#[derive(Default)]
pub struct Rows {
    table: Table,
    /// Places in the table by column of the sheet, once the head is known.
    places: Option<Vec<Option<usize>>>,
    first: Vec<Row>,
    row: Row,
    bytes: usize,
}

impl Rows {
    /// Takes in a cell of the row.
    pub fn cell(&mut self, column: usize, text: &str) -> Result<(), String> {
        self.bytes += text.len();
        if column >= WIDEST || self.row.len() >= WIDEST {
            return Err(format!("one record has more than {WIDEST} cells"));
        }
        if self.bytes > LONGEST {
            return Err(format!("one record has more than {LONGEST} bytes"));
        }
        self.row.push((column, text.to_owned()));
        Ok(())
    }

    /// The row is whole.
    pub fn row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if self.places.is_some() {
            self.bytes = 0;
            self.take(&row);
            return;
        }
        self.first.extend(Some(row).filter(|row| !row.is_empty()));
        if self.first.len() == SAMPLE || self.bytes > LONGEST / 2 {
            self.settle();
        }
    }

    /// What was read; nothing when nothing was.
    pub fn summary(mut self) -> Option<Summary> {
        if self.places.is_none() {
            self.settle();
        }
        (!self.places?.is_empty()).then(|| self.table.summary())
    }

    /// Finds the head.
    fn settle(&mut self) {
        self.bytes = 0;
        let first = std::mem::take(&mut self.first);
        let widest = first.iter().map(Vec::len).max().unwrap_or(0);
        let head = first.iter().position(|row| row.len() * 2 > widest).unwrap_or(0);
        let mut places = Vec::new();
        for (column, name) in first.get(head).into_iter().flatten() {
            places.resize(places.len().max(column + 1), None);
            places[*column] = self.table.headed(name.trim());
        }
        self.places = Some(places);
        first.iter().skip(head + 1).for_each(|row| self.take(row));
    }

    fn take(&mut self, row: &Row) {
        let Some(places) = self.places.as_mut().filter(|_| !row.is_empty()) else { return };
        let cells: Vec<(usize, &str)> = row
            .iter()
            .filter_map(|(column, text)| {
                places.resize(places.len().max(column + 1), None);
                // A column without a name has a number.
                if places[*column].is_none() {
                    places[*column] = self.table.headed(&format!("column {}", column + 1));
                }
                Some((places[*column]?, text.as_str()))
            })
            .collect();
        self.table.row(cells.into_iter());
    }
}
