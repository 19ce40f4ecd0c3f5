//! What the others say of a request: `POST /peer/v1/access-requests`.

use std::sync::Arc;

use contracts::access_request::{Decided, Opinion, Put, Said, Wanted, Word};
use contracts::framework::{FrameworkFile, Silence};
use contracts::id::ParticipantId;
use ontology::purpose::Purpose;
use policies::framework::{Listed, listed};
use serde::{Deserialize, Serialize};

use super::say::{WORD, send, tell, word};
use super::settle::settle;
use super::{App, Error, Hosted, Voice, both, not_counted};
use crate::app::membership::current;
use crate::app::peer::{Answer, Caller, MessageKey, once};
use crate::config::AccessRequests;
use crate::domain::access_request::{AccessRequest, Given, Review, Side, State};
use crate::domain::calendar::Deadline;
use crate::domain::dataset::{Asker, Visibility};
use crate::domain::event::RequestEvent;
use crate::domain::time::Timestamp;
use crate::identity::access_request::{read_word, verify_word};
use crate::store::Tx;
use crate::text::say;

/// Most requests of one peer that are open.
const MOST: usize = 20;
const DAY: i64 = 86_400;

/// Body of `POST <base>/peer/v1/access-requests`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordMessage {
    /// The word (compact JWS).
    pub word: String,
}

/// Takes a word: a request as the owner, an opinion too; a decision as who asked; and that an opinion is asked for.
pub async fn receive(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: WordMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let word = verify_word(&message.word, &caller.identity, app.now())
        .map_err(|e| Error::malformed(say("trust.member-malformed").with("what", e), "/word"))?;
    let voice = Voice::of(app, hosted)?;
    let settings = app.config.access_requests.clone();
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            match &word.said {
                Said::Request(wanted) => {
                    asked(tx, &voice, &settings, &word, wanted.clone(), message.word).await?;
                }
                Said::Put(put) => self::put(tx, &voice, &word, put).await?,
                Said::Opinion(opinion) => opined(tx, &voice, &word, opinion, message.word).await?,
                Said::Decision(decided) => heard(tx, &voice, &word, decided).await?,
            }
            Ok(Answer { status: 200, body: "{}".into() })
        })
    })
    .await
}

/// A request for one of our datasets. Of what who asks may not know nothing is said and nothing is kept.
async fn asked(
    tx: &mut Tx<'_>,
    voice: &Voice,
    settings: &AccessRequests,
    word: &Word,
    wanted: Wanted,
    signed: String,
) -> Result<(), Error> {
    let revision = tx.dataset(&wanted.dataset).await?;
    let seen =
        revision.map_or(Visibility::Nothing, |one| one.seen(Asker::Participant(&word.by), voice.now).0);
    if seen == Visibility::Nothing {
        return Err(no(both("trust.request-no-dataset", &[])));
    }
    let before = tx.access_requests_of(&word.by).await?;
    let open = || before.iter().filter(|one| one.state == State::Open);
    if open().any(|one| one.wanted.dataset == wanted.dataset) {
        return Err(no(both("trust.request-open", &[])));
    }
    if open().count() >= MOST {
        return Err(no(both("trust.request-many", &[("most", &MOST.to_string())])));
    }
    let rules = match &wanted.framework {
        None => None,
        Some(framework) => {
            let mut versions = tx.framework(framework).await?;
            versions.retain(|one| one.adopted.is_some() || one.publisher == voice.did);
            Some(current(versions, voice.now).map_err(|_| no(both("trust.request-framework", &[])))?)
        }
    };
    let (days, silence) = match rules.as_ref().and_then(|file| file.framework.parts.use_cases.requests) {
        Some(requests) => (requests.days, requests.silence),
        None => (settings.days, Silence::Refuses),
    };
    let review = |(role, of): (_, Option<ParticipantId>)| {
        let of = of.filter(|of| *of != voice.did);
        Review { role, of, given: None }
    };
    let mut new = AccessRequest {
        id: word.request.clone(),
        side: Side::Owner,
        peer: word.by.clone(),
        reasons: refusals(rules.as_ref(), &wanted, voice.now),
        wanted,
        signed,
        state: State::Open,
        reviews: settings.reviews().into_iter().map(review).collect(),
        due: Some(Deadline(voice.now.plus_seconds(i64::from(days) * DAY))),
        silence,
        offer: None,
        negotiation: None,
        appeal: None,
        created: voice.now,
        updated: voice.now,
        row: 1,
    };
    let refused = !new.reasons.is_empty();
    if refused {
        new.state = State::Refused;
        new.appeal = Some(super::settle::appeal(tx, voice, &new).await?);
    }
    tx.insert_access_request(&new).await?;
    tx.record(new.event(RequestEvent::Received));
    if refused {
        tx.record(new.event(RequestEvent::Refused));
        return tell(tx, voice, &new).await;
    }
    for review in &new.reviews {
        if let Some(of) = &review.of {
            let due = contracts::format::Instant::from_seconds(new.due.map_or(0, |due| due.0.seconds()));
            let put = Said::Put(Put { role: review.role, asked: new.signed.clone(), due });
            send(tx, of, &new.id, WORD, self::word(voice, &new.id, put)?).await?;
        }
    }
    tell(tx, voice, &new).await
}

