//! `docs/tiers-de-confiance.md`, done as it says: every command of it, from nothing to the first admitted member.

use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

use tests::binary::fiducie;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::PATIENCE;
use tests::on_both;
use tests::reference::repository;
use tests::temporary::Folder;

on_both!(a_project_lead_admits_the_first_member_with_the_page_in_hand);

/// The commands of the page, in their order.
fn steps() -> Vec<String> {
    let page = std::fs::read_to_string(repository().join("docs/tiers-de-confiance.md")).unwrap();
    let blocks = page.split("\n```sh\n").skip(1);
    blocks.map(|block| block.split_once("\n```").unwrap().0.to_owned()).collect()
}

async fn a_project_lead_admits_the_first_member_with_the_page_in_hand(engine: Engine) {
    let federation = Federation::start(engine, &["region", "labo"]).await;
    let [region, labo] = [0, 1].map(|n| federation.member(n));
    let folder = Folder::default();
    for (node, name) in federation.nodes.iter().zip(["region", "labo"]) {
        symlink(node.folder.path(), folder.path().join(name)).unwrap();
    }
    folder.write("region.did", &region.did);
    let programs = format!("{}:{}", fiducie().parent().unwrap().display(), std::env::var("PATH").unwrap());
    let steps = steps();
    assert!(steps.len() >= 8, "{steps:?}");
    for commands in steps {
        let started = Instant::now();
        // What travels between the two nodes takes a moment: whoever reads the page looks again.
        loop {
            let mut shell = Command::new("sh");
            shell.arg("-ec").arg(&commands).current_dir(folder.path()).env("PATH", &programs);
            let ended = shell.env_remove("FIDUCIE_DIR").output().unwrap();
            if ended.status.success() {
                break;
            }
            let said = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert!(started.elapsed() < PATIENCE, "{commands}\n{said}");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    for (member, kind) in [
        (&region, "framework.published"),
        (&region, "question.opened"),
        (&region, "question.ballot"),
        (&region, "question.answered"),
        (&region, "membership.joined"),
        (&labo, "framework.adopted"),
        (&labo, "membership.applied"),
    ] {
        assert_eq!(member.logged(kind).await, 1, "{} {kind}", member.name);
    }
    labo.until_logged("membership.heard", 3).await;
}
