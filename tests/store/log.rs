//! The transparency log as stored: proofs, growth, tampering, erasure.

use contracts::extract::LogExtract;
use contracts::leaf::Leaf;
use contracts::tlog;
use contracts::tlog::note::{Checkpoint, Note};
use node::domain::event::DecisionRecord;
use node::domain::event::Record;
use node::identity::document::did_document;
use node::identity::keys::Purpose;
use node::log::{proof, verify};
use node::store::{Committed, Error, Store};
use node::verify::anchor::Anchors;
use node::verify::verify_file;

use crate::fixture::{Fixture, T0, event, record};

pub(crate) async fn check(f: &Fixture, store: &Store) -> Result<u64, verify::Fault> {
    let (member, keys, _) = &f.members[0];
    let key = keys.current(Purpose::Log, T0).unwrap().public.clone();
    verify::verify(&mut store.read(&member.id).await.unwrap(), &[&key]).await
}

pub async fn entries_are_proven_as_the_log_grows(f: Fixture) {
    let store = f.open().await;
    let member = f.id(0);
    let watch = store.events(&member);
    let (mut heads, mut hashes) = (Vec::new(), Vec::new());
    for count in [1, 1, 3, 250, 1, 1, 300, 120] {
        let committed = record(&store, &member, count).await;
        for entry in committed.entries {
            assert_eq!(entry.index, hashes.len() as u64);
            hashes.push(entry.leaf_hash);
        }
        assert_eq!(*watch.borrow(), hashes.len() as u64);
        let head = store.read(&member).await.unwrap().log_head().await.unwrap().unwrap();
        assert_eq!((head.size, head.root), (hashes.len() as u64, tlog::root(&hashes)));
        let checkpoint = Checkpoint::parse(&Note::parse(&head.checkpoint).unwrap().text).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (head.size, head.root));
        assert_eq!(checkpoint.origin, "eau.example.org/log");
        heads.push(head);
    }
    let mut reader = store.read(&member).await.unwrap();
    let last = heads.last().unwrap();
    for index in [0, 1, 4, 254, 255, 256, 257, 511, 512, 600, 676] {
        let proof = proof::inclusion(&mut reader, index, last.size).await.unwrap();
        assert!(
            tlog::verify_inclusion(&hashes[index as usize], index, last.size, &proof, &last.root),
            "{index}"
        );
    }
    for head in &heads {
        let proof = proof::consistency(&mut reader, head.size, last.size).await.unwrap();
        assert!(tlog::verify_consistency(head.size, last.size, &proof, &head.root, &last.root));
    }
    assert_eq!(proof::inclusion(&mut reader, 677, 677).await, Err(Error::NotFound("log entry")));
    assert_eq!(proof::consistency(&mut reader, 5, 678).await, Err(Error::NotFound("log size")));
    drop(reader);
    assert_eq!(check(&f, &store).await.unwrap(), 677);
}

pub async fn the_log_goes_on_after_reopening(f: Fixture) {
    let member = f.id(0);
    let mut hashes = Vec::new();
    for count in [255, 1, 300, 2] {
        let store = f.open().await;
        hashes.extend(record(&store, &member, count).await.entries.iter().map(|e| e.leaf_hash));
        let head = store.read(&member).await.unwrap().log_head().await.unwrap().unwrap();
        assert_eq!((head.size, head.root), (hashes.len() as u64, tlog::root(&hashes)));
        store.close().await;
    }
    let store = f.open().await;
    assert_eq!(check(&f, &store).await.unwrap(), 558);
}

pub async fn tampering_is_found(f: Fixture) {
    let member = f.id(0);
    let store = f.open().await;
    record(&store, &member, 300).await;
    assert_eq!(check(&f, &store).await.unwrap(), 300);
    let other = record(&store, &member, 1).await.entries[0].leaf_hash;
    // Beyond the last complete tile only the root tells.
    f.tamper(
        "UPDATE log_entry SET leaf = (SELECT leaf FROM log_entry WHERE idx = 4), \
         leaf_hash = (SELECT leaf_hash FROM log_entry WHERE idx = 4) WHERE idx = 300",
    )
    .await;
    assert!(matches!(check(&f, &store).await, Err(verify::Fault::Root)));
    f.tamper("UPDATE log_entry SET leaf = (SELECT leaf FROM log_entry WHERE idx = 4) WHERE idx = 3").await;
    assert!(matches!(check(&f, &store).await, Err(verify::Fault::Leaf(3))));
    f.tamper(
        "UPDATE log_entry SET leaf_hash = (SELECT leaf_hash FROM log_entry WHERE idx = 4) WHERE idx = 3",
    )
    .await;
    assert!(matches!(check(&f, &store).await, Err(verify::Fault::Tile { level: 0, index: 0 })));
    store.close().await;
    // A right edge that does not have the head's root stops writing rather than hiding it.
    assert_eq!(other.len(), 32);
    f.tamper(
        "UPDATE log_entry SET leaf_hash = (SELECT leaf_hash FROM log_entry WHERE idx = 4) WHERE idx = 299",
    )
    .await;
    let store = f.open().await;
    let outcome: Result<Committed<()>, Error> = store
        .write(&member, |tx| {
            Box::pin(async move {
                tx.record(event(0));
                Ok(())
            })
        })
        .await;
    assert!(matches!(outcome, Err(Error::Inconsistency { table: "log_head", .. })), "{outcome:?}");
}

