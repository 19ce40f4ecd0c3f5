//! The catalogues of all members in memory: followed, read, written out.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use contracts::id::{DatasetId, MemberId};
use ontology::rung::Rung;
use oxigraph::model::{Triple, TripleRef};

use super::condition::Conditions;
use super::describe;
use super::entry::{Entry, Shown};
use super::serialise::{self, Format};
use super::slice::{Position, Seen, Slice, Subset};
use super::terms::Terms;
use super::triples::Triples;
use crate::domain::dataset::{Asker, Revision, Visibility, visibility};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;

/// Why the projection cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is being rebuilt after start.
    #[error("the catalogue is being read")]
    NotReady,
    /// What was to be written has changed meanwhile: begin again.
    #[error("the catalogue is changing")]
    Changed,
    #[error("writing RDF: {0}")]
    Write(#[from] std::io::Error),
}

/// For how long a revision that was replaced is still shown to those who had begun to read, in seconds.
pub const SNAPSHOT: i64 = 3600;

/// All members' catalogues as RDF.
#[derive(Default)]
pub struct Projection {
    inner: RwLock<Inner>,
    ready: AtomicBool,
}

#[derive(Default)]
struct Inner {
    terms: Terms,
    conditions: Conditions,
    members: HashMap<MemberId, Catalogue>,
}

struct Catalogue {
    datasets: BTreeMap<DatasetId, Entry>,
    /// When it last changed for everybody.
    changed: Timestamp,
    latest: [AtomicI64; 3],
}

/// The projection, standing still for as long as this is held.
pub struct Reading<'a>(RwLockReadGuard<'a, Inner>);

