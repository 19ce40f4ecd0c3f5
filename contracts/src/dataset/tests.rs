use super::*;
use serde_json::json;

pub(crate) fn water() -> Value {
    json!({
        "v": 1,
        "title": {"fr": "Volumes distribués", "en": "Distributed volumes"},
        "description": "Volumes distribués par secteur, relevés par télégestion.",
        "theme": ["ENVI"],
        "location": {"kind": "epci", "code": "243500139", "label": "Rennes Métropole"},
        "format": "text/csv",
        "granularity": {"level": "bassin", "temporal": "PT15M"},
        "frequency": "DAILY",
        "producer": {"name": "Eau du Bassin", "siren": "552100554"},
        "status": "interet_general",
        "rung": "partenaires_nommes",
        "source": {"file": "volumes.csv"},
        "offers": [{"policy": {"permission": [{"action": "use", "constraint": [
            {"leftOperand": "recipient", "operator": "eq", "rightOperand": "did:web:epci.example"}]}]},
            "term": {"for": "P1Y"}}],
    })
}

fn with(path: &str, value: Value) -> Value {
    let mut description = water();
    let (parent, key) = path.rsplit_once('/').unwrap();
    let parent = description.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(key);
    } else {
        parent.insert(key.into(), value);
    }
    description
}

fn faults(description: &Value) -> Vec<(String, Remedy)> {
    Description::read(description)
        .err()
        .unwrap_or_default()
        .into_iter()
        .map(|fault| (fault.field, fault.remedy))
        .collect()
}

#[test]
fn the_normal_form_reads_back() {
    let description = Description::read(&water()).unwrap();
    let normal = serde_json::to_value(&description).unwrap();
    assert_eq!(Description::read(&normal).unwrap(), description);
    assert_eq!(normal["description"]["fr"], "Volumes distribués par secteur, relevés par télégestion.");
}

#[test]
fn source_and_offers_are_never_shown() {
    let id = DatasetId::parse("urn:uuid:1").unwrap();
    let description = Description::read(&water()).unwrap();
    let shown = description.shown(&id, 3).to_string();
    assert!(!shown.contains("volumes.csv") && !shown.contains("permission"), "{shown}");
    let moved = Description::read(&with("/source/file", json!("elsewhere.csv"))).unwrap();
    assert_eq!(moved.digest(&id, 3).unwrap(), description.digest(&id, 3).unwrap());
    assert_ne!(description.digest(&id, 3).unwrap(), description.digest(&id, 4).unwrap());
}

#[test]
fn each_mandatory_field_is_named_when_missing() {
    for field in [
        "title",
        "description",
        "theme",
        "location",
        "format",
        "granularity",
        "frequency",
        "producer",
        "status",
        "rung",
    ] {
        let found = faults(&with(&format!("/{field}"), Value::Null));
        assert_eq!(
            found,
            [(
                format!("/{field}"),
                Remedy::Missing(match field {
                    "title" => "title",
                    "description" => "description",
                    "theme" => "theme",
                    "location" => "location",
                    "format" => "format",
                    "granularity" => "granularity",
                    "frequency" => "frequency",
                    "producer" => "producer",
                    "status" => "status",
                    _ => "rung",
                })
            )],
            "{field}"
        );
    }
}

#[test]
fn every_fault_is_told_not_only_the_first() {
    let found = Description::read(&json!({
        "title": "", "theme": [], "location": {"kind": "commune", "code": "35"}, "format": "word",
        "granularity": {}, "frequency": "souvent", "producer": {"siren": "123456789"},
        "status": "essentielle", "rung": "ouvert", "colour": "blue",
    }))
    .unwrap_err();
    let fields: Vec<&str> = found.iter().map(|fault| fault.field.as_str()).collect();
    for field in [
        "/title",
        "/description",
        "/theme",
        "/location/code",
        "/format",
        "/granularity",
        "/frequency",
        "/producer/name",
        "/producer/siren",
        "/status",
        "/source",
        "/offers",
        "/colour",
    ] {
        assert!(fields.contains(&field), "{field} not in {fields:?}");
    }
    for fault in &found {
        for lang in [ontology::Lang::Fr, ontology::Lang::En] {
            assert!(fault.remedy.text(lang).len() > 10, "{fault:?}");
        }
    }
    assert!(found.iter().any(|fault| fault.field == "/frequency" && fault.value == "souvent"));
}

#[test]
fn wrong_values_are_refused() {
    for (path, value, at) in [
        ("/v", json!(2), "/v"),
        ("/id", json!("a b"), "/id"),
        ("/theme", json!(["ENVI", "WATER"]), "/theme/1"),
        ("/format", json!("application/vnd.ms-excel"), "/format"),
        ("/format", json!(["text/csv", "application/x-private"]), "/format/1"),
        ("/source", json!({"file": "../secret"}), "/source/file"),
        ("/source", json!({"file": "a", "folder": "b"}), "/source"),
        ("/source", json!({"url": "http://169.254.169.254"}), "/source/url"),
        ("/conforms_to", json!("not an iri"), "/conforms_to"),
        ("/period", json!({"start": "2025-02-01", "end": "2025-01-01"}), "/period"),
        ("/period", json!({"start": "2025-02-30"}), "/period/start"),
        ("/bbox", json!([2, 1, 1, 2]), "/bbox"),
        ("/bbox", json!([0, 1, 2]), "/bbox"),
        ("/title", json!({"français": "x"}), "/title"),
        ("/title", json!("x".repeat(301)), "/title"),
        ("/offers/0/policy", json!("use"), "/offers/0/policy"),
        ("/source", json!({"file": null}), "/source"),
        ("/offers/0/term", json!({"until": "2027-01-01", "for": "P1Y"}), "/offers/0/term"),
        ("/offers/0/term", json!({}), "/offers/0/term"),
        ("/offers/0/price", json!(3), "/offers/0/price"),
    ] {
        let mut description = water();
        let (parent, key) = path.rsplit_once('/').unwrap();
        description.pointer_mut(parent).unwrap()[key] = value.clone();
        let found = faults(&description);
        assert!(found.iter().any(|(field, _)| field == at), "{path} {value}: {found:?}");
    }
    assert_eq!(faults(&json!([])).len(), 1);
}

