//! The check finds what is wrong: each kind of loss, put in by hand, is named.

use contracts::tlog::leaf_hash;

use super::super::notes::Head;
use super::*;

fn process(id: &str, peer: &str, state: &str) -> Process {
    let waits_for = "nothing".into();
    Process { id: id.into(), peer_id: Some(peer.into()), state: state.into(), waits_for }
}

fn entry(index: u64, kind: &str, reference: &str) -> Entry {
    let hash = leaf_hash(&index.to_be_bytes());
    let reference = Some(reference.to_owned());
    Entry { index, kind: kind.into(), reference, hash }
}

fn with(mut node: Seen, entries: Vec<Entry>) -> Seen {
    node.entries = entries;
    seal(&mut node);
    node
}

fn seal(node: &mut Seen) {
    let hashes: Vec<_> = node.entries.iter().map(|e| e.hash).collect();
    node.head = (hashes.len() as u64, root(&hashes));
    node.head_signed = true;
}

/// Two nodes where all is well.
fn sound() -> (Kept, Both) {
    let node = |n: &str, peer: &str| Seen {
        negotiations: vec![process(n, peer, "FINALIZED")],
        transfers: vec![process(n, peer, "STARTED")],
        contracts: [("c".to_owned(), true)].into(),
        ..Seen::default()
    };
    let provider = vec![
        entry(0, "member.created", ""),
        entry(1, "delivery.opened", "r"),
        entry(2, "delivery.closed", "r"),
        entry(3, "delivery.opened", "s"),
        entry(4, "delivery.orphaned", "s"),
    ];
    let consumer = vec![entry(0, "delivery.received", "r"), entry(1, "contract.signed", "")];
    let seen = Both {
        provider: with(node("p", "c"), provider),
        consumer: with(node("c", "p"), consumer),
        files: [("f".to_owned(), "d".to_owned())].into(),
    };
    let mut kept = Kept::default();
    kept.negotiations.insert((Side::Consumer, "c".into()), "AGREED".into());
    kept.transfers.insert((Side::Provider, "p".into()), "STARTED".into());
    kept.revoked.insert("c".into(), Side::Provider);
    let first: Vec<_> = seen.provider.entries[..3].iter().map(|e| e.hash).collect();
    kept.heads.insert(Side::Provider, vec![Head { size: 3, root: root(&first) }]);
    kept.done.push(Done {
        transfer: "c".into(),
        reference: "r".into(),
        bytes: 1,
        sha256: "d".into(),
        expected: "d".into(),
        file: "f".into(),
    });
    (kept, seen)
}

#[test]
fn a_sound_pair_has_no_violation() {
    let (kept, seen) = sound();
    assert_eq!(violations(&kept, &seen), Vec::<String>::new());
}

type Sabotage = fn(&mut Kept, &mut Both);

#[test]
fn every_loss_is_named() {
    let cases: [(&str, Sabotage); 20] = [
        ("consumer says FINALIZED", |_, s| s.provider.negotiations[0].state = "VERIFIED".into()),
        ("unknown to the provider", |_, s| s.provider.negotiations.clear()),
        ("unknown to the consumer", |_, s| s.consumer.transfers.clear()),
        ("pairs it with", |_, s| s.provider.transfers[0].peer_id = Some("x".into())),
        ("is stuck in", |_, s| s.consumer.negotiations[0].waits_for = "acknowledgement".into()),
        ("is stuck in REQUESTED", |_, s| {
            s.consumer.negotiations[0].state = "REQUESTED".into();
            s.provider.negotiations[0].state = "REQUESTED".into();
        }),
        ("was answered (AGREED) and is lost", |_, s| s.consumer.negotiations[0].id = "other".into()),
        ("was TERMINATED and is STARTED", |k, _| {
            k.transfers.insert((Side::Provider, "p".into()), "TERMINATED".into());
        }),
        ("revocation of c is lost", |_, s| {
            s.consumer.contracts.insert("c".into(), false);
        }),
        ("contract file does not verify", |_, s| s.provider.refused_files.push("x".into())),
        ("the head (5) is not that of the 4 entries", |_, s| drop(s.provider.entries.pop())),
        ("entry 4 stands at 3", |_, s| drop(s.provider.entries.remove(3))),
        ("is not signed", |_, s| s.consumer.head_signed = false),
        ("does not continue the one of 3", |_, s| {
            s.provider.entries[2].hash = [0; 32];
            seal(&mut s.provider);
        }),
        ("does not continue the one of 3", |_, s| {
            s.provider.entries.truncate(1);
            seal(&mut s.provider);
        }),
        ("delivery s: opened 1 times, ended 0 times", |_, s| {
            s.provider.entries.pop();
            seal(&mut s.provider);
        }),
        ("the provider opened no such delivery", |_, s| s.consumer.entries[0].reference = Some("t".into())),
        ("no entry in the consumer's log", |_, s| s.consumer.entries[0].kind = "delivery.closed".into()),
        ("missing or changed", |_, s| drop(s.files.insert("f".into(), "e".into()))),
        ("is not that of the published file", |k, _| k.done[0].sha256 = "e".into()),
    ];
    for (expected, sabotage) in cases {
        let (mut kept, mut seen) = sound();
        sabotage(&mut kept, &mut seen);
        let found = violations(&kept, &seen);
        assert!(found.iter().any(|v| v.contains(expected)), "{expected}: {found:?}");
    }
}
