//! Time stamps (RFC 3161) of checkpoints: `openssl ts` stamps them, and judges what was kept of it.

use std::path::Path;

use node::domain::time::Clock;
use node::identity::stamp::{Authorities, answered, request, verify};
use serde_json::{Value, json};
use tests::binary::{Ended, command};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, text};
use tests::node::{Setup, TestNode};
use tests::on_both;
use tests::reference::repository;
use tests::stamping::{Manner, TimeAuthority};
use tests::temporary::Folder;

use crate::cosigned::{until, until_check};

on_both!(stamps_are_kept_and_required, dates_that_a_stamp_contradicts_are_found);

fn trusting(authority: &TimeAuthority) -> Authorities {
    let mut authorities = Authorities::default();
    assert_eq!(authorities.add(&std::fs::read(authority.root()).unwrap()), Ok(1));
    authorities
}

#[test]
fn tokens_of_every_manner_are_read() {
    let plain = Manner::default();
    for manner in [
        plain,
        Manner { digest: "sha512", digits: 3, ..plain },
        Manner { digest: "sha384", named: "sha1", ..plain },
        Manner { key: "P-256", named: "sha512", ..plain },
        Manner { key: "P-384", digest: "sha384", digits: 6, ..plain },
    ] {
        let authority = TimeAuthority::new(manner);
        let (data, authorities) = (b"a checkpoint".as_slice(), trusting(&authority));
        let answer = authority.reply(&request(data, u64::MAX));
        let token = answered(&answer, data, u64::MAX).unwrap_or_else(|e| panic!("{manner:?}: {e}"));
        let stamped = verify(&token, data, &authorities).unwrap_or_else(|e| panic!("{manner:?}: {e}"));
        let now = Clock::System.now().seconds();
        assert!((stamped.at - now).abs() < 60 && stamped.anchored, "{stamped:?}");
        assert_eq!((stamped.policy.as_str(), stamped.serial.as_str()), ("1.2.3.4.1", "02"));
        assert!(!verify(&token, data, &Authorities::default()).unwrap().anchored);
    }
}

