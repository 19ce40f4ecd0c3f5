//! What changed in a catalogue, oldest first, as one asker can notice it: each dataset once, as it is now, or gone.
//!
//! Nothing else is in it: places and dates are those of changes that this asker may know of.

use contracts::id::{DatasetId, MemberId};
use oxigraph::io::RdfFormat;
use oxigraph::model::vocab::{rdf, xsd};
use oxigraph::model::{BlankNode, GraphName, Literal, NamedNode, QuadRef, Triple};
use sha2::{Digest, Sha256};

use super::projection::{Error, Projection};
use super::serialise::serializer;
use super::slice::{Position, Seen};
use super::triples::{Triples, fiducie, named};
use crate::domain::dataset::Asker;
use crate::domain::time::Timestamp;

const AS: &str = "https://www.w3.org/ns/activitystreams#";
const LDES: &str = "https://w3id.org/ldes#";
const TREE: &str = "https://w3id.org/tree#";

/// Writes that may still be under way with an earlier date, in seconds: what changed since is told again.
const UNDER_WAY: i64 = 5;

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub dataset: DatasetId,
    pub at: Timestamp,
    /// As it is now; nothing when it is gone.
    pub seen: Option<Seen>,
}

/// A page of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    pub items: Vec<Item>,
    /// Where the next page begins, when there is one.
    pub next: Option<Position>,
    /// Where to ask again later, when there is none.
    pub resume: Option<Position>,
}

impl Changes {
    /// What is on the page, in few bytes.
    pub fn tag(&self, around: &str) -> String {
        let mut digest = Sha256::new().chain_update(around);
        for item in &self.items {
            digest.update(format!(
                "{} {} {:?}\n",
                item.dataset,
                item.at.millis(),
                item.seen.as_ref().map(|s| &s.tag)
            ));
        }
        digest.update(format!("{:?} {:?}", self.next, self.resume));
        hex::encode(&digest.finalize()[..16])
    }
}

impl Projection {
    /// What changed after a position, for this asker.
    ///
    /// # Errors
    /// [`Error::NotReady`] until the rebuild after start is done.
    pub fn changes(
        &self,
        member: &MemberId,
        asker: Asker<'_>,
        from: Option<&Position>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Changes, Error> {
        let reading = self.read()?;
        let is_after = |at: Timestamp, id: &DatasetId| {
            from.is_none_or(|from| (at, id.as_str()) > (from.at, from.after.as_str()))
        };
        let (mut items, mut timed) = (Vec::new(), Vec::new());
        for (id, entry) in reading.datasets(member) {
            let item = match (entry.parts(asker, now), entry.ended) {
                (Some(parts), _) => {
                    let seen = Seen::of(id, entry, parts, false);
                    Item { dataset: id.clone(), at: seen.since, seen: Some(seen) }
                }
                (None, Some(at)) => Item { dataset: id.clone(), at, seen: None },
                (None, None) => continue,
            };
            if is_after(item.at, id) {
                items.push(item);
            } else if item.seen.as_ref().is_some_and(|seen| seen.parts.timed) {
                timed.push(item);
            }
        }
        items.sort_by(|a, b| (a.at, a.dataset.as_str()).cmp(&(b.at, b.dataset.as_str())));
        if items.len() > limit {
            items.truncate(limit);
            let next = items.last().map(|last| Position { at: last.at, after: last.dataset.clone() });
            return Ok(Changes { items, next, resume: None });
        }
        let last = items
            .last()
            .map(|last| Position { at: last.at, after: last.dataset.clone() })
            .or_else(|| from.cloned());
        let settled = now.plus_seconds(-UNDER_WAY);
        let resume = last.map(|last| match (last.at > settled, DatasetId::parse("!")) {
            // No identifier comes before this one.
            (true, Ok(first)) => Position { at: settled, after: first },
            _ => last,
        });
        // What the passing of time alone may have changed is told each time.
        items.extend(timed);
        Ok(Changes { items, next: None, resume })
    }

    /// Writes a page: the activities, each with what its dataset says now in a graph of its own.
    ///
    /// # Errors
    /// [`Error::Changed`] when a dataset has another revision by now.
    pub fn write_changes(
        &self,
        member: &MemberId,
        changes: &Changes,
        page: &Page<'_>,
    ) -> Result<Vec<u8>, Error> {
        let reading = self.read()?;
        let mut writer = serializer(RdfFormat::TriG)?.for_writer(Vec::new());
        for triple in page.frame(changes).0 {
            writer.serialize_triple(&triple)?;
        }
        for item in &changes.items {
            let activity = page.activity(item);
            let graph = GraphName::from(activity.clone());
            for triple in page.about(item, &activity) {
                writer.serialize_quad(triple.in_graph(graph.clone()).as_ref())?;
            }
            let Some(seen) = &item.seen else { continue };
            let entry = reading.entry(member, &item.dataset).filter(|entry| entry.revision == seen.revision);
            let entry = entry.ok_or(Error::Changed)?;
            let mut known = std::collections::HashSet::new();
            for ids in entry.triples(&seen.parts).filter(|ids| known.insert(*ids)) {
                if let Some(t) = reading.terms().triple(ids) {
                    writer.serialize_quad(QuadRef::new(t.subject, t.predicate, t.object, graph.as_ref()))?;
                }
            }
        }
        Ok(writer.finish()?)
    }
}

/// Where a page is, and what stands around its activities.
pub struct Page<'a> {
    /// The feed, without a place in it.
    pub feed: &'a str,
    pub this: &'a str,
    pub next: Option<&'a str>,
    pub resume: Option<&'a str>,
    /// The member and its way to be asked.
    pub around: Triples,
}