pub async fn extracts_verify_offline(f: Fixture) {
    let (member, keys, _) = &f.members[0];
    let store = f.open().await;
    record(&store, &member.id, 20).await;
    let key = keys.current(Purpose::Log, T0).unwrap().public.jwk().clone();
    let mut reader = store.read(&member.id).await.unwrap();
    let entries = reader.entries(5, 3).await.unwrap();
    assert_eq!(entries[0].body.as_ref().unwrap().fields["key"].value, "key 5");
    let head = reader.log_head().await.unwrap().unwrap();
    let under = (head.size, head.checkpoint);
    let extract = proof::extract(&mut reader, under, member.did.clone(), key, entries, true).await.unwrap();
    let bytes = contracts::jcs::canonical(&extract).unwrap();

    let report = verify_file(&bytes, &Anchors::default());
    assert!(report.ok && !report.anchored(), "{:?}", report.findings);
    let anchors = |number: usize| {
        let (member, keys, _) = &f.members[number];
        let document = serde_json::to_value(did_document(member, keys, T0)).unwrap();
        let mut anchors = Anchors::default();
        anchors.add(document.to_string().as_bytes()).unwrap();
        anchors
    };
    let report = verify_file(&bytes, &anchors(0));
    assert!(report.ok && report.anchored(), "{:?}", report.findings);
    assert!(!verify_file(&bytes, &anchors(1)).ok, "anchors of others prove nothing");
    let mut stranger = extract.clone();
    stranger.participant = f.members[1].0.did.clone();
    let bytes_of = |e: &LogExtract| contracts::jcs::canonical(e).unwrap();
    assert!(!verify_file(&bytes_of(&stranger), &anchors(1)).ok);

    // Every byte counts.
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let report = verify_file(&changed, &anchors(0));
        assert!(!report.ok, "byte {at}: {:?}", String::from_utf8_lossy(&changed));
    }
    let mut moved = extract;
    moved.entries[0].index = 4;
    assert!(!verify_file(&bytes_of(&moved), &anchors(0)).ok);
}

pub async fn erased_entries_keep_their_leaf(f: Fixture) {
    let store = f.open().await;
    let member = f.id(0);
    let job = store.write(&member, |tx| {
        Box::pin(async move {
            let decision = DecisionRecord {
                json: r#"{"purpose":"x"}"#.into(),
                report: "00".repeat(32),
                permitted: false,
            };
            tx.record(Record { event: event(1), decision: Some(decision) });
            Ok::<_, Error>(())
        })
    });
    job.await.unwrap();
    let entry = store.read(&member).await.unwrap().entry(0).await.unwrap().unwrap();
    let leaf = Leaf::parse(&entry.leaf).unwrap();
    assert_eq!(leaf.outcome, Some(contracts::leaf::Outcome::Refuse));
    assert_eq!(entry.facts.as_ref().unwrap().json, r#"{"purpose":"x"}"#);
    assert!(!String::from_utf8(entry.leaf.clone()).unwrap().contains("key 1"));
    let job = store.write(&member, |tx| Box::pin(async move { tx.erase_entry(0).await }));
    job.await.unwrap();
    let erased = store.read(&member).await.unwrap().entry(0).await.unwrap().unwrap();
    assert_eq!((erased.body, erased.facts, erased.leaf), (None, None, entry.leaf));
    assert_eq!(check(&f, &store).await.unwrap(), 1);
}

pub async fn nothing_is_recorded_without_a_key(f: Fixture) {
    let store = Store::open(f.options()).await.unwrap();
    let job = store.write(f.member(0), |tx| {
        Box::pin(async move {
            tx.record(event(1));
            Ok::<_, Error>(())
        })
    });
    assert_eq!(job.await, Err(Error::Unsigned("urn:uuid:eau".into())));
    f.give_keys(&store);
    assert_eq!(record(&store, f.member(0), 1).await.entries[0].index, 0);
}
