//! Writing lines under encryption.

use std::io::{BufWriter, Write};

use contracts::archive::{Kind, Line, Manifest};
use contracts::format::{Instant, V1};
use contracts::id::MemberId;
use futures_util::TryStreamExt;

use super::reseal;
use crate::app::Error;
use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::identity::pieces::Sealer;
use crate::identity::seal::MasterSecret;
use crate::store::{Head, Snapshot, Store, TABLES};

/// A file being written.
pub struct Out<'k, W: Write> {
    sealer: Sealer<BufWriter<W>>,
    /// Private keys are opened with the first and sealed again with the second.
    secrets: (&'k MasterSecret, &'k MasterSecret),
    rows: u64,
}

impl<'k, W: Write> Out<'k, W> {
    pub fn new(to: W, kind: Kind, node: &'k MasterSecret, archive: &'k MasterSecret) -> Result<Self, Error> {
        let sealer = Sealer::new(BufWriter::new(to), archive, kind).map_err(disk)?;
        Ok(Self { sealer, secrets: (node, archive), rows: 0 })
    }

    pub fn line(&mut self, line: &Line) -> Result<(), Error> {
        serde_json::to_writer(&mut self.sealer, line).map_err(|e| disk(e.into()))?;
        self.sealer.write_all(b"\n").map_err(disk)
    }

    /// All rows of a member, table by table.
    pub async fn tables(&mut self, snapshot: &mut Snapshot, member: &MemberId) -> Result<(), Error> {
        for table in TABLES {
            let columns = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
            self.line(&Line::Table { name: table.name.to_owned(), columns })?;
            let mut rows = std::pin::pin!(snapshot.rows(member, table));
            while let Some(mut row) = rows.try_next().await? {
                reseal(table, &mut row, member, self.secrets.0, self.secrets.1)?;
                self.rows += 1;
                self.line(&Line::Row(row))?;
            }
        }
        Ok(())
    }

    /// Ends the file; gives how many rows it has.
    pub fn end(mut self) -> Result<u64, Error> {
        self.line(&Line::End { rows: self.rows })?;
        self.sealer.finish().and_then(|file| file.into_inner().map_err(|e| e.into_error())).map_err(disk)?;
        Ok(self.rows)
    }
}

/// Who is in the file, and where its log stands.
pub fn manifest(member: &Member, head: &Head, now: Timestamp) -> Manifest {
    Manifest {
        v: V1,
        member: member.id.clone(),
        did: member.did.clone(),
        name: member.name.clone(),
        base_url: member.base_url.to_string(),
        schema: Store::schema(),
        made: Instant::from_seconds(now.seconds()),
        checkpoint: head.checkpoint.clone(),
    }
}

fn disk(error: std::io::Error) -> Error {
    Error::Unavailable(format!("the archive cannot be written: {error}"))
}
