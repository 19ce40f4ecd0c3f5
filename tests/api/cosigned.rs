//! A member's own log, cosigned by its partners, and by the witnesses that a policy names.

use contracts::tlog::note::{Checkpoint, ED25519_COSIGNATURE, Note, VerifierKey};
use contracts::tlog::proof::LogProof;
use node::domain::time::Clock;
use node::identity::keys::Purpose;
use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::binary::{Ended, command};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PATIENCE, PURPOSE, closed, text};
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::on_both;
use tests::temporary::Folder;

use crate::witness::{add, is_cosigned, leaves_of, origin, request, signed};

on_both!(
    partners_cosign_each_others_logs,
    without_the_quorum_no_closed_transfer_begins,
    a_log_that_is_behind_its_witness_says_so,
);

/// Asked every second instead of every minute.
const SOON: &str = "[log]\ncosign_every_s = 1\n";

async fn soon(engine: Engine, names: &[&str]) -> Federation {
    let setup = |name: &&str| Setup { config: SOON.into(), ..Setup::new(engine, name) };
    Federation::of(names.iter().map(setup).collect()).await
}

/// Asks until an answer is as wanted.
pub async fn until(member: &Member, path: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
    let started = std::time::Instant::now();
    loop {
        let answer = member.public(path).await;
        if wanted(&answer) {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{path} stays {} {}", answer.status, answer.text());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Waits until the log rests, its end cosigned by so many; gives that checkpoint.
pub async fn rested(member: &Member, cosigners: usize) -> String {
    let started = std::time::Instant::now();
    loop {
        let (newest, shown) = (member.public("/log/newest").await, member.public("/log/cosigned").await);
        if shown.status == 200 {
            let (newest, shown_note) = (read(&newest.text()).0, read(&shown.text()).0);
            if newest.text == shown_note.text && shown_note.signatures.len() == 1 + cosigners {
                return shown.text();
            }
        }
        assert!(started.elapsed() < PATIENCE, "{} is not cosigned to its end: {}", member.name, shown.text());
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

fn read(note: &str) -> (Note, Checkpoint) {
    let note = Note::parse(note).unwrap();
    let head = Checkpoint::parse(&note.text).unwrap();
    (note, head)
}

/// The checkpoint without what others signed, and their lines.
fn parts(note: &str) -> (Note, String) {
    let mut own = Note::parse(note).unwrap();
    let lines = own.signatures.split_off(1);
    (own, lines.iter().map(ToString::to_string).collect())
}

/// The key with which a member cosigns, as policies name it.
pub fn witness_key(member: &Member) -> VerifierKey {
    let keys = member.keys();
    let key = keys.current(Purpose::Log, member.app().now()).unwrap();
    let Ok(contracts::jwk::Point::Ed25519(public)) = key.public.jwk().point() else { panic!("not Ed25519") };
    let name = origin(member).replace("/log", "/witness");
    VerifierKey { name, kind: ED25519_COSIGNATURE, public: public.to_vec() }
}

async fn check(member: &Member, name: &str) -> Value {
    let status = member.get("/status").await.ok();
    let checks = status["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).cloned().unwrap_or_default()
}

pub async fn until_check(member: &Member, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let started = std::time::Instant::now();
    loop {
        let found = check(member, name).await;
        if wanted(&found) {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "the check {name} stays {found}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

async fn contract(provider: (&TestNode, &Member), consumer: &Member, file: &str) -> String {
    provider.0.put(file, "a\n1\n");
    let dataset = provider.1.publish(&closed(file, consumer, PURPOSE)).await;
    consumer.contract(provider.1, &dataset, PURPOSE).await
}

async fn partners_cosign_each_others_logs(engine: Engine) {
    let federation = soon(engine, &["eau", "epci", "region"]).await;
    let [eau, epci, region] = [0, 1, 2].map(|n| federation.member(n));
    eau.public("/log/cosigned").await.problem(404);
    contract((&federation.nodes[0], &eau), &epci, "a.csv").await;
    for (one, other) in [(&eau, &epci), (&epci, &eau)] {
        // Nothing is added to the log by asking: it comes to rest, cosigned to its end.
        let shown = rested(one, 1).await;
        assert_eq!(one.public("/log/checkpoint").await.text(), shown);
        let (own, lines) = parts(&shown);
        assert!(is_cosigned(other, &own, &lines), "{shown}");
        assert!(!is_cosigned(&region, &own, &lines), "{shown}");
        assert_eq!(one.public("/log/newest").await.text(), own.write());
        assert_eq!(check(one, "cosignatures").await["ok"], true);
    }
    assert_eq!(check(&region, "cosignatures").await, Value::Null);
    // The log grows by many at once: the witness is asked from where it is.
    federation.nodes[0].put("b.csv", "a\n1\n");
    for _ in 0..9 {
        eau.publish(&closed("b.csv", &epci, PURPOSE)).await;
    }
    rested(&eau, 1).await;

    // After a restart what the witness knows is learnt anew; proofs of entries carry the cosigned checkpoint.
    let mut federation = federation;
    federation.nodes[0].stop(true).await;
    federation.nodes[0].run(None).await.unwrap();
    let eau = federation.member(0);
    eau.publish(&closed("b.csv", &epci, PURPOSE)).await;
    rested(&eau, 1).await;
    let proof = LogProof::parse(&eau.get("/log/entries/3/proof").await.text()).unwrap();
    let (own, lines) = parts(&proof.checkpoint);
    assert!(is_cosigned(&epci, &own, &lines));
}

/// A policy file that asks all of these to cosign the log of the first.
fn policy(folder: &Folder, name: &str, log: Option<&Member>, witnesses: &[&Member]) -> String {
    let key = |m: &Member| VerifierKey { name: origin(m), kind: 1, ..witness_key(m) };
    let mut lines: Vec<_> = log.iter().map(|member| format!("log {}", key(member))).collect();
    let witness = |(n, w): (usize, &&Member)| format!("witness w{n} {} {}/witness", witness_key(w), w.base);
    lines.extend(witnesses.iter().enumerate().map(witness));
    let names: Vec<_> = (0..witnesses.len()).map(|n| format!("w{n}")).collect();
    lines.push(format!("group all-of-them all {}\nquorum all-of-them\n", names.join(" ")));
    folder.write(name, lines.join("\n")).to_str().unwrap().to_owned()
}

fn refusals(ended: &Ended) -> String {
    let findings = ended.json["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().filter(|f| f["refused"] == true).map(|f| f["code"].to_string()).collect()
}

async fn without_the_quorum_no_closed_transfer_begins(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name: &str, config: String| {
        let clock = clock.clone();
        Setup { clock, config, ..Setup::new(engine, name) }
    };
    let federation = Federation::of(vec![setup("epci", String::new()), setup("region", String::new())]).await;
    let [epci, region] = [0, 1].map(|n| federation.member(n));
    let mut nodes = federation.nodes;
    let files = Folder::default();
    let asked = policy(&files, "policy", None, &[&epci, &region]);
    let config = format!(
        "{SOON}policy = \"{asked}\"\nunproven_warn_s = 600\nunproven_refuse_s = 3600\n\
         [contracts]\nlanguage = \"en\"\n"
    );
    let node = TestNode::start(setup("eau", config)).await;
    let eau = node.members[0].clone();
    let closed_data = contract((&node, &eau), &epci, "a.csv").await;
    contract((&node, &eau), &region, "b.csv").await;
    let mut open = tests::flow::described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
    open["rung"] = "ouvert".into();
    open["status"] = "interet_general".into();
    open["licence"] = "LO-2.0".into();
    let open = eau.publish(&open).await;
    let open = epci.contract(&eau, &open, PURPOSE).await;
    let before = epci.transfer(&closed_data, PURPOSE).await;

    // Both cosign; what is shown is what the policy accepts.
    let shown = rested(&eau, 2).await;
    let size = read(&shown).1.size;
    assert_eq!(eau.public("/log/checkpoint").await.text(), shown);
    let (own, lines) = parts(&shown);
    assert!(is_cosigned(&epci, &own, &lines) && is_cosigned(&region, &own, &lines), "{shown}");
    until_check(&eau, "cosignatures", |check| check["ok"] == true).await;

    // A verifier with a policy of its own, offline.
    let copied = files.path().join("log");
    let (folder, copy) = (node.folder.path(), copied.to_str().unwrap().to_owned());
    command(folder, &["log", "copy", &copy]).await.ok();
    let named = command(nodes[0].folder.path(), &["log", "key", "--witness"]).await.ok();
    assert_eq!(named["key"], witness_key(&epci).to_string(), "what its operator gives for policies");
    let proof = files.path().join("2.tlog-proof").to_str().unwrap().to_owned();
    command(folder, &["log", "prove", "2", "-o", &proof]).await.ok();
    let strict = policy(&files, "strict", Some(&eau), &[&epci, &region]);
    let other = policy(&files, "other", Some(&epci), &[&epci, &region]);
    let more = policy(&files, "more", Some(&eau), &[&epci, &region, &eau]);
    for (policy, found) in [(&asked, ""), (&strict, ""), (&other, "no-anchor-for"), (&more, "no-quorum")] {
        let log = command(files.path(), &["log", "verify", &copy, "--policy", policy]).await;
        let entry = command(files.path(), &["verify", &proof, "--policy", policy]).await;
        let code = i32::from(!found.is_empty());
        // Without its key in the policy, nothing says whose log a single proof is from.
        let alone = if policy == &asked { 1 } else { code };
        assert_eq!((log.code, entry.code), (code, alone), "{policy}: {} {}", log.json, entry.json);
        assert!(refusals(&log).contains(found), "{}", log.json);
    }
    // A cosignature of a known witness that is false makes the checkpoint one that says nothing.
    let kept = std::fs::read_to_string(copied.join("checkpoint")).unwrap();
    let mut forged = read(&kept).0;
    *forged.signatures[2].signature.last_mut().unwrap() ^= 1;
    std::fs::write(copied.join("checkpoint"), forged.write()).unwrap();
    let ended = command(files.path(), &["log", "verify", &copy, "--policy", &strict]).await;
    assert!(ended.code == 1 && refusals(&ended).contains("bad-signature"), "{}", ended.json);
    std::fs::write(copied.join("checkpoint"), kept).unwrap();
    let anchored = command(files.path(), &["log", "verify", &copy, "--policy", &strict]).await.ok();
    assert_eq!(
        (&anchored["anchored"], &anchored["fields"]["size"]),
        (&json!(true), &json!(size.to_string()))
    );
    let wrong = files.write("wrong", "quorum none\nquorum none\n");
    let ended = command(files.path(), &["log", "verify", &copy, "--policy", wrong.to_str().unwrap()]).await;
    assert!(ended.code == 2 && ended.json.to_string().contains("line 2"), "{ended:?}");

    // One witness is away: the log goes on, then the operator is warned, then nothing closed begins. The readings above are
    // entries too, and cosigned like the others.
    let size = read(&rested(&eau, 2).await).1.size;
    nodes[1].stop(true).await;
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    clock.advance(601_000);
    let gone = |check: &Value| check["ok"] == false && text(&check["detail"]).contains("unreachable");
    let warned = until_check(&eau, "cosignatures", gone).await;
    assert!(text(&warned["detail"]).contains("will be refused"), "{warned}");
    let late = epci.transfer(&closed_data, PURPOSE).await;
    assert_eq!(read(&eau.public("/log/checkpoint").await.text()).1.size, size, "what the policy accepts");
    assert!(read(&eau.public("/log/newest").await.text()).1.size > size);
    clock.advance(3_000_000);
    let refusing = until_check(&eau, "cosignatures", |c| text(&c["detail"]).starts_with("no new")).await;
    assert_eq!(refusing["ok"], false);
    assert_eq!(eau.raw(Method::GET, "/health/ready", &[], vec![]).await.status, 200);
    let body = json!({"agreement": closed_data, "purpose": PURPOSE});
    let asked_for = text(&epci.post("/transfers", &body).await.ok()["id"]);
    let ended = epci.transfer_in(&asked_for, "TERMINATED").await;
    assert!(ended.to_string().contains("lacks the cosignatures"), "{ended:#}");
    // What was under way goes on, open data too, and the contracts can be made.
    for transfer in [&before, &late] {
        epci.pulled(transfer).await;
    }
    let started = epci.transfer(&open, PURPOSE).await;
    epci.pulled(&started).await;
    epci.contract(&eau, &dataset, PURPOSE).await;
    // As a consumer it asks for nothing either.
    nodes[0].put("c.csv", "a\n1\n");
    let theirs = epci.publish(&closed("c.csv", &eau, PURPOSE)).await;
    let theirs = eau.contract(&epci, &theirs, PURPOSE).await;
    let body = json!({"agreement": theirs, "purpose": PURPOSE});
    let refused = eau.post("/transfers", &body).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert!(refused.text().contains("lacks the cosignatures"), "{}", refused.text());

    // It is back: everything goes on.
    nodes[1].run(None).await.unwrap();
    until_check(&eau, "cosignatures", |check| check["ok"] == true).await;
    let again = epci.transfer(&closed_data, PURPOSE).await;
    epci.pulled(&again).await;
    eau.transfer(&theirs, PURPOSE).await;
}

async fn a_log_that_is_behind_its_witness_says_so(engine: Engine) {
    let federation = soon(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    contract((&federation.nodes[0], &eau), &epci, "a.csv").await;
    let size = read(&rested(&eau, 1).await).1.size;
    assert!(eau.app().cosigning.contradictions(&eau.hosted()).is_empty());

    // The witness saw more than the log now has, as after a restored disk image.
    let mut all = leaves_of(&eau).await;
    assert_eq!(all.len() as u64, size);
    all.extend([[7; 32], [8; 32], [9; 32]]);
    let log = origin(&eau);
    let ahead = add(&epci, request(size as usize, &all, signed(&eau, &log, &all))).await;
    assert_eq!(ahead.status, 200, "{}", ahead.text());
    eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let alarm = until_check(&eau, "log", |check| check["ok"] == false).await;
    assert!(text(&alarm["detail"]).contains(&format!("behind {}", size + 3)), "{alarm}");
    assert_eq!(eau.app().cosigning.contradictions(&eau.hosted()).len(), 1);
    // It grows beyond what the witness saw: no continuation of it.
    for _ in 0..5 {
        eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    }
    let alarm = until_check(&eau, "log", |check| text(&check["detail"]).contains("diverged")).await;
    assert_eq!(alarm["ok"], false);
    assert_eq!(read(&eau.public("/log/cosigned").await.text()).1.size, size, "nothing newer is cosigned");
}
