//! `/frameworks`: published, shown to everybody, taken by others, adopted; two that contradict each other side by side.

use contracts::framework::Version;
use node::domain::time::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tests::binary::command;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{segment, text};
use tests::framework::draft;
use tests::node::Setup;
use tests::on_both;

on_both!(
    a_framework_goes_from_its_publisher_to_who_follows_it,
    what_is_wrong_with_a_draft_is_told_at_once,
    strangers_and_older_versions_are_refused,
    another_region_makes_its_own_from_it,
    contradictory_frameworks_live_on_one_node,
    everybody_reads_them_as_json_and_rdf,
);

async fn a_framework_goes_from_its_publisher_to_who_follows_it(engine: Engine) {
    let federation = Federation::start(engine, &["region", "labo"]).await;
    let [region, labo] = [0, 1].map(|n| federation.member(n));
    let folders = [0, 1].map(|n| federation.nodes[n].folder.path().to_owned());
    let path = |name: &str| folders[0].join(name).display().to_string();
    let [asked, file, anchor] = ["draft.json", "climat.framework.json", "region.json"].map(path);
    std::fs::write(&anchor, region.public("/did.json").await.body).unwrap();
    command(&folders[0], &["framework", "new", "climate-data-hub", "--output", &asked]).await.ok();
    command(&folders[0], &["framework", "validate", &asked]).await.ok();
    let published = command(&folders[0], &["framework", "publish", &asked, "--output", &file]).await.ok();
    assert_eq!((&published["standing"], &published["version"]), (&json!("published"), &json!("1.0.0")));
    let id = text(&published["id"]);
    // The file stands alone, and not when a character of it is another.
    let whole = command(&folders[0], &["verify", &file, "--anchor", &anchor]).await.ok();
    assert!(whole.to_string().contains("\"ok\":true"), "{whole}");
    let altered = std::fs::read_to_string(&file).unwrap().replace("Nul n'est nommé", "Chacun est nommé");
    let other = path("altered.framework.json");
    std::fs::write(&other, altered).unwrap();
    assert_eq!(command(&folders[0], &["verify", &other]).await.code, 1);
    assert_eq!(command(&folders[0], &["framework", "validate", &other]).await.code, 1);
    assert_eq!(command(&folders[1], &["framework", "import", &other]).await.code, 2);
    assert!(labo.all("/frameworks").await.is_empty());

    // Taken, it binds nobody yet; adopted, it does; again changes nothing.
    for _ in 0..2 {
        let taken = command(&folders[1], &["framework", "import", &file]).await.ok();
        assert_eq!((&taken["standing"], &taken["publisher"]), (&json!("imported"), &json!(region.did)));
    }
    assert_eq!(labo.public("/frameworks").await.ok(), json!([]));
    for _ in 0..2 {
        let adopted = command(&folders[1], &["framework", "adopt", &id]).await.ok();
        assert!(adopted["adopted"].is_string(), "{adopted}");
    }
    assert_eq!(labo.public("/frameworks").await.ok()[0]["id"], id.as_str());
    for (member, kind, times) in [
        (&region, "framework.published", 1),
        (&labo, "framework.imported", 1),
        (&labo, "framework.adopted", 1),
        (&labo, "framework.published", 0),
    ] {
        assert_eq!(member.logged(kind).await, times, "{} {kind}", member.name);
    }
    // Byte for byte the same file at both.
    let ours = region.public(&format!("/frameworks/{}", segment(&id))).await.body;
    let theirs = labo.public(&format!("/frameworks/{}", segment(&id))).await.body;
    assert_eq!((ours.as_ref(), &ours), (std::fs::read(&file).unwrap().as_slice(), &theirs));
}

