//! What an applicant or member says: it signs the charter, appeals, leaves.

use std::sync::Arc;

use contracts::id::{AgreementId, FrameworkId, ParticipantId};
use contracts::membership::{Reason, Said};

use super::receive::accepted;
use super::say::{Voice, WORD, send, word};
use super::{App, Error, Hosted, current, internal, not_now};
use crate::app::revocation;
use crate::domain::membership::{Membership, NotNow, Side, State};
use crate::store::Page;
use crate::text::say;

/// Signs the charter of the framework, as its words are in the version in force.
///
/// # Errors
/// [`Error::NotNow`] before the member was admitted.
pub async fn sign_charter(app: &App, hosted: &Hosted, framework: &FrameworkId) -> Result<Membership, Error> {
    let found = ours(app, hosted, framework).await?;
    if found.state != State::Admitted {
        return Err(not_now(NotNow { state: found.state.as_str(), expected: "admitted" }));
    }
    let versions = app.store.read(hosted.id()).await?.framework(framework).await?;
    let file = current(versions, app.now())?;
    let version = file.framework.version;
    let said = Said::Charter(accepted(&file));
    let signed = word(&Voice::of(app, hosted)?, framework, version, hosted.did(), said)?;
    sent(app, hosted, found, signed.clone(), Some(signed), false).await
}

/// Contests where the membership stands.
///
/// # Errors
/// [`Error::NotNow`] when there is nothing to contest.
pub async fn appeal(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    words: String,
) -> Result<Membership, Error> {
    let found = ours(app, hosted, framework).await?;
    if !matches!(found.state, State::Refused | State::Suspended | State::Excluded) {
        let expected = "refused, suspended, excluded";
        return Err(not_now(NotNow { state: found.state.as_str(), expected }));
    }
    let signed = reason(app, hosted, &found, Said::Appeal(Reason { words }))?;
    sent(app, hosted, found, signed, None, false).await
}

/// Leaves the framework. With `contracts`, those with its members end at the same time, by a signed revocation each:
/// transfers stop, and the others are told.
///
/// # Errors
/// [`Error::NotNow`] for who is no member and has not applied.
pub async fn leave(
    app: &App,
    hosted: &Arc<Hosted>,
    framework: &FrameworkId,
    words: String,
    contracts: bool,
) -> Result<(Membership, Vec<AgreementId>), Error> {
    let found = ours(app, hosted, framework).await?;
    if matches!(found.state, State::Left | State::Refused | State::Excluded | State::Appealed { .. }) {
        let expected = "sent, applied, admitted, member, suspended";
        return Err(not_now(NotNow { state: found.state.as_str(), expected }));
    }
    let signed = reason(app, hosted, &found, Said::Exit(Reason { words: words.clone() }))?;
    let left = sent(app, hosted, found, signed, None, true).await?;
    let mut ended = Vec::new();
    // Each end is a write of its own: what is not ended when the machine stops is ended by asking again.
    if contracts {
        for agreement in with_members(app, hosted, framework).await? {
            revocation::revoke(app, hosted, &agreement, &words).await?;
            ended.push(agreement);
        }
    }
    Ok((left, ended))
}

/// Contracts in force with those whom the operator lists.
async fn with_members(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
) -> Result<Vec<AgreementId>, Error> {
    const STEP: usize = 200;
    let mut reader = app.store.read(hosted.id()).await?;
    let members: Vec<ParticipantId> =
        reader.directory(framework).await?.into_iter().map(|entry| entry.did).collect();
    let (mut found, mut page) = (Vec::new(), Page::first(STEP));
    loop {
        let some = reader.agreements(&page).await?;
        let (count, last) = (some.len(), some.last().map(|one| one.id.to_string()));
        let live = some.into_iter().filter(|one| one.revoked.is_none() && members.contains(&one.peer));
        found.extend(live.map(|one| one.id));
        match last {
            Some(last) if count == STEP => page.after = Some(last),
            _ => return Ok(found),
        }
    }
}

fn reason(app: &App, hosted: &Hosted, found: &Membership, said: Said) -> Result<String, Error> {
    let checked = match &said {
        Said::Appeal(reason) | Said::Exit(reason) => !reason.words.trim().is_empty(),
        _ => true,
    };
    if !checked {
        return Err(Error::malformed(say("trust.member-words"), "/words"));
    }
    word(&Voice::of(app, hosted)?, &found.framework, found.version, hosted.did(), said)
}

async fn ours(app: &App, hosted: &Hosted, framework: &FrameworkId) -> Result<Membership, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let found = reader.membership(framework, Side::Applicant, hosted.did()).await?;
    found.ok_or(Error::NotFound("membership"))
}

/// Keeps what was said and puts it on its way.
async fn sent(
    app: &App,
    hosted: &Hosted,
    mut found: Membership,
    signed: String,
    charter: Option<String>,
    leaves: bool,
) -> Result<Membership, Error> {
    let now = app.now();
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                found.held.charter = charter.or(found.held.charter);
                found.updated = now;
                if leaves {
                    let (next, event) = found.leaving();
                    found = next;
                    tx.record(event);
                }
                tx.save_membership(&found).await?;
                send(tx, &found.operator, WORD, signed).await?;
                let again = tx.membership(&found.framework, found.side, &found.applicant).await?;
                again.ok_or_else(|| internal("a membership that was saved is not there"))
            })
        })
        .await?;
    Ok(saved.value)
}
