//! Files of rows under encryption: the archive of one member, the backup of a node.

pub mod check;
pub mod read;
pub mod write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::archive::Manifest;
use contracts::did;
use contracts::id::MemberId;
use serde_json::Value;
use url::Url;

use crate::app::Error;
use crate::domain::member::Member;
use crate::identity::seal::{MasterSecret, SealError};
use crate::store::Table;
use crate::text::say;

/// The table of the keys of openings, which a member's own key seals.
const OPENING_KEYS: &str = "opening_key";

/// A row of sealed keys leaves one secret and comes under another; other rows stay as they are.
fn reseal(
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
    let broken = |e: SealError| Error::Internal(e.to_string());
    let kid = text(kid)?;
    let again = if table.name == OPENING_KEYS {
        let plain =
            from.openings(member).and_then(|seal| seal.open(kid.as_bytes(), &bytes)).map_err(broken)?;
        to.openings(member).and_then(|seal| seal.seal(kid.as_bytes(), &plain)).map_err(broken)?
    } else {
        let plain = from.open(member, kid, &bytes).map_err(broken)?;
        to.seal(member, kid, &plain).map_err(broken)?
    };
    row[sealed] = STANDARD.encode(again).into();
    Ok(())
}

/// The member that a manifest names.
pub fn member(manifest: &Manifest) -> Result<Member, Error> {
    let base_url = Url::parse(&manifest.base_url).map_err(read::damaged)?;
    // The identity of a did:web is its address: another one would be somebody else's.
    if did::from_base_url(&base_url).ok().as_ref() != Some(&manifest.did) {
        return Err(read::damaged("its address is not that of its DID"));
    }
    let (id, did, name) = (manifest.member.clone(), manifest.did.clone(), manifest.name.clone());
    Ok(Member { id, did, name, base_url })
}

/// Refuses rows of a schema that this program does not know.
pub fn known_schema(schema: i64) -> Result<(), Error> {
    if schema <= crate::store::Store::schema() {
        return Ok(());
    }
    Err(Error::malformed(say("malformed.newer-archive").with("schema", schema), "archive"))
}
