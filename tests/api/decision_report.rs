//! A decision explained to whom it concerns: the four headings of French law, and the report in the vocabulary of
//! compliance reports, named by what the log commits to.

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{OTHER_PURPOSE, PURPOSE, closed, segment, text};
use tests::member::Member;
use tests::on_both;

on_both!(a_decision_is_explained_under_four_headings, a_report_is_for_those_entitled, packs_explain_too);

/// A permitted and a refused decision: the entries of the provider's log.
async fn decided(federation: &Federation) -> (Member, String, [u64; 2]) {
    let [eau, epci] = [0, 1].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let transfer = epci.transfer(&agreement, PURPOSE).await;
    epci.pulled(&transfer).await;
    epci.post("/transfers", &json!({"agreement": agreement, "purpose": OTHER_PURPOSE})).await.ok();
    eau.until_logged("transfer.requested", 2).await;
    let log = eau.log().await;
    let of = |kind: &str| log.iter().filter(|e| e.kind == kind).map(|e| e.index).collect::<Vec<_>>();
    let entries = [of("delivery.opened")[0], of("transfer.requested")[1]];
    (eau, agreement, entries)
}

async fn a_decision_is_explained_under_four_headings(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (eau, agreement, [permitted, refused]) = decided(&federation).await;
    let folder = federation.nodes[0].folder.path();
    let report = |entry: u64, lang: &'static str| async move {
        command(folder, &["decision", "report", &entry.to_string(), "--language", lang]).await.ok()
    };
    let fr = report(permitted, "fr").await;
    assert_eq!(
        (&fr["outcome"], &fr["language"], &fr["contract"]),
        (&json!("permit"), &json!("fr"), &json!(agreement))
    );
    assert_eq!(fr["clauses"], json!(["/permission/0"]));
    let headings = fr["headings"].as_array().unwrap();
    let keys: Vec<_> = headings.iter().map(|heading| text(&heading["key"])).collect();
    assert_eq!(keys, ["contribution", "data", "parameters", "operations"]);
    for (heading, words) in headings.iter().zip([
        ["sans qu'une personne intervienne", "/permission/0"],
        ["finalité : controle_delegation (source : demande du consommateur)", "horloge du nœud"],
        ["Pondération : aucune", "finalité"],
        ["signé, en cours, non révoqué", "L'autorisation s'applique"],
    ]) {
        words
            .iter()
            .for_each(|word| assert!(heading["items"].to_string().contains(word), "{word}: {heading:#}"));
    }
    let en = report(refused, "en").await;
    assert_eq!((&en["outcome"], &en["clauses"]), (&json!("refuse"), &json!(["/permission/0/constraint/1"])));
    assert!(en["headings"][2]["items"].to_string().contains("Condition not met"), "{en:#}");
    for (entry, said, state) in [(permitted, &fr, "Active"), (refused, &en, "Inactive")] {
        // The report in the vocabulary is the one that what the entry commits to names.
        let written = text(&said["report"]);
        assert!(written.contains(&format!("https://w3id.org/force/compliance-report#{state}")), "{written}");
        let digest = hex::encode(Sha256::digest(&written));
        assert_eq!((&said["digest"], &said["named"]), (&json!(digest), &json!(digest)));
        let replayed = eau.get(&format!("/log/entries/{entry}/decision")).await.ok();
        assert!(
            text(&replayed["kept"]["report"]).contains(&digest) && replayed["same"] == true,
            "{replayed:#}"
        );
        // The same whenever it is asked for.
        assert_eq!(eau.get(&format!("/log/entries/{entry}/decision/report")).await.ok()["report"], written);
    }
    let entry = permitted.to_string();
    let mut program = std::process::Command::new(tests::binary::fiducie());
    program
        .args(["--dir"])
        .arg(folder)
        .args(["decision", "report", &entry, "--triples"])
        .env_remove("FIDUCIE_DIR");
    let said = String::from_utf8(program.output().unwrap().stdout).unwrap();
    assert_eq!(said.trim_end(), text(&fr["report"]).trim_end());
    assert_eq!(command(folder, &["decision", "report", "0"]).await.code, 4);
}

async fn a_report_is_for_those_entitled(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (eau, _, [permitted, _]) = decided(&federation).await;
    let path = format!("/log/entries/{permitted}/decision/report");
    eau.call("", Method::GET, &path, None).await.problem(401);
    let scope = json!({"datasets": ["urn:uuid:0192a000-0000-7000-8000-000000000001"]});
    let body = json!({"role": "auditor", "label": "chambre", "scope": scope});
    let other = text(&eau.post("/tokens", &body).await.ok()["token"]);
    eau.call(&other, Method::GET, &path, None).await.problem(404);
    let before = eau.logged("log.read").await;
    eau.get(&path).await.ok();
    assert_eq!(eau.logged("log.read").await, before + 1);
    let said = eau.log().await.into_iter().rev().find(|e| e.kind == "log.read").unwrap();
    assert_eq!(said.body.unwrap()["read"]["value"], format!("report of entry {permitted}"));
}

async fn packs_explain_too(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let (_, agreement, [permitted, _]) = decided(&federation).await;
    let folder = federation.nodes[0].folder.path();
    let out = folder.join("dossier").display().to_string();
    let contract = segment(&agreement);
    command(folder, &["evidence", "--contract", contract, "--out", &out]).await.ok();
    let entry = permitted.to_string();
    let apart = command(folder, &["decision", "report", &entry, "--pack", &out]).await.ok();
    let asked: Value = command(folder, &["decision", "report", &entry]).await.ok();
    assert_eq!(apart, asked);
}
