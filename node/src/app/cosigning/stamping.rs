//! Checkpoints stamped by authorities (RFC 3161): that a state of the log existed at a time is then no word of the member.

use crate::app::{App, Error, Hosted};
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::identity::stamp::{self, MAX_LEN, QUERY, StampError};
use crate::store::{Head, Stamp};

/// Has the present checkpoint stamped by each authority whose last stamp is old enough.
pub(super) async fn round(app: &App, hosted: &Hosted) -> Result<(), Error> {
    if app.config.log.timestamps.is_empty() {
        return Ok(());
    }
    let every = i64::try_from(app.config.log.timestamps_every_s).unwrap_or(i64::MAX);
    let mut reader = app.store.read(hosted.id()).await?;
    let Some(head) = reader.log_head().await? else { return Ok(()) };
    let is_first = reader.newest_stamp("").await?.is_none();
    let mut due = Vec::new();
    for authority in &app.config.log.timestamps {
        let last = reader.newest_stamp(authority).await?;
        let is_due = |last: Stamp| {
            head.size > last.size && app.now().seconds().saturating_sub(last.at.seconds()) >= every
        };
        if last.is_none_or(is_due) {
            due.push(authority.as_str());
        }
    }
    drop(reader);
    if is_first {
        let (checkpoint, authority) = (String::new(), String::new());
        save(app, hosted, Stamp { size: 0, authority, at: app.now(), checkpoint, token: Vec::new() }).await?;
    }
    for authority in due {
        match ask(app, authority, &head).await {
            Ok(stamp) => {
                app.metrics.cosigned("stamped");
                save(app, hosted, stamp).await?;
            }
            Err(error) => {
                app.metrics.cosigned("not-stamped");
                tracing::warn!(member = %hosted.id(), authority, error, "the log is not stamped; tried again");
            }
        }
    }
    Ok(())
}

/// Asks one authority, and believes only what holds.
async fn ask(app: &App, authority: &str, head: &Head) -> Result<Stamp, String> {
    let data = head.checkpoint.as_bytes();
    let nonce = u64::from_be_bytes(random::bytes());
    let request = stamp::request(data, nonce);
    let answer = app.client.post(authority, QUERY, request.into(), MAX_LEN).await;
    let answer = answer.map_err(|e| e.to_string())?;
    if !answer.is_success() {
        return Err(format!("status {}", answer.status));
    }
    let wrong = |e: StampError| e.to_string();
    let token = stamp::answered(&answer.body, data, nonce).map_err(wrong)?;
    let stamped = stamp::verify(&token, data, app.cosigning.authorities()).map_err(wrong)?;
    Ok(Stamp {
        size: head.size,
        authority: authority.to_owned(),
        at: Timestamp::from_seconds(stamped.at),
        checkpoint: head.checkpoint.clone(),
        token,
    })
}

async fn save(app: &App, hosted: &Hosted, stamp: Stamp) -> Result<(), Error> {
    let job = app
        .store
        .write(hosted.id(), move |tx| Box::pin(async move { Ok::<_, Error>(tx.save_stamp(&stamp).await?) }));
    job.await.map(drop)
}

/// Stamps of checkpoints of the log with this name, from a size on, at most so many.
pub async fn stamps(
    app: &App,
    hosted: &Hosted,
    origin: &str,
    mut from: u64,
    most: usize,
) -> Result<Vec<Stamp>, Error> {
    let (mut found, begins) = (Vec::new(), format!("{origin}\n"));
    loop {
        // Stamps of all epochs are kept, those of one are shown.
        let page = app.store.read(hosted.id()).await?.stamps(from, most).await?;
        let (is_full, last) = (page.len() == most, page.last().map_or(from, |stamp| stamp.size));
        found.extend(page.into_iter().filter(|stamp| stamp.checkpoint.starts_with(&begins)));
        if !is_full || found.len() >= most {
            found.truncate(most);
            return Ok(found);
        }
        from = last + 1;
    }
}
