//! Decisions made again from what the log keeps of them, through the program.

use contracts::{id, jcs};
use node::domain::event::{Access, AccessEvent, DecisionRecord, Event, Record, Reference};
use node::log::decision::{Kept, digest};
use policies::{Outcome, Reason, Verdict};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tests::binary::{command, fiducie};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, text};
use tests::member::Member;
use tests::on_both;

on_both!(decisions_are_made_again, a_program_that_would_decide_otherwise_says_so);

async fn entries(member: &Member, kind: &str) -> Vec<Value> {
    member.all("/log/entries").await.into_iter().filter(|e| e["kind"] == kind).collect()
}

async fn exchanged(federation: &Federation) -> (Member, Member, String) {
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    (eau, epci, agreement)
}

async fn decisions_are_made_again(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (eau, epci, agreement) = exchanged(&federation).await;
    let body = serde_json::json!({"agreement": agreement, "purpose": OTHER_PURPOSE});
    epci.post("/transfers", &body).await.ok();
    eau.until_logged("transfer.requested", 2).await;
    let folder = federation.nodes[0].folder.path();
    let opened = entries(&eau, "delivery.opened").await;
    let requested = entries(&eau, "transfer.requested").await;
    for (entry, outcome) in [(&opened[0], "permit"), (&requested[0], "permit"), (&requested[1], "refuse")] {
        let index = entry["index"].to_string();
        let found = command(folder, &["decision", "replay", &index]).await.ok();
        assert_eq!((&found["same"], &found["kept"]["outcome"]), (&true.into(), &outcome.into()), "{found:#}");
        assert_eq!(found["kept"], found["now"]);
        // The report is the one that the entry names, and commits to.
        let report = text(&found["kept"]["report"]);
        assert!(jcs::is_canonical(report.as_bytes()));
        assert_eq!(hex::encode(Sha256::digest(&report)), text(&found["named"]));
        assert_eq!(entry["body"]["report"]["value"], found["named"]);
        let leaf: Value = serde_json::from_str(&text(&entry["leaf"])).unwrap();
        assert!(leaf["c"]["report"].is_string());
        assert_eq!(leaf["outcome"], outcome);
    }
    let why = command(folder, &["decision", "replay", &requested[1]["index"].to_string()]).await.ok();
    assert!(why["kept"]["reasons"][1].as_str().unwrap().contains("purpose"), "{why:#}");
    for (index, code) in [("0", 4), ("99999", 4), ("x", 2)] {
        assert_eq!(command(folder, &["decision", "replay", index]).await.code, code, "{index}");
    }
    let index = opened[0]["index"].as_u64().unwrap();
    let hosted = eau.hosted();
    let erased = eau.app().store.write(hosted.id(), move |tx| {
        Box::pin(async move { tx.erase_entry(index).await.map_err(node::app::Error::from) })
    });
    erased.await.unwrap();
    eau.get(&format!("/log/entries/{index}/decision")).await.problem(409);
    assert_eq!(command(folder, &["decision", "replay", &index.to_string()]).await.code, 1);
}

/// The kept record of another program, which saw the same facts and refused.
fn by_another_program(entry: &Value) -> DecisionRecord {
    let mut kept = Kept::parse(&entry["facts"].to_string()).unwrap();
    kept.decision.outcome = Outcome::Refuse;
    let mut reasons: Vec<_> = kept.decision.reasons.iter().map(Reason::into_owned).collect();
    let step = reasons.iter_mut().find(|r| r.pointer.ends_with("/constraint/1")).unwrap();
    step.verdict = Verdict::Unsatisfied;
    kept.decision.reasons = reasons.into_iter().collect();
    let json = String::from_utf8(jcs::canonical(&kept).unwrap()).unwrap();
    DecisionRecord { json, report: digest(&kept.report().to_json().unwrap()), permitted: false }
}

async fn a_program_that_would_decide_otherwise_says_so(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (eau, epci, agreement) = exchanged(&federation).await;
    let opened = entries(&eau, "delivery.opened").await.remove(0);
    let field = |name: &str| text(&opened["body"][name]["value"]);
    let access = Access {
        what: AccessEvent::Refused,
        reference: Reference("0f".repeat(16)),
        transfer: id::Pid::parse(field("transfer")).unwrap(),
        agreement: Some(id::AgreementId::parse(&agreement).unwrap()),
        dataset: Some(id::DatasetId::parse(field("dataset")).unwrap()),
        peer: id::ParticipantId::did(epci.did.clone()).unwrap(),
    };
    let record = Record { event: Event::Access(access), decision: Some(by_another_program(&opened)) };
    let hosted = eau.hosted();
    let written = eau.app().store.write(hosted.id(), move |tx| {
        Box::pin(async move {
            tx.record(record);
            Ok::<_, node::app::Error>(())
        })
    });
    let index = written.await.unwrap().entries[0].index.to_string();
    let folder = federation.nodes[0].folder.path();
    let found = command(folder, &["decision", "replay", &index]).await;
    assert_eq!((found.code, &found.json["same"]), (9, &false.into()), "{found:?}");
    assert_eq!(found.json["kept"]["outcome"], "refuse");
    assert_eq!(found.json["now"]["outcome"], "permit");
    let changed = found.json["changed"].as_array().unwrap();
    assert_eq!(
        (changed.len(), &changed[0]["rule"]),
        (1, &"/permission/0/constraint/1".into()),
        "{changed:?}"
    );

    let said = std::process::Command::new(fiducie())
        .args(["--lang", "fr", "--dir"])
        .arg(folder)
        .args(["decision", "replay", &index])
        .env_remove("FIDUCIE_DIR")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&said.stdout);
    assert_eq!(said.status.code(), Some(9));
    for word in ["AUTREMENT", "Accès refusé", "Accès autorisé", "/permission/0/constraint/1", "finalité"]
    {
        assert!(text.contains(word), "{word}: {text}");
    }
}
