//! Facts that only some policies ask for: of the dataset, and of what its recipient gives in return.

use contracts::id::{DatasetId, MemberId, ParticipantId};
use policies::{Compiled, Facts, Uses};

use super::attested;
use crate::app::{App, Error};
use crate::config::{Proof, Rules};
use crate::domain::agreement::Agreement;
use crate::domain::credential::Attested;
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::log::decision::Right;
use crate::store::{Held, Reader, Tx};

/// What was looked up for a policy.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    held: Option<Held>,
    uses: Option<(u64, u64)>,
    given: Option<Vec<Agreement>>,
    attested: Option<Vec<Attested>>,
}

macro_rules! look {
    ($name:ident, $from:ty) => {
        /// Looks up what a policy asks of a dataset and of the peer, and no more.
        pub(crate) async fn $name(
            from: &mut $from,
            policy: &Compiled,
            dataset: &DatasetId,
            peer: &ParticipantId,
        ) -> Result<Looked, Error> {
            let mut looked = Looked::default();
            if policy.asks_of_dataset() {
                looked.held = from.dataset_source(dataset).await?;
            }
            // Counted row by row: only for who asks.
            if policy.asks_of_uses() {
                looked.uses = Some(from.uses_of(dataset, peer).await?);
            }
            if policy.asks_of_return() {
                looked.given = Some(from.agreements_with(peer).await?);
            }
            if policy.asks_of_recipient() {
                looked.attested = Some(from.attested(peer).await?);
            }
            Ok(looked)
        }
    };
}

look!(look, Tx<'_>);
look!(look_before, Reader);

impl Looked {
    /// The facts, beside those that are known anyway.
    pub(crate) fn add(self, app: &App, member: &MemberId, facts: &mut Facts, now: Timestamp) {
        let accept_unsigned = app.config.contracts.accept_unsigned;
        if let Some(attested) = &self.attested {
            let rules = rules(app, member);
            let patience = i64::try_from(app.config.credentials.patience_s).unwrap_or(i64::MAX);
            let counts = |one: &&Attested| rules.knows(&one.issuer) && one.counts(now, patience);
            let attested: Vec<&Attested> = attested.iter().filter(counts).collect();
            // Who asks every peer for credentials takes nobody's word.
            attested::add(&attested, facts, !rules.accepts(Proof::Did));
        }
        if let Some(held) = self.held {
            facts.table = held.table.as_deref().cloned();
            facts.embargo = held.embargo.map(|day| day.0.midnight().assume_utc());
        }
        facts.uses = self.uses.map(|(dataset, assignee)| Uses { assignee, dataset });
        let in_force = |one: &Agreement| {
            one.role == Role::Consumer && Right::of(one, accept_unsigned).lacks(Some(now.to_date())).is_none()
        };
        facts.given = self.given.map(|all| {
            let mut given: Vec<String> =
                all.iter().filter(|one| in_force(one)).map(|one| one.dataset.to_string()).collect();
            given.sort_unstable();
            given.dedup();
            given
        });
    }
}

fn rules(app: &App, member: &MemberId) -> Rules {
    let name = app.members.get(member).map(|hosted| hosted.member.name.clone()).unwrap_or_default();
    app.config.credentials.rules(&name)
}
