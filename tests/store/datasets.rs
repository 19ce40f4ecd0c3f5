//! Datasets: revisions, tombstones, and what the rung column lets through.

use contracts::id::{DatasetId, OfferId};
use node::domain::dataset::{Content, Revision, Withheld};
use node::domain::publication::{describe, read};
use node::domain::source::Source;
use node::store::{Error, Store};
use serde_json::json;

use crate::fixture::{Fixture, T0};

fn revision(id: &str, number: i64, rung: &str) -> Revision {
    let mut value = json!({
        "title": "Volumes", "description": "Volumes distribués.", "theme": "ENVI", "format": "CSV",
        "location": {"kind": "commune", "code": "35238"}, "granularity": {"level": "bassin"},
        "frequency": "DAILY", "producer": {"name": "Eau"}, "status": "interet_general", "licence": "LO-2.0",
        "rung": rung,
    });
    if rung != "existence_seule" {
        value["source"] = json!({"file": format!("{id}.csv")});
        value["offers"] = json!([{"policy": {"permission": [{"action": "use"}]}, "term": {"for": "P1Y"}}]);
    }
    let draw = || OfferId::parse(format!("offer-of-{id}")).unwrap();
    let described = describe(read(&value).unwrap(), None, draw).unwrap();
    let dataset = DatasetId::parse(id).unwrap();
    let digest = described.description.digest(&dataset, number).unwrap();
    Revision { dataset, number, digest, at: T0, issued: T0, content: Content::Described(Box::new(described)) }
}

async fn insert(store: &Store, f: &Fixture, revision: &Revision) -> Result<(), Error> {
    let revision = revision.clone();
    let written =
        store.write(f.member(0), move |tx| Box::pin(async move { tx.insert_revision(&revision).await }));
    written.await.map(|_| ())
}

pub async fn datasets(f: Fixture) {
    let store = f.open().await;
    let first = revision("d1", 1, "ouvert");
    insert(&store, &f, &first).await.unwrap();
    assert!(
        matches!(insert(&store, &f, &first).await, Err(Error::Conflict(_))),
        "a revision is written once"
    );
    assert!(matches!(insert(&store, &f, &revision("d1", 3, "ouvert")).await, Err(Error::Conflict(_))));
    // Looked at in a write, its source is known from then on, until the next revision.
    let known = store.write(f.member(0), |tx| {
        Box::pin(async move { tx.dataset_source(&DatasetId::parse("d1").unwrap()).await })
    });
    assert_eq!(known.await.unwrap().value.unwrap().source, Ok(Source::File("d1.csv".into())));
    let second = revision("d1", 2, "membres_du_cadre");
    insert(&store, &f, &second).await.unwrap();
    let known = store.dataset_source(f.member(0), &second.dataset).await.unwrap().unwrap();
    assert_eq!((known.revision, known.source), (2, Err(Withheld::Framework)));
    for (id, rung) in [("d2", "existence_seule"), ("d3", "agregat_public"), ("d4", "ouvert")] {
        insert(&store, &f, &revision(id, 1, rung)).await.unwrap();
    }
    let stone = Revision {
        number: 2,
        digest: "gone".into(),
        content: Content::Tombstone,
        ..revision("d4", 1, "ouvert")
    };
    insert(&store, &f, &stone).await.unwrap();

    let mut reader = store.read(f.member(0)).await.unwrap();
    let id = |text: &str| DatasetId::parse(text).unwrap();
    assert_eq!(reader.dataset(&id("d1")).await.unwrap(), Some(second.clone()));
    assert_eq!(reader.dataset_revision(&id("d1"), 1).await.unwrap(), Some(first));
    assert_eq!(reader.dataset_revision(&id("d1"), 9).await.unwrap(), None);
    assert_eq!(reader.dataset(&id("d4")).await.unwrap(), Some(stone.clone()));
    let ids = |page: Vec<Revision>| page.iter().map(|r| r.dataset.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(reader.datasets(None, 10).await.unwrap()), ["d1", "d2", "d3", "d4"]);
    assert_eq!(ids(reader.datasets(Some(&id("d1")), 2).await.unwrap()), ["d2", "d3"]);
    assert_eq!(ids(reader.shown_datasets(None, 10).await.unwrap()), ["d1", "d3"]);
    let history = reader.dataset_history(&id("d4"), 0, 10).await.unwrap();
    assert_eq!(
        history.iter().map(|line| (line.number, line.withdrawn)).collect::<Vec<_>>(),
        [(1, false), (2, true)]
    );
    assert_eq!(reader.dataset_history(&id("d4"), 1, 10).await.unwrap().len(), 1);

    // A contract made before the withdrawal still has its bytes; a rung closed since refuses them.
    let held = reader.dataset_source(&id("d4")).await.unwrap().unwrap();
    assert_eq!((held.revision, held.source), (1, Ok(Source::File("d4.csv".into()))));
    let held = reader.dataset_source(&id("d1")).await.unwrap().unwrap();
    assert_eq!((held.revision, held.source), (2, Err(Withheld::Framework)));
    assert_eq!(reader.dataset_source(&id("d9")).await.unwrap(), None);
    drop(reader);

    // What was found is found again, until it changes.
    let (d1, at) = (id("d1"), T0.plus_seconds(100 * 365 * 86_400));
    for number in [3, 4] {
        for _ in 0..2 {
            let shown = store.shown_datasets_at(f.member(0), at, None, 10).await.unwrap();
            let heads: Vec<_> = shown.iter().map(|r| (r.dataset.as_str(), r.number)).collect();
            assert_eq!(heads, [("d1", number - 1), ("d3", 1)]);
            assert_eq!(store.dataset(f.member(0), &d1).await.unwrap().unwrap().number, number - 1);
        }
        insert(&store, &f, &revision("d1", number, "ouvert")).await.unwrap();
    }
    let gone = Revision { number: 5, ..stone };
    insert(&store, &f, &Revision { dataset: d1.clone(), ..gone }).await.unwrap();
    let shown = store.shown_datasets_at(f.member(0), at, None, 10).await.unwrap();
    assert_eq!(shown.iter().map(|r| r.dataset.as_str()).collect::<Vec<_>>(), ["d3"]);
    assert!(store.dataset(f.member(0), &d1).await.unwrap().unwrap().is_withdrawn());

    // Another member sees none of it.
    let mut other = store.read(f.member(1)).await.unwrap();
    assert_eq!(other.datasets(None, 10).await.unwrap(), []);
    assert_eq!(other.dataset(&id("d1")).await.unwrap(), None);
    drop(other);

    let taken = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let offer = OfferId::parse("offer-of-d1").unwrap();
            let own = tx.offer_taken(&offer, &DatasetId::parse("d1").unwrap()).await?;
            Ok::<_, Error>((own, tx.offer_taken(&offer, &DatasetId::parse("d2").unwrap()).await?))
        })
    });
    assert_eq!(taken.await.unwrap().value, (None, Some("d1".to_owned())));

    f.tamper("UPDATE dataset_revision SET body = '{}' WHERE dataset = 'd3'").await;
    let mut reader = store.read(f.member(0)).await.unwrap();
    let told = reader.dataset(&id("d3")).await;
    assert!(matches!(told, Err(Error::Inconsistency { table: "dataset_revision", .. })), "{told:?}");
}