impl Projection {
    /// An empty projection, not ready yet.
    pub fn new() -> Self {
        Self::default()
    }

    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }
    /// Everything stored has been put: answers are complete from now on.
    pub fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    /// Takes in a dataset's newest revision. An older one than known, as a rebuild may bring, changes nothing.
    pub fn put(&self, member: &Member, revision: &Revision) {
        let parts = revision.described().map(|described| describe::parts(member, revision, described));
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        inner.put(member, revision, parts);
    }

    /// Takes in all revisions of a dataset, oldest first: dates of what each asker could notice come from them, so that
    /// they are the same after a restart. One that is known beyond them stays.
    pub fn replay(&self, member: &Member, revisions: &[Revision]) {
        let Some(last) = revisions.last() else { return };
        let parts = |revision: &Revision| revision.described().map(|d| describe::parts(member, revision, d));
        let all: Vec<_> = revisions.iter().map(|revision| (revision, parts(revision))).collect();
        let mut inner = self.inner.write().unwrap_or_else(PoisonError::into_inner);
        let Inner { terms, members, .. } = &mut *inner;
        if let Some(catalogue) = members.get_mut(&member.id) {
            match catalogue.datasets.get(&last.dataset) {
                Some(known) if known.revision > last.number => return,
                Some(_) => {
                    let known = catalogue.datasets.remove(&last.dataset);
                    known.iter().flat_map(Entry::every_part).for_each(|part| terms.leave(part));
                }
                None => {}
            }
        }
        all.into_iter().for_each(|(revision, parts)| inner.put(member, revision, parts));
    }

    /// Keeps triples that belong to no dataset for as long as the node runs.
    pub(super) fn enter(&self, triples: super::triples::Triples) -> Box<[super::terms::Ids]> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner).terms.enter(triples.0)
    }

    /// The projection as it is, not changing while this is held: publications wait for it.
    ///
    /// # Errors
    /// [`Error::NotReady`] until the rebuild after start is done.
    pub fn read(&self) -> Result<Reading<'_>, Error> {
        match self.is_ready() {
            true => Ok(Reading(self.inner.read().unwrap_or_else(PoisonError::into_inner))),
            false => Err(Error::NotReady),
        }
    }

    /// Which datasets of a member are on a page, for this asker.
    ///
    /// # Errors
    /// [`Error::NotReady`] until the rebuild after start is done.
    pub fn slice(
        &self,
        member: &MemberId,
        asker: Asker<'_>,
        subset: Subset,
        from: Option<&Position>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Slice, Error> {
        let reading = self.read()?;
        let none = Catalogue::default();
        let catalogue = reading.0.members.get(member).unwrap_or(&none);
        let at = from.map_or_else(|| catalogue.latest(asker, subset, now), |from| from.at);
        let start = from.map_or(Bound::Unbounded, |from| Bound::Excluded(&from.after));
        let mut seen: Vec<Seen> = Vec::new();
        for (id, entry) in catalogue.datasets.range::<DatasetId, _>((start, Bound::Unbounded)) {
            if subset.open && entry.rung != Some(Rung::Ouvert) {
                continue;
            }
            let Some(parts) = entry.parts(asker, now) else { continue };
            let since = entry.since(&parts);
            if subset.since.is_some_and(|from| since <= from) {
                continue;
            }
            if seen.len() == limit {
                let next = seen.last().map(|last| Position { at, after: last.dataset.clone() });
                return Ok(Slice { seen, at, changed: catalogue.changed, next });
            }
            // One who comes back after longer reads what is newest.
            let changed = since > at && since > now.plus_seconds(-SNAPSHOT);
            seen.push(Seen::of(id, entry, parts, changed));
        }
        Ok(Slice { seen, at, changed: catalogue.changed, next: None })
    }

    /// What changed last, newest first, for this asker.
    ///
    /// # Errors
    /// [`Error::NotReady`] until the rebuild after start is done.
    pub fn recent(
        &self,
        member: &MemberId,
        asker: Asker<'_>,
        subset: Subset,
        limit: usize,
        now: Timestamp,
    ) -> Result<Slice, Error> {
        let mut slice = self.slice(member, asker, subset, None, usize::MAX, now)?;
        slice.seen.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.dataset.cmp(&b.dataset)));
        slice.seen.truncate(limit);
        Ok(slice)
    }

    /// One dataset as this asker may see it; nothing if it may not know of it.
    ///
    /// # Errors
    /// [`Error::NotReady`] until the rebuild after start is done.
    pub fn one(
        &self,
        member: &MemberId,
        dataset: &DatasetId,
        asker: Asker<'_>,
        now: Timestamp,
    ) -> Result<Option<Slice>, Error> {
        let reading = self.read()?;
        let Some(entry) = reading.entry(member, dataset) else { return Ok(None) };
        let Some(parts) = entry.parts(asker, now) else { return Ok(None) };
        let seen = Seen::of(dataset, entry, parts, false);
        let since = seen.since;
        Ok(Some(Slice { seen: vec![seen], at: since, changed: since, next: None }))
    }

    /// Writes a page: what stands around, then each dataset; `older` has those that have changed since.
    ///
    /// # Errors
    /// [`Error::Changed`] when a dataset has another revision by now.
    pub fn write(
        &self,
        member: &MemberId,
        slice: &Slice,
        older: &HashMap<DatasetId, Triples>,
        around: &Triples,
        format: Format,
    ) -> Result<Vec<u8>, Error> {
        let reading = self.read()?;
        let mut triples: Vec<TripleRef<'_>> = around.0.iter().map(Triple::as_ref).collect();
        for seen in &slice.seen {
            if seen.changed {
                let parts = older.get(&seen.dataset);
                triples.extend(parts.into_iter().flat_map(|parts| &parts.0).map(Triple::as_ref));
                continue;
            }
            let entry = reading.entry(member, &seen.dataset).filter(|entry| entry.revision == seen.revision);
            let entry = entry.ok_or(Error::Changed)?;
            triples.extend(entry.triples(&seen.parts).filter_map(|ids| reading.terms().triple(ids)));
        }
        Ok(serialise::write(triples, format)?)
    }
}

