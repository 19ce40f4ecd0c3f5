//! The rows and columns of a view, read one record at a time from the file of a table.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use policies::View;

use super::filter::{Filter, broken};
use super::head::{Head, LOOK};
use super::record::{Records, write};

/// Bytes made ready at once.
const STEP: usize = 64 << 10;

/// What a view lets through of a table, as bytes. Every call blocks.
pub struct Rows {
    file: File,
    records: Records,
    out: Vec<u8>,
    given: usize,
    ended: bool,
    /// Records read, the head included.
    read: u64,
    head: Head,
    /// Places of the columns that leave.
    keep: Vec<usize>,
    filter: Filter,
}

impl Rows {
    /// Begins at the head of a table.
    ///
    /// # Errors
    /// It cannot be read, or the view is of columns that it has not.
    pub fn open(mut file: File, view: &View) -> io::Result<Self> {
        file.rewind()?;
        let mut start = Vec::new();
        file.by_ref().take(LOOK as u64).read_to_end(&mut start)?;
        let named = view.columns.iter().flatten().map(String::as_str);
        let told = view.rows.as_ref().map(|rows| rows.column.as_str());
        let counted = view.least.as_ref().map(|least| least.column.as_str());
        let needed: Vec<&str> = named.chain(told).chain(counted).collect();
        let head = Head::read(&start, &needed)?;
        let named = |name: &String| view.columns.as_ref().is_none_or(|columns| columns.contains(name));
        let keep = (0..head.names.len()).filter(|at| head.names.get(*at).is_some_and(named)).collect();
        let filter = Filter::new(view, &head)?;
        file.seek(SeekFrom::Start(head.mark as u64))?;
        let (records, out) = (Records::new(head.separator), start[..head.mark].to_vec());
        Ok(Self { file, records, out, given: 0, ended: false, read: 0, head, keep, filter })
    }

    /// The file below, to see whether it changed.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Reads one record, and writes what of it leaves.
    fn record(&mut self) -> io::Result<()> {
        let Some(cells) = self.records.next(&mut self.file)? else {
            self.ended = true;
            return Ok(());
        };
        self.read += 1;
        // Cells that are not under their names could be anything.
        if cells != self.head.names.len() {
            let (own, wanted) = (self.read, self.head.names.len());
            return Err(broken(format!("record {own} has {cells} cells, its head {wanted}")));
        }
        if self.read > 1 && !self.filter.lets(|at| self.records.cell(at)) {
            return Ok(());
        }
        for (n, at) in self.keep.iter().enumerate() {
            if n > 0 {
                self.out.push(self.head.separator);
            }
            write(self.records.cell(*at), self.head.separator, self.keep.len() == 1, &mut self.out);
        }
        self.out.extend_from_slice(if self.head.returns { b"\r\n" } else { b"\n" });
        Ok(())
    }
}

impl Read for Rows {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.out.len() {
            self.out.clear();
            self.given = 0;
        }
        while self.out.len() < STEP && !self.ended {
            self.record()?;
        }
        let count = into.len().min(self.out.len() - self.given);
        into[..count].copy_from_slice(&self.out[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("head", &self.head).field("read", &self.read).finish_non_exhaustive()
    }
}
