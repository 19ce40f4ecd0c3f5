//! One process writes.

use node::domain::time::Timestamp;
use node::store::{Committed, Error, Store};

use crate::fixture::{Fixture, T0, event, record};

pub async fn a_second_process_is_refused_then_served(f: Fixture) {
    let store = f.open().await;
    let Err(Error::Held { holder, until }) = Store::open(f.options()).await.map(|_| ()) else {
        panic!("a second process was let in");
    };
    assert!(holder.contains(&std::process::id().to_string()));
    assert_eq!(until, T0.plus_seconds(15));
    store.close().await;
    let again = f.open().await;
    record(&again, f.member(0), 1).await;
}

pub async fn a_process_that_lost_its_lease_writes_no_more(f: Fixture) {
    let first = f.open().await;
    record(&first, f.member(0), 1).await;
    // The first process sleeps through the end of its lease.
    f.clock.advance(16_000);
    let second = f.open().await;
    assert_eq!(record(&second, f.member(0), 1).await.entries[0].index, 1);
    let outcome: Result<Committed<()>, Error> = first
        .write(f.member(0), |tx| {
            Box::pin(async move {
                tx.record(event(9));
                tx.use_once("i", "j", Timestamp(i64::MAX)).await?;
                Ok(())
            })
        })
        .await;
    assert_eq!(outcome, Err(Error::Fenced));
    assert_eq!(record(&second, f.member(0), 1).await.entries[0].index, 2);
}