impl Inner {
    fn put(&mut self, member: &Member, revision: &Revision, parts: Option<describe::Parts>) {
        let Self { terms, conditions, members } = self;
        let catalogue = members.entry(member.id.clone()).or_default();
        let known = catalogue.datasets.get(&revision.dataset);
        if known.is_some_and(|entry| entry.revision >= revision.number) {
            return;
        }
        let was_announced = known.is_some_and(Entry::is_announced);
        let announced = known.and_then(Entry::announced);
        let mut entry = Entry::withdrawn(revision);
        if let (Some(described), Some(parts)) = (revision.described(), parts) {
            entry.rung = Some(described.description.exposed());
            entry.bare_tag = serialise::digest(&parts.bare.0);
            if let Some(known) =
                known.filter(|known| known.rung.is_some() && known.bare_tag == entry.bare_tag)
            {
                entry.bare_since = known.bare_since;
            }
            entry.full = terms.enter(parts.full.0);
            entry.bare = terms.enter(parts.bare.0);
            let offers = described.offers.iter().zip(parts.offers).map(|(offer, triples)| Shown {
                id: offer.id.clone(),
                condition: conditions.of(&offer.policy),
                triples: terms.enter(triples.0),
            });
            entry.offers = offers.collect();
        }
        // What only some may read changes nothing for everybody.
        if announced != entry.announced() {
            catalogue.changed = catalogue.changed.max(revision.at);
        }
        entry.is_new = !was_announced;
        entry.ended = match (was_announced, entry.is_announced()) {
            (_, true) => None,
            (true, false) => Some(revision.at),
            (false, false) => known.and_then(|known| known.ended),
        };
        if was_announced || entry.is_announced() {
            catalogue.latest.iter().for_each(|latest| latest.store(UNKNOWN, Ordering::Relaxed));
        }
        // The new first: terms that stay keep their numbers.
        if let Some(old) = catalogue.datasets.insert(revision.dataset.clone(), entry) {
            old.every_part().for_each(|part| terms.leave(part));
        }
    }
}

impl Reading<'_> {
    pub fn terms(&self) -> &Terms {
        &self.0.terms
    }
    /// A member's datasets in the order of their identifiers, withdrawn ones included; who may see which is up to
    /// [`Entry::parts`].
    pub fn datasets(&self, member: &MemberId) -> impl Iterator<Item = (&DatasetId, &Entry)> {
        self.0.members.get(member).into_iter().flat_map(|catalogue| &catalogue.datasets)
    }
    pub fn entry(&self, member: &MemberId, dataset: &DatasetId) -> Option<&Entry> {
        self.0.members.get(member)?.datasets.get(dataset)
    }
}

/// Not computed since the last change.
const UNKNOWN: i64 = i64::MIN;

impl Default for Catalogue {
    fn default() -> Self {
        let latest = [UNKNOWN; 3].map(AtomicI64::new);
        Self { datasets: BTreeMap::new(), changed: Timestamp(0), latest }
    }
}

impl Catalogue {
    /// The last change that an asker could notice. What is invisible does not count.
    fn latest(&self, asker: Asker<'_>, subset: Subset, now: Timestamp) -> Timestamp {
        if let (Asker::Participant(_), false) = (asker, subset.open) {
            // A partner notices what a stranger does not.
            let noticed = |entry: &Entry| entry.parts(asker, now).map(|parts| entry.since(&parts));
            return self.datasets.values().filter_map(noticed).max().unwrap_or_default();
        }
        let place = match asker {
            _ if subset.open => 0,
            Asker::Anonymous => 1,
            Asker::Participant(_) | Asker::Member => 2,
        };
        let known = self.latest[place].load(Ordering::Relaxed);
        if known != UNKNOWN {
            return Timestamp(known);
        }
        let shown = self.datasets.values().filter(|entry| entry.is_announced());
        let since = |entry: &Entry| match (place, entry.rung) {
            (0, rung) if rung != Some(Rung::Ouvert) => Timestamp(0),
            (1, Some(rung)) if visibility(rung, false) == Visibility::Existence => entry.bare_since,
            _ => entry.at,
        };
        let latest = shown.map(since).max().unwrap_or_default();
        self.latest[place].store(latest.millis(), Ordering::Relaxed);
        latest
    }
}

#[cfg(test)]
mod tests;
