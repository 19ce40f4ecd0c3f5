//! Entries per second that the store appends to one member's log: committed, hashed, with signed checkpoints.

use std::path::Path;
use std::time::{Duration, Instant};

use contracts::id::{ParticipantId, Pid};
use futures_util::future::join_all;
use node::app::member::create::{NewMember, create};
use node::domain::event::{Access, AccessEvent, Event, Reference};
use node::domain::time::Clock;
use node::identity::random;
use node::identity::seal::MasterSecret;
use node::store::{Error, Options, Store};

use super::Sizes;
use super::figure::Figure;
use super::machine::Machine;

/// Writers that wait for their own entry before they make the next one.
const WRITERS: usize = 1000;

pub async fn measure(folder: &Path, machine: &Machine, sizes: &Sizes) -> Vec<Figure> {
    let url = format!("sqlite://{}", folder.join("log.sqlite").display());
    Store::migrate(&url).await.unwrap();
    let store = Store::open(Options::new(url)).await.unwrap();
    let secret = MasterSecret::from_text(&MasterSecret::generate_text()).unwrap();
    let new = NewMember {
        name: "bench".into(),
        base_url: "https://localhost:8443".parse().unwrap(),
        place: None,
        law: None,
    };
    let created = create(&store, &secret, new, Clock::System.now()).await.unwrap();
    let member = created.hosted.id().clone();
    let commits = store.commits();
    let (begun, time) = (Instant::now(), Duration::from_secs_f64(sizes.seconds));
    let counts = join_all((0..WRITERS).map(|_| async {
        let mut count = 0_u64;
        while begun.elapsed() < time {
            let event = event();
            store
                .write(&member, move |tx| {
                    Box::pin(async move {
                        tx.record(event);
                        Ok::<_, Error>(())
                    })
                })
                .await
                .unwrap();
            count += 1;
        }
        count
    }));
    let count = counts.await.iter().sum::<u64>();
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    let batch = count as f64 / (store.commits() - commits).max(1) as f64;
    store.close().await;
    vec![
        Figure::new("log_appends_per_s", rate, "/s")
            .at_least(20_000.0)
            .of("fdatasync/s", machine.fdatasync)
            .note(format!("{WRITERS} writers, {batch:.0} entries in one commit")),
    ]
}

fn event() -> Event {
    Event::Access(Access {
        what: AccessEvent::Opened { first: 0 },
        reference: Reference(random::reference(Clock::System.now()).0),
        transfer: Pid::parse("urn:uuid:0192f0c1-2a9b-7cc4-8b3e-0d5c1a7e9f10").unwrap(),
        agreement: None,
        dataset: None,
        peer: ParticipantId::did("did:web:localhost%3A8444").unwrap(),
    })
}
