//! The member's catalogue: publish, withdraw, read; and what others may see of it.

mod ask;
mod closed;
mod delta;
mod lineage;
mod link;
mod project;
pub mod search;
pub mod shown;
pub mod sparql;

pub use crate::graph::Position;
pub use ask::{Answered, Endpoint, ShownDataset, ask, ask_dataset, find};
pub use closed::closed;
pub use delta::{Change, Delta, delta};
pub use project::{add, project, rebuild};

use std::sync::Arc;

use contracts::dataset::{Description, Fault, Rule, Source as Written, Term};
use contracts::id::{DatasetId, OfferId, ParticipantId};
use contracts::jcs;
use ontology::Lang;
use ontology::status::Status;
use serde_json::{Value, json};

use super::access::Target;
use super::{App, Error, Hosted, convention, framework, plane, room};
use crate::domain::dataset::{Asker, Content, Described, Offer, Revision, Visibility, Withheld};
use crate::domain::event::{DatasetEvent, Event};
use crate::domain::negotiation::Shown;
use crate::domain::publication;
use crate::domain::source::Source;
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::store::{Held, Line};
use crate::text::{self, say};

/// Publishes a description: a new dataset, or the next revision of the one it names. What is already published so
/// changes nothing and gets the same answer again.
///
/// # Errors
/// [`Error::Faulty`] with every fault; [`Error::Conflict`] when an offer's identifier is another dataset's.
pub async fn publish(app: &Arc<App>, hosted: &Arc<Hosted>, written: &Value) -> Result<Revision, Error> {
    let mut description = publication::read(written).map_err(Error::Faulty)?;
    if !description.draft {
        convention::must_have_one(app, hosted).await?;
    }
    if let Some(source) = &description.source {
        readable(app, hosted, source.clone()).await?;
    }
    wanted(app, &description)?;
    for offer in &description.offers {
        framework::allows(app, hosted, &offer.policy, None).await?;
    }
    room::offers(app, description.offers.len())?;
    let now = app.now();
    let id = match &description.id {
        Some(id) => id.clone(),
        None => DatasetId::from_uuid(random::uuid_v7(now)),
    };
    // Stored under its identifier, so that the same description with and without it is the same.
    description.id = Some(id.clone());
    let app2 = Arc::clone(app);
    let written = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            let head = tx.dataset(&id).await?;
            if head.is_none() {
                room::dataset(&app2, tx).await?;
            }
            // What others may have seen is no draft any more.
            if description.draft && head.as_ref().is_some_and(|head| !head.is_draft()) {
                return Err(Error::Conflict(say("conflict.draft").with("dataset", &id)));
            }
            lineage::check(tx, &id, head.as_ref(), &description, now).await?;
            let before = head.as_ref().and_then(Revision::described);
            let draw = || OfferId::from_uuid(random::uuid_v7(now));
            let described = publication::describe(description, before, draw).map_err(Error::Internal)?;
            if let Some(head) = head.as_ref().filter(|_| before == Some(&described)) {
                return Ok(head.clone());
            }
            for offer in &described.offers {
                if let Some(other) = tx.offer_taken(&offer.id, &id).await? {
                    return Err(Error::Conflict(
                        say("conflict.offer").with("offer", &offer.id).with("dataset", other),
                    ));
                }
            }
            let (number, issued) = match head {
                None => (1, now),
                // It is issued when it ceases to be a draft, not when work on it began.
                Some(head) if head.is_draft() => (head.number + 1, now),
                Some(head) => (head.number + 1, head.issued),
            };
            let digest =
                described.description.digest(&id, number).map_err(|e| Error::Internal(e.to_string()))?;
            let content = Content::Described(Box::new(described));
            let revision = Revision { dataset: id, number, digest, at: now, issued, content };
            tx.insert_revision(&revision).await?;
            tx.record(event(&revision, DatasetEvent::Published));
            Ok::<_, Error>(revision)
        })
    });
    let revision = written.await?.value;
    project::follow(app, hosted, &revision);
    Ok(revision)
}

/// Data of some origins are not published here, where the host's settings say so.
fn wanted(app: &App, description: &Description) -> Result<(), Error> {
    let refused = |origin: &str| app.config.catalog.refused_origins.iter().any(|refused| refused == origin);
    match description
        .provenance
        .as_ref()
        .map(|provenance| provenance.origin.code)
        .filter(|code| refused(code))
    {
        Some(code) => {
            let fault = Fault::rule("/provenance/origin", Some(&code.into()), Rule::RefusedOrigin);
            Err(Error::Faulty(vec![fault]))
        }
        None => Ok(()),
    }
}

