//! What time does to questions: those whose time is over are answered, asked by nobody.

use super::{App, Error, Hosted, answer};
use crate::app::error;

/// Answers every question whose time is over. One without quorum decides nothing and, unless somebody waits for its
/// answer to go on, stays.
pub async fn round(app: &App, hosted: &Hosted) -> Result<(), Error> {
    let now = app.now().seconds();
    let open = app.store.read(hosted.id()).await?.open_questions().await?;
    for asked in open.into_iter().filter(|asked| asked.question.closes.seconds() <= now) {
        match answer(app, hosted, &asked.question.id).await {
            Ok(_) | Err(error::Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
