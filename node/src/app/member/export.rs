//! Everything of a member into one encrypted file, row by row.

use std::io::{BufWriter, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::archive::{Line, Manifest};
use contracts::format::{Instant, V1};
use contracts::id::MemberId;
use futures_util::TryStreamExt;
use serde_json::Value;

use crate::app::Error;
use crate::domain::time::Timestamp;
use crate::identity::pieces::Sealer;
use crate::identity::seal::MasterSecret;
use crate::store::{self, Export, Store, TABLES, Table};
use crate::text::say;

/// What was written.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Exported {
    pub did: String,
    /// Entries of its log.
    pub entries: u64,
    pub rows: u64,
}

/// Writes the archive of a member that has left. Private keys are opened with the node's secret and sealed again with
/// the archive's. The caller has nothing else to do: files are written as they come.
///
/// # Errors
/// [`Error::NotNow`] for a member that has not left: its archive would be the beginning of a fork.
pub async fn export(
    export: &mut Export,
    node: &MasterSecret,
    archive: &MasterSecret,
    to: impl Write,
) -> Result<Exported, Error> {
    let member = export.stored.member.clone();
    if export.stored.retired.is_none() {
        return Err(Error::NotNow { state: "hosted".into(), expected: "retired".into() });
    }
    let now = export.reader().now();
    let head = export.reader().log_head().await?.ok_or(Error::NotFound("log"))?;
    let mut out = Out { sealer: Sealer::new(BufWriter::new(to), archive).map_err(disk)?, rows: 0 };
    out.line(&Line::Manifest(Manifest {
        v: V1,
        member: member.id.clone(),
        did: member.did.clone(),
        name: member.name.clone(),
        base_url: member.base_url.to_string(),
        schema: Store::schema(),
        made: Instant::from_seconds(now.seconds()),
        checkpoint: head.checkpoint,
    }))?;
    for table in TABLES {
        let columns = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        out.line(&Line::Table { name: table.name.to_owned(), columns })?;
        let mut rows = std::pin::pin!(export.rows(table));
        while let Some(mut row) = rows.try_next().await? {
            reseal(table, &mut row, &member.id, node, archive)?;
            out.rows += 1;
            out.line(&Line::Row(row))?;
        }
    }
    out.line(&Line::End { rows: out.rows })?;
    out.sealer.finish().and_then(|file| file.into_inner().map_err(|e| e.into_error())).map_err(disk)?;
    Ok(Exported { did: member.did.to_string(), entries: head.size, rows: out.rows })
}

struct Out<W: Write> {
    sealer: Sealer<BufWriter<W>>,
    rows: u64,
}

impl<W: Write> Out<W> {
    fn line(&mut self, line: &Line) -> Result<(), Error> {
        serde_json::to_writer(&mut self.sealer, line).map_err(|e| disk(e.into()))?;
        self.sealer.write_all(b"\n").map_err(disk)
    }
}

/// A row of sealed keys leaves one secret and comes under another; other rows stay as they are.
pub(super) fn reseal(
    table: &Table,
    row: &mut [Value],
    member: &MemberId,
    from: &MasterSecret,
    to: &MasterSecret,
) -> Result<(), Error> {
    let at = |name: &str| table.columns.iter().position(|(column, _)| *column == name);
    let (Some(kid), Some(sealed)) = (at("kid"), at("sealed")) else { return Ok(()) };
    let wrong = || Error::malformed(say("malformed.key-row"), "archive");
    let text = |at: usize| row.get(at).and_then(Value::as_str).ok_or_else(wrong);
    let bytes = STANDARD.decode(text(sealed)?).map_err(|_| wrong())?;
    let plain = from.open(member, text(kid)?, &bytes).map_err(|e| Error::Internal(e.to_string()))?;
    let again = to.seal(member, text(kid)?, &plain).map_err(|e| Error::Internal(e.to_string()))?;
    row[sealed] = STANDARD.encode(again).into();
    Ok(())
}

fn disk(error: std::io::Error) -> Error {
    Error::Unavailable(format!("the archive cannot be written: {error}"))
}

/// Opens the database beside its node, if any, to read the member with this name.
///
/// # Errors
/// [`Error::NotFound`] when no member, or more than one, has it.
pub async fn open(url: &str, name: Option<&str>, now: Timestamp) -> Result<Export, Error> {
    let choose = |all: &[store::Stored]| {
        let mut named = all.iter().filter(|s| name.is_none_or(|name| s.member.name == name));
        let first = named.next()?;
        named.next().is_none().then(|| first.member.id.clone())
    };
    Ok(Store::export(url, choose, now).await?)
}
