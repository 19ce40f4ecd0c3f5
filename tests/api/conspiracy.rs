//! Two members rewrite their logs together, so that their twins agree: a third that cosigned one of them finds it.

use std::path::Path;

use contracts::tlog::note::Checkpoint;
use contracts::tlog::tile::{Holds, Tile, bundle};
use contracts::tlog::{Hash, leaf_hash, root};
use sha2::{Digest, Sha256};
use tests::binary::{Ended, command};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;
use tests::temporary::Folder;

use crate::cosigned::rested;
use crate::witness::{add, origin, request, sign};

on_both!(an_exchange_that_both_drop_is_missed_by_a_third,);

/// The log without some of its entries, as files signed by its owner: everything in it is right.
fn rewritten(member: &Member, leaves: &[String], folder: &Path) -> Vec<Hash> {
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf.as_bytes())).collect();
    let size = leaves.len() as u64;
    assert!(size < 256, "one tile");
    let write = |tile: Tile, bytes: Vec<u8>| {
        let path = folder.join(tile.to_string());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    let tile = |holds| Tile { holds, index: 0, width: size };
    write(tile(Holds::Hashes(0)), hashes.concat());
    write(tile(Holds::Entries), bundle(leaves.iter().map(|leaf| leaf.as_bytes())).unwrap());
    let checkpoint = Checkpoint { origin: origin(member), size, root: root(&hashes) };
    std::fs::write(folder.join("checkpoint"), sign(member, &checkpoint.origin, &checkpoint).write()).unwrap();
    hashes
}

async fn verified(folder: &Path, anchor: &Path) -> Ended {
    let [folder, anchor] = [folder, anchor].map(|path| path.to_str().unwrap().to_owned());
    command(Path::new("/"), &["log", "verify", &folder, "--anchor", &anchor]).await
}

async fn an_exchange_that_both_drop_is_missed_by_a_third(engine: Engine) {
    let config = "[log]\ncosign_every_s = 1\n".to_owned();
    let setup = |name| Setup { config: config.clone(), ..Setup::new(engine, name) };
    let federation = Federation::of(vec![setup("eau"), setup("epci"), setup("region")]).await;
    let [eau, epci, region] = [0, 1, 2].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let other = eau.publish(&closed("a.csv", &region, PURPOSE)).await;
    region.contract(&eau, &other, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    eau.until_logged("delivery.acknowledged", 1).await;
    // Both partners have cosigned the log with the exchange in it.
    rested(&eau, 2).await;

    let aside = Folder::default();
    let log = eau.log().await;
    let kept: Vec<_> =
        log.iter().filter(|e| !e.kind.starts_with("delivery.")).map(|e| e.leaf.clone()).collect();
    assert_eq!(log.len() - kept.len(), 3, "opened, closed, acknowledged");
    let folder = aside.path().join("log");
    let hashes = rewritten(&eau, &kept, &folder);
    let anchor = aside.write("eau.did.json", eau.public("/.well-known/did.json").await.body);
    // The other party says nothing, and by itself the log is whole: nobody else could tell.
    assert_eq!(verified(&folder, &anchor).await.ok()["fields"]["entries"], kept.len().to_string());

    // The third shows to whoever asks what it cosigned.
    let hash = hex::encode(Sha256::digest(origin(&eau).as_bytes()));
    let seen = region.public(&format!("/witness/{hash}/checkpoint")).await.text();
    let size =
        contracts::tlog::note::Note::parse(&seen).and_then(|n| Checkpoint::parse(&n.text)).unwrap().size;
    std::fs::create_dir_all(folder.join("checkpoints")).unwrap();
    std::fs::write(folder.join(format!("checkpoints/{size}")), &seen).unwrap();
    let ended = verified(&folder, &anchor).await;
    assert!(ended.code == 1 && ended.json.to_string().contains("rolled back"), "{}", ended.json);

    // They go on until the log is longer than it was.
    let more: Vec<_> = kept.iter().cloned().chain(kept.iter().take(9).cloned()).collect();
    let longer = rewritten(&eau, &more, &folder);
    let ended = verified(&folder, &anchor).await;
    assert!(ended.code == 1 && ended.json.to_string().contains("forked"), "{}", ended.json);
    // And the third cosigns neither.
    for (old, leaves) in [(size, &longer), (kept.len() as u64, &hashes)] {
        let checkpoint = Checkpoint { origin: origin(&eau), size: leaves.len() as u64, root: root(leaves) };
        let note = sign(&eau, &checkpoint.origin, &checkpoint);
        let answer = add(&region, request(usize::try_from(old).unwrap(), leaves, note)).await;
        assert_eq!(answer.status, if old == size { 422 } else { 409 });
    }
}
