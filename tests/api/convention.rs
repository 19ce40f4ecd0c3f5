//! The convention between a host and a member that it carries: signed by both, verified by anybody, taken along.

use node::domain::time::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tests::binary::command;
use tests::engine::Engine;
use tests::flow::{PURPOSE, closed, segment};
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::on_both;

use crate::moving::{empty, host, other};

on_both!(
    a_convention_is_signed_by_both_and_goes_along,
    only_the_host_draws_up_and_only_the_member_signs,
    an_altered_convention_is_signed_by_nobody,
    a_host_that_asks_for_one_lets_nobody_publish_without,
);

fn terms(with: &str) -> Value {
    json!({
        "with": with,
        "processing": {
            "subject": "Publication et échange des données de la commune.",
            "data": ["coordonnées d'agents"],
            "persons": ["agents de la commune"],
        },
        "answers": {"requests": "hosted", "breaches": "hosted", "backups": "host"},
        "measures": {"subprocessors": [{"name": "Infogérance du Bassin", "country": "FR"}], "toldWithinHours": 12},
        "until": "2036-01-01T00:00:00Z",
    })
}

/// How many entries about conventions a member's log has.
async fn entries(member: &Member) -> [usize; 2] {
    [member.logged("convention.signed").await, member.logged("convention.countersigned").await]
}

async fn a_convention_is_signed_by_both_and_goes_along(engine: Engine) {
    let mut old = TestNode::start(host(engine)).await;
    let [eau, commune] = [0, 1].map(|i| old.members[i].clone());
    let folder = old.folder.path().to_owned();
    let path = |name: &str| folder.join(name).display().to_string();
    let [asked, file] = [path("terms.json"), path("commune.convention.json")];
    std::fs::write(&asked, terms(&commune.did).to_string()).unwrap();
    let anchors = [path("eau.json"), path("commune.json")];
    for (party, file) in [(&eau, &anchors[0]), (&commune, &anchors[1])] {
        std::fs::write(file, party.public("/did.json").await.body).unwrap();
    }
    let verify = ["verify", &file, "--anchor", &anchors[0], "--anchor", &anchors[1]];

    // The host draws up and signs: that is no convention yet.
    let draw = ["--member", "eau", "convention", "draw", &asked, "--output", &file];
    let drawn = command(&folder, &draw).await.ok();
    assert_eq!((&drawn["standing"], &drawn["side"]), (&json!("proposed"), &json!("host")));
    let half = command(&folder, &verify).await;
    assert_eq!(half.code, 1, "{}", half.json);
    assert!(half.json.to_string().contains("not-signed-by"), "{}", half.json);
    assert!(commune.all("/conventions").await.is_empty(), "the host acted for its member");

    // The member reads and signs, the host keeps that it did; again changes nothing.
    let sign = |who: &'static str| {
        let arguments = ["--member", who, "convention", "sign", &file, "--output", &file].map(str::to_owned);
        let folder = folder.clone();
        async move { command(&folder, &arguments.each_ref().map(String::as_str)).await.ok() }
    };
    for _ in 0..2 {
        assert_eq!(sign("commune").await["standing"], "signed");
        assert_eq!(sign("eau").await["standing"], "signed");
    }
    assert_eq!((entries(&eau).await, entries(&commune).await), ([1, 1], [1, 1]));
    let whole = command(&folder, &verify).await.ok();
    assert!(whole.to_string().contains("signed-by-both"), "{whole}");
    let id = drawn["id"].as_str().unwrap().to_owned();
    let show = format!("/conventions/{}", segment(&id));
    let (ours, theirs) = (eau.get(&show).await.ok(), commune.get(&show).await.ok());
    assert_eq!((&ours["text"], &theirs["peer"]), (&theirs["text"], &json!(eau.did)));
    for said in ["12 h", "article 28", "Infogérance du Bassin", "agents de la commune", "2036-01-01"] {
        assert!(ours["text"].as_str().unwrap().contains(said), "{said}: {}", ours["text"]);
    }
    let caller = [("authorization", &*format!("Bearer {}", eau.token)), ("accept-language", "fr")];
    let french = eau.raw(Method::GET, &format!("/api/v1{show}"), &caller, vec![]).await.ok();
    assert!(french["text"].as_str().unwrap().contains("responsable de traitement"), "{french}");
    let before = commune.get(&format!("{show}/file")).await;

    // It goes along when the member leaves.
    let [archive, secret] = [path("commune.archive"), path("commune.secret")];
    let export = ["--member", "commune", "member", "export", &archive, "--secret-file", &secret];
    command(&folder, &export).await.ok();
    let port = old.port;
    drop((eau, commune));
    old.stop(true).await;
    let mut new = empty(other(engine), port).await;
    let import = ["member", "import", &archive, "--secret-file", &secret];
    command(new.folder.path(), &import).await.ok();
    new.read_access();
    new.run(None).await.unwrap();
    let commune = new.members[0].clone();
    let after = commune.get(&format!("{show}/file")).await;
    assert_eq!((after.status, &after.body), (200, &before.body));
    assert_eq!(commune.all("/conventions").await.len(), 1);
}

