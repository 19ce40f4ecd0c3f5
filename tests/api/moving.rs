//! A member leaves its host with everything, and goes on at another.

use std::path::Path;

use contracts::tlog::note::{Checkpoint, Note};
use contracts::tlog::{self, Hash};
use node::store::TABLES;
use serde_json::json;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};
use tests::binary::command;
use tests::check::check;
use tests::engine::{Engine, POSTGRES};
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::on_both;
use tests::skip::skipped;

on_both!(a_member_moves_with_everything, an_archive_is_whole_or_nothing);

pub fn host(engine: Engine) -> Setup {
    let members = [("eau", ""), ("commune", "/commune")].map(|(n, p)| (n.to_owned(), p.to_owned()));
    Setup { members: members.to_vec(), ..Setup::new(engine, "") }
}

/// The other database, so that a member crosses from one kind to the other.
pub fn other(engine: Engine) -> Engine {
    match engine {
        Engine::Postgres => Engine::Sqlite,
        Engine::Sqlite if std::env::var_os(POSTGRES).is_some() => Engine::Postgres,
        Engine::Sqlite => {
            skipped("moving from SQLite to PostgreSQL", "no PostgreSQL server (run tests/run)");
            Engine::Sqlite
        }
    }
}

/// A node without members, which will listen where another did.
pub async fn empty(engine: Engine, port: u16) -> TestNode {
    TestNode::make(Setup { members: vec![], ..Setup::new(engine, "") }, port).await
}

pub async fn export(from: &TestNode, archive: &Path, secret: &Path) -> tests::binary::Ended {
    let (archive, secret) = (archive.to_str().unwrap(), secret.to_str().unwrap());
    let arguments = ["--member", "eau", "member", "export", archive, "--secret-file", secret];
    command(from.folder.path(), &arguments).await
}

async fn import(to: &TestNode, archive: &Path, secret: &Path) -> tests::binary::Ended {
    let arguments =
        ["member", "import", archive.to_str().unwrap(), "--secret-file", secret.to_str().unwrap()];
    command(to.folder.path(), &arguments).await
}

/// Leaf hashes of a log, and the size and root its newest checkpoint states.
pub async fn log(member: &Member) -> (Vec<Hash>, Checkpoint) {
    let note = Note::parse(&member.public("/log/checkpoint").await.text()).unwrap();
    let leaves = member.log().await.iter().map(|e| tlog::leaf_hash(e.leaf.as_bytes())).collect();
    (leaves, Checkpoint::parse(&note.text).unwrap())
}

