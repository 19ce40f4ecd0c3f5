//! How much the store takes, beside what the disk takes. Run alone and unloaded:
//! `cargo test --release -p tests --test store -- --ignored --nocapture load`.

use std::io::Write;
use std::time::{Duration, Instant};

use contracts::id::{AgreementId, DatasetId, ParticipantId, Pid};
use node::domain::delivery::{Closed, Delivery};
use node::domain::event::{Access, AccessEvent, DecisionRecord, Ending, Event, Record, Reference};
use node::domain::process::Role;
use node::identity::random;
use node::store::{Engine, Error, Store};

use crate::fixture::{Fixture, T0};

const SECONDS: u64 = 5;

fn disk() -> f64 {
    let path = std::env::temp_dir().join(format!("fiducie-disk-{}", std::process::id()));
    let mut file = std::fs::File::create(&path).unwrap();
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(1) {
        file.write_all(&[7; 256]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    std::fs::remove_file(path).unwrap();
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn access(what: AccessEvent, reference: &str) -> Access {
    Access {
        what,
        reference: Reference(reference.to_owned()),
        transfer: Pid::parse("urn:uuid:0192a000-0000-7000-8000-000000000003").unwrap(),
        agreement: Some(AgreementId::parse("urn:uuid:0192a000-0000-7000-8000-000000000002").unwrap()),
        dataset: Some(DatasetId::parse("urn:uuid:0192a000-0000-7000-8000-000000000001").unwrap()),
        peer: ParticipantId::parse("did:web:ville.example.org").unwrap(),
    }
}

fn opened(reference: &str) -> Record {
    let decision = DecisionRecord {
        json: format!(r#"{{"facts":"{}"}}"#, "x".repeat(400)),
        report: "00".repeat(32),
        permitted: true,
    };
    Record {
        event: Event::Access(access(AccessEvent::Opened { first: 0 }, reference)),
        decision: Some(decision),
    }
}

fn closing() -> Closed {
    Closed { bytes: 4096, sha256: "00".repeat(32), ending: Ending::Complete, at: T0 }
}

/// Processor time of this process, in seconds: on a loaded machine it says more than the clock.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit(')').next().unwrap();
    let ticks: Vec<f64> =
        after_name.split_whitespace().skip(11).take(2).map(|t| t.parse().unwrap()).collect();
    (ticks[0] + ticks[1]) / 100.0
}

/// So many callers at once, each doing one thing after the other; says how many per second, and what each costs.
async fn callers<F, Fut>(name: &str, count: usize, work: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = usize> + Send + 'static,
{
    let (start, before) = (Instant::now(), processor());
    let tasks: Vec<_> = (0..count).map(|_| tokio::spawn(work())).collect();
    let mut total = 0;
    for task in tasks {
        total += task.await.unwrap();
    }
    let (rate, cost) = (total as f64 / start.elapsed().as_secs_f64(), (processor() - before) / total as f64);
    eprintln!("{name}, {count} callers: {rate:.0}/s, {:.0} µs of processor each", cost * 1e6);
}

async fn appends(store: Store, member: contracts::id::MemberId) -> usize {
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(SECONDS) {
        let job = store.write(&member, |tx| {
            Box::pin(async move {
                tx.record(Event::Access(access(AccessEvent::Refused, "00000000000000000000000000000000")));
                Ok::<_, Error>(())
            })
        });
        job.await.unwrap();
        count += 1;
    }
    count
}

/// A gated read as the store sees it: open (proof used once, delivery, entry with facts), close (delivery, entry).
async fn gated(store: Store, member: contracts::id::MemberId) -> usize {
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_secs(SECONDS) {
        let reference = random::reference(T0);
        let name = reference.clone();
        let job = store.write(&member, move |tx| {
            Box::pin(async move {
                tx.use_once("did:web:ville.example.org", &random::nonce(), T0.plus_seconds(300)).await?;
                let a = access(AccessEvent::Refused, &name.0);
                let delivery = Delivery {
                    reference: name.clone(),
                    role: Role::Provider,
                    transfer: a.transfer,
                    agreement: AgreementId::parse("urn:uuid:0192a000-0000-7000-8000-000000000002").unwrap(),
                    dataset: DatasetId::parse("urn:uuid:0192a000-0000-7000-8000-000000000001").unwrap(),
                    peer: a.peer,
                    path: String::new(),
                    first: 0,
                    at_most: 4096,
                    opened: T0,
                    closed: None,
                };
                tx.transfer(&delivery.transfer).await?;
                tx.agreement(&delivery.agreement).await?;
                tx.insert_delivery(&delivery).await?;
                tx.record(opened(&name.0));
                Ok::<_, Error>(())
            })
        });
        job.await.unwrap();
        let job = store.write(&member, move |tx| {
            Box::pin(async move {
                tx.close_delivery(&reference, &closing());
                let ended =
                    AccessEvent::Closed { bytes: 4096, sha256: "00".repeat(32), ending: Ending::Complete };
                tx.record(Event::Access(access(ended, &reference.0)));
                Ok::<_, Error>(())
            })
        });
        job.await.unwrap();
        count += 1;
    }
    count
}

async fn measure(f: Fixture) {
    let store = f.open().await;
    eprintln!("disk: {:.0} fdatasync/s", disk());
    let engine = store.engine();
    for count in [1, 64, 512] {
        callers(&format!("{engine:?}, appends"), count, || appends(store.clone(), f.id(0))).await;
    }
    for count in [64, 512] {
        callers(&format!("{engine:?}, gated reads"), count, || gated(store.clone(), f.id(1))).await;
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measure, not a test"]
async fn load_sqlite() {
    crate::run(Engine::Sqlite, measure).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measure, not a test"]
async fn load_postgres() {
    crate::run(Engine::Postgres, measure).await;
}