async fn only_the_host_draws_up_and_only_the_member_signs(engine: Engine) {
    let members = [("eau", ""), ("commune", "/commune"), ("bas", "/bas")];
    let members = members.map(|(name, path)| (name.to_owned(), path.to_owned())).to_vec();
    let node = TestNode::start(Setup { members, ..host(engine) }).await;
    let [eau, commune, bas] = [0, 1, 2].map(|i| node.members[i].clone());
    assert!(commune.post("/conventions", &terms(&bas.did)).await.problem(403)["reasons"][0].is_string());
    let operator = eau.post("/tokens", &json!({"role": "operator", "label": "outil"})).await.ok();
    let token = operator["token"].as_str().unwrap();
    eau.call(token, Method::POST, "/conventions", Some(&terms(&bas.did))).await.problem(403);
    for stranger in ["did:web:example.org", &eau.did] {
        eau.post("/conventions", &terms(stranger)).await.problem(404);
    }
    for (path, wrong) in [
        ("/measures/toldWithinHours", json!(72)),
        ("/measures/erasedWithinDays", json!(1)),
        ("/measures/country", json!("France")),
        ("/processing/subject", json!(" ")),
        ("/processing/data/0", json!("a\nb")),
        ("/until", json!("2036-01-01")),
    ] {
        let mut terms = terms(&bas.did);
        terms["measures"]["country"] = json!("FR");
        terms["measures"]["erasedWithinDays"] = json!(60);
        *terms.pointer_mut(path).unwrap() = wrong;
        let refused = eau.post("/conventions", &terms).await.problem(400);
        assert!(refused.to_string().contains(path), "{path}: {refused}");
    }
    let mut past = terms(&bas.did);
    past["until"] = json!("2001-01-01T00:00:00Z");
    eau.post("/conventions", &past).await.problem(400);
    assert!(eau.all("/conventions").await.is_empty());

    // The nearest thing that is right; and a third member is no party of it.
    let drawn = eau.post("/conventions", &terms(&bas.base)).await.ok();
    let file = eau.get(&format!("/conventions/{}/file", segment(drawn["id"].as_str().unwrap()))).await.ok();
    commune.post("/conventions/signed", &file).await.problem(403);
    assert_eq!(bas.post("/conventions/signed", &file).await.ok()["side"], "hosted");
    assert_eq!((entries(&commune).await, entries(&bas).await), ([0, 0], [1, 1]));
}

async fn an_altered_convention_is_signed_by_nobody(engine: Engine) {
    let node = TestNode::start(host(engine)).await;
    let [eau, commune] = [0, 1].map(|i| node.members[i].clone());
    let drawn = eau.post("/conventions", &terms(&commune.did)).await.ok();
    let path = format!("/conventions/{}/file", segment(drawn["id"].as_str().unwrap()));
    let file = eau.get(&path).await.ok();
    // Words of another convention, under their own digests and the host's good signature: only the host could make it.
    for (at, value, status) in [
        ("/texts/fr", json!("autre chose"), 400),
        ("/convention/measures/toldWithinHours", json!(48), 403),
        ("/convention/hosted/name", json!("Autre"), 403),
        ("/convention/host/did", json!("did:web:example.org"), 400),
        ("/signatures", json!([]), 403),
        ("/signatures/0", json!("a.b.c"), 403),
        ("/identities", json!({}), 400),
        ("/v", json!(2), 400),
    ] {
        let mut altered = file.clone();
        *altered.pointer_mut(at).unwrap() = value;
        commune.post("/conventions/signed", &altered).await.problem(status);
    }
    // A host that does not know the convention keeps none.
    let mut unknown = file.clone();
    unknown["convention"]["id"] = json!("urn:uuid:0192a000-0000-7000-8000-000000000009");
    commune.post("/conventions/signed", &unknown).await.problem(403);
    // After a change of keys the convention names others than the member has.
    commune.post("/members/self/keys", &json!({"purpose": "sign"})).await.ok();
    let refused = commune.post("/conventions/signed", &file).await.problem(403);
    assert!(refused["reasons"][0].as_str().unwrap().contains("clés"), "{refused}");
    assert_eq!((entries(&eau).await, entries(&commune).await), ([1, 0], [0, 0]));
}

async fn a_host_that_asks_for_one_lets_nobody_publish_without(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    // Both members are made at the same instant.
    let config = "[members]\nconvention = true\ndefault = \"eau\"\n".to_owned();
    let node = TestNode::start(Setup { config, clock: clock.clone(), ..host(engine) }).await;
    let [eau, commune] = [0, 1].map(|i| node.members[i].clone());
    node.put("a.csv", "a\n1\n");
    let mut described = closed("a.csv", &eau, PURPOSE);
    eau.publish(&described).await;
    let refused = commune.post("/datasets", &described).await.problem(403);
    assert!(refused["reasons"][0].as_str().unwrap().contains("convention"), "{refused}");
    described["draft"] = json!(true);
    commune.publish(&described).await;
    described.as_object_mut().unwrap().remove("draft");
    let mut short = terms(&commune.did);
    short["until"] = json!(clock.now().plus_seconds(3_600).rfc3339());
    let drawn = eau.post("/conventions", &short).await.ok();
    let file = eau.get(&format!("/conventions/{}/file", segment(drawn["id"].as_str().unwrap()))).await.ok();
    // Drawn up is not signed.
    commune.post("/datasets", &described).await.problem(403);
    commune.post("/conventions/signed", &file).await.ok();
    commune.publish(&described).await;
    // Its term ends.
    clock.advance(3_700_000);
    described["title"] = json!("Après le terme");
    commune.post("/datasets", &described).await.problem(403);
}
