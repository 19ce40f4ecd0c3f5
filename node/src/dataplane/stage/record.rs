//! Records of separated values, one at a time and of bounded size, as the bytes that they are.

use std::fs::File;
use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::filter::broken;

/// Most bytes, and most cells, of one record: more is no table.
const LONGEST: usize = 16 << 20;
const WIDEST: usize = 2_000;

pub(super) struct Records {
    parser: Reader,
    input: Vec<u8>,
    from: usize,
    to: usize,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    pub fn new(separator: u8) -> Self {
        let parser = ReaderBuilder::new().delimiter(separator).build();
        let (input, cells, ends) = (vec![0; 64 << 10], vec![0; 4 << 10], vec![0; 64]);
        Self { parser, input, from: 0, to: 0, cells, ends }
    }

    /// Reads the next record; how many cells it has, nothing at the end.
    pub fn next(&mut self, file: &mut File) -> io::Result<Option<usize>> {
        let (mut written, mut ends, mut over) = (0, 0, false);
        loop {
            if self.from == self.to && !over {
                self.from = 0;
                self.to = file.read(&mut self.input)?;
                over = self.to == 0;
            }
            let input = &self.input[self.from..self.to];
            let (result, read, more, found) =
                self.parser.read_record(input, &mut self.cells[written..], &mut self.ends[ends..]);
            self.from += read;
            written += more;
            ends += found;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => grow(&mut self.cells, LONGEST)?,
                ReadRecordResult::OutputEndsFull => grow(&mut self.ends, WIDEST)?,
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => return Ok(Some(ends)),
            }
        }
    }

    /// A cell of the record that was read last, without its quotes.
    pub fn cell(&self, at: usize) -> &[u8] {
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.cells[from..self.ends[at]]
    }
}

/// Writes a cell, quoted where it must be; `alone`: the only one of its line, which would be none without anything.
pub(super) fn write(cell: &[u8], separator: u8, alone: bool, out: &mut Vec<u8>) {
    let special = |byte: &u8| *byte == separator || matches!(byte, b'"' | b'\r' | b'\n');
    let must = cell.iter().any(special) || (alone && cell.is_empty());
    if !must {
        return out.extend_from_slice(cell);
    }
    out.push(b'"');
    for byte in cell {
        out.extend_from_slice(if *byte == b'"' { b"\"\"" } else { std::slice::from_ref(byte) });
    }
    out.push(b'"');
}

fn grow<T: Clone + Default>(buffer: &mut Vec<T>, most: usize) -> io::Result<()> {
    if buffer.len() >= most {
        return Err(broken(format!("a record of more than {most} bytes or cells")));
    }
    buffer.resize((buffer.len() * 2).min(most), T::default());
    Ok(())
}
