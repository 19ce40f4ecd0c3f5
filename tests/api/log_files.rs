//! A log copied into files and checked there: `fiducie log copy`, `fiducie log verify`, `fiducie verify`.

use std::path::Path;

use contracts::tlog::note::Checkpoint;
use serde_json::Value;
use tests::binary::{Ended, command};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed};
use tests::on_both;
use tests::temporary::Folder;

use crate::log::long_log;

on_both!(a_copy_proves_the_log_and_every_change_of_it_is_found, a_peers_log_is_checked_from_outside,);

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What refuses, as codes and sentences in one text.
fn refusals(ended: &Ended) -> String {
    let findings = ended.json["findings"].as_array().cloned().unwrap_or_default();
    let refused = findings.iter().filter(|f| f["refused"] == true);
    refused.map(|f| format!("{} {}", f["code"], f["en"])).collect()
}

/// Copies a folder of files.
fn clone(from: &Path, to: &Path) {
    for file in tests::reference::files(from, "") {
        let target = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(&file, &target).unwrap();
    }
}

async fn a_copy_proves_the_log_and_every_change_of_it_is_found(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let (eau, _) = long_log(&federation).await;
    let node = federation.nodes[0].folder.path();
    // A folder without a node: the verification needs none.
    let (aside, kept) = (Folder::default(), Folder::default());
    let folder = kept.path().join("journal");
    let anchor = aside.write("eau.did.json", eau.public("/.well-known/did.json").await.body);
    let first = command(node, &["log", "copy", path(&folder)]).await.ok();
    let verify = |folder: &Path| {
        let (folder, anchor) = (path(folder).to_owned(), path(&anchor).to_owned());
        let aside = aside.path().to_owned();
        async move { command(&aside, &["log", "verify", &folder, "--anchor", &anchor]).await }
    };
    let whole = verify(&folder).await.ok();
    assert_eq!(whole["fields"]["entries"], first["size"].to_string(), "{whole:#}");
    assert_eq!((&whole["ok"], &whole["anchored"]), (&Value::from(true), &Value::from(true)));
    let alone = command(aside.path(), &["log", "verify", path(&folder)]).await.ok();
    assert_eq!(alone["anchored"], false);
    let key = command(node, &["log", "key"]).await.ok();
    let by_key = ["log", "verify", path(&folder), "--log-key", key["key"].as_str().unwrap()];
    assert_eq!(command(aside.path(), &by_key).await.ok()["anchored"], true);

    // The log grows, and the copy with it; what was seen before stays comparable.
    eau.publish(&closed("a.csv", &eau, PURPOSE)).await;
    let second = command(node, &["log", "copy", path(&folder)]).await.ok();
    assert!(second["size"].as_u64() > first["size"].as_u64());
    assert!(second["files"].as_u64().unwrap() < 6, "only what is new is fetched: {second}");
    assert_eq!(verify(&folder).await.ok()["fields"]["checkpoints"], "1");

    let width = second["size"].as_u64().unwrap() - 256;
    let partial = |kind: &str| format!("tile/{kind}/001.p/{width}");
    let seen = format!("checkpoints/{}", first["size"]);
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let flipped = |name: &str, at: usize| {
        let mut bytes = bytes(name);
        let at = at % bytes.len();
        bytes[at] ^= 1;
        bytes
    };
    let swapped = {
        // Two entries of one length change places, in the bundle and in the tile: every file is consistent in itself.
        let mut hashes = bytes("tile/0/000");
        let (one, two) = hashes[..64].split_at_mut(32);
        one.swap_with_slice(two);
        hashes
    };
    let short = |name: &str| bytes(name)[..bytes(name).len() - 1].to_vec();
    for (what, name, content, found) in [
        (
            "flip an entry",
            "tile/entries/000",
            Some(flipped("tile/entries/000", 700)),
            "not the one that was hashed",
        ),
        ("flip a leaf hash", "tile/0/000", Some(flipped("tile/0/000", 77)), "not the one that was hashed"),
        ("swap two", "tile/0/000", Some(swapped), "not the one that was hashed"),
        ("flip the last", &partial("0"), Some(flipped(&partial("0"), 5)), "not the one that was hashed"),
        ("flip above", "tile/1/000.p/1", Some(flipped("tile/1/000.p/1", 3)), "not that of the entries"),
        ("truncate a bundle", "tile/entries/000", Some(short("tile/entries/000")), "ends within an entry"),
        ("truncate a tile", "tile/0/000", Some(short("tile/0/000")), "not 256 hashes"),
        ("drop the tree", "tile/1/000.p/1", None, "is missing"),
        ("an old checkpoint again", "checkpoint", Some(text(&seen).into_bytes()), ""),
        (
            "flip the checkpoint's size",
            "checkpoint",
            Some(text("checkpoint").replacen("\n2", "\n3", 1).into()),
            "log signed the checkpoint",
        ),
        ("flip the signature", "checkpoint", Some(flipped("checkpoint", text("checkpoint").len() - 5)), ""),
    ] {
        let copy = aside.path().join("tampered");
        clone(&folder, &copy);
        match content {
            Some(content) => std::fs::write(copy.join(name), content).unwrap(),
            None => std::fs::remove_file(copy.join(name)).unwrap(),
        }
        let ended = verify(&copy).await;
        match what {
            // Replayed beside the newer one that was seen, it is a rollback.
            "an old checkpoint again" => {
                assert_eq!(ended.code, 0, "an older state is whole in itself: {}", ended.json);
                let newer = copy.join(format!("checkpoints/{}", second["size"]));
                std::fs::write(newer, text("checkpoint")).unwrap();
                let ended = verify(&copy).await;
                assert!(ended.code == 1 && refusals(&ended).contains("rolled back"), "{}", ended.json);
            }
            _ => assert!(ended.code == 1 && refusals(&ended).contains(found), "{what}: {}", ended.json),
        }
        std::fs::remove_dir_all(&copy).unwrap();
    }
    // A checkpoint of the same key for other entries, kept by somebody: the log was forked.
    let size = first["size"].as_u64().unwrap();
    let other = Checkpoint { origin: crate::witness::origin(&eau), size, root: [7; 32] };
    let other = crate::witness::sign(&eau, &other.origin, &other).write();
    let forked = aside.path().join("forked");
    clone(&folder, &forked);
    std::fs::write(forked.join(&seen), other).unwrap();
    let ended = verify(&forked).await;
    assert!(ended.code == 1 && refusals(&ended).contains("forked"), "{}", ended.json);

    // Without entries the tree is still proven, and it says that it was not read.
    let bare = aside.path().join("bare");
    clone(&folder, &bare);
    std::fs::remove_dir_all(bare.join("tile/entries")).unwrap();
    assert_eq!(verify(&bare).await.ok()["fields"]["entries"], "0");

    // The whole folder of proofs, with the log in it, one entry's proof, and a file that is none.
    command(node, &["log", "prove", "3", "-o", path(&kept.path().join("3.tlog-proof"))]).await.ok();
    kept.write("lisez-moi.txt", "rien");
    let arguments = ["verify", path(kept.path()), "--anchor", path(&anchor)];
    let all = command(aside.path(), &arguments).await.ok();
    let kinds: Vec<_> =
        all["files"].as_array().unwrap().iter().map(|f| f["report"]["kind"].clone()).collect();
    assert_eq!(kinds, ["log-proof", "log"], "{all:#}");
    let proof = std::fs::read_to_string(kept.path().join("3.tlog-proof")).unwrap();
    kept.write("4.tlog-proof", proof.replace("index 3", "index 4"));
    assert_eq!(command(aside.path(), &arguments).await.code, 1);
}

