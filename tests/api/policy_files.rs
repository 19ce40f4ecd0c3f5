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

#[tokio::test]
async fn a_policy_becomes_a_form_and_the_form_the_same_policy() {
    let folder = Folder::named("policy");
    let own = file(&folder, "offer.json", &offer("2027-12-31", "eau_assainissement").to_string());
    let said = command(folder.path(), &["policy", "form", &own]).await.ok();
    assert_eq!(said["form"]["rules"][0]["until"], "2027-12-31", "{said:#}");
    assert_eq!(said["clauses"][1]["grade"], "E1");
    let form = file(&folder, "form.json", &said["form"].to_string());
    let made = command(folder.path(), &["policy", "make", &form]).await.ok();
    assert_eq!(made["signable"], true, "{made:#}");
    let again = file(&folder, "again.json", &made["policy"].to_string());
    let compared = command(folder.path(), &["policy", "compare", &own, &again]).await.ok();
    assert_eq!(
        (&compared["firstWithinSecond"], &compared["relation"]),
        (&json!("satisfied"), &json!("refines"))
    );
    // What a person reads and writes is TOML, with what each field means; an empty one can be filled in.
    for arguments in [&["policy", "form", &own][..], &["policy", "form"]] {
        let written = spoken(&folder, arguments);
        assert!(written.contains("# Finalités : L'une d'elles suffit"), "{written}");
        let form = file(&folder, "form.toml", &written);
        let made = command(folder.path(), &["policy", "make", &form]).await.ok();
        assert_eq!(made["signable"], true, "{made:#}");
    }
    // A policy of which no node knows the facts has a form and words, and is not to be signed.
    let turtle = "@prefix odrl: <http://www.w3.org/ns/odrl/2/> .
        <urn:p> a odrl:Set ; odrl:permission [ odrl:action odrl:print ; odrl:target <urn:d> ; odrl:constraint
            [ odrl:leftOperand odrl:resolution ; odrl:operator odrl:lteq ; odrl:rightOperand 300 ] ] .";
    let whole = file(&folder, "whole.ttl", turtle);
    let said = command(folder.path(), &["--lang", "fr", "policy", "form", &whole]).await.ok();
    assert_eq!(said["signable"], false);
    let form = file(&folder, "whole.toml", &spoken(&folder, &["policy", "form", &whole]));
    assert_eq!(command(folder.path(), &["policy", "make", &form]).await.ok()["form"], said["form"]);
    assert!(
        said["text"].as_str().unwrap().contains("résolution (resolution) : au plus 300 [E4]"),
        "{said:#}"
    );
    assert!(said["faults"].to_string().contains("resolution"), "{said:#}");
    assert_eq!(command(folder.path(), &["policy", "show", &whole]).await.code, 2);
    // What nobody understands has none: the clause is named. So is what a form says wrongly.
    let strange = file(
        &folder,
        "strange.ttl",
        &turtle.replace("odrl:action odrl:print", "odrl:wish 1 ; odrl:action odrl:print"),
    );
    let refused = command(folder.path(), &["policy", "form", &strange]).await;
    assert!(refused.code == 2 && refused.json.to_string().contains("/permission/0"), "{refused:?}");
    let wrong = file(&folder, "wrong.toml", "[[rules]]\nrule = \"wish\"\n");
    let refused = command(folder.path(), &["policy", "make", &wrong]).await;
    assert!(refused.code == 2 && refused.json.to_string().contains("/rules/0/rule"), "{refused:?}");
}

/// What the program prints for a person, in French.
fn spoken(folder: &Folder, arguments: &[&str]) -> String {
    let mut program = std::process::Command::new(tests::binary::fiducie());
    program.args(["--lang", "fr", "--dir"]).arg(folder.path()).args(arguments).env_remove("FIDUCIE_DIR");
    String::from_utf8(program.output().unwrap().stdout).unwrap()
}
