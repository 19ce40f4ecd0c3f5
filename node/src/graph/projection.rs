//! The graphs, and beside them what decides who sees which.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use contracts::id::{DatasetId, MemberId};
use ontology::rung::Rung;
use oxigraph::model::{GraphName, GraphNameRef, NamedNode, Quad, Triple};
use oxigraph::store::{StorageError, Store};

use super::describe;
use super::serialise::{self, Format};
use super::triples::{Triples, named};
use crate::domain::dataset::{Asker, Offer, Revision, Visibility, visibility};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;

/// Why the projection cannot answer or follow.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is being rebuilt after start.
    #[error("the catalogue is being read")]
    NotReady,
    #[error("RDF store: {0}")]
    Storage(#[from] StorageError),
    #[error("writing RDF: {0}")]
    Write(#[from] std::io::Error),
}

/// All members' catalogues as RDF.
pub struct Projection {
    store: Store,
    index: RwLock<HashMap<MemberId, BTreeMap<DatasetId, Entry>>>,
    /// One change at a time, so that a rebuild and a publication do not mix.
    changing: Mutex<()>,
    ready: AtomicBool,
}

struct Entry {
    revision: i64,
    /// Nothing when withdrawn: kept all the same, so that an older revision cannot come back.
    rung: Option<Rung>,
    offers: Vec<Offer>,
}

/// One page of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub body: Vec<u8>,
    /// The last dataset on it, when more follow.
    pub next: Option<DatasetId>,
}

impl Projection {
    /// An empty projection, not ready yet.
    ///
    /// # Errors
    /// The RDF store cannot be made.
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            store: Store::new()?,
            index: RwLock::default(),
            changing: Mutex::default(),
            ready: AtomicBool::new(false),
        })
    }

    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }
    /// Everything stored has been put: answers are complete from now on.
    pub fn set_ready(&self) {
        self.ready.store(true, Ordering::Release);
    }

    /// Takes in a dataset's newest revision. An older one than known, as a rebuild may bring, changes nothing.
    ///
    /// # Errors
    /// The RDF store failed; what it held before stays.
    pub fn put(&self, member: &Member, revision: &Revision) -> Result<(), Error> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.with(&member.id, |datasets| {
            datasets.get(&revision.dataset).map(|entry| (entry.revision, entry.offers.clone()))
        });
        if known.as_ref().is_some_and(|(number, _)| *number >= revision.number) {
            return Ok(());
        }
        let mut quads: Vec<Quad> = Vec::new();
        let mut add = |graph: NamedNode, triples: Triples| {
            quads.extend(triples.0.into_iter().map(|t| t.in_graph(GraphName::from(graph.clone()))));
        };
        let view = |name: &str| graph(&member.id, &revision.dataset, name);
        if let Some(described) = revision.described() {
            add(view("full"), describe::full(member, revision, described));
            add(view("existence"), describe::bare(member, revision, described));
            for offer in &described.offers {
                let triples = describe::offer(member, &revision.dataset, described, offer);
                add(view(offer.id.as_str()), triples);
            }
        }
        let mut transaction = self.store.start_transaction()?;
        for name in ["full", "existence"] {
            transaction.remove_named_graph(&view(name))?;
        }
        for (_, offers) in known.iter() {
            for offer in offers {
                transaction.remove_named_graph(&view(offer.id.as_str()))?;
            }
        }
        transaction.extend(&quads);
        transaction.commit()?;
        let (rung, offers) = match revision.described() {
            Some(described) => (Some(described.description.rung), described.offers.clone()),
            None => (None, Vec::new()),
        };
        let entry = Entry { revision: revision.number, rung, offers };
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.entry(member.id.clone()).or_default().insert(revision.dataset.clone(), entry);
        Ok(())
    }

    /// One page of a member's catalogue as this asker may see it, from after a dataset on; `url` gives the address of
    /// the page after a dataset.
    ///
    /// # Errors
    /// [`Error::NotReady`] until the rebuild after start is done.
    pub fn catalogue(
        &self,
        member: &Member,
        asker: Asker<'_>,
        after: Option<&DatasetId>,
        limit: usize,
        format: Format,
        now: Timestamp,
        url: &dyn Fn(Option<&DatasetId>) -> String,
    ) -> Result<Page, Error> {
        if !self.is_ready() {
            return Err(Error::NotReady);
        }
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut seen: Vec<(DatasetId, Vec<NamedNode>)> = self.with(&member.id, |datasets| {
            datasets
                .range::<DatasetId, _>((start, Bound::Unbounded))
                .filter_map(|(id, entry)| Some((id.clone(), entry.graphs(&member.id, id, asker, now)?)))
                .take(limit + 1)
                .collect()
        });
        let more = seen.len() > limit;
        seen.truncate(limit);
        let ids: Vec<DatasetId> = seen.iter().map(|(id, _)| id.clone()).collect();
        let next = ids.last().filter(|_| more).cloned();
        let mut triples = describe::catalogue(member, &ids).0;
        if after.is_some() || next.is_some() {
            triples.extend(describe::page(&url(after), next.as_ref().map(|id| url(Some(id)))).0);
        }
        for graph in seen.iter().flat_map(|(_, graphs)| graphs) {
            self.collect(graph, &mut triples)?;
        }
        Ok(Page { body: serialise::write(triples, format)?, next })
    }

    /// One dataset as this asker may see it; nothing if it may not know of it.
    ///
    /// # Errors
    /// [`Error::NotReady`] until the rebuild after start is done.
    pub fn dataset(
        &self,
        member: &Member,
        id: &DatasetId,
        asker: Asker<'_>,
        format: Format,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, Error> {
        if !self.is_ready() {
            return Err(Error::NotReady);
        }
        let graphs = self.with(&member.id, |datasets| datasets.get(id)?.graphs(&member.id, id, asker, now));
        let Some(graphs) = graphs else { return Ok(None) };
        let mut out = Triples::default();
        describe::publisher(&mut out, member);
        for graph in &graphs {
            self.collect(graph, &mut out.0)?;
        }
        Ok(Some(serialise::write(out.0, format)?))
    }

    fn collect(&self, graph: &NamedNode, out: &mut Vec<Triple>) -> Result<(), Error> {
        let graph = GraphNameRef::NamedNode(graph.as_ref());
        for quad in self.store.quads_for_pattern(None, None, None, Some(graph)) {
            out.push(quad?.into());
        }
        Ok(())
    }

    fn with<T: Default>(&self, member: &MemberId, read: impl FnOnce(&BTreeMap<DatasetId, Entry>) -> T) -> T {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.get(member).map(read).unwrap_or_default()
    }
}

