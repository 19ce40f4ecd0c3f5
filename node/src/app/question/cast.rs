//! Ballots: signed by who holds the seat, counted by the operator: `POST /peer/v1/ballots`.

use std::sync::Arc;

use contracts::ballot::{Ballot, BallotType, Choice};
use contracts::format::{Instant, V1};
use contracts::id::{ParticipantId, QuestionId};
use contracts::jcs;
use serde::{Deserialize, Serialize};

use super::{App, Error, Hosted, event, not_counted, rules};
use crate::app::peer::{Answer, Caller, MessageKey, once, outgoing_body};
use crate::domain::event::QuestionEvent;
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::question::Counted;
use crate::domain::time::Timestamp;
use crate::identity::keys::Purpose;
use crate::identity::membership::{sign_ballot, verify_ballot};
use crate::text::say;

/// Body of `POST <base>/peer/v1/ballots`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BallotMessage {
    /// The ballot (compact JWS).
    pub ballot: String,
}

/// A ballot of this member, put on its way to who asks.
///
/// # Errors
/// [`Error::Malformed`] for words that cannot be said.
pub async fn cast(
    app: &App,
    hosted: &Hosted,
    operator: &ParticipantId,
    asked: (QuestionId, String),
    seat: String,
    said: (Choice, Option<String>),
) -> Result<String, Error> {
    let now = app.now();
    let ballot = Ballot {
        kind: BallotType::Ballot,
        v: V1,
        question: asked.0,
        asked: asked.1,
        seat,
        by: hosted.did().clone(),
        choice: said.0,
        words: said.1,
        at: Instant::from_seconds(now.seconds()),
    };
    ballot.check().map_err(|e| {
        Error::malformed(say("trust.member-malformed").with("what", e.what), format!("/{}", e.at))
    })?;
    let signed = sign_ballot(&ballot, &hosted.keys().current(Purpose::Sign, now)?.signer)?;
    let base = contracts::did::base_url(operator.as_str())
        .map_err(|e| Error::malformed(say("malformed.peer").with("what", e), "/operator"))?;
    let message = Outgoing {
        process: Process::Peer(operator.clone()),
        peer: operator.clone(),
        kind: "ballot",
        url: format!("{}/peer/v1/ballots", base.as_str().trim_end_matches('/')),
        body: outgoing_body(&BallotMessage { ballot: signed.clone() })?,
    };
    app.store
        .write(hosted.id(), move |tx| Box::pin(async move { Ok::<_, Error>(tx.enqueue(message).await?) }))
        .await?;
    Ok(signed)
}

/// Counts a ballot, or says why it does not count.
pub async fn receive(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: BallotMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let ballot = verify_ballot(&message.ballot, &caller.identity, Some(now))
        .map_err(|e| Error::malformed(say("trust.member-malformed").with("what", e), "/ballot"))?;
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let asked = tx.question(&ballot.question).await?.ok_or(Error::NotFound("question"))?;
            let file = rules(tx, &asked).await?;
            let body = file.framework.body(&asked.question.body).ok_or(Error::NotFound("body"))?;
            let counted = tx.ballots(&ballot.question).await?;
            let seats = tx.seats(&asked.question.framework).await?;
            let held = seats.iter().find(|one| one.body == body.id && one.seat == ballot.seat);
            let holder = held.map(|seat| &seat.holder);
            asked.count(body, &counted, &ballot, holder, now).map_err(not_counted)?;
            let digest = jcs::sha256_b64url(message.ballot.as_bytes());
            let one = Counted {
                seat: ballot.seat.clone(),
                holder: ballot.by.clone(),
                choice: ballot.choice,
                at: Timestamp::from_seconds(ballot.at.seconds()),
                ballot: message.ballot,
            };
            tx.insert_ballot(&ballot.question, &one).await?;
            tx.record(event(&asked, QuestionEvent::Ballot, Some(ballot.by), digest));
            Ok(Answer { status: 200, body: "{}".into() })
        })
    })
    .await
}