impl Page<'_> {
    /// An event stream (LDES, TREE) of which this is one page.
    fn frame(&self, changes: &Changes) -> Triples {
        let term = |namespace: &str, name: &str| NamedNode::new_unchecked(format!("{namespace}{name}"));
        let mut out = Triples(self.around.0.clone());
        let (feed, this) = (named(self.feed), named(self.this));
        out.a(feed.clone(), term(LDES, "EventStream"));
        out.add(feed.clone(), term(LDES, "timestampPath"), term(AS, "published"));
        out.add(feed.clone(), term(LDES, "versionOfPath"), term(AS, "object"));
        out.add(feed.clone(), term(TREE, "view"), this.clone());
        out.a(this.clone(), term(TREE, "Node"));
        for item in &changes.items {
            out.add(feed.clone(), term(TREE, "member"), self.activity(item));
        }
        if let (Some(next), Some(last)) = (self.next, changes.items.last()) {
            let relation = BlankNode::new_unchecked("next");
            out.add(this.clone(), term(TREE, "relation"), relation.clone());
            out.a(relation.clone(), term(TREE, "GreaterThanOrEqualToRelation"));
            out.add(relation.clone(), term(TREE, "path"), term(AS, "published"));
            out.add(relation.clone(), term(TREE, "value"), instant(last.at));
            out.add(relation, term(TREE, "node"), named(next));
        }
        if let Some(resume) = self.resume {
            out.add(this, fiducie("resume"), named(resume));
        }
        out
    }

    /// Named after what it says: another state of the dataset is another activity.
    fn activity(&self, item: &Item) -> NamedNode {
        let said =
            format!("{} {} {:?}", item.dataset, item.at.millis(), item.seen.as_ref().map(|seen| &seen.tag));
        named(&format!("{}#{}", self.feed, hex::encode(&Sha256::digest(said.as_bytes())[..16])))
    }

    fn about(&self, item: &Item, activity: &NamedNode) -> [Triple; 3] {
        let term = |name: &str| NamedNode::new_unchecked(format!("{AS}{name}"));
        let kind = match &item.seen {
            None => "Delete",
            Some(seen) if seen.is_first => "Create",
            Some(_) => "Update",
        };
        [
            Triple::new(activity.clone(), rdf::TYPE.into_owned(), term(kind)),
            Triple::new(activity.clone(), term("object"), named(item.dataset.as_str())),
            Triple::new(activity.clone(), term("published"), instant(item.at)),
        ]
    }
}

fn instant(at: Timestamp) -> Literal {
    Literal::new_typed_literal(at.rfc3339(), xsd::DATE_TIME)
}
