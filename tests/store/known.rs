//! What the store knows without reading is what is stored: after a write that was undone between others of its commit,
//! and after another process's look at the database.

use std::time::Duration;

use node::domain::negotiation::{State, StateKind};
use node::store::{Error, Store};

use crate::fixture::Fixture;
use crate::processes::negotiation;

/// Saves the negotiation in a state; with an error at the end, if so.
async fn save(store: &Store, f: &Fixture, state: State, fails: bool) -> Result<(), Error> {
    let job = store.write(f.member(0), move |tx| {
        Box::pin(async move {
            let mut n = tx.negotiation(&negotiation(0).pid).await?.ok_or(Error::NotFound("negotiation"))?;
            n.state = state;
            tx.save_negotiation(n).await?;
            if fails { Err(Error::NotFound("test")) } else { Ok(()) }
        })
    });
    job.await.map(|_| ())
}

pub async fn an_undone_write_is_not_known(f: Fixture) {
    let store = f.open().await;
    let job =
        store.write(f.member(0), |tx| Box::pin(async move { tx.insert_negotiation(negotiation(0)).await }));
    job.await.unwrap();
    // While this one lasts the others queue up, to share a commit.
    let first = store.write(f.member(0), |_| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok::<_, Error>(())
        })
    });
    let others = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let seen =
            store.write(f.member(0), |tx| Box::pin(async move { tx.negotiation(&negotiation(0).pid).await }));
        let commits = store.commits();
        let saved = save(&store, &f, State::Offered, false);
        let undone = save(&store, &f, State::Accepted, true);
        let (saved, undone, seen) = tokio::join!(saved, undone, seen);
        assert_eq!((saved, undone), (Ok(()), Err(Error::NotFound("test"))));
        assert_eq!(seen.unwrap().value.unwrap().state.kind(), StateKind::Offered);
        assert_eq!(store.commits(), commits + 2, "they did not share a commit");
    };
    let (first, ()) = tokio::join!(first, others);
    first.unwrap();
    let known = store.negotiation(f.member(0), &negotiation(0).pid).await.unwrap().unwrap();
    let stored =
        store.read(f.member(0)).await.unwrap().negotiation(&negotiation(0).pid).await.unwrap().unwrap();
    assert_eq!(known, stored);
    assert_eq!((known.state.kind(), known.version), (StateKind::Offered, 2));
}

/// Adds a negotiation, and tells the log.
async fn add(store: &Store, f: &Fixture, number: usize) -> Result<Vec<u64>, Error> {
    let job = store.write(f.member(0), move |tx| {
        Box::pin(async move {
            let saved = tx.insert_negotiation(negotiation(number)).await?;
            tx.record(saved.event());
            Ok::<_, Error>(())
        })
    });
    Ok(job.await?.entries.iter().map(|entry| entry.index).collect())
}

pub async fn a_name_taken_meanwhile_undoes_one_write_of_a_commit(f: Fixture) {
    let store = f.open().await;
    assert_eq!(add(&store, &f, 0).await, Ok(vec![0]));
    // Alone, between others, and as the last one.
    assert_eq!(add(&store, &f, 0).await, Err(Error::Conflict("negotiation")));
    for (round, order) in [[0, 1, 2], [1, 0, 2], [1, 2, 0]].into_iter().enumerate() {
        let first = store.write(f.member(0), |_| {
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Ok::<_, Error>(())
            })
        });
        let commits = store.commits();
        let number = |n: usize| if n == 0 { 0 } else { 10 * (round + 1) + n };
        let others = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            tokio::join!(
                add(&store, &f, number(order[0])),
                add(&store, &f, number(order[1])),
                add(&store, &f, number(order[2]))
            )
        };
        let (first, (a, b, c)) = tokio::join!(first, others);
        first.unwrap();
        let next = 1 + 2 * round as u64;
        let mut given = vec![next, next + 1].into_iter();
        for (n, outcome) in order.into_iter().zip([a, b, c]) {
            match n {
                0 => assert_eq!(outcome, Err(Error::Conflict("negotiation")), "{order:?}"),
                _ => assert_eq!(outcome, Ok(vec![given.next().unwrap()]), "{order:?}"),
            }
        }
        assert_eq!(store.commits(), commits + 2, "they did not share a commit");
        let known = store.negotiation(f.member(0), &negotiation(0).pid).await.unwrap();
        let mut reader = store.read(f.member(0)).await.unwrap();
        assert_eq!(known, reader.negotiation(&negotiation(0).pid).await.unwrap());
        let (stored, kept) =
            (reader.entries(0, 100).await.unwrap(), store.entries(f.member(0), 0, 100).await);
        assert_eq!(stored.len() as u64, next + 2);
        assert!(kept.unwrap().iter().map(|entry| entry.as_ref()).eq(stored.iter()), "{order:?}");
        for n in [number(1), number(2)] {
            assert!(reader.negotiation(&negotiation(n).pid).await.unwrap().is_some(), "{n}");
        }
    }
    assert_eq!(crate::log::check(&f, &store).await.unwrap(), 7);
}

pub async fn a_version_that_another_process_wrote_fails_the_commit(f: Fixture) {
    let store = f.open().await;
    let job =
        store.write(f.member(0), |tx| Box::pin(async move { tx.insert_negotiation(negotiation(0)).await }));
    job.await.unwrap();
    let mut aside = f.aside().await;
    sqlx::raw_sql("UPDATE negotiation SET version = 7").execute(&mut aside).await.unwrap();
    assert_eq!(save(&store, &f, State::Offered, false).await, Err(Error::Fenced));
    // Then nothing is known any more: what is stored is read again.
    save(&store, &f, State::Offered, false).await.unwrap();
    let known = store.negotiation(f.member(0), &negotiation(0).pid).await.unwrap().unwrap();
    assert_eq!((known.state.kind(), known.version), (StateKind::Offered, 8));
}