async fn what_is_wrong_with_a_draft_is_told_at_once(engine: Engine) {
    let federation = Federation::start(engine, &["region"]).await;
    let region = federation.member(0);
    let mut lacking = draft("climate-data-hub");
    for part in ["objectives", "useCases"] {
        lacking["parts"].as_object_mut().unwrap().remove(part);
    }
    let caller = [
        ("authorization", &*format!("Bearer {}", region.token)),
        ("accept-language", "fr"),
        ("content-type", "application/json"),
    ];
    let body = serde_json::to_vec(&lacking).unwrap();
    let refused = region.raw(Method::POST, "/api/v1/frameworks", &caller, body).await.problem(422);
    let faults: Vec<_> = refused["faults"].as_array().unwrap().iter().map(|f| text(&f["field"])).collect();
    assert_eq!(faults, ["/parts/objectives", "/parts/useCases"]);
    assert!(refused["faults"][0]["remedy"].as_str().unwrap().contains("cinq parties"), "{refused}");
    // A clause that the clausier does not have, and a term of policies that nobody could check.
    let mut unknown = draft("climate-data-hub");
    unknown["parts"]["rules"]["clauses"][0]["clause"] = json!("clause_libre");
    unknown["parts"]["rules"]["templates"][0]["policy"]["permission"][0]["constraint"][0]["leftOperand"] =
        json!("humeur");
    let refused = region.post("/frameworks", &unknown).await.problem(422);
    let said = refused["faults"].to_string();
    assert!(said.contains("clause_libre") && said.contains("humeur"), "{said}");
    for (at, value) in [("/parts/fantaisie", json!(1)), ("/version", json!("1.0")), ("/v", json!(2))] {
        let mut wrong = draft("climate-data-hub");
        let (parent, last) = at.rsplit_once('/').unwrap();
        wrong.pointer_mut(parent).unwrap()[last] = value;
        region.post("/frameworks", &wrong).await.problem(422);
    }
    region.post("/frameworks", &json!([])).await.problem(422);
    assert!(region.all("/frameworks").await.is_empty());
    assert_eq!(region.logged("framework.published").await, 0);
    // Only administrators.
    let operator =
        text(&region.post("/tokens", &json!({"role": "operator", "label": "x"})).await.ok()["token"]);
    let right = draft("climate-data-hub");
    region.call(&operator, Method::POST, "/frameworks", Some(&right)).await.problem(403);
    region.publish_framework(&right).await;
}

async fn strangers_and_older_versions_are_refused(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let setups =
        ["region", "autre", "labo"].map(|name| Setup { clock: clock.clone(), ..Setup::new(engine, name) });
    let federation = Federation::of(setups.into()).await;
    let [region, other, labo] = [0, 1, 2].map(|n| federation.member(n));
    let mut draft = draft("charte-ethique");
    let first = region.publish_framework(&draft).await;
    draft["id"] = first["id"].clone();
    // The same number again, and one before, are no news.
    for version in ["1.0.0", "0.9.0"] {
        draft["version"] = json!(version);
        region.post("/frameworks", &draft).await.problem(409);
    }
    draft["version"] = json!("1.1.0");
    draft["parts"]["governance"]["bodies"][0]["quorum"] = json!(6);
    // Sooner than the notice that members accepted.
    draft["inForce"] = json!(clock.now().plus_seconds(59 * 86_400).rfc3339());
    let refused = region.post("/frameworks", &draft).await.problem(400);
    assert_eq!(refused["at"], "/inForce");
    draft.as_object_mut().unwrap().remove("inForce");
    let second = region.publish_framework(&draft).await;
    assert_eq!(second["in_force"], clock.now().plus_seconds(60 * 86_400).rfc3339().as_str());

    let [one, two] = [region.framework_file(&first).await, region.framework_file(&second).await];
    // Signed by somebody else in its publisher's name; by its publisher, but other bytes; by nobody.
    for forged in [
        other.sign_again(&two, |_| ()),
        {
            let mut altered = two.clone();
            altered["framework"]["parts"]["governance"]["bodies"][0]["quorum"] = json!(5);
            altered
        },
        {
            let mut unsigned = two.clone();
            unsigned["signature"] = json!("a..b");
            unsigned
        },
    ] {
        let refused = labo.post("/frameworks/imports", &forged).await.problem(403);
        assert!(refused["reasons"][0].as_str().unwrap().contains(&region.did), "{refused}");
    }
    let mut without = two.clone();
    without["framework"]["parts"].as_object_mut().unwrap().remove("citizens");
    let refused = labo.post("/frameworks/imports", &without).await.problem(422);
    assert_eq!(refused["faults"][0]["field"], "/framework/parts/citizens");
    assert!(labo.all("/frameworks").await.is_empty());

    labo.post("/frameworks/imports", &two).await.ok();
    // Under the same identifier by somebody else, who signs it well.
    let same = other.publish_framework(&draft).await;
    let stolen = other.framework_file(&same).await;
    let refused = labo.post("/frameworks/imports", &stolen).await.problem(403);
    assert!(refused["reasons"][0].as_str().unwrap().contains(&other.did), "{refused}");
    // Two things under one number, both signed.
    let twice = region.sign_again(&two, |document| document.parts.governance.notice_days = 1);
    labo.post("/frameworks/imports", &twice).await.problem(409);
    // Before anything is followed an older version may be read; not after.
    let path = format!("/frameworks/{}/adopt", segment(first["id"].as_str().unwrap()));
    labo.post(&path, &json!({})).await.ok();
    labo.post("/frameworks/imports", &one).await.problem(409);
    assert_eq!(labo.all("/frameworks").await.len(), 1);
    other.post("/frameworks/imports", &one).await.problem(403);
    let third = region.sign_again(&two, |document| document.version = Version::parse("1.2.0").unwrap());
    labo.post("/frameworks/imports", &third).await.ok();
    labo.post(&path, &json!({"version": "1.2.0"})).await.ok();
    let refused = labo.post(&path, &json!({"version": "1.0.0"})).await;
    refused.problem(404);
    labo.post(&path, &json!({"version": "1"})).await.problem(400);
    assert_eq!(labo.logged("framework.adopted").await, 2);
    // In our own name, and not ours.
    let own = labo.sign_again(
        &labo.framework_file(&labo.publish_framework(&self::draft("concession")).await).await,
        |document| document.version = Version::parse("7.0.0").unwrap(),
    );
    labo.post("/frameworks/imports", &own).await.problem(409);
}