#[test]
fn a_token_that_was_touched_or_is_anothers_does_not_hold() {
    /// The same authority's certificates for other uses, and what is said of tokens that they sign.
    const USES: [(&str, &str); 4] = [
        ("critical,timeStamping", ""),
        ("timeStamping", "time stamps alone"),
        ("critical,codeSigning", "time stamps alone"),
        ("critical,timeStamping,codeSigning", "time stamps alone"),
    ];
    let authority = TimeAuthority::new(Manner { key: "P-256", ..Manner::default() });
    // Before the stamp is made: a certificate counts from then on.
    USES.iter().for_each(|(usage, _)| authority.certify(usage, &["-newkey", "rsa:2048"], usage));
    let (data, authorities) = (b"a checkpoint".as_slice(), trusting(&authority));
    let answer = authority.reply(&request(data, 7));
    let token = answered(&answer, data, 7).unwrap();
    let said = |result: Result<_, node::identity::stamp::StampError>| match result {
        Ok(_) => "holds".to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(said(answered(&answer, data, 8).map(drop)).contains("another request"));
    assert!(said(answered(&answer, b"another", 7).map(drop)).contains("something else"));
    assert!(
        said(answered(&answer[..answer.len() - 1], data, 7).map(drop)).contains("not a time-stamp token")
    );
    // A request that this authority does not grant: SHA-224.
    let mut asked = request(data, 7);
    let sha256 = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let place = asked.windows(sha256.len()).position(|part| part == sha256).unwrap();
    asked[place + 8] = 4;
    assert!(said(answered(&authority.reply(&asked), data, 7).map(drop)).contains("gives no token"));
    assert!(said(verify(&token, b"another", &authorities).map(drop)).contains("something else"));
    let stranger = trusting(&TimeAuthority::new(Manner::default()));
    assert!(said(verify(&token, data, &stranger).map(drop)).contains("no way to a given authority"));
    let first = verify(&token, data, &authorities).unwrap();
    // Every byte: what still holds says the same (bytes that nothing rests on: versions, an unused certificate).
    let mut held = 0;
    for place in 0..token.len() {
        let mut touched = token.clone();
        touched[place] ^= 1;
        if let Ok(stamped) = verify(&touched, data, &authorities) {
            assert_eq!(
                (stamped.at, &stamped.policy, &stamped.serial),
                (first.at, &first.policy, &first.serial)
            );
            held += 1;
        }
    }
    assert!(held < token.len() * 3 / 4, "{held} of {}", token.len());
    for (usage, found) in USES {
        let judged = verify(&authority.signed_by(usage, &token), data, &authorities);
        match found {
            "" => assert_eq!(judged.unwrap(), first),
            found => assert!(said(judged.map(drop)).contains(found), "{usage}"),
        }
    }
}

/// A stamp made once is judged at its own time, in ten years as today.
#[test]
fn the_first_stamp_is_still_read() {
    let golden = |name: &str| std::fs::read(repository().join("tests/golden").join(name)).unwrap();
    let mut authorities = Authorities::default();
    authorities.add(&golden("stamp-v1.authority.pem")).unwrap();
    let stamped = verify(&golden("stamp-v1.tst"), b"a checkpoint\n", &authorities).unwrap();
    assert_eq!((stamped.at, stamped.anchored), (1_795_349_851, true));
}

fn config(url: &str, authority: &TimeAuthority, more: &str) -> String {
    let root = authority.root();
    format!(
        "[log]\ncosign_every_s = 1\ntimestamps = [\"{url}\"]\ntimestamps_every_s = 60\n\
         timestamps_authorities = [\"{}\"]\n{more}\n[contracts]\nlanguage = \"en\"\n",
        root.display()
    )
}

fn codes(ended: &Ended) -> Vec<String> {
    let findings = ended.json["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().map(|finding| text(&finding["code"])).collect()
}

async fn judge(folder: &Path, authority: Option<&TimeAuthority>) -> Ended {
    let mut arguments = vec!["log".to_owned(), "verify".into(), folder.display().to_string()];
    if let Some(authority) = authority {
        arguments.extend(["--authority".into(), authority.root().display().to_string()]);
    }
    command(folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>()).await
}

async fn copied(node: &TestNode, to: &Folder) -> std::path::PathBuf {
    let folder = to.path().join("log");
    command(node.folder.path(), &["log", "copy", folder.to_str().unwrap()]).await.ok();
    folder
}

fn sizes(stamps: &Value) -> Vec<u64> {
    stamps["stamps"].as_array().unwrap().iter().map(|stamp| stamp["size"].as_u64().unwrap()).collect()
}

async fn stamps_are_kept_and_required(engine: Engine) {
    let authority = TimeAuthority::new(Manner::default());
    let listening = authority.listen();
    let clock = Clock::fixed(Clock::System.now());
    let required = "timestamps_required = true\nunproven_warn_s = 600\nunproven_refuse_s = 7200";
    let setup =
        |name: &str, config: String| Setup { clock: clock.clone(), config, ..Setup::new(engine, name) };
    let federation = Federation::of(vec![
        setup("eau", config(&listening.url, &authority, required)),
        setup("epci", String::new()),
    ])
    .await;
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    let node = &federation.nodes[0];
    let stamped = until(&eau, "/log/stamps", |a| !sizes(&a.ok()).is_empty()).await.ok();
    assert_eq!(text(&stamped["stamps"][0]["authority"]), listening.url);

    // What was kept, judged by openssl, and by ours.
    let aside = Folder::default();
    let folder = copied(node, &aside).await;
    let size = sizes(&stamped)[0];
    let names: Vec<_> =
        std::fs::read_dir(folder.join("stamps")).unwrap().map(|e| e.unwrap().path()).collect();
    let token = names.iter().find(|path| path.extension().is_some_and(|e| e == "tst")).unwrap();
    let data = folder.join(format!("stamps/{size}.checkpoint"));
    assert!(authority.accepts(&data, token));
    let ended = judge(&folder, Some(&authority)).await;
    assert!(ended.code == 0 && codes(&ended).contains(&"stamped".into()), "{}", ended.json);
    let ended = judge(&folder, None).await;
    assert!(ended.code == 0 && codes(&ended).contains(&"stamps-not-anchored".into()), "{}", ended.json);
    let stranger = TimeAuthority::new(Manner::default());
    assert_eq!(judge(&folder, Some(&stranger)).await.code, 1);
    let whole = std::fs::read(&data).unwrap();
    let other = String::from_utf8_lossy(&whole).replace(&format!("\n{size}\n"), &format!("\n{}\n", size + 1));
    std::fs::write(&data, other).unwrap();
    assert_eq!(judge(&folder, Some(&authority)).await.code, 1);
    std::fs::write(&data, whole).unwrap();

    // The authority is away: the operator is warned, then nothing closed begins.
    node.put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    listening.set_up(false);
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    // More than due, for the authority has a clock of its own.
    clock.advance(1_800_000);
    let warned = until_check(&eau, "timestamps", |check| check["ok"] == false).await;
    assert!(text(&warned["detail"]).contains("will be refused"), "{warned}");
    clock.advance(6_000_000);
    until_check(&eau, "timestamps", |check| text(&check["detail"]).starts_with("no new")).await;
    let body = json!({"agreement": agreement, "purpose": PURPOSE});
    let asked = text(&epci.post("/transfers", &body).await.ok()["id"]);
    let ended = epci.transfer_in(&asked, "TERMINATED").await;
    assert!(ended.to_string().contains("lacks the time stamp"), "{ended:#}");
    epci.pulled(&transfer).await;
    listening.set_up(true);
    until_check(&eau, "timestamps", |check| check["ok"] == true).await;
    epci.transfer(&agreement, PURPOSE).await;
}

async fn dates_that_a_stamp_contradicts_are_found(engine: Engine) {
    let authority = TimeAuthority::new(Manner::default());
    let listening = authority.listen();
    // A clock that has been an hour behind all along: the entries are in order.
    let clock = Clock::fixed(Clock::System.now().plus_seconds(-3600));
    let setup = Setup {
        clock: clock.clone(),
        config: config(&listening.url, &authority, ""),
        ..Setup::new(engine, "eau")
    };
    let node = TestNode::start(setup).await;
    let eau = node.members[0].clone();
    let stamps = until(&eau, "/log/stamps", |a| !sizes(&a.ok()).is_empty()).await.ok();
    let aside = Folder::default();
    let folder = copied(&node, &aside).await;
    assert_eq!(judge(&folder, Some(&authority)).await.code, 0, "nothing came after the stamp");
    node.put("a.csv", "a\n1\n");
    eau.publish(&closed("a.csv", &eau, PURPOSE)).await;
    let folder = copied(&node, &aside).await;
    assert_eq!(judge(&folder, None).await.code, 0, "by itself the log is in order");
    let ended = judge(&folder, Some(&authority)).await;
    assert_eq!(ended.code, 1, "{}", ended.json);
    let findings = ended.json["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["code"] == "dated-falsely").unwrap();
    assert!(text(&found["en"]).contains(&format!("the first is {}", sizes(&stamps)[0])), "{found}");
    assert!(!codes(&ended).contains(&"dated-back".into()));
    // And one that is set back: then the order says it too, to whoever reads the entries.
    clock.advance(1_200_000);
    eau.publish(&closed("a.csv", &eau, PURPOSE)).await;
    let first = eau.log().await.len();
    let mut node = node;
    node.stop(true).await;
    clock.advance(-600_000);
    node.run(None).await.unwrap();
    let eau = node.members[0].clone();
    eau.publish(&closed("a.csv", &eau, PURPOSE)).await;
    let folder = copied(&node, &aside).await;
    let ended = judge(&folder, None).await;
    assert_eq!(ended.code, 0, "the order counts, not the date: {}", ended.json);
    let findings = ended.json["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["code"] == "dated-back").unwrap();
    assert!(text(&found["en"]).contains(&format!("the first is {first}")), "{found}");
}
