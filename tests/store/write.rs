//! Group commit: what is answered is kept, what fails is undone alone, nobody starves.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use contracts::id::{AgreementId, MemberId};
use futures_util::future::BoxFuture;
use node::domain::time::Timestamp;
use node::store::{Committed, Error, Store, Tx};
use sqlx::{Connection, Row};
use tokio::sync::oneshot;

use crate::fixture::{Fixture, event, record};

fn agreement() -> AgreementId {
    AgreementId::parse("a").unwrap()
}

async fn take(store: &Store, member: MemberId, request: String, fail: bool) -> Result<Committed<u64>, Error> {
    store
        .write(&member, move |tx| {
            Box::pin(async move {
                tx.take_count(&agreement(), "count", 1, &request).await?;
                tx.record(event(1));
                if !tx.use_once("issuer", &request, Timestamp(i64::MAX)).await? {
                    return Err(Error::Conflict("test"));
                }
                if fail { Err(Error::NotFound("test")) } else { tx.count(&agreement(), "count").await }
            })
        })
        .await
}

pub async fn an_error_undoes_its_write_and_no_other(f: Fixture) {
    let store = f.open().await;
    let member = f.id(0);
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let (store, member) = (store.clone(), member.clone());
            tokio::spawn(async move { take(&store, member, n.to_string(), n % 3 == 0).await })
        })
        .collect();
    let mut indexes = Vec::new();
    for (n, task) in tasks.into_iter().enumerate() {
        match task.await.unwrap() {
            Ok(committed) => {
                assert_ne!(n % 3, 0);
                indexes.extend(committed.entries.iter().map(|e| e.index));
            }
            Err(error) => assert_eq!((n % 3, error), (0, Error::NotFound("test"))),
        }
    }
    indexes.sort_unstable();
    assert_eq!(indexes, (0..40).collect::<Vec<_>>());
    let mut reader = store.read(&member).await.unwrap();
    assert_eq!(reader.count(&agreement(), "count").await.unwrap(), 40);
    assert_eq!(reader.log_head().await.unwrap().unwrap().size, 40);
    // What an undone write used is free again; what a kept one used is not.
    assert!(take(&store, member.clone(), "0".into(), false).await.is_ok());
    assert_eq!(take(&store, member, "1".into(), false).await, Err(Error::Conflict("test")));
}

pub async fn a_panic_undoes_its_write_and_the_writer_goes_on(f: Fixture) {
    let store = f.open().await;
    let member = f.id(0);
    let outcome: Result<Committed<()>, Error> = store
        .write(&member, |tx| {
            Box::pin(async move {
                tx.take_count(&agreement(), "count", 1, "r").await?;
                tx.record(event(0));
                panic!("a fault of the program");
            })
        })
        .await;
    assert!(matches!(outcome, Err(Error::Internal(_))), "{outcome:?}");
    assert_eq!(take(&store, member, "r".into(), false).await.unwrap().value, 1);
}

/// Blocks the writer until the sender is used.
fn block(store: &Store, member: MemberId) -> oneshot::Sender<()> {
    let (release, released) = oneshot::channel::<()>();
    let store = store.clone();
    tokio::spawn(async move {
        let job = store.write(&member, |_| {
            Box::pin(async move {
                let _ = released.await;
                Ok::<_, Error>(())
            })
        });
        job.await.unwrap();
    });
    release
}