/// The source can be read now, and lies below one of the folders of `[data]`; or the data plane is attached.
async fn readable(app: &Arc<App>, hosted: &Hosted, source: Written) -> Result<(), Error> {
    let (field, path, source) = match source {
        Written::File(path) => ("/source/file", path.clone(), Source::File(path)),
        Written::Folder(path) => ("/source/folder", path.clone(), Source::Folder(path)),
        Written::DataPlane(name) => {
            return plane::attached_as(app, hosted, &name, "/source/data_plane").map(drop);
        }
    };
    let roots = app.plane.roots.clone();
    let checked = tokio::task::spawn_blocking(move || roots.check(&source)).await;
    let error = match checked.map_err(|e| Error::Internal(format!("checking a source: {e}")))? {
        Ok(()) => return Ok(()),
        Err(error) => error,
    };
    Err(Error::malformed(say("malformed.source").with("path", path).with("what", error), field))
}

/// Withdraws a dataset: its next revision is a tombstone. Contracts made before go on until they end or are revoked.
///
/// # Errors
/// [`Error::NotFound`]. A dataset withdrawn before stays so, and gets the same answer.
pub async fn withdraw(app: &Arc<App>, hosted: &Arc<Hosted>, id: &DatasetId) -> Result<Revision, Error> {
    let now = app.now();
    let id = id.clone();
    let written = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            let head = tx.dataset(&id).await?.ok_or(Error::NotFound("dataset"))?;
            if head.is_withdrawn() {
                return Ok(head);
            }
            // A duty to preserve stands above a wish to delete.
            if head.described().is_some_and(|described| described.description.status == Status::Archive) {
                return Err(Error::Conflict(say("conflict.archive").with("dataset", &id)));
            }
            let number = head.number + 1;
            let stone =
                json!({"type": "fiducie-dataset", "v": 1, "id": id, "revision": number, "withdrawn": true});
            let digest = jcs::digest(&stone).map_err(|e| Error::Internal(e.to_string()))?;
            let (issued, content) = (head.issued, Content::Tombstone);
            let revision = Revision { dataset: id, number, digest, at: now, issued, content };
            tx.insert_revision(&revision).await?;
            tx.record(event(&revision, DatasetEvent::Withdrawn));
            Ok::<_, Error>(revision)
        })
    });
    let revision = written.await?.value;
    project::follow(app, hosted, &revision);
    Ok(revision)
}

fn event(revision: &Revision, what: DatasetEvent) -> Event {
    Event::Dataset {
        what,
        dataset: revision.dataset.clone(),
        revision: revision.number,
        digest: revision.digest.clone(),
    }
}

/// A dataset of the member, at its newest revision or at the one asked for.
pub async fn get(
    app: &App,
    hosted: &Hosted,
    id: &DatasetId,
    revision: Option<i64>,
) -> Result<Revision, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let found = match revision {
        Some(number) => reader.dataset_revision(id, number).await?,
        None => reader.dataset(id).await?,
    };
    found.ok_or(Error::NotFound("dataset"))
}

/// One page of the member's datasets in the order of their identifiers, withdrawn ones included.
pub async fn list(
    app: &App,
    hosted: &Hosted,
    after: Option<&DatasetId>,
    limit: usize,
) -> Result<(Vec<Revision>, Option<DatasetId>), Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let mut page = reader.datasets(after, rows(limit + 1)).await?;
    let more = page.len() > limit;
    page.truncate(limit);
    let next = page.last().filter(|_| more).map(|revision| revision.dataset.clone());
    Ok((page, next))
}

/// The history of a dataset, oldest first, from after a revision on.
pub async fn history(
    app: &App,
    hosted: &Hosted,
    id: &DatasetId,
    after: i64,
    limit: usize,
) -> Result<(Vec<Line>, Option<i64>), Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let mut page = reader.dataset_history(id, after, rows(limit + 1)).await?;
    if page.is_empty() && after == 0 {
        return Err(Error::NotFound("dataset"));
    }
    let more = page.len() > limit;
    page.truncate(limit);
    let next = page.last().filter(|_| more).map(|line| line.number);
    Ok((page, next))
}

/// A dataset as one asker may see it, with the offers to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Visible {
    pub revision: Arc<Revision>,
    /// Never empty.
    pub offers: Vec<OfferId>,
}

impl Visible {
    /// Nothing when this asker may not see it in full, or could meet none of its offers.
    pub fn of(revision: impl Into<Arc<Revision>>, asker: Asker<'_>, now: Timestamp) -> Option<Self> {
        let revision = revision.into();
        let (seen, offers) = revision.seen(asker, now);
        let offers: Vec<OfferId> = offers.into_iter().map(|offer| offer.id.clone()).collect();
        // The protocol has no dataset without an offer.
        (seen == Visibility::Full && !offers.is_empty()).then_some(Self { revision, offers })
    }
    pub fn described(&self) -> Option<&Described> {
        self.revision.described()
    }
    pub fn shown_offers(&self) -> impl Iterator<Item = &Offer> {
        let offers = self.described().map(|described| described.offers.as_slice()).unwrap_or_default();
        offers.iter().filter(|offer| self.offers.contains(&offer.id))
    }
}

