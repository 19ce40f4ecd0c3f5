//! `<base>/log` and its proofs: what strangers see of a log, and what they can check with it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::tlog::note::{Checkpoint, Note};
use contracts::tlog::proof::LogProof;
use contracts::tlog::tile::{Holds, Tile, read_bundle, read_hashes};
use contracts::tlog::{Hash, leaf_hash, root, verify_consistency, verify_inclusion};
use reqwest::Method;
use serde_json::{Value, json};
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, text};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;
use tests::skip::skipped;
use tests::sumdb;

on_both!(
    tiles_and_entries_have_the_root_of_the_checkpoint,
    a_closed_log_is_shown_to_whom_the_member_lets_in,
    proofs_are_answered_for_any_size,
    other_readers_read_the_log,
);

/// A member whose log has over 256 entries, and a token that lets its holder check them.
pub async fn long_log(federation: &Federation) -> (Member, String) {
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = closed("a.csv", &eau, PURPOSE);
    for _ in 0..17 {
        let publications = (0..16).map(|_| eau.publish(&dataset));
        futures_util::future::join_all(publications).await;
    }
    let token = eau.post("/tokens", &json!({"role": "auditor", "label": "chambre régionale"})).await.ok();
    (eau, text(&token["token"]))
}

async fn with(member: &Member, path: &str, token: &str) -> tests::answer::Answer {
    let bearer = format!("Bearer {token}");
    member.raw(Method::GET, path, &[("authorization", &bearer)], Vec::new()).await
}

async fn head(member: &Member) -> Checkpoint {
    let answer = member.public("/log/checkpoint").await;
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let note = Note::parse(&answer.text()).unwrap();
    Checkpoint::parse(&note.text).unwrap()
}

async fn tiles_and_entries_have_the_root_of_the_checkpoint(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let (eau, token) = long_log(&federation).await;
    let head = head(&eau).await;
    assert!(head.size > 256, "{}", head.size);
    let mut leaves: Vec<Hash> = Vec::new();
    for tile in Tile::all(Holds::Hashes(0), head.size) {
        let answer = eau.public(&format!("/log/{tile}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/octet-stream"));
        assert!(answer.header("cache-control").contains("immutable"));
        leaves.extend(read_hashes(&tile, &answer.body).unwrap());
        let entries = Tile { holds: Holds::Entries, ..tile };
        eau.public(&format!("/log/{entries}")).await.problem(401);
        with(&eau, &format!("/log/{entries}"), "fid_unknown").await.problem(401);
        let answer = with(&eau, &format!("/log/{entries}"), &token).await;
        assert!(answer.header("cache-control").starts_with("private"));
        let entries = read_bundle(&entries, &answer.body).unwrap();
        let hashes: Vec<Hash> = entries.into_iter().map(leaf_hash).collect();
        assert_eq!(hashes, leaves[tile.range().start as usize..]);
    }
    assert_eq!(root(&leaves), head.root);
    let above: Tile = Tile::all(Holds::Hashes(1), head.size).next().unwrap();
    let above = eau.public(&format!("/log/{above}")).await;
    assert_eq!(above.body, root(&leaves[..256]).to_vec());
    let full = eau.public("/log/tile/0/000").await;
    assert_eq!(eau.public("/log/tile/0/000.p/7").await.body, full.body[..7 * 32]);
    for beyond in [
        "tile/0/001",
        "tile/0/001.p/255",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/63/000",
        "tile/0/x999/999/999",
    ] {
        eau.public(&format!("/log/{beyond}")).await.problem(404);
    }
    for strange in
        ["tile/0/0", "tile/0/000.p/256", "tile/0/000.p/0", "tile/64/000", "tile/entries/0", "tile/0/..%2f000"]
    {
        eau.public(&format!("/log/{strange}")).await.problem(404);
    }
    // A token for checking does nothing else.
    for path in ["/datasets", "/log/entries", "/events", "/contracts"] {
        eau.call(&token, Method::GET, path, None).await.problem(403);
    }
}