async fn another_region_makes_its_own_from_it(engine: Engine) {
    let federation = Federation::start(engine, &["centre", "bretagne"]).await;
    let [centre, bretagne] = [0, 1].map(|n| federation.member(n));
    let folder = federation.nodes[1].folder.path().to_owned();
    let path = |name: &str| folder.join(name).display().to_string();
    let theirs = path("centre.framework.json");
    let published = centre.publish_framework(&draft("climate-data-hub")).await;
    let exported = centre.public(&format!("/frameworks/{}", segment(&text(&published["id"])))).await;
    std::fs::write(&theirs, &exported.body).unwrap();
    let ours = path("ours.json");
    command(&folder, &["framework", "new", &theirs, "--output", &ours]).await.ok();
    let mut draft: Value = serde_json::from_slice(&std::fs::read(&ours).unwrap()).unwrap();
    assert!(draft.get("id").is_none() && draft["derivedFrom"]["publisher"] == centre.did.as_str());
    draft["name"]["fr"] = json!("Données climat de Bretagne");
    draft["parts"]["rules"]["admission"]["rules"][2]["control"]["within"] = json!(["FR"]);
    draft["parts"]["governance"]["bodies"][0]["quorum"] = json!(5);
    std::fs::write(&ours, draft.to_string()).unwrap();
    let changes = command(&folder, &["framework", "diff", &theirs, &ours]).await.ok();
    let at: Vec<_> = changes.as_array().unwrap().iter().map(|c| text(&c["at"])).collect();
    assert!(at.contains(&"/parts/governance/bodies/cas-d-usage/quorum".to_owned()), "{at:?}");
    assert!(at.contains(&"/name/fr".to_owned()), "{at:?}");
    // What it is made from must be known here: nobody claims an origin that cannot be looked at.
    let early = command(&folder, &["framework", "publish", &ours]).await;
    assert_eq!(early.code, 1, "{}", early.json);
    command(&folder, &["framework", "import", &theirs]).await.ok();
    let mut forged = draft.clone();
    forged["derivedFrom"]["digest"] = json!("A".repeat(43));
    bretagne.post("/frameworks", &forged).await.problem(403);
    let made = command(&folder, &["framework", "publish", &ours]).await.ok();
    assert_eq!(made["derived_from"], format!("{} 1.0.0", text(&published["id"])).as_str());
    assert_ne!(made["id"], published["id"]);
    // And no version of theirs is ours to publish.
    let mut theirs = self::draft("climate-data-hub");
    theirs["id"] = published["id"].clone();
    theirs["version"] = json!("2.0.0");
    bretagne.post("/frameworks", &theirs).await.problem(403);
}

