//! The oracle: what must hold over a whole federation, recomputed from what its members show.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use contracts::api::log::EntryView;
use contracts::jwk::Jwk;
use contracts::tlog::note::{Checkpoint, Note};
use contracts::tlog::{self, Hash};
use node::identity::public::PublicKey;
use node::verify::anchor::Anchors;
use node::verify::verify_file;
use serde_json::Value;

use crate::federation::Federation;
use crate::flow::{PATIENCE, segment, text};
use crate::member::Member;

/// How much was checked, so that a test can say that it was not nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    pub entries: usize,
    pub contracts: usize,
    pub negotiations: usize,
    pub transfers: usize,
    pub exchanges: usize,
}

/// Waits until nothing is on its way, then checks everything.
pub async fn check(federation: &Federation) -> Checked {
    let members = federation.members();
    settle(&members).await;
    let mut checked = Checked::default();
    let mut logs = BTreeMap::new();
    for member in &members {
        let log = log(member).await;
        checked.entries += log.len();
        checked.contracts += contracts(member, &members).await;
        logs.insert(member.did.clone(), log);
    }
    checked.negotiations =
        same_on_both_sides(&members, "negotiations", &["state", "agreement", "dataset", "policy"]).await;
    checked.transfers =
        same_on_both_sides(&members, "transfers", &["state", "agreement", "dataset", "purpose"]).await;
    checked.exchanges = exchanges(&logs);
    checked
}

/// Nothing waits for an acknowledgement or for a node, and every delivery is closed: that is written after its last byte.
async fn settle(members: &[Member]) {
    let started = Instant::now();
    loop {
        let mut waiting = Vec::new();
        for member in members {
            for kind in ["negotiations", "transfers"] {
                let all = member.all(&format!("/{kind}")).await;
                waiting.extend(all.into_iter().filter(|p| {
                    let started = kind == "transfers" && p["state"] == "STARTED";
                    p["waits_for"] == "acknowledgement" || (p["waits_for"] == "node" && !started)
                }));
            }
            let log = member.log().await;
            let of = |kinds: &[&str]| {
                let entries = log.iter().filter(|e| kinds.contains(&e.kind.as_str()));
                entries.filter_map(reference).collect::<BTreeSet<_>>()
            };
            let ended = of(&["delivery.closed", "delivery.orphaned"]);
            waiting.extend(of(&["delivery.opened"]).difference(&ended).map(|r| r.as_str().into()));
        }
        if waiting.is_empty() {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "never settles: {waiting:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The log is the tree that its signed checkpoint names.
async fn log(member: &Member) -> Vec<EntryView> {
    let (note, entries) = loop {
        let note = member.public("/log/checkpoint").await;
        let entries = member.log().await;
        // An entry may come between the two questions.
        let again = member.public("/log/checkpoint").await;
        if note.body == again.body {
            break (Note::parse(&note.text()).unwrap(), entries);
        }
    };
    let checkpoint = Checkpoint::parse(&note.text).unwrap();
    assert_eq!(checkpoint.size, entries.len() as u64, "{}", member.name);
    let mut leaves: Vec<Hash> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        assert_eq!(entry.index, index as u64);
        let hash = tlog::leaf_hash(entry.leaf.as_bytes());
        assert_eq!(hex::encode(hash), entry.leaf_hash);
        leaves.push(hash);
        let leaf: Value = serde_json::from_str(&entry.leaf).unwrap();
        assert_eq!(leaf["kind"], entry.kind.as_str());
        // Quoted: a short name may come up by chance inside a digest.
        for name in [member.did.clone(), "urn:uuid:".into(), "did:".into(), format!("\"{}\"", member.name)] {
            assert!(!entry.leaf.contains(&name), "a leaf names {name}: {}", entry.leaf);
        }
    }
    assert_eq!(
        tlog::root(&leaves),
        checkpoint.root,
        "{}: the entries are not the tree that was signed",
        member.name
    );
    let own = member.get("/members/self").await.ok();
    let signed = own["keys"].as_array().unwrap().iter().filter(|k| k["purpose"] == "log").any(|key| {
        let jwk: Jwk = serde_json::from_value(key["jwk"].clone()).unwrap();
        let public = PublicKey::from_jwk(text(&key["kid"]), &jwk).unwrap();
        note.signatures
            .iter()
            .any(|s| s.name == checkpoint.origin && public.verify(note.text.as_bytes(), &s.signature))
    });
    assert!(signed, "{}: no log key signed the checkpoint", member.name);
    entries
}

/// Every signed contract verifies with the parties' present identities, and both sides hold the same one.
async fn contracts(member: &Member, members: &[Member]) -> usize {
    let mut count = 0;
    for contract in member.all("/contracts").await {
        if contract["standing"] != "signed" {
            continue;
        }
        count += 1;
        let path = format!("/contracts/{}/file", segment(contract["id"].as_str().unwrap()));
        let file = member.get(&path).await;
        let mut anchors = Anchors::default();
        for party in members {
            anchors.add(&party.public("/did.json").await.body).unwrap();
        }
        let report = verify_file(&file.body, &anchors);
        assert!(report.ok && report.anchored(), "{}: {:?}", contract["id"], report.findings);
        let peer = members.iter().find(|m| contract["peer"] == m.did.as_str()).unwrap();
        let theirs = peer.get(&path).await;
        for part in ["contract", "text"] {
            assert_eq!(file.json()[part], theirs.ok()[part], "{}: {part} differs", contract["id"]);
        }
        assert_eq!(
            contract["revoked"].is_null(),
            peer_revoked(peer, &contract).await.is_null(),
            "{contract:#}"
        );
    }
    count
}

async fn peer_revoked(peer: &Member, contract: &Value) -> Value {
    let id = contract["id"].as_str().unwrap();
    peer.get(&format!("/contracts/{}", segment(id))).await.ok()["revoked"].clone()
}

/// Each process of one side is at its peer, in the same state.
async fn same_on_both_sides(members: &[Member], kind: &str, parts: &[&str]) -> usize {
    let mut count = 0;
    for member in members {
        for own in member.all(&format!("/{kind}")).await {
            let Some(peer) = members.iter().find(|m| own["peer"] == m.did.as_str()) else { continue };
            let Some(name) = own["peer_id"].as_str() else { continue };
            count += 1;
            let theirs = peer.get(&format!("/{kind}/{}", segment(name))).await.ok();
            assert_eq!(theirs["peer_id"], own["id"], "{own:#}");
            assert_ne!(theirs["role"], own["role"]);
            for part in parts {
                let [theirs, own] = [&theirs, &own].map(|side| without_parties(&side[part]));
                assert_eq!(theirs, own, "{kind}: {part} differs");
            }
        }
    }
    count
}

/// Who offers what is in the process; an offer may name it too or not (DSP 2025-1, 7.2).
fn without_parties(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| !["target", "assigner", "assignee"].contains(&name.as_str()));
    }
    value
}

