//! A node backed up while it runs, and back from that in an empty database of the other kind.

use std::path::Path;

use tests::binary::{Ended, command};
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed};
use tests::node::{Setup, TestNode};
use tests::on_both;

use crate::moving::{empty, export, host, log, other, rows};

on_both!(a_backup_made_while_it_runs_comes_back, a_backup_is_whole_or_nothing);

async fn run(node: &TestNode, what: &str, file: &Path, secret: &Path) -> Ended {
    let arguments = [what, file.to_str().unwrap(), "--secret-file", secret.to_str().unwrap()];
    command(node.folder.path(), &arguments).await
}

async fn a_backup_made_while_it_runs_comes_back(engine: Engine) {
    let mut nodes =
        vec![TestNode::start(host(engine)).await, TestNode::start(Setup::new(engine, "epci")).await];
    let [eau, commune] = [0, 1].map(|i| nodes[0].members[i].clone());
    let epci = nodes[1].members[0].clone();
    nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    epci.pulled(&epci.transfer(&agreement, PURPOSE).await).await;
    eau.until_logged("delivery.acknowledged", 1).await;

    // Both members write all the time, and both logs come from one instant.
    let folder = nodes[1].folder.path().to_owned();
    let (file, secret) = (folder.join("node.backup"), folder.join("backup.secret"));
    let busy = [eau.clone(), commune.clone()].map(|member| {
        let description = closed("a.csv", &epci, PURPOSE);
        tokio::spawn(async move {
            loop {
                member.publish(&description).await;
            }
        })
    });
    let before = log(&eau).await.1.size;
    let kept = run(&nodes[0], "backup", &file, &secret).await.ok();
    busy.iter().for_each(|task| task.abort());
    let entries = |n: usize| kept["members"][n]["entries"].as_u64().unwrap();
    assert!(entries(0) >= before && entries(1) > 3, "{kept:#}");
    let clear = std::fs::read(&file).unwrap();
    assert!(!String::from_utf8_lossy(&clear[200..]).contains("did:web"), "it can be read without its secret");
    assert_eq!(run(&nodes[0], "backup", &file, &secret).await.code, 2, "a backup was written over");

    // It comes back elsewhere, with another secret of the node, and nothing is added to it.
    let (mut old, port) = (nodes.remove(0), eau.base.rsplit_once(':').unwrap().1.parse().unwrap());
    let (leaves, _) = log(&eau).await;
    drop((eau, commune));
    let mut new = empty(other(engine), port).await;
    std::fs::remove_file(new.folder.path().join("secret")).unwrap();
    let restored = run(&new, "restore", &file, &secret).await.ok();
    assert_eq!((&restored["members"], &restored["rows"]), (&kept["members"], &kept["rows"]));
    let again = run(&new, "restore", &file, &secret).await;
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.json["error"]["detail"].as_str().unwrap().contains("not empty"), "{again:?}");
    new.put("a.csv", "a;b\n1;2\n");
    old.stop(true).await;
    new.read_access();
    new.run(None).await.unwrap();
    let eau = new.members.iter().find(|m| m.name == "eau").unwrap().clone();
    let (back, head) = log(&eau).await;
    assert_eq!((head.size, &back[..]), (entries(0), &leaves[..back.len()]));
    nodes.insert(0, new);
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    assert_eq!(epci.pulled(&transfer).await.0, b"a;b\n1;2\n");
    let checked = check(&Federation { nodes }).await;
    assert_eq!((checked.contracts, checked.exchanges), (2, 2));
}

async fn a_backup_is_whole_or_nothing(engine: Engine) {
    let old = TestNode::start(host(engine)).await;
    let folder = old.folder.path();
    let (file, secret) = (folder.join("node.backup"), folder.join("backup.secret"));
    run(&old, "backup", &file, &secret).await.ok();
    let new = empty(other(engine), old.port).await;
    let good = std::fs::read(&file).unwrap();
    let bad = folder.join("bad.backup");
    let mut cases: Vec<(String, Vec<u8>)> = Vec::new();
    for at in [0, 40, 150, 1000, good.len() - 1] {
        let mut altered = good.clone();
        altered[at] ^= 1;
        cases.push((format!("byte {at} changed"), altered));
    }
    for cut in [0, 200, good.len() / 2, good.len() - 1] {
        cases.push((format!("cut at {cut}"), good[..cut].to_vec()));
    }
    cases.push(("something after its end".into(), [good.as_slice(), b"x"].concat()));
    for (what, content) in cases {
        std::fs::write(&bad, content).unwrap();
        let refused = run(&new, "restore", &bad, &secret).await;
        assert_eq!(refused.code, 2, "{what}: {refused:?}");
        assert_eq!(rows(&new).await, 0, "{what}: something was kept");
    }
    let wrong = old.folder.write("other.secret", "another secret of at least thirty-two bytes");
    assert_eq!(run(&new, "restore", &file, &wrong).await.code, 2, "another secret");

    // Each file for its own command, and the refusal names the other.
    let archive = folder.join("eau.archive");
    export(&old, &archive, &secret).await.ok();
    for (what, file, other) in [("member", &file, "restore"), ("restore", &archive, "member import")] {
        let import = ["import"].into_iter().filter(|_| what == "member");
        let mut arguments = vec![what];
        arguments.extend(import);
        arguments.extend([file.to_str().unwrap(), "--secret-file", secret.to_str().unwrap()]);
        let refused = command(new.folder.path(), &arguments).await;
        assert_eq!(refused.code, 2, "{refused:?}");
        assert!(refused.json["error"]["detail"].as_str().unwrap().contains(other), "{refused:?}");
    }
    // A member that left is in the backup as one that left.
    let (file, secret) = (folder.join("second.backup"), folder.join("backup.secret"));
    run(&old, "backup", &file, &secret).await.ok();
    let restored = run(&new, "restore", &file, &secret).await.ok();
    assert_eq!(restored["members"].as_array().unwrap().len(), 2);
    drop(old);
    let mut new = new;
    new.read_access();
    new.run(None).await.unwrap();
    let eau = new.members.iter().find(|m| m.name == "eau").unwrap();
    assert_eq!(eau.log().await.last().unwrap().kind, "member.retired");
    let refused = eau.post("/datasets", &closed("a.csv", eau, PURPOSE)).await;
    assert_eq!(refused.problem(503)["type"], "urn:fiducie:problem:left");
}