async fn a_closed_log_is_shown_to_whom_the_member_lets_in(engine: Engine) {
    let config = "[log]\nclosed = [\"eau\"]\n".to_owned();
    let members = [("eau", ""), ("commune", "/commune")].map(|(n, p)| (n.to_owned(), p.to_owned()));
    let setup = Setup { members: members.to_vec(), config, ..Setup::new(engine, "") };
    let federation = Federation::of(vec![setup]).await;
    let [eau, commune] = [0, 1].map(|n| federation.nodes[0].members[n].clone());
    let auditor = |member: Member| async move {
        text(&member.post("/tokens", &json!({"role": "auditor", "label": "x"})).await.ok()["token"])
    };
    let (token, other) = (auditor(eau.clone()).await, auditor(commune.clone()).await);
    let size = head(&commune).await.size;
    assert_eq!(commune.public(&format!("/log/tile/0/000.p/{size}")).await.status, 200);
    for path in ["/log/checkpoint", "/log/tile/0/000.p/1"] {
        eau.public(path).await.problem(401);
        with(&eau, path, &other).await.problem(401);
        assert_eq!(with(&eau, path, &token).await.status, 200);
    }
    assert!(with(&eau, "/log/tile/0/000.p/1", &token).await.header("cache-control").starts_with("private"));
}

fn hash(value: &Value) -> Hash {
    STANDARD.decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash).collect()
}

async fn proofs_are_answered_for_any_size(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let (eau, token) = long_log(&federation).await;
    let get = |path: String| {
        let (eau, token) = (eau.clone(), token.clone());
        async move { eau.call(&token, Method::GET, &path, None).await }
    };
    let head = head(&eau).await;
    let last = head.size - 1;
    for (index, size) in [(0, head.size), (last, head.size), (7, 8), (255, 256), (3, 257), (0, 1)] {
        let path = format!("/log/proofs/inclusion?index={index}&size={size}");
        let said = get(path).await.ok();
        let (leaf, root) = (hash(&said["leaf_hash"]), hash(&said["root"]));
        assert!(verify_inclusion(&leaf, index, size, &hashes(&said["proof"]), &root), "{said}");
        if size == head.size {
            assert_eq!(root, head.root);
        }
    }
    for (first, second) in [(1, head.size), (256, head.size), (7, 8), (3, 3), (head.size, head.size)] {
        let said = get(format!("/log/proofs/consistency?first={first}&second={second}")).await.ok();
        let (one, two) = (hash(&said["first_root"]), hash(&said["second_root"]));
        assert!(verify_consistency(first, second, &hashes(&said["proof"]), &one, &two), "{said}");
    }
    let now = get("/log/proofs/consistency?first=5".into()).await.ok();
    assert!(now["second"].as_u64().unwrap() >= head.size);
    for (path, status) in [
        (format!("inclusion?index={}&size={}", head.size, head.size), 404),
        ("inclusion?index=0&size=1000000".into(), 404),
        ("inclusion?index=0&size=0".into(), 404),
        ("inclusion?index=-1".into(), 400),
        ("inclusion".into(), 400),
        ("consistency?first=0".into(), 404),
        ("consistency?first=9&second=8".into(), 404),
        ("consistency?first=18446744073709551615".into(), 404),
    ] {
        get(format!("/log/proofs/{path}")).await.problem(status);
    }
    eau.call("", Method::GET, "/log/proofs/inclusion?index=0", None).await.problem(401);

    let proof = get(format!("/log/entries/{last}/proof")).await;
    let file = LogProof::parse(&proof.text()).unwrap();
    assert_eq!(file.check(&file.extra.clone().unwrap()).unwrap().0.origin, head.origin);
    get("/log/entries/1000000/proof".into()).await.problem(404);
    get("/log/entries/x/proof".into()).await.problem(400);
    get("/log/entries/18446744073709551615/proof".into()).await.problem(400);
}

async fn other_readers_read_the_log(engine: Engine) {
    let program = match sumdb::reader() {
        Ok(program) => program,
        Err(why) => return skipped("a log read by Go's packages for its checksum database", &why),
    };
    let federation = Federation::start(engine, &["eau"]).await;
    let (eau, token) = long_log(&federation).await;
    let head = head(&eau).await;
    let key = command(federation.nodes[0].folder.path(), &["log", "key"]).await.ok();
    let (prefix, key) = (format!("{}/log", eau.base), text(&key["key"]));
    let read = sumdb::read(&program, &prefix, &key, &token).await.unwrap();
    let expected =
        json!({"origin": head.origin, "size": head.size, "records": head.size, "trees": read["trees"]});
    assert_eq!(read, expected);
    assert!(read["trees"].as_u64().unwrap() >= 9);
    // It does judge: another key, a log without its entries.
    let other = node::identity::random::bytes::<32>();
    let other = contracts::tlog::note::verifier_key(&head.origin, &other);
    assert!(sumdb::read(&program, &prefix, &other, &token).await.is_err());
    assert!(sumdb::read(&program, &prefix, &key, "fid_unknown").await.unwrap_err().contains("401"));
}
