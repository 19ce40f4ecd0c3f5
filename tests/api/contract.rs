//! The contract file, checked by the shipped program and byte by byte.

use std::process::Command;

use node::verify::anchor::Anchors;
use node::verify::verify_file;
use tests::binary::fiducie;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::on_both;

on_both!(the_file_proves_itself_anywhere);

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