fn reference(entry: &EntryView) -> Option<String> {
    serde_json::from_str::<Value>(&entry.leaf).ok()?["ref"].as_str().map(str::to_owned)
}

fn field(entry: &EntryView, name: &str) -> Option<String> {
    entry.body.as_ref()?[name]["value"].as_str().map(str::to_owned)
}

/// What one side says it received, the other says it gave, under the same reference; every delivery that was opened is
/// closed.
fn exchanges(logs: &BTreeMap<String, Vec<EntryView>>) -> usize {
    let mut count = 0;
    for (owner, log) in logs {
        for received in log.iter().filter(|e| e.kind == "delivery.received") {
            let name = reference(received).expect("a reception without reference");
            let provider = field(received, "peer").unwrap();
            let Some(other) = logs.get(&provider) else { continue };
            let twin =
                |kind: &str| other.iter().find(|e| e.kind == kind && reference(e).as_deref() == Some(&name));
            assert!(twin("delivery.opened").is_some(), "{owner} received {name}, {provider} never opened it");
            let closed =
                twin("delivery.closed").unwrap_or_else(|| panic!("{name} is not closed at {provider}"));
            if field(received, "ending").as_deref() == Some("complete") {
                for part in ["bytes", "sha256"] {
                    assert_eq!(field(received, part), field(closed, part), "{name}: {part}");
                }
            }
            count += 1;
        }
        for opened in log.iter().filter(|e| e.kind == "delivery.opened") {
            let name = reference(opened);
            let ended = |e: &&EntryView| ["delivery.closed", "delivery.orphaned"].contains(&e.kind.as_str());
            assert_eq!(
                log.iter().filter(ended).filter(|e| reference(e) == name).count(),
                1,
                "{owner}: {name:?}"
            );
        }
    }
    count
}
