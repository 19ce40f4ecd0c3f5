//! Saying that a duty is done, or waived: signed, recorded, and told to the other side.

use std::sync::Arc;

use contracts::duty::{Notice, NoticeType, Said};
use contracts::format::{Instant, V1};

use super::receive::NoticeMessage;
use super::{App, Error, Hosted};
use crate::app::peer::outgoing_body;
use crate::domain::agreement::Agreement;
use crate::domain::duty::{Duty, Evidence};
use crate::domain::outgoing::{Outgoing, Process};
use crate::identity::keys::Purpose;
use crate::identity::proof::sign_notice;
use crate::text::say;

/// What is to be said of a duty.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its place among the obligations of the contract.
    pub number: u32,
    pub said: Said,
    pub words: String,
    pub document: Option<String>,
}

/// This member says it, and the peer is told.
///
/// # Errors
/// It is not for this member to say, or settled already.
pub async fn settle(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    agreement: Agreement,
    wanted: Wanted,
) -> Result<Duty, Error> {
    let now = app.now();
    let pointer = format!("/obligation/{}", wanted.number);
    let known = app.store.read(hosted.id()).await?.duties_of(&agreement.id).await?;
    let occurrence = due(&known, &pointer);
    let notice = Notice {
        kind: NoticeType::Duty,
        v: V1,
        agreement: agreement.id.clone(),
        duty: pointer,
        occurrence,
        by: hosted.did().clone(),
        said: wanted.said,
        words: wanted.words,
        document: wanted.document,
        at: Instant::from_seconds(now.seconds()),
    };
    notice
        .check()
        .map_err(|e| Error::malformed(say("malformed.notice").with("what", e.what), format!("/{}", e.at)))?;
    let signed = sign_notice(&notice, &hosted.keys().current(Purpose::Sign, now)?.signer)?;
    let message = message(&agreement, &signed)?;
    let settled = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                super::begin(tx, &agreement).await?;
                let found = tx.duties_of(&agreement.id).await?;
                let duty = found.into_iter().find(|duty| is_of(duty, &notice));
                let duty = duty.ok_or(Error::NotFound("duty"))?;
                if !duty.ours_to_say(notice.said) {
                    return Err(Error::Conflict(say("conflict.not-ours-to-say").with("peer", &duty.peer)));
                }
                let step = duty.settle(evidence(&notice, signed))?;
                tx.save_duty(&step.next).await?;
                super::again(tx, &step.next, &agreement).await?;
                step.events.into_iter().for_each(|event| tx.record(event));
                tx.enqueue(message).await?;
                Ok::<_, Error>(step.next)
            })
        })
        .await?;
    Ok(settled.value)
}

/// Which time is to be settled: the first that is open, else the last.
fn due(known: &[Duty], pointer: &str) -> u32 {
    let mut own = known.iter().filter(|duty| duty.pointer == pointer);
    let open = own.clone().find(|duty| duty.state.is_open());
    open.or_else(|| own.next_back()).map_or(1, |duty| duty.occurrence)
}

/// Whether a notice is of this duty, and of this time.
pub(super) fn is_of(duty: &Duty, notice: &Notice) -> bool {
    duty.pointer == notice.duty && duty.occurrence == notice.occurrence
}

/// A notice as it is kept with its duty.
pub(super) fn evidence(notice: &Notice, signed: String) -> Evidence {
    Evidence {
        said: notice.said,
        by: notice.by.clone(),
        words: notice.words.clone(),
        document: notice.document.clone(),
        at: crate::domain::time::Timestamp::from_seconds(notice.at.seconds()),
        notice: signed,
    }
}

fn message(agreement: &Agreement, signed: &str) -> Result<Outgoing, Error> {
    let base = contracts::did::base_url(agreement.peer.as_str())
        .map_err(|e| Error::Internal(format!("peer of a contract: {e}")))?;
    Ok(Outgoing {
        process: Process::Agreement(agreement.id.clone()),
        peer: agreement.peer.clone(),
        kind: "duty",
        url: format!("{}/peer/v1/duties", base.as_str().trim_end_matches('/')),
        body: outgoing_body(&NoticeMessage { notice: signed.to_owned() })?,
    })
}
