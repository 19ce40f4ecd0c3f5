//! Data requests whose token or proof is not right: nothing is decided and nothing leaves, but the provider's log says
//! that somebody tried, when it was with a token of ours or for a transfer of ours.
//!
//! Bounded, so that a flood of them cannot fill the log: one entry per transfer and cause in a minute, which says how
//! many there were since the last one, and so many entries of a member in a minute. The bound lives in memory: it thins
//! records, and decides nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use contracts::id::{AgreementId, DatasetId, MemberId, ParticipantId, Pid};

use crate::app::{App, Error, Hosted};
use crate::domain::event::{Access, AccessEvent, Cause, Event};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::identity::token::DataClaims;

/// The span of the bounds, in seconds.
const SPAN: i64 = 60;
/// Most entries of one member in it.
const MOST: u32 = 60;
/// Transfers and causes remembered; beyond them nothing new is recorded until some are forgotten.
const KEPT: usize = 4096;

/// What was recorded lately.
#[derive(Debug, Default)]
pub struct Unproven(Mutex<Lately>);

#[derive(Debug, Default)]
struct Lately {
    of: HashMap<(MemberId, Pid, Cause), (Timestamp, u64)>,
    members: HashMap<MemberId, (Timestamp, u32)>,
}

impl Unproven {
    /// How many attempts an entry made now stands for; `None` when it is not to be made.
    fn enter(&self, member: &MemberId, transfer: &Pid, cause: Cause, now: Timestamp) -> Option<u64> {
        let mut lately = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.plus_seconds(-SPAN);
        let key = (member.clone(), transfer.clone(), cause);
        if lately.of.len() >= KEPT && !lately.of.contains_key(&key) {
            lately.of.retain(|_, (at, _)| *at > since);
            if lately.of.len() >= KEPT {
                return None;
            }
        }
        let (at, missed) = lately.of.get(&key).copied().unwrap_or((since, 0));
        let (begun, count) = lately.members.get(member).copied().unwrap_or((now, 0));
        let (begun, count) = if begun <= since { (now, 0) } else { (begun, count) };
        if at > since || count >= MOST {
            lately.of.insert(key, (at, missed + 1));
            return None;
        }
        lately.of.insert(key, (now, 0));
        lately.members.insert(member.clone(), (begun, count + 1));
        Some(missed + 1)
    }
}

/// Records an attempt on the transfer that the address or a token of ours names, if there is one. What fails here is
/// said in the process's log only: the caller is refused in any case.
pub async fn note(app: &App, hosted: &Arc<Hosted>, named: &str, claims: Option<&DataClaims>, cause: Cause) {
    let Some(about) = about(app, hosted, named, claims).await else { return };
    let Some(times) = app.unproven.enter(hosted.id(), &about.transfer, cause, app.now()) else { return };
    let event = Event::Access(Access {
        what: AccessEvent::Unproven { cause, times },
        reference: random::reference(app.now()),
        transfer: about.transfer,
        agreement: Some(about.agreement),
        dataset: about.dataset,
        peer: about.peer,
    });
    let written = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            tx.record(event);
            Ok::<_, Error>(())
        })
    });
    if let Err(error) = written.await {
        tracing::warn!(%error, member = %hosted.id(), "an attempt without proof is not recorded");
    }
}

struct About {
    transfer: Pid,
    agreement: AgreementId,
    dataset: Option<DatasetId>,
    peer: ParticipantId,
}

async fn about(app: &App, hosted: &Hosted, named: &str, claims: Option<&DataClaims>) -> Option<About> {
    let pid = match claims {
        Some(claims) => claims.tp.clone(),
        None => Pid::from_segment(named).ok()?,
    };
    let found = app.store.transfer(hosted.id(), &pid).await.ok()?;
    match (found.filter(|t| t.role == Role::Provider), claims) {
        (Some(t), _) => {
            Some(About { transfer: pid, agreement: t.agreement, dataset: Some(t.dataset), peer: t.peer })
        }
        // Signed by us, for a transfer that is no more.
        (None, Some(c)) => {
            Some(About { transfer: pid, agreement: c.agr.clone(), dataset: None, peer: c.sub.clone() })
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_leaves_few_entries_and_is_counted() {
        let gate = Unproven::default();
        let member = MemberId::parse("m").unwrap();
        let pid = |n: usize| Pid::parse(format!("t{n}")).unwrap();
        let now = Timestamp(1_000_000);
        assert_eq!(gate.enter(&member, &pid(0), Cause::Proof, now), Some(1));
        for _ in 0..1000 {
            assert_eq!(gate.enter(&member, &pid(0), Cause::Proof, now), None);
        }
        assert_eq!(gate.enter(&member, &pid(0), Cause::Token, now), Some(1), "another cause");
        let made = (1..10_000).filter(|n| gate.enter(&member, &pid(*n), Cause::Proof, now).is_some()).count();
        assert_eq!(made, MOST as usize - 2);
        assert!(gate.0.lock().unwrap().of.len() <= KEPT);
        let later = now.plus_seconds(SPAN + 1);
        assert_eq!(gate.enter(&member, &pid(0), Cause::Proof, later), Some(1001));
    }
}