async fn a_peers_log_is_checked_from_outside(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (eau, token) = long_log(&federation).await;
    let epci = federation.nodes[1].folder.path();
    let kept = Folder::default();
    let folder = path(kept.path()).to_owned();
    let seen = command(epci, &["log", "verify", "--peer", &eau.base]).await.ok();
    assert_eq!((&seen["ok"], &seen["anchored"]), (&Value::from(true), &Value::from(true)), "{seen:#}");
    assert_eq!(seen["fields"]["entries"], "0", "entries are not shown to strangers");
    let token = kept.write("token", &token);
    let keep = ["log", "verify", "--peer", &eau.base, "--keep", &folder, "--token-file", path(&token)];
    let seen = command(epci, &keep).await.ok();
    assert_eq!(seen["fields"]["entries"], seen["fields"]["size"]);
    assert_eq!(command(epci, &["log", "verify", "--peer", "https://localhost:1"]).await.code, 3);
    // What was kept is remembered: the log of a node that lost entries is not the same log.
    let name = seen["fields"]["size"].as_str().unwrap().parse::<u64>().unwrap() + 1;
    kept.write(&format!("checkpoints/{name}"), std::fs::read(kept.path().join("checkpoint")).unwrap());
    assert_eq!(command(epci, &keep).await.code, 1);
}
