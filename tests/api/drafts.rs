//! Drafts from the command line: from data, from a table, from a catalogue in DCAT.

use std::path::Path;

use serde_json::{Value, json};
use tests::binary::{Ended, command};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::segment;
use tests::{on_both, reference};

on_both!(
    a_catalogue_in_dcat_becomes_datasets_of_ones_own,
    data_and_tables_become_drafts_from_the_command_line,
    real_catalogues_become_drafts,
);

const CATALOGUE: &str = r#"@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix right: <http://publications.europa.eu/resource/authority/access-right/> .
@prefix ex: <https://old.example/> .

ex:volumes a dcat:Dataset ; dct:title "Volumes"@fr, "Volumes of water"@en ; dct:description "Par jour."@fr ;
    dct:accessRights right:PUBLIC ; dcat:keyword "eau" ; dct:temporal [ dcat:startDate "2019" ; dcat:endDate "2023-06-30" ] ;
    dcat:contactPoint [ vcard:fn "Service des eaux" ; vcard:hasEmail <mailto:eau@old.example> ; vcard:hasURL <ftp://old.example> ] ;
    dcatap:hvdCategory <http://data.europa.eu/bna/c_e1da4e07>, <http://data.europa.eu/bna/c_unknown> ;
    dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ENVI> ;
    dcat:distribution [ dcat:downloadURL <sous%20dossier/volumes.csv> ; dcat:mediaType "text/csv" ;
        dct:license <https://www.etalab.gouv.fr/licence-ouverte-open-licence> ] .

ex:contrats a dcat:Dataset ; dct:title "Contrats"@fr ; dct:accessRights right:RESTRICTED ;
    dct:temporal [ dcat:startDate "2024-02-01" ; dcat:endDate "2023-01-01" ] ; dcat:contactPoint [ vcard:fn "Personne" ] ;
    dcatap:hvdCategory <http://data.europa.eu/bna/c_e1da4e07> ;
    dcat:distribution [ dcat:accessURL <https://old.example/contrats.json> ; dcat:mediaType "application/json" ] .

ex:untitled a dcat:Dataset .
ex:broken a dcat:Dataset ; dct:title "B" ; dct:issued nowhere:x .
ex:agents a dcat:Dataset ; dct:title "Agents"@fr ; dct:accessRights right:NON_PUBLIC .
"#;

async fn publish(folder: &Path, arguments: &[&str]) -> Ended {
    command(folder, &[&["publish"], arguments].concat()).await
}

async fn a_catalogue_in_dcat_becomes_datasets_of_ones_own(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let (node, eau) = (&federation.nodes[0], federation.member(0));
    eau.catalogued().await;
    node.put("sous dossier/volumes.csv", "jour;m3\n2024-01-01;12\n");
    node.put("catalogue.ttl", CATALOGUE);
    let file = node.folder.path().join("data/catalogue.ttl").display().to_string();

    // Shown first: a fault ends the command, its neighbours are there.
    let shown = publish(node.folder.path(), &["--dcat", &file]).await;
    assert_eq!((shown.code, shown.json.as_array().unwrap().len()), (1, 3), "{}", shown.json);
    assert!(eau.all("/datasets").await.is_empty());
    for again in 0..2 {
        let kept = publish(node.folder.path(), &["--dcat", &file, "--now"]).await;
        let all = kept.json.as_array().unwrap();
        let lines: Vec<(u64, bool)> =
            all.iter().map(|one| (one["line"].as_u64().unwrap(), one["id"].is_string())).collect();
        // What cannot be read is told where it stands: once as a statement, once as the record it is in.
        assert_eq!(kept.code, 1, "{all:?}");
        assert_eq!(
            lines.iter().filter(|(_, taken)| *taken).map(|(line, _)| *line).collect::<Vec<_>>(),
            [8, 16, 23]
        );
        assert_eq!(
            lines.iter().filter(|(_, taken)| !taken).map(|(line, _)| *line).collect::<Vec<_>>(),
            [21, 22, 22]
        );
        assert_eq!(eau.all("/datasets").await.len(), 3, "read again ({again}) they are others");
    }
    let of = |name: &str| {
        let (eau, id) = (eau.clone(), format!("https://old.example/{name}"));
        async move { eau.get(&format!("/datasets/{}", urlencode(&id))).await.ok() }
    };
    let volumes = of("volumes").await;
    assert_eq!(volumes["revision"], 1);
    let open = &volumes["description"];
    assert_eq!(
        (&open["status"], &open["rung"], &open["draft"]),
        (&json!("publique"), &json!("ouvert"), &json!(true))
    );
    assert_eq!((&open["title"]["en"], &open["theme"]), (&json!("Volumes of water"), &json!(["ENVI"])));
    assert!(open["source"]["file"].as_str().unwrap().ends_with("sous dossier/volumes.csv"), "{open:#}");
    assert_eq!((&open["licence"], &open["keywords"]), (&json!("LO-2.0"), &json!(["eau"])));
    let closed = of("contrats").await["description"].clone();
    assert_eq!((&closed["rung"], &closed["source"]), (&json!("partenaires_nommes"), &Value::Null));
    assert_eq!(open["period"], json!({"start": "2019-01-01", "end": "2023-06-30"}));
    assert_eq!(open["contact"], json!({"name": "Service des eaux", "email": "eau@old.example"}));
    assert_eq!(open["hvd"], json!(["statistics"]));
    // An end before its start is no period, a name without an address no contact; what is closed is of no high value.
    let none = ["period", "contact", "hvd"].map(|member| closed.get(member).is_none_or(Value::is_null));
    assert!(none.iter().all(|none| *none), "{closed:#}");
    assert_eq!(of("agents").await["description"]["rung"], "existence_seule");
    // Nobody sees them until they are published: then the open one is open.
    assert!(!eau.public("/catalog.ttl").await.text().contains("old.example"));
    let mut whole = open.clone();
    whole.as_object_mut().unwrap().remove("draft");
    whole["offers"] = json!([{"policy": {"permission": [{"action": "use"}]}}]);
    eau.publish(&whole).await;
    let shown = eau.public("/catalog/open.ttl").await.text();
    assert!(shown.contains("old.example/volumes") && !shown.contains("old.example/contrats"), "{shown}");
}

fn urlencode(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

async fn data_and_tables_become_drafts_from_the_command_line(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let (node, eau) = (&federation.nodes[0], federation.member(0));
    node.put("volumes_jour.csv", "jour;m3\n2024-01-01;12\n2024-01-02;13\n");
    let path = |name: &str| node.folder.path().join("data").join(name).display().to_string();
    let file = path("volumes_jour.csv");
    let seen = publish(node.folder.path(), &["--inspect", &file]).await.ok();
    assert_eq!(
        (&seen["record"]["title"], &seen["found"]["rows"]),
        (&json!("Volumes jour"), &json!(2)),
        "{seen:#}"
    );
    assert!(eau.all("/datasets").await.is_empty(), "looking is not keeping");
    let kept = publish(node.folder.path(), &["--inspect", &file, "--now"]).await.ok();
    let id = kept["id"].as_str().unwrap();
    let draft = eau.get(&format!("/datasets/{}", segment(id))).await.ok()["description"].clone();
    assert_eq!(
        (&draft["draft"], &draft["columns"][1]["type"]),
        (&json!(true), &json!("integer")),
        "{draft:#}"
    );
    assert_eq!(publish(node.folder.path(), &["--inspect", &path("nothing.csv")]).await.code, 2);

    node.put(
        "table.csv",
        "ID,TITRE,DESCRIPTION,PRODUCTEUR_NOM\n1,Un,Texte.,Ville\n2,,Texte.,Ville\n3,Trois,Texte.,Ville\n",
    );
    let table = path("table.csv");
    let shown = publish(node.folder.path(), &["--scdl", &table]).await.ok();
    assert_eq!(shown.as_array().unwrap().len(), 3);
    let kept = publish(node.folder.path(), &["--scdl", &table, "--now"]).await;
    let all = kept.json.as_array().unwrap();
    assert_eq!((kept.code, all.len(), eau.all("/datasets").await.len()), (1, 3, 3), "{all:?}");
    assert!(all[0]["id"].is_string() && all[2]["id"].is_string(), "{all:?}");
    assert_eq!((&all[1]["line"], all[1]["error"].is_string()), (&json!(3), true), "{all:?}");
    assert_eq!(publish(node.folder.path(), &["--scdl", &file]).await.code, 2, "no catalogue of the SCDL");
    assert_eq!(publish(node.folder.path(), &["--dcat", &file]).await.code, 2, "no catalogue in DCAT");
    assert_eq!(publish(node.folder.path(), &["--dcat", "--scdl", &file]).await.code, 2);
}

/// Whatever catalogue is read, what comes of it can be kept.
async fn real_catalogues_become_drafts(engine: Engine) {
    let Some(folder) = reference::folder("catalogs", "real_catalogues_become_drafts") else { return };
    let federation = Federation::start(engine, &["eau"]).await;
    let (node, eau) = (&federation.nodes[0], federation.member(0));
    let mut expected = 0;
    for (name, datasets) in [
        ("es-catalogo-complet.ttl", 4),
        ("be-statbel-subset.ttl", 10),
        ("cz-nkod-extrait.trig", 36),
        ("it-civitavecchia.rdf", 10),
        ("se-recommande.rdf", 1),
    ] {
        let file = folder.join(name).display().to_string();
        let kept = publish(node.folder.path(), &["--dcat", &file, "--now"]).await;
        let all = kept.json.as_array().unwrap_or_else(|| panic!("{name}: {} {}", kept.json, kept.stderr));
        let (taken, left): (Vec<&Value>, Vec<&Value>) = all.iter().partition(|one| one["id"].is_string());
        assert_eq!(taken.len(), datasets, "{name}: {left:#?}");
        expected += datasets;
    }
    assert_eq!(eau.all("/datasets").await.len(), expected);
    let malformed = folder.join("fr-insee-jeux-de-donnees.malformed.trig").display().to_string();
    let refused = publish(node.folder.path(), &["--dcat", &malformed, "--now"]).await;
    assert!(
        refused.code != 0 && refused.json.to_string().contains("line")
            || refused.json.to_string().contains(':')
    );
    assert_eq!(eau.all("/datasets").await.len(), expected, "part of a malformed file was kept");
}
