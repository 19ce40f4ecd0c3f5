//! Processes and agreements come back as they were saved, and only the version one knows is replaced.

use contracts::id::{AgreementId, DatasetId, OfferId, ParticipantId, Pid};
use node::domain::agreement::{Agreement, Contract, Revocation, Standing};
use node::domain::delivery::{Closed, Delivery};
use node::domain::event::{Ending, Reference};
use node::domain::negotiation::{self, Negotiation, Shown, Termination, Terms};
use node::domain::plane::{Ask, DataPlane, Foreign};
use node::domain::process::Role;
use node::domain::transfer::{self, Address, Binding, Destination, Sink, Transfer};
use node::store::{Error, Page};

use crate::fixture::{Fixture, T0};

fn peer() -> ParticipantId {
    ParticipantId::parse("did:web:peer").unwrap()
}
fn pid(text: &str) -> Pid {
    Pid::parse(text).unwrap()
}
fn agreement_id() -> AgreementId {
    AgreementId::parse("agreement").unwrap()
}
fn dataset() -> DatasetId {
    DatasetId::parse("dataset").unwrap()
}

pub(crate) fn negotiation(n: usize) -> Negotiation {
    Negotiation {
        pid: pid(&format!("ours {n}").replace(' ', "-")),
        role: Role::Provider,
        peer: peer(),
        peer_pid: Some(pid(&format!("theirs-{n}"))),
        callback: "https://peer.example/dsp".into(),
        terms: Terms {
            dataset: dataset(),
            offer: OfferId::parse("offer").unwrap(),
            policy: r#"{"é":1}"#.into(),
            shown: Some(Shown { revision: 3, digest: "d".into() }),
            until: None,
        },
        state: negotiation::State::Requested,
        statements: vec!["jws".into()],
        unacknowledged: Some(negotiation::MessageKind::Offer),
        needs_person: true,
        version: 0,
        created: T0,
        updated: T0,
    }
}

pub async fn negotiations(f: Fixture) {
    let store = f.open().await;
    let job = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let mut n = tx.insert_negotiation(negotiation(0)).await?;
            assert_eq!(tx.negotiation(&n.pid).await?.as_ref(), Some(&n));
            use negotiation::State as S;
            let end = Termination { by_us: true, code: Some("c".into()), reason: None };
            for state in [
                S::Offered,
                S::Accepted,
                S::Agreed(agreement_id()),
                S::Verified(agreement_id()),
                S::Finalized(agreement_id()),
                S::Terminated(end),
            ] {
                let before = n.clone();
                (n.state, n.unacknowledged, n.peer_pid) = (state, None, Some(pid("theirs-0")));
                n = tx.save_negotiation(n).await?;
                assert_eq!(tx.negotiation_of(&peer(), &pid("theirs-0")).await?.as_ref(), Some(&n));
                assert_eq!(tx.save_negotiation(before).await, Err(Error::Conflict("negotiation")));
            }
            for number in 1..5 {
                tx.insert_negotiation(negotiation(number)).await?;
            }
            assert_eq!(tx.negotiations_open((0, 0)).await?, (4, 0));
            let page = tx.negotiations(None, &Page::first(2)).await?;
            let next = Page { after: Some(page[1].pid.to_string()), limit: 10 };
            assert_eq!((page.len(), tx.negotiations(None, &next).await?.len()), (2, 3));
            let requested = Some(negotiation::StateKind::Requested);
            assert_eq!(tx.negotiations(requested, &Page::first(10)).await?.len(), 4);
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
    let mut other = store.read(f.member(1)).await.unwrap();
    assert_eq!(other.negotiation(&pid("ours-1")).await.unwrap(), None);
}

fn requested() -> Transfer {
    Transfer {
        pid: pid("t"),
        role: Role::Consumer,
        peer: peer(),
        peer_pid: None,
        callback: "https://peer.example/dsp".into(),
        agreement: agreement_id(),
        dataset: dataset(),
        format: "HttpData-PULL".into(),
        purpose: Some("p".into()),
        statements: vec![],
        binding: Some(Binding::Key { thumbprint: "jkt".into() }),
        address: None,
        destination: Some(Destination::Received("a.csv".into())),
        signaled: None,
        plane: DataPlane::Foreign(Foreign {
            name: "p".into(),
            flow: Some("f".into()),
            asked: Some(Ask::Start),
        }),
        state: transfer::State::Requested,
        unacknowledged: Some(transfer::MessageKind::Request),
        needs_person: false,
        version: 0,
        created: T0,
        updated: T0,
    }
}

pub async fn transfers(f: Fixture) {
    let store = f.open().await;
    let job = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let mut t = tx.insert_transfer(requested()).await?;
            use transfer::State as S;
            let end = Termination { by_us: false, code: None, reason: Some("r".into()) };
            for state in [
                S::Started,
                S::Suspended { by_us: true, reason: Some("x".into()) },
                S::Completed,
                S::Terminated(end),
            ] {
                assert_eq!(
                    tx.live_transfers(&agreement_id()).await?,
                    std::slice::from_ref(&t)
                        .iter()
                        .filter(|t| !t.state.kind().is_final())
                        .cloned()
                        .collect::<Vec<_>>()
                );
                (t.state, t.peer_pid, t.unacknowledged) = (state, Some(pid("theirs")), None);
                t.binding = Some(Binding::Bearer);
                t.address =
                    Some(Address { endpoint: "https://e".into(), token: "k".into(), scheme: "dpop".into() });
                t.destination = Some(Destination::Sink(Sink {
                    endpoint: "https://s".into(),
                    method: "PUT".into(),
                    authorization: Some(("authorization".into(), "Bearer k".into())),
                    resumable: true,
                }));
                t = tx.save_transfer(t).await?;
                assert_eq!(tx.transfer(&t.pid).await?.as_ref(), Some(&t));
                assert_eq!(tx.transfer_of(&peer(), &pid("theirs")).await?.as_ref(), Some(&t));
            }
            let mut old = t.clone();
            old.version -= 1;
            assert_eq!(tx.save_transfer(old).await, Err(Error::Conflict("transfer")));
            assert_eq!(tx.transfers_open((0, 0)).await?, (0, 0));
            assert_eq!(tx.transfers(None, &Page::first(10)).await?, [t]);
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
}

