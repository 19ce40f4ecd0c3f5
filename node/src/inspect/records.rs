//! Records of separated values, one at a time, of bounded size.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// Most bytes, and most cells, of one record: more is no table.
const LONGEST: usize = 16 << 20;
const WIDEST: usize = 2_000;

pub struct Records<R> {
    reader: R,
    parser: Reader,
    input: Vec<u8>,
    from: usize,
    to: usize,
    out: Vec<u8>,
    ends: Vec<usize>,
    /// Ends of lines so far.
    lines: u64,
}

impl<R: Read> Records<R> {
    pub fn new(separator: char, reader: R) -> Self {
        let parser = ReaderBuilder::new().delimiter(separator as u8).build();
        let (input, out, ends) = (vec![0; 64 << 10], vec![0; 4 << 10], vec![0; 64]);
        Self { reader, parser, input, from: 0, to: 0, out, ends, lines: 0 }
    }

    /// The cells of the next record; nothing at the end.
    ///
    /// # Errors
    /// It cannot be read, or is no table.
    pub fn next(&mut self) -> io::Result<Option<Vec<&str>>> {
        Ok(self.numbered()?.map(|(_, cells)| cells))
    }

    /// The same, with the line on which the record begins, from 1.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn numbered(&mut self) -> io::Result<Option<(u64, Vec<&str>)>> {
        self.begin()?;
        let line = self.lines + 1;
        let (mut written, mut ended, mut cells) = (0, false, 0);
        loop {
            if self.from == self.to && !ended {
                self.from = 0;
                self.to = self.reader.read(&mut self.input)?;
                ended = self.to == 0;
            }
            let (result, read, more, found) = self.parser.read_record(
                &self.input[self.from..self.to],
                &mut self.out[written..],
                &mut self.ends[cells..],
            );
            let lines = self.input[self.from..self.from + read].iter().filter(|byte| **byte == b'\n');
            self.lines += lines.count() as u64;
            self.from += read;
            written += more;
            cells += found;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => grow(&mut self.out, LONGEST, "bytes")?,
                ReadRecordResult::OutputEndsFull => grow(&mut self.ends, WIDEST, "cells")?,
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => break,
            }
        }
        let mut start = 0;
        let cells = self.ends[..cells].iter().map(|end| {
            let cell = &self.out[start..*end];
            start = *end;
            // What is read was decoded before; a record that is cut is the only one that could break.
            std::str::from_utf8(cell).unwrap_or_default()
        });
        Ok(Some((line, cells.collect())))
    }

    /// Goes past ends of lines: of the record before, and of lines with nothing on them.
    fn begin(&mut self) -> io::Result<()> {
        loop {
            if self.from == self.to {
                (self.from, self.to) = (0, self.reader.read(&mut self.input)?);
            }
            match self.input[self.from..self.to].first() {
                Some(b'\n') => self.lines += 1,
                Some(b'\r') => {}
                Some(_) | None => return Ok(()),
            }
            self.from += 1;
        }
    }
}

fn grow<T: Default + Clone>(of: &mut Vec<T>, most: usize, what: &str) -> io::Result<()> {
    if of.len() >= most {
        return Err(io::Error::other(format!("one record has more than {most} {what}")));
    }
    of.resize((of.len() * 2).min(most), T::default());
    Ok(())
}
