//! Everything of a member into one encrypted file, row by row.

use std::io::Write;

use contracts::archive::{Kind, Line};

use crate::app::Error;
use crate::app::archive::write::{Out, manifest};
use crate::domain::time::Timestamp;
use crate::identity::seal::MasterSecret;
use crate::store::{self, Export, Store};

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
    let mut out = Out::new(to, Kind::MemberArchive, node, archive)?;
    out.line(&Line::Manifest(manifest(&member, &head, now)))?;
    out.tables(export.snapshot(), &member.id).await?;
    Ok(Exported { did: member.did.to_string(), entries: head.size, rows: out.end()? })
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
