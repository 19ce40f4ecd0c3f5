//! The triples of catalogues, to be looked up by any of their terms. Made at the first query and brought up to date at
//! each: who never asks in SPARQL pays nothing for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use contracts::id::{DatasetId, MemberId};
use oxigraph::model::NamedNode;
use oxigraph::model::vocab::rdf;

use super::Refusal;
use super::orders::Orders;
use super::run::Asked;
use crate::domain::dataset::{Asker, Visibility, visibility};
use crate::domain::time::Timestamp;
use crate::graph::describe;
use crate::graph::entry::{Entry, Parts};
use crate::graph::projection::Reading;
use crate::graph::slice::Subset;
use crate::graph::terms::{Id, Ids};
use crate::graph::triples::{dcat, named};

/// Askers whose own triples are kept between queries.
const KEPT: usize = 16;
/// Datasets read while publications wait.
const AT_ONCE: usize = 1_000;

/// One index for each member asked about.
#[derive(Default)]
pub struct Indexes(Mutex<HashMap<MemberId, Arc<Mutex<Index>>>>);

/// What everybody sees, and what this asker sees besides.
pub(super) type Seen = (Arc<Orders>, Arc<Orders>);

#[derive(Default)]
struct Index {
    /// The catalogue's own node, and what leads from it to a dataset.
    link: Option<[Id; 2]>,
    shared: Arc<Orders>,
    /// How many datasets have a shared triple, where it is more than one.
    counts: HashMap<Ids, u32>,
    /// Revision of each dataset, and its shared triples.
    known: BTreeMap<DatasetId, (i64, Box<[Ids]>)>,
    /// Datasets of which not everybody sees the same.
    varying: BTreeSet<DatasetId>,
    /// By asker, since the last change.
    own: Vec<(Option<String>, Arc<Orders>)>,
}

impl Indexes {
    pub(super) fn seen(&self, asked: &Asked<'_>) -> Result<Seen, Refusal> {
        let index = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(asked.member.id.clone()).or_default())
        };
        let mut index = index.lock().unwrap_or_else(PoisonError::into_inner);
        let link = match index.link {
            Some(link) => link,
            None => {
                let (triples, link) = around(asked)?;
                index.shared = Arc::new(Orders::of(triples.into()));
                *index.link.insert(link)
            }
        };
        let first = index.known.is_empty();
        let mut new: Vec<Ids> = Vec::new();
        loop {
            let reading = read(asked)?;
            let changed = index.changed(&reading, &asked.member.id, link);
            if changed.is_empty() {
                if first {
                    index.fill(new);
                }
                let own = index.own(&reading, asked, link);
                return Ok((Arc::clone(&index.shared), own));
            }
            // Publications need not wait for what follows.
            drop(reading);
            index.own.clear();
            for (id, revision, now) in changed {
                if let Some((_, old)) = index.known.remove(&id)
                    && !first
                {
                    index.forget(&old);
                }
                match first {
                    true => new.extend(&now),
                    false => index.add(&now),
                }
                index.known.insert(id, (revision, now));
            }
        }
    }
}

impl Index {
    /// Some of the datasets that have changed, with their shared triples.
    fn changed(
        &mut self,
        reading: &Reading<'_>,
        member: &MemberId,
        link: [Id; 2],
    ) -> Vec<(DatasetId, i64, Box<[Ids]>)> {
        let known = |id: &DatasetId, entry: &Entry| {
            self.known.get(id).is_some_and(|(revision, _)| *revision == entry.revision)
        };
        let changed = reading.datasets(member).filter(|(id, entry)| !known(id, entry)).take(AT_ONCE);
        let mut out = Vec::new();
        let mut varying = Vec::new();
        for (id, entry) in changed {
            let now =
                steady(entry).map(|parts| triples(reading, link, id, entry, &parts)).unwrap_or_default();
            varying.push((id.clone(), varies(entry)));
            out.push((id.clone(), entry.revision, now));
        }
        for (id, varies) in varying {
            match varies {
                true => self.varying.insert(id),
                false => self.varying.remove(&id),
            };
        }
        out
    }

