//! Duties of contracts: dated when both have signed, watched by each side, settled by a signed notice.

mod receive;
pub mod round;
mod settle;

use contracts::id::AgreementId;
use contracts::odrl::Policy;

pub use receive::{NoticeMessage, receive};
pub use settle::{Wanted, settle};

use super::negotiation::wire::parse;
use super::{App, Error, Hosted};
use crate::config::Duties;
use crate::domain::agreement::Agreement;
use crate::domain::calendar::Calendar;
use crate::domain::duty::Duty;
use crate::store::{Page, Tx};
use crate::text;

/// Duties of the member, by contract, after a cursor.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<Duty>, Error> {
    Ok(app.store.read(hosted.id()).await?.duties(page).await?)
}

/// Those whose omission the member lists publicly.
pub async fn listed(app: &App, hosted: &Hosted) -> Result<Vec<Duty>, Error> {
    Ok(app.store.read(hosted.id()).await?.listed_duties().await?)
}

/// Dates what an agreement obliges to, when both have signed it. What is there already stays.
pub(crate) async fn begin(tx: &mut Tx<'_>, agreement: &Agreement) -> Result<(), Error> {
    // A policy that is not understood was never signed here, unless by a person of another program.
    let policy = Policy::try_from(parse(&agreement.policy)?).ok().filter(|one| !one.obligation.is_empty());
    let Some(policy) = policy.and_then(|policy| policies::compile(&policy).ok()) else { return Ok(()) };
    for owed in policies::owed(&policy) {
        tx.insert_duty(&Duty::of(agreement, owed)).await?;
    }
    Ok(())
}

/// Why no transfer of a contract may start: a duty that was not done.
pub(crate) async fn refusal(
    app: &App,
    tx: &mut Tx<'_>,
    agreement: &AgreementId,
) -> Result<Option<Vec<String>>, Error> {
    let lang = app.config.language();
    let reasons = tx.duties_of(agreement).await?.into_iter().filter(Duty::suspends).map(|duty| {
        let due = duty.deadline.map(|deadline| deadline.0.rfc3339()).unwrap_or_default();
        text::fill(lang, "refusal.duty", &[("action", &duty.action), ("due", &due)])
    });
    let reasons: Vec<String> = reasons.collect();
    Ok((!reasons.is_empty()).then_some(reasons))
}

/// The next time of a duty that is to be done again.
async fn again(tx: &mut Tx<'_>, duty: &Duty, agreement: &Agreement) -> Result<(), Error> {
    let revoked = agreement.revoked.as_ref().map(|revoked| revoked.at);
    let ended = revoked.into_iter().chain(agreement.until).min();
    if let Some(next) = duty.next(ended) {
        tx.insert_duty(&next).await?;
    }
    Ok(())
}

fn calendar(duties: &Duties) -> Calendar {
    let days = |days: u32| i64::from(days) * 86_400;
    let after = |set: u32| (set > 0).then(|| days(set));
    Calendar {
        remind: days(duties.remind_days),
        suspend: after(duties.suspend_days),
        list: after(duties.list_days),
    }
}
