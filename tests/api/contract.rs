//! The contract file, checked by the shipped program and byte by byte.

use std::process::Command;

use contracts::contract::{Capacity, ContractFile};
use node::domain::time::Timestamp;
use node::identity::document::did_document;
use node::identity::keys::{Keyring, Purpose};
use node::identity::peer::PeerIdentity;
use node::identity::proof::sign_contract;
use node::identity::seal::MasterSecret;
use node::verify::anchor::Anchors;
use node::verify::verify_file;
use serde_json::json;
use tests::binary::{command, fiducie};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::on_both;

on_both!(
    the_file_proves_itself_anywhere,
    signed_again_by_a_stranger_it_is_refused_with_anchors,
    terms_that_contradict_themselves_are_not_signed,
);

async fn the_file_proves_itself_anywhere(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci", "region"]).await;
    let [eau, epci, region] = [0, 1, 2].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let file = epci.get(&format!("/contracts/{}/file", segment(&agreement))).await;
    file.ok();
    let folder = &federation.nodes[1].folder;
    let path = folder.write("exported.contract.json", &file.body);
    let document = |member: &tests::member::Member, name: &str| {
        let (member, name) = (member.clone(), name.to_owned());
        async move { folder.write(&name, member.public("/did.json").await.body) }
    };
    let anchors = [document(&eau, "eau.json").await, document(&epci, "epci.json").await];
    let verify = |with: &[&std::path::Path]| {
        let mut command = Command::new(fiducie());
        command.arg("verify").arg(&path).env("LANG", "en_GB.UTF-8");
        for anchor in with {
            command.arg("--anchor").arg(anchor);
        }
        let output = command.output().unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let (whole, said) = verify(&[]);
    assert!(whole && said.contains("not anchored"), "{said}");
    let (proven, said) = verify(&[&anchors[0], &anchors[1]]);
    assert!(proven && !said.contains("not anchored"), "{said}");
    assert!(said.contains(&eau.did) && said.contains(&epci.did), "{said}");

    // No byte may change: not one passes, alone or with anchors.
    let mut known = Anchors::default();
    for member in [&eau, &epci] {
        known.add(&member.public("/did.json").await.body).unwrap();
    }
    let mut bytes = file.body.to_vec();
    for at in 0..bytes.len() {
        bytes[at] ^= 0x01;
        assert!(!verify_file(&bytes, &Anchors::default()).ok, "byte {at} of {} can change", bytes.len());
        if at % 7 == 0 {
            assert!(!verify_file(&bytes, &known).ok, "byte {at} can change in spite of anchors");
        }
        bytes[at] ^= 0x01;
    }
    // Nor may it be cut or grow.
    assert!(!verify_file(&bytes[..bytes.len() - 1], &known).ok);
    assert!(!verify_file(&[&bytes[..], b"\n"].concat(), &known).ok);

    // Anchors that show other keys for a party refuse it.
    let text = String::from_utf8(region.public("/did.json").await.body.to_vec()).unwrap();
    let posing = folder.write("posing.json", text.replace(&region.did, &eau.did));
    let (accepted, said) = verify(&[&posing, &anchors[1]]);
    assert!(!accepted, "{said}");
}

/// The same contract, every identity and signature replaced by a stranger's under the parties' names: whole in itself.
async fn signed_again_by_a_stranger_it_is_refused_with_anchors(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    let exported = epci.get(&format!("/contracts/{}/file", segment(&agreement))).await;
    let mut file: ContractFile = serde_json::from_slice(&exported.body).unwrap();
    let at = Timestamp::from_seconds(file.contract.created_at.seconds());
    let secret = MasterSecret::from_text(&MasterSecret::generate_text()).unwrap();
    let strangers = [&eau, &epci].map(|party| {
        let member = party.hosted().member.clone();
        let (keys, _) = Keyring::generate(&member, &secret, at.plus_seconds(-60)).unwrap();
        let document = serde_json::to_value(did_document(&member, &keys, at)).unwrap();
        let digest = PeerIdentity::from_value(&member.did, document.clone()).unwrap().digest().to_owned();
        (member.did, keys, document, digest)
    });
    for (party, (did, _, document, digest)) in file.contract.parties.iter_mut().zip(&strangers) {
        party.identity = digest.clone();
        file.identities.insert(did.to_string(), document.clone());
    }
    let bytes = file.contract.canonical().unwrap();
    let sign = |(_, keys, _, _): &(_, Keyring, _, _)| {
        let key = keys.current(Purpose::Sign, at).unwrap();
        sign_contract(&bytes, &key.signer, Capacity::Node, None, at.plus_seconds(1)).unwrap()
    };
    file.signatures = strangers.iter().map(sign).collect();
    let folder = &federation.nodes[1].folder;
    folder.write("forged.contract.json", file.canonical().unwrap());
    folder.write("true.contract.json", &exported.body);
    for (party, name) in [(&eau, "eau.json"), (&epci, "epci.json")] {
        folder.write(name, party.public("/did.json").await.body);
    }
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (forged, honest) = (path("forged.contract.json"), path("true.contract.json"));
    let anchors = ["--anchor", &path("eau.json"), "--anchor", &path("epci.json")];
    let verify = async |file: &str, anchors: &[&str]| {
        command(folder.path(), &[&["verify", file], anchors].concat()).await
    };
    let alone = verify(&forged, &[]).await;
    assert_eq!(alone.code, 0, "{}", alone.json);
    assert!(alone.json.to_string().contains("not anchored"), "{}", alone.json);
    let refused = verify(&forged, &anchors).await;
    assert_eq!(refused.code, 1, "a stranger passed for the parties: {}", refused.json);
    // Beside it the true one.
    assert_eq!(verify(&honest, &anchors).await.code, 0);
}

async fn terms_that_contradict_themselves_are_not_signed(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a;b\n1;2\n");
    let good = closed("a.csv", &epci, PURPOSE);
    let mut void = good.clone();
    void["offers"][0]["policy"]["prohibition"] = json!([{"action": "use"}]);
    let faults = eau.post("/datasets", &void).await.problem(422)["faults"].clone();
    assert_eq!(faults[0]["field"], "/offers/0/policy/permission/0", "{faults}");
    assert!(faults[0]["remedy"].as_str().unwrap().contains("/prohibition/0"), "{faults}");
    // Asked for by a consumer, agreed to by a person: drawn up, it is refused.
    let dataset = eau.publish(&good).await;
    let mut policy = void["offers"][0]["policy"].clone();
    policy["@type"] = json!("Offer");
    let body = json!({"peer": eau.did, "dataset": dataset, "purpose": PURPOSE, "policy": policy});
    let asked = epci.post("/negotiations", &body).await;
    if asked.status == 201 || asked.status == 202 || asked.status == 200 {
        let theirs = epci.peer_id("negotiations", asked.ok()["id"].as_str().unwrap()).await;
        let agreed = eau.post(&format!("/negotiations/{}/agree", segment(&theirs)), &json!({})).await;
        let reasons = agreed.problem(403)["reasons"].to_string();
        assert!(reasons.contains("/prohibition/0"), "{reasons}");
    } else {
        assert!(asked.is_callers_fault(), "{}", asked.text());
    }
    assert!(eau.all("/contracts").await.is_empty() && epci.all("/contracts").await.is_empty());
}