    /// Takes in all triples at once: far faster than one by one.
    fn fill(&mut self, mut all: Vec<Ids>) {
        all.extend(self.shared.matching(None, None, None));
        all.sort_unstable();
        for same in all.chunk_by(|a, b| a == b).filter(|same| same.len() > 1) {
            self.counts.insert(same[0], u32::try_from(same.len()).unwrap_or(u32::MAX));
        }
        all.dedup();
        self.shared = Arc::new(Orders::of(all));
    }

    fn add(&mut self, triples: &[Ids]) {
        let shared = Arc::make_mut(&mut self.shared);
        for triple in triples {
            match shared.contains(*triple) {
                true => *self.counts.entry(*triple).or_insert(1) += 1,
                false => shared.insert(*triple),
            }
        }
    }

    fn forget(&mut self, old: &[Ids]) {
        let shared = Arc::make_mut(&mut self.shared);
        for triple in old {
            match self.counts.get_mut(triple) {
                Some(count) if *count > 2 => *count -= 1,
                Some(_) => drop(self.counts.remove(triple)),
                None => shared.remove(*triple),
            }
        }
    }

    /// What an asker sees of the datasets of which not everybody sees the same.
    fn own(&mut self, reading: &Reading<'_>, asked: &Asked<'_>, link: [Id; 2]) -> Arc<Orders> {
        let asker = match asked.asker {
            Asker::Participant(did) => Some(did.to_string()),
            Asker::Anonymous | Asker::Member => None,
        };
        if let Some((_, kept)) = self.own.iter().find(|(known, _)| *known == asker) {
            return Arc::clone(kept);
        }
        let mut timed = false;
        let mut all: Vec<Ids> = Vec::new();
        for id in &self.varying {
            let Some(entry) = reading.entry(&asked.member.id, id) else { continue };
            timed |= entry.is_timed();
            if let Some(parts) = entry.parts(asked.asker, asked.now) {
                all.extend(triples(reading, link, id, entry, &parts));
            }
        }
        all.retain(|triple| !self.shared.contains(*triple));
        let own = Arc::new(Orders::of(all));
        if !timed {
            self.own.truncate(KEPT - 1);
            self.own.insert(0, (asker, Arc::clone(&own)));
        }
        own
    }
}

/// Not everybody sees the same of it, at any time.
fn varies(entry: &Entry) -> bool {
    let Some(rung) = entry.rung else { return false };
    visibility(rung, false) != visibility(rung, true)
        || visibility(rung, false) == Visibility::Full && !entry.offers_are_for_all()
}

/// What everybody sees of it, at any time.
fn steady(entry: &Entry) -> Option<Parts> {
    let rung = entry.rung?;
    let (least, most) = (visibility(rung, false), visibility(rung, true));
    (least == most && least > Visibility::Nothing).then(|| entry.parts_for_all(least))
}

/// The triples of some parts of a dataset, and the one that leads to it.
fn triples(reading: &Reading<'_>, link: [Id; 2], id: &DatasetId, entry: &Entry, parts: &Parts) -> Box<[Ids]> {
    let mut all: Vec<Ids> = entry.triples(parts).collect();
    if let Some(node) = reading.terms().id(named(id.as_str()).as_ref().into()) {
        all.push([link[0], link[1], node]);
    }
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// What stands around the datasets.
fn around(asked: &Asked<'_>) -> Result<(Box<[Ids]>, [Id; 2]), Refusal> {
    let mut triples = describe::catalogue(asked.member, Subset::default(), Timestamp(0), std::iter::empty());
    let (catalogue, dataset) = (describe::node(&asked.member.did, Subset::default()), dcat("dataset"));
    // So that the word for it has a number, whether there are datasets or not.
    triples.a(dataset.clone(), rdf::PROPERTY.into_owned());
    let ids = asked.projection.enter(triples);
    let reading = read(asked)?;
    let id = |node: &NamedNode| reading.terms().id(node.as_ref().into());
    let link = id(&catalogue).zip(id(&dataset)).map(|(catalogue, dataset)| [catalogue, dataset]);
    Ok((ids, link.ok_or_else(|| Refusal::Internal("a term is missing".into()))?))
}

fn read<'a>(asked: &Asked<'a>) -> Result<Reading<'a>, Refusal> {
    asked.projection.read().map_err(|e| Refusal::Internal(e.to_string()))
}
