//! What was read becomes what is kept: new, changed, gone; nothing of one's own, nothing twice.

use std::collections::{BTreeSet, HashMap};

use contracts::harvest::{Record, Report};
use sha2::{Digest, Sha256};

use super::{App, Error, Hosted, REPORTED, is_own};
use crate::domain::harvest::{Harvested, Kind, Source};
use crate::graph::import::key;
use crate::store::Known;

/// Datasets written at once: others wait for the writer meanwhile.
const STEP: usize = 250;

/// What was read of a source.
pub(super) struct Taken {
    /// Each with its graph, where that is to be kept.
    pub(super) records: Vec<(Record, Option<String>)>,
    /// Names of what could not be read: what is known of them stays.
    pub(super) left_out: BTreeSet<String>,
    /// Origins that the source says are gone.
    pub(super) deleted: Vec<String>,
    /// The source was read whole: what is not among the records is gone.
    pub(super) whole: bool,
    pub(super) report: Report,
}

/// Brings what is kept of a source in step with it. A repetition changes nothing.
pub(super) async fn take(
    app: &App,
    hosted: &Hosted,
    mut source: Source,
    taken: Taken,
) -> Result<Report, Error> {
    let now = app.now();
    let Taken { records, left_out, deleted, whole, mut report } = taken;
    let mut reader = app.store.read(hosted.id()).await?;
    let (known, sources) = (reader.harvest_known().await?, reader.harvest_sources().await?);
    drop(reader);
    let feeds: BTreeSet<&str> =
        sources.iter().filter(|other| other.kind == Kind::Feed).map(|other| other.name.as_str()).collect();
    let by_name: HashMap<String, &Known> = known.iter().map(|known| (key(&known.origin), known)).collect();
    let (mut put, mut seen) = (Vec::new(), BTreeSet::new());
    {
        let Ok(reading) = app.graph.read() else {
            return Err(Error::Busy { limit: "catalogue", retry_after: 1 });
        };
        for (record, graph) in records {
            let ours = record.every_name().any(|name| is_own(&reading, hosted, name));
            let by_us =
                record.publisher.as_ref().is_some_and(|by| by.iri.as_deref() == Some(hosted.did().as_str()));
            if ours || by_us {
                report.own += 1;
                continue;
            }
            let found: Vec<&&Known> =
                record.every_name().filter_map(|name| by_name.get(&key(name))).collect();
            // The member that publishes it knows best; of others the first that brought it.
            let yields = |other: &str| source.kind == Kind::Feed && !feeds.contains(other);
            if found.iter().any(|other| other.source != source.name && !yields(&other.source)) {
                report.known += 1;
                continue;
            }
            seen.insert(record.origin.clone());
            let digest = digest(&record, graph.as_deref())?;
            match found.iter().find(|other| other.origin == record.origin) {
                Some(other) if other.digest == digest && other.source == source.name => {
                    report.unchanged += 1;
                    continue;
                }
                Some(other) if other.source == source.name => report.changed += 1,
                _ => report.added += 1,
            }
            put.push(Harvested {
                source: source.name.clone(),
                record,
                digest,
                graph,
                created: now,
                updated: now,
            });
        }
    }
    let mine = known.iter().filter(|known| known.source == source.name);
    let gone = |known: &&Known| match whole {
        true => !seen.contains(&known.origin) && !left_out.contains(&key(&known.origin)),
        false => deleted.contains(&known.origin) && !seen.contains(&known.origin),
    };
    let gone: Vec<String> = mine.filter(gone).map(|known| known.origin.clone()).collect();
    report.deleted = gone.len() as u64;
    report.faults.truncate(REPORTED);
    report.warnings.truncate(REPORTED);
    write(app, hosted, &source.name, put, gone).await?;
    // A process that ends before this line reads the same again, and finds it unchanged.
    (source.tried, source.succeeded, source.fault, source.report) = (now, Some(now), None, report.clone());
    keep(app, hosted, source).await?;
    Ok(report)
}

/// Keeps how a source stands.
pub(super) async fn keep(app: &App, hosted: &Hosted, source: Source) -> Result<(), Error> {
    let kept = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move { Ok::<_, Error>(tx.put_harvest_source(&source).await?) })
    });
    kept.await.map(drop)
}

async fn write(
    app: &App,
    hosted: &Hosted,
    source: &str,
    put: Vec<Harvested>,
    gone: Vec<String>,
) -> Result<(), Error> {
    let mut put = put.into_iter().peekable();
    while put.peek().is_some() {
        let kept: Vec<Harvested> = put.by_ref().take(STEP).collect();
        let step = kept.clone();
        let written = app.store.write(hosted.id(), move |tx| {
            Box::pin(async move {
                for kept in &step {
                    tx.put_harvested(kept).await?;
                }
                Ok::<_, Error>(())
            })
        });
        written.await?;
        kept.iter().for_each(|kept| app.search.put_copy(hosted.id(), source, &kept.record));
    }
    for step in gone.chunks(STEP) {
        let (name, step) = (source.to_owned(), step.to_vec());
        let origins = step.clone();
        let written = app.store.write(hosted.id(), move |tx| {
            Box::pin(async move {
                for origin in &step {
                    tx.drop_harvested(&name, origin).await?;
                }
                Ok::<_, Error>(())
            })
        });
        written.await?;
        app.search.drop_copies(hosted.id(), source, &origins);
    }
    Ok(())
}

fn digest(record: &Record, graph: Option<&str>) -> Result<String, Error> {
    let body = serde_json::to_vec(record).map_err(|e| Error::Internal(format!("record: {e}")))?;
    let digest = Sha256::new().chain_update(body).chain_update([0]).chain_update(graph.unwrap_or_default());
    Ok(hex::encode(&digest.finalize()[..16]))
}
