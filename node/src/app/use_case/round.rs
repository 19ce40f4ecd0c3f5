//! What time does to use cases: their end, the end of a test or of an audit. Asked by nobody.

use super::step::settle;
use super::{App, Error, Hosted, Voice, both};
use crate::app::membership::own;

/// Moves every use case of the member's frameworks to where it stands now.
pub async fn round(app: &App, hosted: &Hosted) -> Result<(), Error> {
    if app.store.read(hosted.id()).await?.live_use_cases().await?.is_empty() {
        return Ok(());
    }
    let voice = Voice::of(app, hosted)?;
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                for case in tx.live_use_cases().await? {
                    let file = own(tx, &case.framework, voice.now).await?;
                    let (next, events) = case.clone().at(&file.framework.parts.use_cases, voice.now);
                    if !events.is_empty() {
                        let key = match next.state.ending() {
                            Some(_) => "trust.case-over",
                            None => "trust.case-lapsed",
                        };
                        settle(tx, &voice, case, None, vec![both(key, &[])]).await?;
                    }
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}
