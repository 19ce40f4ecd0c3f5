//! Whether a member's log may be appended to: not while others hold a checkpoint that it does not lead to.

use std::sync::Arc;
use std::time::Duration;

use contracts::api::status::Check;

use super::ask::partners;
use crate::app::{App, Error, Hosted, access};
use crate::config::Ask;
use crate::text::{self, Sentence, say};
use crate::workers::{Stop, stopped};

/// Seconds between two looks at partners that did not answer: while nothing is recorded, and while all goes on.
const HELD: u64 = 5;
const SILENT: u64 = 60;

/// How a log stands with those who hold checkpoints of it.
#[derive(Debug, Default, Clone)]
pub struct Standing {
    /// Why nothing is recorded.
    pub hold: Option<Sentence>,
    /// Partners that have not said what they hold.
    pub silent: Vec<String>,
}

/// Asks the partners, and holds the log or lets it go on. At the start this comes before anything is recorded.
pub async fn settle(app: &App, hosted: &Hosted) -> Result<Standing, Error> {
    let restored = app.store.read(hosted.id()).await?.restored().await?;
    let standing = match judge(app, hosted, restored.is_some()).await {
        Ok(standing) => standing,
        // Not knowing is no leave to go on.
        Err(error) => {
            tracing::error!(member = %hosted.id(), %error, "what others hold of the log could not be compared");
            let hold = say("status.log-unknown").with("what", error);
            Standing { hold: Some(hold), silent: vec![String::new()] }
        }
    };
    if let Some(why) = &standing.hold {
        tracing::error!(member = %hosted.id(), %why, "nothing is recorded");
    } else if restored.is_some() {
        let job = app.store.write(hosted.id(), |tx| Box::pin(async move { tx.settle_restored().await }));
        job.await.map_err(|e: crate::store::Error| Error::from(e))?;
    }
    app.store.hold(hosted.id(), standing.hold.clone());
    hosted.set_standing(standing.clone());
    Ok(standing)
}

async fn judge(app: &App, hosted: &Hosted, restored: bool) -> Result<Standing, Error> {
    let ask = app.config.log.partners;
    let mut asked = match ask {
        Ask::Off if !restored => super::ask::Asked::default(),
        Ask::Off | Ask::Ask | Ask::Require => partners(&app.client, &app.store, hosted).await?,
    };
    asked.folder(&app.config.dir, hosted);
    let hold = match asked.beyond(&app.store, hosted).await? {
        Some(known) => {
            let size = app.counts(hosted).await?.log_size;
            let told = known.checkpoint.size;
            Some(say("status.log-behind").with("size", size).with("known", told).with("by", &known.by))
        }
        None if asked.silent.is_empty() || !(restored || ask == Ask::Require) => None,
        None => Some(say("status.log-unanswered").with("by", asked.silent.join(", "))),
    };
    Ok(Standing { hold, silent: asked.silent })
}

/// What the member's people are told of it; nothing when everybody answered.
pub fn check(app: &App, hosted: &Hosted) -> Option<Check> {
    let (standing, lang) = (hosted.standing(), app.config.language());
    let check = |ok, detail| Check { name: format!("log of {}", hosted.member.name), ok, detail };
    match (standing.hold, standing.silent) {
        (Some(why), _) => Some(check(false, why.text(lang))),
        (None, silent) if silent.is_empty() => None,
        (None, silent) => {
            let by = silent.join(", ");
            Some(check(true, text::fill(lang, "status.partners-silent", &[("by", &by)])))
        }
    }
}

/// Asks those again who did not answer, until they do.
pub async fn run(app: Arc<App>, mut stop: Stop) {
    loop {
        let open = |h: &Arc<Hosted>| !h.has_left() && !h.standing().silent.is_empty();
        let waiting: Vec<_> = app.members.all().into_iter().filter(open).collect();
        let held = waiting.iter().any(|h| h.standing().hold.is_some());
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(Duration::from_secs(if held { HELD } else { SILENT })) => {}
        }
        for hosted in waiting {
            if let Err(error) = again(&app, &hosted).await {
                tracing::warn!(member = %hosted.id(), %error, "what partners hold of the log is asked again later");
            }
        }
    }
}

/// A log that is let go on late first closes what was open when the last process ended.
async fn again(app: &App, hosted: &Hosted) -> Result<(), Error> {
    if hosted.standing().hold.is_none() {
        return settle(app, hosted).await.map(drop);
    }
    // While it is held nothing new is opened.
    let open = access::open_ones(app, hosted).await?;
    if settle(app, hosted).await?.hold.is_none() {
        access::recover(app, hosted, open).await?;
    }
    Ok(())
}
