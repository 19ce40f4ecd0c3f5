//! Pushes: the provider sends to where the consumer asked it to, under the same rules as when it is asked.

use std::path::PathBuf;

use serde_json::json;
use sha2::{Digest, Sha256};
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{OTHER_PURPOSE, PURPOSE, described, segment, text};
use tests::on_both;
use tests::pushing::{completed, pattern, received, stage};

on_both!(
    a_push_arrives_and_both_logs_know_it,
    a_folder_arrives_file_by_file,
    a_push_that_the_policy_forbids_sends_nothing,
    each_push_takes_from_the_counter,
);

async fn a_push_arrives_and_both_logs_know_it(engine: Engine) {
    let content = pattern(3 << 20);
    let stage = stage(engine, &content).await;
    let offered = stage.epci.catalogue_of(&stage.eau).await;
    let formats = &offered["dataset"][0]["distribution"];
    assert_eq!(
        (&formats[0]["format"], &formats[1]["format"]),
        (&json!("HttpData-PULL"), &json!("HttpData-PUSH"))
    );
    let transfer = stage.epci.ask_push(&stage.agreement, PURPOSE, "in/debits.bin").await;
    let theirs = completed(&stage, &transfer).await;
    let file = received(&stage.federation.nodes[1], "in/debits.bin");
    assert!(std::fs::read(&file).unwrap() == content, "other bytes arrived");
    assert!(!file.with_file_name("debits.bin.part").exists());
    let seen = stage.epci.get(&format!("/transfers/{}", segment(&transfer))).await.ok();
    assert_eq!(seen["file"].as_str().map(PathBuf::from), Some(file));
    let digest = hex::encode(Sha256::digest(&content));
    let [ours, at_provider] = [stage.epci.deliveries(&transfer).await, stage.eau.deliveries(&theirs).await]
        .map(|mut d| d.remove(0));
    for (side, part) in [(&ours, "reference"), (&ours, "sha256"), (&ours, "bytes"), (&ours, "ending")] {
        assert_eq!(side[part], at_provider[part], "{part}");
    }
    assert_eq!((ours["sha256"].as_str(), &ours["ending"]), (Some(digest.as_str()), &json!("complete")));
    stage.eau.until_logged("delivery.acknowledged", 1).await;
    let checked = check(&stage.federation).await;
    assert_eq!((checked.transfers, checked.exchanges), (2, 1));
    // The name is taken now.
    let again = json!({"agreement": stage.agreement, "format": "HttpData-PUSH", "to": "in/debits.bin"});
    stage.epci.post("/transfers", &again).await.problem(409);
    for (wrong, at) in [(json!({"to": "../x"}), "/to"), (json!({"format": "HttpData-POSH"}), "/format")] {
        let mut body = json!({"agreement": stage.agreement, "format": "HttpData-PUSH"});
        body.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_eq!(stage.epci.post("/transfers", &body).await.problem(400)["at"], at);
    }
}

async fn a_folder_arrives_file_by_file(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    for (name, content) in [("f/a.csv", "a"), ("f/vide.csv", ""), ("f/sous/b.csv", "bb")] {
        federation.nodes[0].put(name, content);
    }
    let recipient = json!([{"leftOperand": "recipient", "operator": "eq", "rightOperand": epci.did}]);
    let permission = json!([{"action": "use", "constraint": recipient}]);
    let dataset = eau.publish(&described(json!({"folder": "f"}), permission)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.ask_push(&agreement, PURPOSE, "dossier").await;
    epci.transfer_in(&transfer, "COMPLETED").await;
    for (name, content) in [("a.csv", "a"), ("vide.csv", ""), ("sous/b.csv", "bb")] {
        let file = received(&federation.nodes[1], &format!("dossier/{name}"));
        assert_eq!(std::fs::read_to_string(file).unwrap(), content, "{name}");
    }
    assert_eq!(check(&federation).await.exchanges, 3);
}

async fn a_push_that_the_policy_forbids_sends_nothing(engine: Engine) {
    let stage = stage(engine, b"secret").await;
    let transfer = stage.epci.ask_push(&stage.agreement, OTHER_PURPOSE, "x").await;
    let ended = stage.epci.transfer_in(&transfer, "TERMINATED").await;
    assert!(text(&ended["reason"]).len() > 10, "{ended:#}");
    assert_eq!(stage.eau.logged("delivery.opened").await, 0);
    assert!(!received(&stage.federation.nodes[1], "x").exists());
    check(&stage.federation).await;
}

async fn each_push_takes_from_the_counter(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n");
    let once = json!([
        {"leftOperand": "recipient", "operator": "eq", "rightOperand": epci.did},
        {"leftOperand": "count", "operator": "lteq", "rightOperand": 1},
    ]);
    let permission = json!([{"action": "use", "constraint": once}]);
    let dataset = eau.publish(&described(json!({"file": "a.csv"}), permission)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let first = epci.ask_push(&agreement, PURPOSE, "un").await;
    epci.transfer_in(&first, "COMPLETED").await;
    let second = epci.ask_push(&agreement, PURPOSE, "deux").await;
    epci.transfer_in(&second, "TERMINATED").await;
    assert_eq!(eau.logged("delivery.opened").await, 1);
    check(&federation).await;
}
