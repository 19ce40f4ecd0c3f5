//! Policies in files, compared and shown by the program, without any node.

use std::path::PathBuf;

use serde_json::{Value, json};
use tests::binary::command;
use tests::temporary::Folder;

fn file(folder: &Folder, name: &str, content: &str) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.display().to_string()
}

fn offer(until: &str, purpose: &str) -> Value {
    json!({"@type": "Offer", "@id": "urn:offer", "permission": [{"action": "use", "constraint": [
        {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": until},
        {"leftOperand": "purpose", "operator": "isA", "rightOperand": purpose}]}]})
}

#[tokio::test]
async fn policies_in_files_are_compared_whatever_they_are_written_in() {
    let folder = Folder::named("policy");
    let own = file(&folder, "offer.json", &offer("2027-12-31", "eau_assainissement").to_string());
    let narrow = file(&folder, "narrow.json", &offer("2027-06-30", "gestion_ressource_eau").to_string());
    let apart = file(&folder, "apart.json", &offer("2027-06-30", "recherche").to_string());
    let turtle = "@prefix odrl: <http://www.w3.org/ns/odrl/2/> .
        <urn:request> a odrl:Offer ; odrl:permission [ odrl:action odrl:use ; odrl:constraint
            [ odrl:leftOperand odrl:dateTime ; odrl:operator odrl:lteq ; odrl:rightOperand \"2028-12-31\" ] ,
            [ odrl:leftOperand odrl:purpose ; odrl:operator odrl:isA ; odrl:rightOperand \"eau_assainissement\" ] ] .";
    let wide = file(&folder, "wide.ttl", turtle);
    for (second, expected) in
        [(&narrow, "refines"), (&apart, "conflict"), (&wide, "subsumed"), (&own, "refines")]
    {
        let said = command(folder.path(), &["policy", "compare", &own, second]).await.ok();
        assert_eq!(said["relation"], expected, "{second}: {said}");
    }
    let said = command(folder.path(), &["--lang", "fr", "policy", "compare", &own, &wide]).await.ok();
    let sentences = said["sentences"].to_string();
    assert!(sentences.contains("jusqu'au 2027-12-31") && sentences.contains("jusqu'au 2028-12-31"), "{said}");
}

#[tokio::test]
async fn a_policy_in_a_file_is_said_in_plain_words_with_its_grades_or_with_its_faults() {
    let folder = Folder::named("policy");
    let mut policy = offer("2027-12-31", "eau_assainissement");
    policy["permission"][0]["constraint"].as_array_mut().unwrap().push(
        json!({"leftOperand": "fiducie:processingPlace", "operator": "isPartOf", "rightOperand": "EU"}),
    );
    let good = file(&folder, "good.json", &policy.to_string());
    let said = command(folder.path(), &["--lang", "fr", "policy", "show", &good]).await.ok();
    let text = said["text"].as_str().unwrap();
    for part in ["jusqu'au 2027-12-31 inclus [E1]", "lieu de traitement : EU (ou compris dedans) [E3]"] {
        assert!(text.contains(part), "{text}");
    }
    policy["permission"][0]["constraint"][0]["leftOperand"] = json!("spatial");
    let bad = file(&folder, "bad.json", &policy.to_string());
    let refused = command(folder.path(), &["policy", "show", &bad]).await;
    assert_eq!(refused.code, 2, "{} {}", refused.json, refused.stderr);
    assert!(refused.json.to_string().contains("/permission/0/constraint/0/leftOperand"), "{}", refused.json);
    let empty = file(&folder, "empty.ttl", "<urn:a> <urn:b> <urn:c> .");
    assert_eq!(command(folder.path(), &["policy", "compare", &good, &empty]).await.code, 2);
    assert_eq!(command(folder.path(), &["policy", "show", "nowhere.json"]).await.code, 2);
}