fn unsigned() -> Agreement {
    Agreement {
        id: agreement_id(),
        role: Role::Provider,
        peer: peer(),
        callback: "https://peer.example/dsp".into(),
        dataset: dataset(),
        shown: None,
        policy: "{}".into(),
        contract: None,
        standing: Standing::Unsigned,
        revoked: None,
        created: T0,
        until: None,
        first_use: None,
        version: 0,
    }
}

pub async fn taken_names_are_refused(f: Fixture) {
    let store = f.open().await;
    let job = store.write(f.member(0), |tx| {
        Box::pin(async move {
            tx.insert_negotiation(negotiation(0)).await?;
            tx.insert_transfer(requested()).await?;
            tx.insert_agreement(unsigned()).await
        })
    });
    job.await.unwrap();
    // Each in a write that goes on as if nothing had happened: nothing of it is kept.
    for kind in ["negotiation", "transfer", "agreement"] {
        let job = store.write(f.member(0), move |tx| {
            Box::pin(async move {
                tx.insert_negotiation(negotiation(7)).await?;
                match kind {
                    "negotiation" => {
                        let mut same = negotiation(0);
                        same.pid = pid("another");
                        tx.insert_negotiation(same).await.map(|_| ())
                    }
                    "transfer" => tx.insert_transfer(requested()).await.map(|_| ()),
                    _ => tx.insert_agreement(unsigned()).await.map(|_| ()),
                }
            })
        });
        assert_eq!(job.await, Err(Error::Conflict(kind)));
        assert_eq!(store.read(f.member(0)).await.unwrap().negotiation(&negotiation(7).pid).await, Ok(None));
    }
}

pub async fn agreements(f: Fixture) {
    let store = f.open().await;
    let job = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let mut a = tx.insert_agreement(unsigned()).await?;
            assert_eq!(tx.agreement(&a.id).await?.as_ref(), Some(&a));
            let before = a.clone();
            a.contract = Some(Contract {
                document: "{}".into(),
                text: "texte".into(),
                identities: "{}".into(),
                signatures: vec!["a".into(), "b".into()],
            });
            (a.standing, a.first_use) = (Standing::Signed, Some(T0));
            a = tx.save_agreement(a).await?;
            assert_eq!(tx.save_agreement(before).await, Err(Error::Conflict("agreement")));
            assert_eq!(tx.agreement(&a.id).await?.as_ref(), Some(&a));
            a.revoked = Some(Revocation { by: peer(), ground: "g".into(), at: T0, statement: "s".into() });
            a = tx.save_agreement(a).await?;
            assert_eq!(tx.agreements(&Page::first(10)).await?, [a]);
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
}

pub async fn deliveries(f: Fixture) {
    let store = f.open().await;
    let job = store.write(f.member(0), |tx| {
        Box::pin(async move {
            let mut d = Delivery {
                reference: Reference("00".repeat(16)),
                role: Role::Provider,
                transfer: pid("t"),
                agreement: agreement_id(),
                dataset: dataset(),
                peer: peer(),
                path: "".into(),
                first: 5,
                at_most: 1 << 40,
                opened: T0,
                closed: None,
            };
            assert!(tx.insert_delivery(&d).await?);
            assert!(!tx.insert_delivery(&d).await?);
            assert_eq!(tx.open_deliveries().await?, [d.clone()]);
            let closed = Closed { bytes: 7, sha256: "ff".into(), ending: Ending::SourceFailed, at: T0 };
            assert!(tx.close_delivery(&d.reference, &closed));
            assert!(!tx.close_delivery(&d.reference, &closed));
            d.closed = Some(closed);
            assert_eq!(tx.delivery(&d.reference, Role::Provider).await?, Some(d.clone()));
            assert_eq!(tx.delivery(&d.reference, Role::Consumer).await?, None);
            assert_eq!(tx.open_deliveries().await?, []);
            assert_eq!(tx.deliveries(&pid("t"), &Page::first(10)).await?, [d]);
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
}

pub async fn impossible_rows_are_told(f: Fixture) {
    let store = f.open().await;
    let job =
        store.write(f.member(0), |tx| Box::pin(async move { tx.insert_negotiation(negotiation(0)).await }));
    job.await.unwrap();
    for (sql, column) in [
        ("UPDATE negotiation SET state = 'AGREED'", "state"),
        ("UPDATE negotiation SET state = 'DREAMING'", "state"),
        ("UPDATE negotiation SET needs_person = 2, state = 'REQUESTED'", "needs_person"),
        ("UPDATE negotiation SET body = '{}'", "body"),
    ] {
        f.tamper(sql).await;
        let read = store.read(f.member(0)).await.unwrap().negotiation(&pid("ours-0")).await;
        let wrong = Error::Inconsistency { table: "negotiation", column, id: "ours-0".into() };
        assert_eq!(read, Err(wrong), "{sql}");
    }
}
