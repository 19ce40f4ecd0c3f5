//! What came is whole: keys open, and the log is the one it states.

use contracts::tlog::note::{Checkpoint, Note};

use super::read::damaged;
use crate::app::Error;
use crate::domain::member::Member;
use crate::identity::keys::{Keyring, Purpose};
use crate::identity::seal::MasterSecret;
use crate::log::verify;
use crate::store::Import;

/// Opens the keys of the last member put in, recomputes its log, and compares it with a checkpoint; gives its entries.
///
/// # Errors
/// [`Error::Malformed`] says what is not as it should be.
pub async fn check(
    import: &mut Import,
    member: &Member,
    checkpoint: &str,
    node: &MasterSecret,
) -> Result<u64, Error> {
    let reader = import.reader();
    let keys = Keyring::open(member, node, &reader.keys().await?).map_err(damaged)?;
    reader.open_with(keys.openings());
    let log: Vec<_> = keys.keys().iter().filter(|k| k.purpose == Purpose::Log).map(|k| &*k.public).collect();
    let size = verify::verify(reader, &log).await.map_err(damaged)?;
    let head = reader.log_head().await?.ok_or_else(|| damaged("it has no log"))?;
    let note = Note::parse(checkpoint).map_err(damaged)?;
    let told = Checkpoint::parse(&note.text).map_err(damaged)?;
    if (told.size, told.root) == (head.size, head.root) {
        Ok(size)
    } else {
        Err(damaged("its log is not the one its manifest states"))
    }
}