/// How old a catalogue may become while its pages are asked for, in seconds.
const SNAPSHOT: i64 = 3600;

/// One page of what a participant may see and ask for: from a position on, having skipped `skip` more. All pages that
/// follow each other show the catalogue as it was when the first was asked for.
pub async fn visible_to(
    app: &App,
    hosted: &Hosted,
    caller: &ParticipantId,
    from: Option<Position>,
    skip: usize,
    limit: usize,
) -> Result<(Vec<Visible>, Option<Position>), Error> {
    let (now, asker) = (app.now(), Asker::Participant(caller));
    let at = from.as_ref().map_or(now, |from| from.at);
    if at > now || at < now.plus_seconds(-SNAPSHOT) {
        return Err(Error::malformed(say("malformed.old-page"), "continuationToken"));
    }
    let (mut after, mut skip, mut page) = (from.map(|from| from.after), skip, Vec::new());
    loop {
        let chunk = app.store.shown_datasets_at(hosted.id(), at, after.as_ref(), rows(limit + 1)).await?;
        let last = chunk.len() <= limit;
        for revision in chunk.iter() {
            let id = revision.dataset.clone();
            if let Some(visible) = Visible::of(Arc::clone(revision), asker, now) {
                if skip > 0 {
                    skip -= 1;
                } else if page.len() == limit {
                    return Ok((page, after.map(|after| Position { at, after })));
                } else {
                    page.push(visible);
                }
            }
            after = Some(id);
        }
        if last {
            return Ok((page, None));
        }
    }
}

/// A dataset as a participant may see and ask for it.
///
/// # Errors
/// [`Error::NotFound`] also for a dataset it may not know of.
pub async fn dataset_for(
    app: &App,
    hosted: &Hosted,
    caller: &ParticipantId,
    id: &DatasetId,
) -> Result<Visible, Error> {
    let revision = app.store.dataset(hosted.id(), id).await?.ok_or(Error::NotFound("dataset"))?;
    Visible::of(revision, Asker::Participant(caller), app.now()).ok_or(Error::NotFound("dataset"))
}

/// An offer as published: what a request is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    pub policy: Value,
    pub shown: Shown,
    /// How long a contract on it lasts.
    pub term: Term,
}

/// The published offer a participant asks for a contract on.
///
/// # Errors
/// [`Error::NotFound`] for what it may not know of; [`Error::NotAllowed`] when no byte can leave whatever is signed.
pub async fn offer_for(
    app: &App,
    hosted: &Hosted,
    caller: &ParticipantId,
    dataset: &DatasetId,
    offer: &OfferId,
) -> Result<Published, Error> {
    let visible = dataset_for(app, hosted, caller, dataset).await?;
    let found = visible.shown_offers().find(|shown| shown.id == *offer).ok_or(Error::NotFound("offer"))?;
    if let Some(described) = visible.described() {
        leaves(app, described.source(app.now()).map(drop))?;
    }
    Ok(Published {
        policy: found.policy.clone(),
        shown: Shown { revision: visible.revision.number, digest: visible.revision.digest.clone() },
        term: found.term.clone(),
    })
}

/// Where to read a dataset's bytes from, and the revision that says so.
///
/// # Errors
/// [`Error::NotAllowed`] when none can leave at its rung or date.
pub async fn source(app: &App, hosted: &Hosted, id: &DatasetId) -> Result<Target, Error> {
    held(app, app.store.dataset_source(hosted.id(), id).await?)
}

/// As [`source`], at the moment of a write.
pub(crate) fn held(app: &App, held: Option<Held>) -> Result<Target, Error> {
    let held = held.ok_or(Error::NotFound("dataset"))?;
    match held.source {
        Ok(source) => Ok(Target { source, revision: held.revision, view: None }),
        Err(why) => Err(refused(why, lang(app))),
    }
}

/// Refuses when no byte can leave whatever is signed, by any data plane.
pub(crate) fn leaves(app: &App, source: Result<(), Withheld>) -> Result<(), Error> {
    match source {
        Err(Withheld::Elsewhere) => Ok(()),
        other => other.map_err(|why| refused(why, lang(app))),
    }
}

fn refused(why: Withheld, lang: Lang) -> Error {
    let key = match why {
        Withheld::Framework => "withheld.framework",
        Withheld::Query => "withheld.query",
        Withheld::Rung => "withheld.rung",
        Withheld::Embargo => "withheld.embargo",
        Withheld::NoSource => "withheld.no-source",
        Withheld::Elsewhere => "withheld.elsewhere",
    };
    Error::NotAllowed { reasons: vec![text::get(lang, key).to_owned()] }
}

fn lang(app: &App) -> Lang {
    app.config.language()
}

pub(super) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
