//! Reading lines under encryption into a database: everything or nothing.

use std::io::{BufRead, BufReader, Read};

use contracts::archive::{Kind, Line};
use contracts::id::MemberId;

use super::reseal;
use crate::app::Error;
use crate::identity::pieces::Opener;
use crate::identity::seal::MasterSecret;
use crate::store::{self, Import, Table};
use crate::text::say;

/// Longest line of an archive: no row of ours comes near it.
const LINE: u64 = 64 << 20;

/// What is not as it was written.
pub fn damaged(what: impl std::fmt::Display) -> Error {
    Error::malformed(say("malformed.archive").with("what", what), "archive")
}

/// What a row that does not fit means.
pub fn broken(error: store::Error) -> Error {
    match error {
        store::Error::Internal(_) | store::Error::NotFound(_) | store::Error::Conflict(_) => damaged(error),
        other => other.into(),
    }
}

/// The lines of a file.
pub struct Lines<R: Read> {
    opener: BufReader<Opener<BufReader<R>>>,
    line: Vec<u8>,
    table: Option<&'static Table>,
    rows: u64,
}

impl<R: Read> Lines<R> {
    pub fn new(from: R, kind: Kind, secret: &MasterSecret) -> Result<Self, Error> {
        let opener = Opener::new(BufReader::new(from), secret, kind).map_err(damaged)?;
        Ok(Self { opener: BufReader::new(opener), line: Vec::new(), table: None, rows: 0 })
    }

    pub fn read(&mut self) -> Result<Line, Error> {
        self.line.clear();
        self.opener.by_ref().take(LINE).read_until(b'\n', &mut self.line).map_err(damaged)?;
        serde_json::from_slice(&self.line).map_err(damaged)
    }

    /// Puts a member's tables and rows into a database; gives the line that is neither.
    pub async fn fill(
        &mut self,
        import: &mut Import,
        member: &MemberId,
        archive: &MasterSecret,
        node: &MasterSecret,
    ) -> Result<Line, Error> {
        self.table = None;
        loop {
            match self.read()? {
                Line::Table { name, columns } => {
                    let known =
                        store::table(&name).ok_or_else(|| damaged(format!("table {name} is not known")))?;
                    import.table(known, &columns).await.map_err(broken)?;
                    self.table = Some(known);
                }
                Line::Row(mut row) => {
                    let known = self.table.ok_or_else(|| damaged("a row without table"))?;
                    reseal(known, &mut row, member, archive, node).map_err(|e| match e {
                        Error::Internal(what) => damaged(what),
                        other => other,
                    })?;
                    import.row(row).await.map_err(broken)?;
                    self.rows += 1;
                }
                other => {
                    import.end().await.map_err(broken)?;
                    return Ok(other);
                }
            }
        }
    }

    /// The last line was this one, and nothing comes after it; gives how many rows there were.
    pub fn ended(&mut self, last: &Line) -> Result<u64, Error> {
        match last {
            Line::End { rows } if *rows == self.rows => {}
            Line::End { rows } => return Err(damaged(format!("{} rows of {rows}", self.rows))),
            Line::Manifest(_) | Line::Backup(_) => return Err(damaged("it begins twice")),
            Line::Member(_) | Line::Table { .. } | Line::Row(_) => {
                return Err(damaged("something is where it should end"));
            }
        }
        if self.opener.fill_buf().map_err(damaged)?.is_empty() {
            Ok(self.rows)
        } else {
            Err(damaged("it goes on after its end"))
        }
    }
}