pub async fn members_are_served_in_turn(f: Fixture) {
    let store = f.open().await;
    let release = block(&store, f.id(0));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for (count, number) in [(50, 0), (3, 1)] {
        for _ in 0..count {
            let (store, member, order) = (store.clone(), f.id(number), order.clone());
            tasks.push(tokio::spawn(async move {
                let job = store.write(&member, move |_| {
                    Box::pin(async move {
                        order.lock().unwrap().push(number);
                        Ok::<_, Error>(())
                    })
                });
                job.await.unwrap();
            }));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    release.send(()).unwrap();
    for task in tasks {
        task.await.unwrap();
    }
    let order = order.lock().unwrap();
    assert_eq!(order.len(), 53);
    assert!(order[..6].iter().filter(|n| **n == 1).count() == 3, "{order:?}");
}

pub async fn a_full_queue_refuses(f: Fixture) {
    let mut options = f.options();
    options.writes_waiting = 2;
    let store = f.open_with(options).await;
    let release = block(&store, f.id(0));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let waiting: Vec<_> = (0..2)
        .map(|n| {
            let (store, member) = (store.clone(), f.id(0));
            tokio::spawn(async move { take(&store, member, n.to_string(), false).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(take(&store, f.id(0), "x".into(), false).await, Err(Error::Busy));
    let other = tokio::spawn({
        let (store, member) = (store.clone(), f.id(1));
        async move { take(&store, member, "y".into(), false).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    release.send(()).unwrap();
    for task in waiting {
        task.await.unwrap().unwrap();
    }
    other.await.unwrap().unwrap();
}

pub async fn an_answered_write_is_read_after_reopening(f: Fixture) {
    let store = f.open().await;
    take(&store, f.id(0), "r".into(), false).await.unwrap();
    store.close().await;
    assert!(matches!(take(&store, f.id(0), "s".into(), false).await, Err(Error::Unavailable(_))));
    let store = f.open().await;
    let mut reader = store.read(f.member(0)).await.unwrap();
    assert_eq!(reader.count(&agreement(), "count").await.unwrap(), 1);
    drop(reader);
    assert_eq!(take(&store, f.id(0), "r".into(), false).await, Err(Error::Conflict("test")));
}

pub async fn a_database_that_goes_away_comes_back(f: Fixture) {
    let store = f.open().await;
    record(&store, f.member(0), 3).await;
    let mut aside = f.aside().await;
    if f.url.starts_with("sqlite") {
        // Somebody keeps the file locked for longer than we wait.
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut aside).await.unwrap();
    } else {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        sqlx::raw_sql(kill).execute(&mut aside).await.unwrap();
    }
    let failed = take(&store, f.id(0), "r".into(), false).await;
    assert!(matches!(failed, Err(Error::Unavailable(_))), "{failed:?}");
    assert!(store.health().is_err());
    if f.url.starts_with("sqlite") {
        sqlx::raw_sql("ROLLBACK").execute(&mut aside).await.unwrap();
    }
    let mut kept = None;
    for _ in 0..50 {
        match take(&store, f.id(0), "r".into(), false).await {
            Ok(committed) => {
                kept = Some(committed);
                break;
            }
            Err(error) => assert!(matches!(error, Error::Unavailable(_)), "{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(kept.unwrap().entries[0].index, 3);
    assert_eq!(store.health(), Ok(()));
    aside.close().await.unwrap();
}

pub async fn many_writes_at_once(f: Fixture) {
    let store = f.open().await;
    let tasks: Vec<_> = (0..800)
        .map(|n| {
            let (store, member) = (store.clone(), f.id(n % 2));
            tokio::spawn(async move { take(&store, member, n.to_string(), false).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    for number in 0..2 {
        let mut reader = store.read(f.member(number)).await.unwrap();
        assert_eq!(reader.count(&agreement(), "count").await.unwrap(), 400);
        assert_eq!(reader.log_head().await.unwrap().unwrap().size, 400);
    }
    let mut aside = f.aside().await;
    let row = sqlx::query("SELECT COUNT(*) FROM replay").fetch_one(&mut aside).await.unwrap();
    assert_eq!(row.get::<i64, _>(0), 800);
}

fn nothing<'t>(_: &'t mut Tx<'_>) -> BoxFuture<'t, Result<(), Error>> {
    Box::pin(async { Ok(()) })
}

pub async fn what_nobody_waits_for_shares_the_next_commit(f: Fixture) {
    const PAIRS: u64 = 40;
    let store = f.open().await;
    let before = store.commits();
    for _ in 0..PAIRS {
        let later = store.write_with_next(f.member(0), nothing);
        let (later, now) = tokio::join!(later, store.write(f.member(1), nothing));
        later.unwrap();
        now.unwrap();
    }
    // A pair that the machine interrupts for milliseconds takes two.
    let shared = store.commits() - before;
    assert!(shared < PAIRS * 3 / 2, "{shared} commits for {PAIRS} pairs");
    // Without another it does not wait for ever.
    let alone = store.write_with_next(f.member(0), nothing);
    tokio::time::timeout(Duration::from_secs(5), alone).await.unwrap().unwrap();
}

pub async fn durable_settings(f: Fixture) {
    let store = f.open().await;
    let settings = store.durability().await.unwrap();
    assert!(settings.len() >= 2);
    assert!(settings.iter().all(|s| s.safe), "{settings:?}");
}