#[test]
fn rules_of_status_and_rung() {
    let personal = json!({"columns": ["nom"], "responsable_traitement": {"name": "Ville"},
        "finalites": ["service_public"], "base_legale": "mission_interet_public", "duree_conservation": "P2Y"});
    for (changes, at, rule) in [
        (vec![("status", json!("personnelle"))], "/personal", Rule::Personal),
        (vec![("status", json!("privee")), ("rung", json!("ouvert"))], "/rung", Rule::NotOpen),
        (vec![("status", json!("publique"))], "/exclusion", Rule::Exclusion),
        (vec![("rung", json!("ouvert"))], "/licence", Rule::OpenLicence),
        (vec![("rung", json!("ouvert")), ("personal", personal.clone())], "/rung", Rule::OpenPersonal),
        (
            vec![("rung", json!("ouvert")), ("exclusion", json!("securite"))],
            "/exclusion",
            Rule::ExclusionOpen,
        ),
        (vec![("status", json!("securite")), ("rung", json!("membres_du_cadre"))], "/rung", Rule::Security),
        (vec![("status", json!("sensible")), ("personal", personal.clone())], "/rung", Rule::Consent),
        (vec![("status", json!("recherche_en_cours"))], "/embargo", Rule::Embargo),
        (vec![("status", json!("anonymisee"))], "/anonymisation", Rule::Anonymisation),
        (vec![("status", json!("pi_tiers"))], "/licence", Rule::ThirdParty),
        (vec![("status", json!("essentielle_cp"))], "/conforms_to", Rule::Schema),
        (vec![("rung", json!("invisible"))], "/offers", Rule::NoOffers),
        (vec![("offers", Value::Null)], "/offers", Rule::Offers),
        (vec![("source", Value::Null)], "/source", Rule::Source),
        (vec![("format", json!("XLSX"))], "/format", Rule::OpenFormat),
    ] {
        let mut description = water();
        for (key, value) in &changes {
            description[*key] = value.clone();
        }
        let found = faults(&description);
        assert!(found.contains(&(at.into(), Remedy::Rule(rule))), "{changes:?}: {found:?}");
    }
    let mut whole = water();
    whole["status"] = json!("personnelle");
    whole["personal"] = personal.clone();
    assert_eq!(faults(&whole), []);
    for field in ["columns", "responsable_traitement", "finalites", "base_legale", "duree_conservation"] {
        let mut description = whole.clone();
        description["personal"].as_object_mut().unwrap().remove(field);
        assert_eq!(faults(&description)[0].0, format!("/personal/{field}"));
    }
}

#[test]
fn terms_end() {
    let start = time::macros::datetime!(2026-11-22 10:00 UTC);
    let day = Day::parse("2026-12-31").unwrap();
    assert_eq!(Term::Until(day).end(start), Some(time::macros::datetime!(2027-01-01 0:00 UTC)));
    assert_eq!(Term::Unlimited.end(start), None);
}

#[test]
fn the_published_examples_have_no_fault() {
    for example in [
        include_str!("../../../deploy/examples/comptages-velo.json"),
        include_str!("../../../deploy/examples/plans-reseaux.json"),
        include_str!("../../../deploy/examples/subventions-personnes.json"),
        include_str!("../../../deploy/examples/volumes-eau.json"),
    ] {
        let value: Value = serde_json::from_str(example).unwrap();
        assert_eq!(Description::read(&value).err(), None);
    }
}

#[test]
fn columns_relations_and_drafts_read_back() {
    let mut value = water();
    value["columns"] = json!([{"name": "secteur", "type": "text", "title": "Secteur"},
        {"name": "volume", "type": "decimal", "personal": false}]);
    value["series"] = json!({"id": "https://eau.example/s", "title": "S", "description": "Une série."});
    value["version"] = json!("3");
    value["bbox"] = json!([-1.75, 48.0, -1.5, 48]);
    value["derived_from"] = json!([{"dataset": "urn:a"}, {"dataset": "urn:b", "agreement": "urn:c"}]);
    let description = Description::read(&value).unwrap();
    let normal = serde_json::to_value(&description).unwrap();
    assert_eq!(Description::read(&normal).unwrap(), description);
    let id = DatasetId::parse("urn:uuid:1").unwrap();
    let shown = description.shown(&id, 1);
    assert_eq!(shown["derived_from"], json!([{"dataset": "urn:a"}]));
    assert_eq!(shown["columns"][0]["title"]["fr"], "Secteur");
    assert_eq!(description.named().count(), 1);
    // A draft may lack what it will need; what it has must be right.
    let mut draft = with("/offers", Value::Null);
    draft["draft"] = json!(true);
    assert_eq!(faults(&draft), []);
    assert_eq!(Description::read(&draft).unwrap().exposed(), Rung::Invisible);
    draft["columns"] = json!([{"name": "a", "type": "text"}, {"name": "a", "type": "text"}]);
    assert_eq!(faults(&draft), [("/columns".into(), Remedy::Rule(Rule::SameColumn))]);
    let personal = json!([{"name": "nom", "type": "text", "personal": true}]);
    assert_eq!(
        faults(&with("/columns", personal)),
        [("/personal".into(), Remedy::Rule(Rule::PersonalColumns))]
    );
}
