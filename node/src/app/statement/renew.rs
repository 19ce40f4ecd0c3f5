//! A member's own statement is made again, with the same content, before it ends; when that cannot be, its people are
//! warned in time.

use std::sync::Arc;

use contracts::api::status::Check;
use contracts::statement::Statement;

use super::{App, Declared, Error, Hosted, declare, own};
use crate::app::member::STATEMENT_LIFE;
use crate::domain::time::Timestamp;
use crate::text;

/// It is made again so many seconds before its end: thirty days in which a person can act on the warning.
const BEFORE: i64 = 30 * 24 * 3600;

/// The statement of a member that is due, or was.
async fn due(app: &App, hosted: &Hosted) -> Result<Option<(String, Timestamp)>, Error> {
    let newest = app.store.newest_own_statement(hosted.id()).await?;
    Ok(newest.filter(|(_, until)| *until <= app.now().plus_seconds(BEFORE)))
}

/// Makes the member's statement again if it is about to end. One that has ended is not: whether it is still true is for a
/// person to say.
pub async fn renew(app: &App, hosted: &Arc<Hosted>) -> Result<(), Error> {
    let Some((jws, until)) = due(app, hosted).await? else { return Ok(()) };
    if until <= app.now() {
        return Err(Error::Unavailable(format!("the statement ended at {}", until.rfc3339())));
    }
    let statement = own(&jws).ok_or_else(|| Error::Internal("an own statement does not read".into()))?;
    let Statement { place, law, charter, claims, .. } = statement;
    let declared = Declared { place, law, charter, claims };
    declare(app, hosted, declared, STATEMENT_LIFE).await?;
    tracing::info!(member = %hosted.id(), ended = until.rfc3339(), "the member's statement was renewed");
    Ok(())
}

/// How the member's statement is doing; nothing when it made none.
pub async fn check(app: &App, hosted: &Hosted) -> Result<Option<Check>, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let Some((_, until)) = reader.newest_own_statement().await? else { return Ok(None) };
    drop(reader);
    let now = app.now();
    let key = match until {
        until if until <= now => "status.statement-ended",
        until if until <= now.plus_seconds(BEFORE) => "status.statement-ends",
        _ => "status.statement-holds",
    };
    let detail = text::fill(app.config.language(), key, &[("until", &until.rfc3339())]);
    Ok(Some(Check { name: "statement".into(), ok: until > now.plus_seconds(BEFORE), detail }))
}