async fn contradictory_frameworks_live_on_one_node(engine: Engine) {
    let federation = Federation::start(engine, &["region"]).await;
    let region = federation.member(0);
    let mut ids = Vec::new();
    for name in ["climate-data-hub", "charte-ethique", "concession"] {
        let published = region.publish_framework(&draft(name)).await;
        let id = text(&published["id"]);
        region.post(&format!("/frameworks/{}/adopt", segment(&id)), &json!({})).await.ok();
        ids.push(id);
    }
    let shown = region.public("/frameworks").await.ok();
    assert_eq!(shown.as_array().unwrap().len(), 3);
    // What one prohibits another allows; each keeps its own rules.
    let rules = |at: &'static str| {
        let (region, ids) = (region.clone(), ids.clone());
        async move {
            let mut found = Vec::new();
            for id in &ids {
                let file = region.public(&format!("/frameworks/{}", segment(id))).await.ok();
                found.push(file["framework"]["parts"]["rules"].pointer(at).unwrap().to_string());
            }
            found
        }
    };
    let (allowed, prohibited) = (rules("/purposes/allowed").await, rules("/purposes/prohibited").await);
    assert!(prohibited[0].contains("usage_commercial") && allowed[1].contains("produits_services"));
    let kinds = rules("/admission/rules").await;
    assert!(
        !kinds[0].contains("\"etat\"") && kinds[1].contains("\"etat\"") && !kinds[1].contains("delegataire")
    );
}

async fn everybody_reads_them_as_json_and_rdf(engine: Engine) {
    let federation = Federation::start(engine, &["region"]).await;
    let region = federation.member(0);
    assert_eq!(region.public("/frameworks").await.ok(), json!([]));
    region.public("/frameworks/inconnu").await.problem(404);
    let mut draft = draft("climate-data-hub");
    let first = region.publish_framework(&draft).await;
    draft["id"] = first["id"].clone();
    draft["version"] = json!("1.1.0");
    draft["parts"]["governance"]["bodies"][4]["days"] = json!(45);
    draft["parts"]["rules"]["purposes"]["prohibited"] = json!(["controle", "usage_commercial"]);
    region.publish_framework(&draft).await;
    let id = segment(first["id"].as_str().unwrap()).to_owned();
    let versions = region.public(&format!("/frameworks/{id}/versions")).await.ok();
    assert_eq!(versions[0]["changes"], json!([]));
    let at: Vec<_> = versions[1]["changes"].as_array().unwrap().iter().map(|c| text(&c["at"])).collect();
    assert!(at.contains(&"/parts/governance/bodies/structuration-juridique/days".to_owned()), "{at:?}");
    assert!(at.contains(&"/parts/rules/purposes/prohibited/controle".to_owned()), "{at:?}");
    let old = region.public(&format!("/frameworks/{id}/versions/1.0.0")).await.ok();
    let new = region.public(&format!("/frameworks/{id}")).await;
    assert_eq!(new.ok()["framework"]["previous"], versions[0]["digest"]);
    assert_eq!(old["framework"]["version"], "1.0.0");
    region.public(&format!("/frameworks/{id}/versions/3.0.0")).await.problem(404);
    let tag = new.header("etag").to_owned();
    let again =
        region.raw(Method::GET, &format!("/frameworks/{id}"), &[("if-none-match", &tag)], vec![]).await;
    assert_eq!(again.status, 304);
    for (path, accept, kind) in [
        (format!("/frameworks/{id}.ttl"), "*/*", "text/turtle"),
        (format!("/frameworks/{id}"), "text/turtle", "text/turtle"),
        (format!("/frameworks/{id}"), "application/ld+json", "application/ld+json"),
        (format!("/frameworks/{id}"), "application/json, text/turtle;q=0.9", "application/json"),
        ("/frameworks.rdf".to_owned(), "*/*", "application/rdf+xml"),
        ("/frameworks.nt".to_owned(), "*/*", "application/n-triples"),
        ("/frameworks".to_owned(), "*/*", "application/json"),
    ] {
        let answer = region.raw(Method::GET, &path, &[("accept", accept)], vec![]).await;
        assert_eq!(answer.status, 200, "{path} {accept}");
        assert!(answer.header("content-type").starts_with(kind), "{path} {accept}");
        let said = answer.text();
        assert!(said.contains(&id), "{path} {accept}: {said}");
    }
    let turtle = region.public(&format!("/frameworks/{id}.ttl")).await.text();
    for word in
        ["dct:Policy", "gestion_ressource_eau", "prohibitedPurpose", "stakeholder", "Commission éthique"]
    {
        assert!(turtle.contains(word), "{word}: {turtle}");
    }
    let none = region.raw(Method::GET, "/frameworks", &[("accept", "image/png")], vec![]).await;
    assert_eq!(none.status, 406);
    region.public("/frameworks.exe").await.problem(404);
}
