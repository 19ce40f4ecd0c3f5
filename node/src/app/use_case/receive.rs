//! What the others say of a use case: `POST /peer/v1/use-cases`.

use std::sync::Arc;

use contracts::framework::Phase;
use contracts::use_case::{Decided, Proposal, Said, Word};
use serde::{Deserialize, Serialize};

use super::judge::{must_be_member, reasons};
use super::say::tell;
use super::step::{ask, audited, settle};
use super::{App, Error, Hosted, Voice, credential};
use crate::app::membership::{has_ended, own};
use crate::app::peer::{Answer, Caller, MessageKey, once};
use crate::domain::event::UseCaseEvent;
use crate::domain::use_case::{Deed, Ending, Pending, Put, Side, State, UseCase};
use crate::identity::use_case::{proposal_of, verify_word};
use crate::store::Tx;
use crate::text::say;

/// Most use cases of one member in one framework that are not over.
const MOST: usize = 100;

/// Body of `POST <base>/peer/v1/use-cases`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordMessage {
    /// The word (compact JWS).
    pub word: String,
}

/// Takes a word: a member's as the operator, the operator's as a party.
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
    let decided = matches!(&word.said, Said::Decision(_));
    let case = word.case.clone();
    let answer = once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            match &word.said {
                Said::Decision(decided) => heard(tx, &voice, &word, decided).await?,
                Said::Proposal(proposal) => {
                    proposed(tx, &voice, &word, proposal.clone(), message.word).await?;
                }
                Said::Step(asked) => {
                    let found = of_proposer(tx, &word).await?;
                    must_be_member(tx, &voice, &found.framework, &word.by).await?;
                    ask(tx, &voice, found, asked.to).await?;
                }
                Said::Abandon(reason) => {
                    let found = of_proposer(tx, &word).await?;
                    settle(tx, &voice, found, Some(Deed::Abandon), vec![reason.words.clone()]).await?;
                }
                Said::Audit(audit) => {
                    let found = of(tx, &word).await?;
                    audited(tx, &voice, found, &word.by, audit, message.word).await?;
                }
            }
            Ok(Answer { status: 200, body: "{}".into() })
        })
    })
    .await?;
    if decided && let Err(error) = credential::fetch(app, hosted, &case).await {
        tracing::warn!(%error, member = %hosted.id(), "the credential of the use case is not asked for; ask by hand");
    }
    Ok(answer)
}

/// A proposal: judged by the rules at once.
async fn proposed(
    tx: &mut Tx<'_>,
    voice: &Voice,
    word: &Word,
    proposal: Proposal,
    signed: String,
) -> Result<(), Error> {
    let file = own(tx, &word.framework, voice.now).await?;
    must_be_member(tx, voice, &word.framework, &word.by).await?;
    let version = file.framework.version;
    if has_ended(&file, voice.now) {
        return Err(Error::Conflict(say("trust.ended")));
    }
    if word.version != version {
        return Err(Error::Conflict(say("trust.member-other-version").with("version", version)));
    }
    let live = tx.live_use_cases().await?;
    let theirs = live.iter().filter(|one| one.framework == word.framework && one.proposer == word.by);
    if theirs.count() >= MOST {
        return Err(Error::Conflict(say("trust.case-many").with("most", MOST)));
    }
    let reasons = reasons(tx, voice, &file, &proposal).await?;
    let state = match reasons.is_empty() {
        true => State::At { phase: Phase::Idee, pending: None },
        false => State::Over(Ending::Refused),
    };
    let new = UseCase {
        id: word.case.clone(),
        framework: word.framework.clone(),
        version,
        side: Side::Operator,
        operator: voice.did.clone(),
        proposer: word.by.clone(),
        state,
        since: voice.now,
        approved: false,
        audit: None,
        proposal,
        signed,
        reasons,
        created: voice.now,
        updated: voice.now,
        row: 1,
    };
    tx.insert_use_case(&new).await?;
    tx.record(new.event(UseCaseEvent::Proposed));
    if new.state.ending().is_some() {
        tx.record(new.event(UseCaseEvent::Refused));
    }
    tell(tx, voice, &new).await
}

/// As a party: the operator says where it stands.
async fn heard(tx: &mut Tx<'_>, voice: &Voice, word: &Word, decided: &Decided) -> Result<(), Error> {
    let malformed =
        |what: String| Error::malformed(say("trust.member-malformed").with("what", what), "/word");
    let ending = match decided.ending.as_deref() {
        Some(text) => Some(Ending::parse(text).ok_or_else(|| malformed(text.into()))?),
        None => None,
    };
    let put = decided.questions.iter().map(|question| Put { question: question.clone(), yes: false });
    // To where is not said: the question says it.
    let pending = (!decided.questions.is_empty()).then(|| Pending { to: decided.phase, put: put.collect() });
    let state = State::parse(decided.phase.as_str(), ending, pending);
    let state = state.ok_or_else(|| malformed(decided.phase.as_str().into()))?;
    let found = match tx.use_case(Side::Party, &word.case).await? {
        Some(found) => found,
        None => begin(tx, voice, word, decided).await?,
    };
    if found.operator != word.by || found.framework != word.framework {
        return Err(Error::NotFound("use case"));
    }
    let (mut next, event) = found.heard(state, decided.approved, decided.reasons.clone());
    next.updated = voice.now;
    tx.save_use_case(&next).await?;
    tx.record(event);
    Ok(())
}

/// A use case of somebody else that gives data to this member, under a framework whose rules are here.
async fn begin(tx: &mut Tx<'_>, voice: &Voice, word: &Word, decided: &Decided) -> Result<UseCase, Error> {
    let versions = tx.framework(&word.framework).await?;
    if !versions.iter().any(|one| one.publisher == word.by) {
        return Err(Error::NotFound("framework"));
    }
    let proposed = proposal_of(&decided.proposal)
        .map_err(|e| Error::malformed(say("trust.member-malformed").with("what", e), "/word"))?;
    let Said::Proposal(proposal) = proposed.said else { return Err(Error::NotFound("use case")) };
    if proposed.case != word.case || !proposal.recipients.contains(&voice.did) {
        return Err(Error::NotFound("use case"));
    }
    let new = UseCase {
        id: word.case.clone(),
        framework: word.framework.clone(),
        version: word.version,
        side: Side::Party,
        operator: word.by.clone(),
        proposer: proposed.by,
        state: State::Sent,
        since: voice.now,
        approved: false,
        audit: None,
        proposal,
        signed: decided.proposal.clone(),
        reasons: Vec::new(),
        created: voice.now,
        updated: voice.now,
        row: 1,
    };
    tx.insert_use_case(&new).await?;
    Ok(new)
}

/// The use case a word is about, as the operator keeps it.
async fn of(tx: &mut Tx<'_>, word: &Word) -> Result<UseCase, Error> {
    let found = tx.use_case(Side::Operator, &word.case).await?;
    found.filter(|found| found.framework == word.framework).ok_or(Error::NotFound("use case"))
}

/// The same, for who proposed it.
async fn of_proposer(tx: &mut Tx<'_>, word: &Word) -> Result<UseCase, Error> {
    let found = of(tx, word).await?;
    match found.proposer == word.by {
        true => Ok(found),
        false => Err(Error::malformed(say("trust.member-of-others"), "/word")),
    }
}