/// A refusal that does not pass by being sent again.
fn no(reason: String) -> Error {
    Error::NotAllowed { reasons: vec![reason] }
}

/// What no opinion can allow.
fn refusals(rules: Option<&FrameworkFile>, wanted: &Wanted, now: Timestamp) -> Vec<String> {
    let purpose: String = wanted.purpose.chars().take(200).collect();
    let said = |key| both(key, &[("purpose", &purpose)]);
    let mut reasons = Vec::new();
    match (Purpose::parse(&wanted.purpose), rules) {
        (None, _) => reasons.push(said("trust.case-unknown")),
        (Some(_), Some(file)) => match listed(&file.framework.parts.rules.purposes, &wanted.purpose) {
            Listed::Prohibited => reasons.push(said("trust.case-prohibited")),
            Listed::Unlisted | Listed::Unknown => reasons.push(said("trust.case-unlisted")),
            Listed::Allowed => {}
        },
        (Some(purpose), None) if purpose.is_prohibited() => {
            reasons.push(both("refusal.prohibited-purpose", &[]))
        }
        (Some(_), None) => {}
    }
    if let Some(ends) = wanted.ends.filter(|ends| ends.seconds() <= now.seconds()) {
        reasons.push(both("trust.case-ended", &[("ends", &ends.to_string())]));
    }
    reasons
}

/// As who is asked for an opinion: by the owner, of a request that somebody signed.
async fn put(tx: &mut Tx<'_>, voice: &Voice, word: &Word, put: &Put) -> Result<(), Error> {
    let malformed =
        |what: String| Error::malformed(say("trust.member-malformed").with("what", what), "/word");
    let asked = read_word(&put.asked).map_err(|e| malformed(e.to_string()))?;
    let Said::Request(wanted) = asked.said else { return Err(malformed("no request".into())) };
    if asked.request != word.request {
        return Err(malformed("another request".into()));
    }
    let new = AccessRequest {
        id: word.request.clone(),
        side: Side::Reviewer,
        peer: word.by.clone(),
        wanted,
        signed: put.asked.clone(),
        state: State::Open,
        reviews: vec![Review { role: put.role, of: None, given: None }],
        due: Some(Deadline(Timestamp::from_seconds(put.due.seconds()))),
        silence: Silence::Refuses,
        offer: None,
        negotiation: None,
        reasons: Vec::new(),
        appeal: None,
        created: voice.now,
        updated: voice.now,
        row: 1,
    };
    tx.insert_access_request(&new).await?;
    tx.record(new.event(RequestEvent::Put));
    Ok(())
}

/// As the owner: who was asked for an opinion gives it.
async fn opined(
    tx: &mut Tx<'_>,
    voice: &Voice,
    word: &Word,
    opinion: &Opinion,
    signed: String,
) -> Result<(), Error> {
    let found = tx.access_request(Side::Owner, &word.request).await?;
    let found = found.filter(|found| found.reviews.iter().any(|review| review.of.as_ref() == Some(&word.by)));
    let found = found.ok_or(Error::NotFound("access request"))?;
    let given = Given { yes: opinion.yes, words: opinion.words.clone(), word: signed };
    let (next, event) = found.opine(opinion.role, Some(&word.by), given, voice.now).map_err(not_counted)?;
    settle(tx, voice, next, Some(event)).await.map(drop)
}

/// As who asks: the owner says where it stands.
async fn heard(tx: &mut Tx<'_>, voice: &Voice, word: &Word, decided: &Decided) -> Result<(), Error> {
    let found = tx.access_request(Side::Asker, &word.request).await?;
    let found = found.filter(|found| found.peer == word.by).ok_or(Error::NotFound("access request"))?;
    let state = State::parse(&decided.state).filter(|state| *state != State::Sent);
    let state = state.ok_or_else(|| {
        Error::malformed(say("trust.member-malformed").with("what", &decided.state), "/word")
    })?;
    let mut next = found;
    next.due = Some(Deadline(Timestamp::from_seconds(decided.due.seconds())));
    next.offer = decided.offer.clone();
    next.reasons = decided.reasons.clone();
    next.appeal = decided.appeal.clone();
    next.updated = voice.now;
    let (next, event) = next.stands(state, RequestEvent::Heard);
    tx.save_access_request(&next).await?;
    tx.record(event);
    Ok(())
}