async fn a_member_moves_with_everything(engine: Engine) {
    let mut nodes = vec![TestNode::start(host(engine)).await];
    for name in ["epci", "region"] {
        nodes.push(TestNode::start(Setup::new(engine, name)).await);
    }
    let [eau, commune] = [0, 1].map(|i| nodes[0].members[i].clone());
    let [epci, region] = [1, 2].map(|i| nodes[i].members[0].clone());
    nodes[0].put("a.csv", "a;b\n1;2\n");
    nodes[2].put("r.csv", "r\n3\n");
    // It gives and it receives, before.
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let given = epci.transfer(&agreement, PURPOSE).await;
    assert_eq!(epci.pulled(&given).await.0, b"a;b\n1;2\n");
    let theirs = region.publish(&closed("r.csv", &eau, PURPOSE)).await;
    let received = eau.transfer(&eau.contract(&region, &theirs, PURPOSE).await, PURPOSE).await;
    eau.pulled(&received).await;
    for provider in [&eau, &region] {
        provider.until_logged("delivery.acknowledged", 1).await;
    }
    let file = eau.get(&format!("/contracts/{}/file", segment(&agreement))).await;
    let extract = eau.get(&format!("/log/extract?contract={agreement}")).await;
    let (leaves_before, checkpoint_before) = log(&eau).await;

    // It leaves while its host goes on.
    let (archive, secret) =
        (nodes[1].folder.path().join("eau.archive"), nodes[1].folder.path().join("eau.secret"));
    let left = export(&nodes[0], &archive, &secret).await.ok();
    assert_eq!((&left["did"], left["rows"].as_u64().unwrap() > 50), (&json!(eau.did), true), "{left}");
    let content = std::fs::read(&archive).unwrap();
    assert!(
        !String::from_utf8_lossy(&content[200..]).contains("did:web"),
        "the archive can be read without its secret"
    );
    commune.publish(&closed("a.csv", &epci, PURPOSE)).await;
    for again in 0..2 {
        let [eau, commune] = [0, 1].map(|i| nodes[0].members[i].clone());
        let refused = eau.post("/datasets", &closed("a.csv", &epci, PURPOSE)).await;
        assert_eq!(refused.problem(503)["type"], "urn:fiducie:problem:left");
        assert!(!refused.header("retry-after").is_empty());
        let address = epci.address(&given).await;
        epci.fetch(&address, &[]).await.problem(503);
        epci.ask(&eau, &format!("/catalog/datasets/{}", segment(&dataset))).await.problem(503);
        assert_eq!(eau.log().await.last().unwrap().kind, "member.retired");
        assert_eq!(eau.public("/did.json").await.ok()["id"], eau.did.as_str());
        commune.get("/status").await.ok();
        if again == 0 {
            // A restart does not bring it back, and a lost archive can be had again.
            drop((eau, commune));
            nodes[0].stop(true).await;
            nodes[0].run(None).await.unwrap();
            let second = export(&nodes[0], &archive.with_extension("second"), &secret).await.ok();
            assert_eq!((&second["entries"], &second["rows"]), (&left["entries"], &left["rows"]));
        }
    }

    // It arrives, in the other kind of database, at the same address.
    let (mut old, port) = (nodes.remove(0), eau.base.rsplit_once(':').unwrap().1.parse().unwrap());
    drop((eau, commune));
    let mut new = empty(other(engine), port).await;
    let arrived = import(&new, &archive, &secret).await.ok();
    assert_eq!((&arrived["entries"], &arrived["missing"]), (&left["entries"], &json!(["a.csv"])));
    assert_eq!(import(&new, &archive, &secret).await.code, 1, "a member that is here already");
    new.put("a.csv", "a;b\n1;2\n");
    old.stop(true).await;
    new.read_access();
    new.run(None).await.unwrap();
    nodes.insert(0, new);
    let eau = nodes[0].members[0].clone();
    assert_eq!(epci.pull(&given, json!({"to": "again.csv"})).await["state"], "done");
    let again = epci.transfer(&agreement, PURPOSE).await;
    assert_eq!(epci.pulled(&again).await.0, b"a;b\n1;2\n");
    eau.pulled(&received).await;
    for (provider, count) in [(&eau, 3), (&region, 2)] {
        provider.until_logged("delivery.acknowledged", count).await;
    }
    let kinds: Vec<_> = eau.log().await.into_iter().map(|e| e.kind).collect();
    let retired = kinds.iter().position(|k| k == "member.retired").unwrap();
    assert_eq!(kinds[retired + 1], "member.adopted");

    // The log is the old one and more; old files verify as they did.
    let (leaves, _) = log(&eau).await;
    let size = leaves_before.len();
    assert_eq!(leaves[..size], leaves_before);
    assert_eq!((size as u64, tlog::root(&leaves[..size])), (checkpoint_before.size, checkpoint_before.root));
    let folder = nodes[1].folder.path();
    std::fs::write(folder.join("old.contract.json"), &file.body).unwrap();
    std::fs::write(folder.join("old.log.json"), &extract.body).unwrap();
    for (party, name) in [(&eau, "eau.json"), (&epci, "epci.json")] {
        std::fs::write(folder.join(name), party.public("/did.json").await.body).unwrap();
    }
    let path = |name: &str| folder.join(name).display().to_string();
    for name in ["old.contract.json", "old.log.json"] {
        let files = [path(name), path("eau.json"), path("epci.json")];
        let arguments = ["verify", &files[0], "--anchor", &files[1], "--anchor", &files[2]];
        let verified = command(folder, &arguments).await;
        assert_eq!(verified.code, 0, "{name}: {} {}", verified.json, verified.stderr);
    }
    let checked = check(&Federation { nodes }).await;
    assert_eq!((checked.contracts, checked.exchanges), (4, 5));

    // The former host forgets it when told to, and only then.
    let removed = command(old.folder.path(), &["--member", "eau", "member", "remove"]).await.ok();
    assert_eq!(removed["removed"], eau.did.as_str());
    assert_eq!(command(old.folder.path(), &["--member", "eau", "member", "remove"]).await.code, 4);
    assert_eq!(command(old.folder.path(), &["--member", "commune", "member", "remove"]).await.code, 1);
}

