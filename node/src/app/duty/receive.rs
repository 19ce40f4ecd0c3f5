//! The peer says that a duty is done, or waived: `POST /peer/v1/duties`.

use std::sync::Arc;

use contracts::duty::Said;
use serde::{Deserialize, Serialize};

use super::settle::{evidence, is_of};
use super::{App, Error, Hosted};
use crate::app::peer::{Answer, Caller, MessageKey, once};
use crate::domain::duty::State;
use crate::identity::proof::verify_notice;
use crate::text::say;

/// Body of `POST <base>/peer/v1/duties`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeMessage {
    /// The notice (compact JWS).
    pub notice: String,
}

/// Keeps the peer's word. When both said something at once, that it was done counts at either side.
pub async fn receive(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: NoticeMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let wrong = |what: String, at| Error::malformed(say("malformed.notice").with("what", what), at);
    let notice = verify_notice(&message.notice, &caller.identity, Some(now))
        .map_err(|e| wrong(e.to_string(), "/notice"))?;
    let caller_did = caller.did.clone();
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let agreement = tx.agreement(&notice.agreement).await?.filter(|a| a.peer == caller_did);
            let agreement = agreement.ok_or(Error::NotFound("contract"))?;
            super::begin(tx, &agreement).await?;
            let found = tx.duties_of(&agreement.id).await?.into_iter().find(|duty| is_of(duty, &notice));
            let duty = found.ok_or(Error::NotFound("duty"))?;
            if duty.ours_to_say(notice.said) {
                return Err(Error::malformed(say("malformed.notice-not-theirs"), "/notice"));
            }
            let counts =
                duty.state.is_open() || (duty.state == State::Waived && notice.said == Said::Fulfilled);
            if counts {
                let step = duty.settle(evidence(&notice, message.notice))?;
                tx.save_duty(&step.next).await?;
                super::again(tx, &step.next, &agreement).await?;
                step.events.into_iter().for_each(|event| tx.record(event));
            }
            Ok(Answer { status: 200, body: "{}".into() })
        })
    })
    .await
}
