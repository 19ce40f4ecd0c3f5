//! `docs/evidence.md`, done as it says: every command of it, on the files of a real exchange, with the code it promises.

use std::process::Command;

use reqwest::Method;
use tests::binary::{command, fiducie};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::on_both;
use tests::reference::repository;
use tests::temporary::Folder;

on_both!(a_jurist_checks_an_exchange_with_the_file_in_hand);

/// The commands of the page, in their order, with whether they must be refused.
fn steps() -> Vec<(String, bool)> {
    let page = std::fs::read_to_string(repository().join("docs/evidence.md")).unwrap();
    let mut steps = Vec::new();
    for block in page.split("\n```sh").skip(1) {
        let (kind, rest) = block.split_once('\n').unwrap();
        let (commands, _) = rest.split_once("\n```").unwrap();
        assert!(["", " refused"].contains(&kind), "{kind}");
        steps.push((commands.to_owned(), kind == " refused"));
    }
    steps
}

async fn a_jurist_checks_an_exchange_with_the_file_in_hand(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    eau.until_logged("delivery.acknowledged", 1).await;

    let folder = Folder::default();
    for member in [&eau, &epci] {
        let document = member.public("/.well-known/did.json").await.body;
        folder.write(&format!("{}.did.json", member.name), document);
        let extract = member.get(&format!("/log/extract?contract={}", segment(&agreement))).await;
        folder.write(&format!("preuves/{}.log.json", member.name), extract.body);
    }
    let contract = eau.get(&format!("/contracts/{}/file", segment(&agreement))).await;
    folder.write("preuves/eau-epci.contract.json", contract.body);
    let delivered = epci.deliveries(&transfer).await;
    let reference = text(&delivered[0]["reference"]);
    let receipt = epci.call(&epci.token, Method::GET, &format!("/receipts/{reference}"), None).await;
    folder.write("preuves/remise.receipt.json", receipt.body);
    let node = federation.nodes[0].folder.path();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    command(node, &["log", "copy", &path("journal")]).await.ok();
    command(node, &["evidence", "--contract", &agreement, "--out", &path("dossier")]).await.ok();
    command(node, &["log", "prove", "2", "-o", &path("inscription.tlog-proof")]).await.ok();

    let steps = steps();
    assert!(steps.len() >= 6 && steps.iter().filter(|(_, refused)| *refused).count() >= 3, "{steps:?}");
    let programs = format!("{}:{}", fiducie().parent().unwrap().display(), std::env::var("PATH").unwrap());
    for (commands, refused) in steps {
        let mut shell = Command::new("sh");
        shell.arg("-ec").arg(&commands).current_dir(folder.path()).env("PATH", &programs);
        let ended = shell.env_remove("FIDUCIE_DIR").output().unwrap();
        let said = format!(
            "{commands}\n{}{}",
            String::from_utf8_lossy(&ended.stdout),
            String::from_utf8_lossy(&ended.stderr)
        );
        assert_eq!(ended.status.code(), Some(i32::from(refused)), "{said}");
        // Refused for what is wrong with it, not for want of a file.
        assert!(!refused || said.contains("Refused") || said.contains("refused"), "{said}");
        assert!(!said.contains("No such file"), "{said}");
    }
}