pub async fn rows(node: &TestNode) -> i64 {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&node.config.database_url()).await.unwrap();
    let mut all = 0;
    for table in TABLES.iter().map(|t| t.name).chain(["member"]) {
        let query = sqlx::query(AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")));
        all += query.fetch_one(&mut connection).await.unwrap().get::<i64, _>(0);
    }
    all
}

async fn an_archive_is_whole_or_nothing(engine: Engine) {
    let old = TestNode::start(host(engine)).await;
    let eau = old.members[0].clone();
    old.put("a.csv", "a;b\n1;2\n");
    for _ in 0..80 {
        eau.publish(&closed("a.csv", &old.members[1], PURPOSE)).await;
    }
    let folder = old.folder.path();
    let (archive, secret) = (folder.join("eau.archive"), folder.join("eau.secret"));
    export(&old, &archive, &secret).await.ok();
    assert_eq!(export(&old, &archive, &secret).await.code, 2, "an archive was written over");
    let mut new = empty(other(engine), old.port).await;
    let good = std::fs::read(&archive).unwrap();
    assert!(good.len() > 2 * 65_552, "the archive has one piece only: {}", good.len());
    let bad = folder.join("bad.archive");
    let mut cases: Vec<(String, Vec<u8>)> = Vec::new();
    for at in [0, 40, 150, 1000, 70_000, good.len() - 1] {
        let mut altered = good.clone();
        altered[at] ^= 1;
        cases.push((format!("byte {at} changed"), altered));
    }
    let header = good.iter().position(|b| *b == b'\n').unwrap() + 1;
    for cut in [0, header, header + 65_552, header + 2 * 65_552, good.len() - 1] {
        cases.push((format!("cut at {cut}"), good[..cut].to_vec()));
    }
    cases.push(("something after its end".into(), [good.as_slice(), b"x"].concat()));
    for (what, content) in cases {
        std::fs::write(&bad, content).unwrap();
        let refused = import(&new, &bad, &secret).await;
        assert_eq!(refused.code, 2, "{what}: {} {}", refused.json, refused.stderr);
        assert!(
            refused.json["error"]["detail"].as_str().unwrap().contains("archive"),
            "{what}: {}",
            refused.json
        );
        assert_eq!(rows(&new).await, 0, "{what}: something was kept");
    }
    std::fs::write(folder.join("other.secret"), "another secret of at least thirty-two bytes").unwrap();
    assert_eq!(
        import(&new, &archive, &folder.join("other.secret")).await.code,
        2,
        "a secret others can read"
    );
    let other = old.folder.write("other.secret", "another secret of at least thirty-two bytes");
    assert_eq!(import(&new, &archive, &other).await.code, 2, "another secret");
    assert_eq!(rows(&new).await, 0);
    // The nearest thing that is right.
    import(&new, &archive, &secret).await.ok();
    // Beside a node that runs, nothing is touched.
    drop(eau);
    let mut old = old;
    old.stop(true).await;
    new.read_access();
    new.run(None).await.unwrap();
    assert_eq!(import(&new, &archive, &secret).await.code, 6, "imported beside a running node");
    let eau = new.members[0].clone();
    assert_eq!(eau.all("/datasets").await.len(), 80);
    assert_eq!(text(&eau.get("/members/self").await.ok()["did"]), eau.did);
    check(&Federation { nodes: vec![new] }).await;
}
