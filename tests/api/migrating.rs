//! A whole node over into another kind of database, and back.

use node::config;
use serde_json::{Value, json};
use tests::binary::{Ended, command};
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed};
use tests::node::{Setup, TestNode};
use tests::on_both;
use tests::temporary::Folder;

use crate::moving::{host, log, other, rows};

on_both!(a_node_changes_its_database);

async fn migrate(node: &TestNode, to: &str) -> Ended {
    command(node.folder.path(), &["migrate", "--to", to]).await
}

/// The node on the database that its configuration names now.
async fn restart(node: &mut TestNode) {
    node.config = config::load(node.folder.path()).unwrap();
    node.run(None).await.unwrap();
}

async fn a_node_changes_its_database(engine: Engine) {
    let mut nodes =
        vec![TestNode::start(host(engine)).await, TestNode::start(Setup::new(engine, "epci")).await];
    let (eau, epci) = (nodes[0].members[0].clone(), nodes[1].members[0].clone());
    nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let given = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&given).await;
    eau.until_logged("delivery.acknowledged", 1).await;
    let folder = Folder::default();
    let target = other(engine).database(folder.path()).await;
    let refused = migrate(&nodes[0], &target).await;
    assert_eq!(refused.code, 6, "beside a running node: {refused:?}");
    let file = nodes[0].folder.path().join(config::FILE);
    let before = std::fs::read_to_string(&file).unwrap();

    let size = eau.log().await.len();
    drop(eau);
    nodes[0].stop(true).await;
    let held = rows(&nodes[0]).await;
    let not_empty = migrate(&nodes[0], &nodes[1].config.database_url()).await;
    assert_eq!(not_empty.code, 6, "a running node's database: {not_empty:?}");
    nodes[1].stop(true).await;
    let not_empty = migrate(&nodes[0], &nodes[1].config.database_url()).await;
    assert_eq!(not_empty.code, 1, "not empty: {not_empty:?}");
    nodes[1].run(None).await.unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    let moved = migrate(&nodes[0], &target).await.ok();
    assert_eq!((&moved["configured"], moved["members"].as_array().unwrap().len()), (&json!(true), 2));
    assert_eq!(moved["members"][0]["entries"].as_u64().unwrap() as usize, size, "{moved:#}");
    let after = std::fs::read_to_string(&file).unwrap();
    let changed: Vec<_> = before.lines().zip(after.lines()).filter(|(old, new)| old != new).collect();
    assert_eq!((changed.len(), before.lines().count()), (1, after.lines().count()), "{changed:?}");
    // The configuration in memory still names the old one: no node starts there any more.
    let refused = nodes[0].run(None).await.unwrap_err();
    assert!(refused.contains("was moved to"), "{refused}");
    let again = migrate_from(&nodes[0], &before, &target).await;
    assert_eq!(again.code, 6, "{again:?}");
    std::fs::write(&file, &after).unwrap();

    // Counted before the node begins to work: it asks its witnesses at once.
    nodes[0].config = config::load(nodes[0].folder.path()).unwrap();
    assert_eq!(rows(&nodes[0]).await, held);
    restart(&mut nodes[0]).await;
    let eau = nodes[0].members[0].clone();
    assert_eq!(log(&eau).await.1.size as usize, size);
    let epci = nodes[1].members[0].clone();
    assert_eq!(epci.pull(&given, json!({"to": "again.csv"})).await["state"], "done");
    eau.until_logged("delivery.acknowledged", 2).await;
    drop(eau);

    // And back.
    nodes[0].stop(true).await;
    let home = Folder::default();
    let back: Value = migrate(&nodes[0], &engine.database(home.path()).await).await.ok();
    assert_eq!(back["configured"], true);
    restart(&mut nodes[0]).await;
    let again = epci.transfer(&agreement, PURPOSE).await;
    assert_eq!(epci.pulled(&again).await.0, b"a;b\n1;2\n");
    let checked = check(&Federation { nodes }).await;
    assert_eq!((checked.contracts, checked.exchanges), (2, 3));
}

async fn migrate_from(node: &TestNode, configuration: &str, to: &str) -> Ended {
    std::fs::write(node.folder.path().join(config::FILE), configuration).unwrap();
    migrate(node, to).await
}
