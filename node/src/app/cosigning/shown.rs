//! Which checkpoint is shown to whom asks for the log.

use crate::app::{App, Error, Hosted};
use crate::store::{Cosigned, Reader};

/// The checkpoint of the log, for everybody: with a policy, the newest that it accepts; else, or before there is one, the
/// newest of all, with the cosignatures it has.
pub async fn shown(app: &App, hosted: &Hosted) -> Result<String, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let head = reader.log_head().await?.ok_or(Error::NotFound("checkpoint"))?;
    let required = app.cosigning.policy(hosted).is_some_and(|policy| policy.asks());
    let cosigned = kept(&mut reader).await?.filter(|kept| required || kept.size == head.size);
    Ok(cosigned.map_or(head.checkpoint, |kept| kept.note))
}

/// The newest checkpoint with cosignatures.
pub async fn cosigned(app: &App, hosted: &Hosted) -> Result<String, Error> {
    let kept = kept(&mut app.store.read(hosted.id()).await?).await?;
    kept.map(|kept| kept.note).ok_or(Error::NotFound("checkpoint"))
}

/// What was cosigned last, if anything was.
pub(crate) async fn kept(reader: &mut Reader) -> Result<Option<Cosigned>, Error> {
    Ok(reader.cosigned().await?.filter(|kept| !kept.note.is_empty()))
}
