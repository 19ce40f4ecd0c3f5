//! Evidence packs through the program: made at a node, verified without one, and every change found.

use std::path::Path;

use contracts::evidence::{Manifest, Seal};
use node::domain::time::Timestamp;
use node::identity::evidence::sign_seal;
use node::identity::keys::{Keyring, Purpose};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tests::binary::{Ended, command};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, segment, text};
use tests::on_both;
use tests::temporary::Folder;

on_both!(a_pack_is_verified_without_a_node_and_every_change_is_found, a_pack_holds_what_was_asked_for);

/// A made pack with the anchors of both parties, in a folder that has no node.
async fn made(federation: &Federation, folder: &Folder, arguments: &[&str]) -> (Ended, String) {
    let out = folder.path().join("pack").to_str().unwrap().to_owned();
    let mut all = vec!["evidence", "--out", &out];
    all.extend(arguments);
    (command(federation.nodes[0].folder.path(), &all).await, out)
}

async fn exchanged(federation: &Federation) -> (String, String) {
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    eau.until_logged("delivery.acknowledged", 1).await;
    (dataset, agreement)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|e| (e.path(), e.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn names(folder: &Path, below: &str) -> Vec<String> {
    let found = std::fs::read_dir(folder.join(below)).into_iter().flatten();
    let mut names: Vec<_> =
        found.map(|e| format!("{below}/{}", e.unwrap().file_name().to_string_lossy())).collect();
    names.sort();
    names
}

async fn a_pack_is_verified_without_a_node_and_every_change_is_found(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    let (_, agreement) = exchanged(&federation).await;
    let refused = serde_json::json!({"agreement": agreement, "purpose": OTHER_PURPOSE});
    epci.post("/transfers", &refused).await.ok();
    // Decided while the contract stands, for its purpose.
    eau.until_logged("transfer.requested", 2).await;
    eau.post(
        &format!("/contracts/{}/revoke", segment(&agreement)),
        &serde_json::json!({"ground": "fin | anticipée"}),
    )
    .await
    .ok();
    let folder = Folder::default();
    let asked = ["--contract", &agreement, "--reason", "plainte 118"];
    let (ended, pack) = made(&federation, &folder, &asked).await;
    ended.ok();
    let mut anchors = Vec::new();
    for member in [&eau, &epci] {
        let document = member.public("/.well-known/did.json").await.body;
        anchors
            .push(folder.write(&format!("{}.did.json", member.name), document).to_str().unwrap().to_owned());
    }
    let keys = [eau.keys(), epci.keys()];
    drop(federation);

    let nowhere = folder.path().join("no-node");
    let verify = |path: String| {
        let (nowhere, anchors) = (nowhere.clone(), anchors.clone());
        async move {
            command(&nowhere, &["verify", &path, "--anchor", &anchors[0], "--anchor", &anchors[1]]).await
        }
    };
    let good = verify(pack.clone()).await.ok();
    let report = &good["files"][0]["report"];
    assert_eq!((&report["kind"], &report["anchored"]), (&"evidence-pack".into(), &true.into()), "{good:#}");
    let codes: Vec<_> = report["findings"].as_array().unwrap().iter().map(|f| text(&f["code"])).collect();
    for code in ["whole", "signed-by-both", "revoked", "anchored", "pack-whole"] {
        assert!(codes.contains(&code.to_owned()), "{code}: {codes:?}");
    }
    assert!(!codes.contains(&"decided-otherwise".to_owned()));
    let without = command(&nowhere, &["verify", &pack]).await.ok();
    assert_eq!(without["files"][0]["report"]["anchored"], false);
    let one = command(&nowhere, &["verify", &pack, "--anchor", &anchors[0]]).await;
    assert_eq!(one.code, 1, "one party's anchor alone leaves the other unknown");

    // What persons read.
    let path = Path::new(&pack);
    let index = std::fs::read_to_string(path.join("index.fr.md")).unwrap();
    for words in
        ["plainte 118", "remise ouverte", "RÉVOQUÉ", "Accès autorisé", "Accès refusé", "fin \\| anticipée"]
    {
        assert!(index.contains(words), "{words}: {index}");
    }
    // Decisions are made again from the pack alone.
    let decisions = names(path, "decisions");
    assert!(decisions.len() >= 3, "{decisions:?}");
    for name in &decisions {
        let entry = name.trim_start_matches("decisions/").trim_end_matches(".decision.json");
        let again = command(&nowhere, &["decision", "replay", entry, "--pack", &pack]).await.ok();
        assert_eq!(again["same"], true);
        let report = std::fs::read(path.join(name)).unwrap();
        assert_eq!(hex::encode(Sha256::digest(&report)), text(&again["named"]));
    }
    assert_eq!(command(&nowhere, &["decision", "replay", "999", "--pack", &pack]).await.code, 4);

    let bad = folder.path().join("bad");
    let changes = changes(path);
    assert!(changes.len() > 20, "{}", changes.len());
    for (what, change, said) in changes {
        drop(std::fs::remove_dir_all(&bad));
        copy(path, &bad);
        change(&bad);
        let found = verify(bad.to_str().unwrap().to_owned()).await;
        assert_eq!(found.code, 1, "{what}: {}", found.json);
        let findings = found.json["files"][0]["report"]["findings"].to_string();
        assert!(findings.contains(said), "{what}: {findings}");
    }
    for (what, change, said) in lies(path) {
        drop(std::fs::remove_dir_all(&bad));
        copy(path, &bad);
        change(&bad);
        sealed(&bad, &keys[0]);
        let found = verify(bad.to_str().unwrap().to_owned()).await;
        assert_eq!(found.code, 1, "{what}: {}", found.json);
        let findings = found.json["files"][0]["report"]["findings"].to_string();
        assert!(findings.contains(said), "{what}: {findings}");
    }
    // Sealed anew without a change it holds; sealed by the other party it does not.
    for (keys, code) in keys.iter().zip([0, 1]) {
        drop(std::fs::remove_dir_all(&bad));
        copy(path, &bad);
        sealed(&bad, keys);
        assert_eq!(verify(bad.to_str().unwrap().to_owned()).await.code, code);
    }
}

type Change = (String, Box<dyn Fn(&Path)>, &'static str);

/// Every way to change a pack: without its maker, who alone can sign a manifest; then with a manifest that fits.
fn changes(pack: &Path) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let first = |folder: &str| names(pack, folder).first().cloned().unwrap();
    let one_of_each = [
        "index.fr.md".to_owned(),
        "instructions.en.md".to_owned(),
        "log/extract.log.json".to_owned(),
        "log/checkpoint".to_owned(),
        first("log/entries"),
        first("contracts"),
        first("receipts"),
        first("decisions"),
        first("identities"),
    ];
    for name in one_of_each {
        let named = name.clone();
        all.push((
            format!("changed {name}"),
            Box::new(move |folder| {
                let path = folder.join(&named);
                let mut bytes = std::fs::read(&path).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                std::fs::write(path, bytes).unwrap();
            }),
            "manifest names",
        ));
        all.push((
            format!("without {name}"),
            Box::new(move |folder| std::fs::remove_file(folder.join(&name)).unwrap()),
            "is missing",
        ));
    }
    for name in ["manifest.json", "manifest.jws"] {
        let removed = move |folder: &Path| std::fs::remove_file(folder.join(name)).unwrap();
        all.push((format!("without {name}"), Box::new(removed), "is missing"));
    }
    all.push((
        "added".into(),
        Box::new(|folder| std::fs::write(folder.join("receipts/x.receipt.json"), "{}").unwrap()),
        "was added",
    ));
    all.push((
        "a link".into(),
        Box::new(|folder| std::os::unix::fs::symlink("/etc/hostname", folder.join("x")).unwrap()),
        "neither a file nor a folder",
    ));
    let receipt = first("receipts");
    all.push((
        "a manifest that fits, and that its maker did not sign".into(),
        Box::new(move |folder| {
            std::fs::remove_file(folder.join(&receipt)).unwrap();
            renamed(folder);
        }),
        "manifest.jws",
    ));
    all
}

/// What the maker itself can change, who seals the pack anew.
fn lies(pack: &Path) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let (entries, decisions) = (names(pack, "log/entries"), names(pack, "decisions"));
    let (one, other) = (entries[0].clone(), entries[1].clone());
    let copied = move |folder: &Path| {
        std::fs::copy(folder.join(&one), folder.join(&other)).unwrap();
    };
    all.push(("proof of another entry".into(), Box::new(copied), "is the proof of another entry"));
    let name = decisions[0].clone();
    let edited = move |folder: &Path| replace(folder, &name, "\"permit\"", "\"refuse\"");
    all.push(("another report".into(), Box::new(edited), "is not the report that the entry names"));
    let name = decisions[1].clone();
    let removed = move |folder: &Path| std::fs::remove_file(folder.join(&name)).unwrap();
    all.push(("without a report".into(), Box::new(removed), "decision.json: is missing"));
    let name = names(pack, "receipts")[0].clone();
    let edited = move |folder: &Path| replace(folder, &name, "\"bytes\":", "\"bytes\":9");
    all.push(("another receipt".into(), Box::new(edited), "file-refused"));
    let edited = |folder: &Path| replace(folder, "index.fr.md", "remise ouverte", "remise refusée");
    all.push(("a false index".into(), Box::new(edited), "does not say what the pack"));
    let edited = |folder: &Path| replace(folder, "log/checkpoint", "\n", "\n ");
    all.push(("another checkpoint".into(), Box::new(edited), "is not the checkpoint of the extract"));
    let dropped = |folder: &Path| extract(folder, |entries| drop(entries.pop()));
    all.push(("an entry dropped".into(), Box::new(dropped), "that the extract does not hold"));
    let opened = |folder: &Path| {
        extract(folder, |entries| {
            let open = entries.iter_mut().find(|e| e["openings"]["bytes"].is_object()).unwrap();
            open["openings"]["bytes"]["value"] = "7".into();
        });
    };
    all.push(("another value".into(), Box::new(opened), "do not open the leaf"));
    let facts = |folder: &Path| {
        extract(folder, |entries| {
            let open = entries.iter_mut().find(|e| e["openings"]["facts"].is_object()).unwrap();
            let facts = text(&open["openings"]["facts"]["value"]);
            open["openings"]["facts"]["value"] = facts.replace(PURPOSE, OTHER_PURPOSE).into();
        });
    };
    all.push(("other facts".into(), Box::new(facts), "do not open the leaf"));
    let name = names(pack, "contracts")[0].clone();
    let unrevoked = move |folder: &Path| {
        let path = folder.join(&name);
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        file["revocations"] = serde_json::json!([]);
        std::fs::write(path, contracts::jcs::canonical_value(&file).unwrap()).unwrap();
    };
    all.push((
        "a revocation left out".into(),
        Box::new(unrevoked),
        "revocation that the file does not carry",
    ));
    let stranger = |folder: &Path| std::fs::write(folder.join("notes.txt"), "x").unwrap();
    all.push(("a file that has no place".into(), Box::new(stranger), "has no place in a pack"));
    all
}

fn replace(folder: &Path, name: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(text.contains(from), "{name}: {text}");
    std::fs::write(folder.join(name), text.replacen(from, to, 1)).unwrap();
}

fn extract(folder: &Path, change: impl FnOnce(&mut Vec<Value>)) {
    let path = folder.join("log/extract.log.json");
    let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(file["entries"].as_array_mut().unwrap());
    std::fs::write(path, contracts::jcs::canonical_value(&file).unwrap()).unwrap();
}

/// Signs the manifest of what is there, as its maker.
fn sealed(folder: &Path, keys: &Keyring) {
    let files = renamed(folder);
    let manifest: Manifest = serde_json::from_slice(&files).unwrap();
    let (kind, v) = (Default::default(), contracts::format::V1);
    let digest = contracts::jcs::sha256_b64url(&files);
    let seal = Seal { kind, v, by: manifest.by, at: manifest.at, manifest: digest };
    let at = Timestamp::from_seconds(manifest.at.seconds());
    let jws = sign_seal(&seal, &keys.current(Purpose::Sign, at).unwrap().signer).unwrap();
    std::fs::write(folder.join("manifest.jws"), jws).unwrap();
}

/// Rewrites the manifest to name what is there.
fn renamed(folder: &Path) -> Vec<u8> {
    let path = folder.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let there = ["", "contracts", "receipts", "decisions", "identities", "log", "log/entries"];
    let there = there
        .iter()
        .flat_map(|below| names(folder, below))
        .map(|name| name.trim_start_matches('/').to_owned());
    let named = there.filter(|name| folder.join(name).is_file() && !name.starts_with("manifest."));
    let digest = |name: &str| hex::encode(Sha256::digest(std::fs::read(folder.join(name)).unwrap()));
    manifest["files"] = named.map(|name| (name.clone(), Value::from(digest(&name)))).collect();
    let bytes = contracts::jcs::canonical_value(&manifest).unwrap();
    std::fs::write(path, &bytes).unwrap();
    bytes
}

async fn a_pack_holds_what_was_asked_for(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    let (dataset, agreement) = exchanged(&federation).await;
    let other = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    epci.contract(&eau, &other, PURPOSE).await;
    let count = |arguments: Vec<String>| {
        let federation = &federation;
        async move {
            let folder = Folder::default();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let (ended, pack) = made(federation, &folder, &arguments).await;
            if ended.code != 0 {
                return (ended.code, 0, 0);
            }
            command(folder.path(), &["verify", &pack]).await.ok();
            let path = Path::new(&pack);
            (0, names(path, "contracts").len(), names(path, "log/entries").len())
        }
    };
    let of = |arguments: &[&str]| arguments.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>();
    let (code, contracts, by_contract) = count(of(&["--contract", &agreement])).await;
    assert_eq!((code, contracts), (0, 1));
    let (_, contracts, by_dataset) = count(of(&["--dataset", &dataset])).await;
    // The publication and the negotiation are about the dataset, and not yet about the contract.
    assert!(contracts == 1 && by_dataset > by_contract, "{by_dataset} {by_contract}");
    let (_, contracts, by_peer) = count(of(&["--peer", &epci.did])).await;
    assert!(contracts == 2 && by_peer > by_contract, "{by_peer}");
    let (_, contracts, _) = count(of(&["--from", "2000-01-01", "--to", "2100-01-01"])).await;
    assert_eq!(contracts, 2);
    assert_eq!(count(of(&["--to", "2000-01-01"])).await.0, 4);
    assert_eq!(count(of(&[])).await.0, 2);
    assert_eq!(count(of(&["--contract", "0192a000-0000-7000-8000-00000000ffff"])).await.0, 4);
    assert_eq!(count(of(&["--from", "yesterday"])).await.0, 2);
    assert_eq!(count(of(&["--peer", "epci"])).await.0, 2);
    // A folder with something in it is left alone.
    let folder = Folder::default();
    folder.write("pack/mine.txt", "x");
    let (ended, _) = made(&federation, &folder, &["--dataset", &dataset]).await;
    assert_eq!((ended.code, folder.path().join("pack/manifest.json").exists()), (2, false));
    let path = format!("/evidence?dataset={}", segment(&dataset));
    eau.call("", reqwest::Method::GET, &path, None).await.problem(401);
}