impl Entry {
    /// The graphs this asker may see; nothing when it may not know of the dataset.
    fn graphs(
        &self,
        member: &MemberId,
        id: &DatasetId,
        asker: Asker<'_>,
        now: Timestamp,
    ) -> Option<Vec<NamedNode>> {
        let rung = self.rung?;
        let offers: Vec<&Offer> = self.offers.iter().filter(|offer| offer.may_be_met(asker, now)).collect();
        let named = asker != Asker::Anonymous && !offers.is_empty();
        let view = match asker {
            Asker::Member => Visibility::Full,
            _ => visibility(rung, named),
        };
        match view {
            Visibility::Nothing => None,
            Visibility::Existence => Some(vec![graph(member, id, "existence")]),
            Visibility::Full => Some(
                std::iter::once(graph(member, id, "full"))
                    .chain(offers.iter().map(|offer| graph(member, id, offer.id.as_str())))
                    .collect(),
            ),
        }
    }
}

/// Named after member and dataset: two members may bring datasets of the same identifier.
fn graph(member: &MemberId, dataset: &DatasetId, view: &str) -> NamedNode {
    named(&format!("{member} {dataset} {view}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dataset::Content;
    use crate::domain::publication::{describe, read};
    use contracts::id::{OfferId, ParticipantId};
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp(0);

    fn member() -> Member {
        Member {
            id: MemberId::parse("m").unwrap(),
            did: ParticipantId::did("did:web:eau.example").unwrap(),
            name: "Eau".into(),
            base_url: "https://eau.example".parse().unwrap(),
        }
    }

    fn revision(id: &str, number: i64, rung: &str) -> Revision {
        let mut value = json!({
            "title": format!("Volumes {id}"), "description": "Volumes distribués par secteur.", "theme": "ENVI",
            "location": {"kind": "commune", "code": "35238"}, "format": "CSV", "keywords": "eau",
            "granularity": {"level": "bassin", "temporal": "PT15M"}, "period": {"start": "2025-01-01"},
            "frequency": "DAILY", "producer": {"name": "Eau"}, "status": "interet_general", "licence": "LO-2.0",
            "rung": rung,
        });
        if !matches!(rung, "existence_seule" | "invisible") {
            value["source"] = json!({"file": "secret-path.csv"});
            value["offers"] = json!([{"id": format!("urn:offer:{id}"), "policy": {"permission": [{"action": "use",
                "constraint": [{"leftOperand": "recipient", "operator": "eq", "rightOperand": "did:web:epci.example"}]}]}}]);
        }
        let described = describe(read(&value).unwrap(), None, || OfferId::parse("x").unwrap()).unwrap();
        Revision {
            dataset: DatasetId::parse(id).unwrap(),
            number,
            digest: String::new(),
            at: NOW,
            content: Content::Described(Box::new(described)),
        }
    }

    fn url(after: Option<&DatasetId>) -> String {
        format!("https://eau.example/catalog?after={}", after.map_or("", DatasetId::as_str))
    }

    fn page(projection: &Projection, asker: Asker<'_>, format: Format) -> String {
        let page = projection.catalogue(&member(), asker, None, 10, format, NOW, &url).unwrap();
        String::from_utf8(page.body).unwrap()
    }

    #[test]
    fn who_asks_decides_what_is_in_the_answer() {
        let projection = Projection::new().unwrap();
        assert!(matches!(
            projection.catalogue(&member(), Asker::Anonymous, None, 10, Format::Turtle, NOW, &url),
            Err(Error::NotReady)
        ));
        for (id, rung) in
            [("urn:d:1", "partenaires_nommes"), ("urn:d:2", "invisible"), ("urn:d:3", "existence_seule")]
        {
            projection.put(&member(), &revision(id, 1, rung)).unwrap();
        }
        projection.set_ready();
        let partner = ParticipantId::did("did:web:epci.example").unwrap();
        let anonymous = page(&projection, Asker::Anonymous, Format::Turtle);
        let named = page(&projection, Asker::Participant(&partner), Format::Turtle);
        assert!(anonymous.contains("urn:d:1") && !anonymous.contains("urn:offer:urn:d:1"), "{anonymous}");
        assert!(named.contains("urn:offer:urn:d:1") && named.contains("distribution-0"), "{named}");
        for answer in [&anonymous, &named] {
            assert!(
                !answer.contains("urn:d:2") && answer.contains("urn:d:3") && !answer.contains("secret-path")
            );
        }
        let other = DatasetId::parse("urn:d:2").unwrap();
        let one = |asker| projection.dataset(&member(), &other, asker, Format::JsonLd, NOW).unwrap();
        assert!(one(Asker::Anonymous).is_none() && one(Asker::Member).is_some());
    }

    #[test]
    fn a_revision_replaces_and_a_tombstone_removes() {
        let projection = Projection::new().unwrap();
        projection.set_ready();
        projection.put(&member(), &revision("urn:d:1", 2, "ouvert")).unwrap();
        projection.put(&member(), &revision("urn:d:1", 1, "invisible")).unwrap();
        let turtle = page(&projection, Asker::Anonymous, Format::Turtle);
        assert_eq!(turtle, page(&projection, Asker::Anonymous, Format::Turtle), "same bytes each time");
        assert!(turtle.contains("dcat:version \"2\""), "{turtle}");
        let json: Value = serde_json::from_str(&page(&projection, Asker::Anonymous, Format::JsonLd)).unwrap();
        assert!(json["@graph"].as_array().is_some_and(|nodes| nodes.len() > 5), "{json:#}");
        let tombstone =
            Revision { number: 3, content: Content::Tombstone, ..revision("urn:d:1", 2, "ouvert") };
        projection.put(&member(), &tombstone).unwrap();
        assert!(!page(&projection, Asker::Member, Format::Turtle).contains("urn:d:1"));
        assert_eq!(projection.store.len().unwrap(), 0);
    }

    #[test]
    fn pages_follow_each_other() {
        let projection = Projection::new().unwrap();
        projection.set_ready();
        for i in 0..5 {
            projection.put(&member(), &revision(&format!("urn:d:{i}"), 1, "ouvert")).unwrap();
        }
        let mut after = None;
        let mut pages = 0;
        loop {
            let page = projection
                .catalogue(&member(), Asker::Anonymous, after.as_ref(), 2, Format::Turtle, NOW, &url)
                .unwrap();
            pages += 1;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pages, 3);
    }
}
