//! The outbox: order within a process, hints, claims, retries.

use contracts::id::{ParticipantId, Pid};
use node::domain::outgoing::{Outgoing, Process, Queued};
use node::store::{Error, Store};

use crate::fixture::{Fixture, T0};

fn message(process: &str, n: usize) -> Outgoing {
    Outgoing {
        process: Process::Negotiation(Pid::parse(process).unwrap()),
        peer: ParticipantId::parse("did:web:peer").unwrap(),
        kind: "request",
        url: format!("https://peer.example/{n}"),
        body: "{}".into(),
    }
}

async fn due(store: &Store) -> Vec<(String, i64)> {
    let due = store.outbox_due(100).await.unwrap();
    due.iter().map(|q: &Queued| (q.process.parts().1.to_owned(), q.seq)).collect()
}

pub async fn messages_of_a_process_keep_their_order(f: Fixture) {
    let store = f.open().await;
    let member = f.id(0);
    let mut hints = store.wakeups().unwrap();
    assert!(store.wakeups().is_none());
    let job = store.write(&member, |tx| {
        Box::pin(async move {
            for n in 0..2 {
                tx.enqueue(message("a", n)).await?;
                tx.enqueue(message("b", n)).await?;
            }
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
    let undone: Result<_, Error> = store
        .write(&member, |tx| {
            Box::pin(async move {
                tx.enqueue(message("c", 0)).await?;
                Err::<(), _>(Error::NotFound("test"))
            })
        })
        .await;
    assert!(undone.is_err());
    let mut held = Vec::new();
    while let Ok(queued) = hints.try_recv() {
        held.push(queued);
    }
    let order: Vec<_> = held.iter().map(|q| (q.process.parts().1, q.seq)).collect();
    assert_eq!(order, [("a", 1), ("b", 1), ("a", 2), ("b", 2)]);
    // The worker holds them: the scan gives nothing, until the claims end.
    assert_eq!(due(&store).await, []);
    f.clock.advance(121_000);
    assert_eq!(due(&store).await, [("a".into(), 1), ("b".into(), 1)]);
    let (a1, b1) = (held[0].row, held[1].row);
    let job = store.write(&member, move |tx| {
        Box::pin(async move {
            assert!(tx.outbox_claim(a1).await?);
            assert!(!tx.outbox_claim(a1).await?);
            tx.outbox_done(a1);
            tx.outbox_retry(b1, T0.plus_seconds(1000), "no answer");
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
    assert_eq!(due(&store).await, [("a".into(), 2)]);
    f.clock.advance(2_000_000);
    assert_eq!(due(&store).await, [("a".into(), 2), ("b".into(), 1)]);
    assert_eq!(store.outbox_due(100).await.unwrap()[1].attempts, 1);
    let job = store.write(&member, move |tx| {
        Box::pin(async move {
            tx.outbox_refused(b1, "410");
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
    assert_eq!(due(&store).await, [("a".into(), 2), ("b".into(), 2)]);
    assert_eq!(store.read(&member).await.unwrap().outbox_waiting().await.unwrap(), 2);
}
