use std::collections::BTreeSet;

use ontology::Lang;
use serde_json::{Value, json};

use super::*;

fn draft(name: &str) -> Value {
    serde_json::from_str(shipped(name).unwrap()).unwrap()
}

#[test]
fn what_ships_is_without_fault() {
    for (name, text) in SHIPPED {
        let value: Value = serde_json::from_str(text).unwrap();
        let faults: Vec<_> = read_draft(&value).err().unwrap_or_default();
        let said: Vec<_> = faults.iter().map(|fault| fault.sentence(Lang::En)).collect();
        assert!(said.is_empty(), "{name}: {said:#?}");
        // What is written is what is read: nothing has a second spelling.
        assert_eq!(serde_json::to_value(read_draft(&value).unwrap()).unwrap(), value, "{name}");
    }
    assert!(shipped("inconnu").is_none());
}

#[test]
fn what_lacks_a_part_is_told_all_that_is_missing() {
    let mut lacking = draft("climate-data-hub");
    lacking["parts"]["objectives"] = json!([]);
    lacking["parts"]["governance"]["bodies"] = json!([]);
    lacking["parts"].as_object_mut().unwrap().remove("citizens");
    let faults = read_draft(&lacking).unwrap_err();
    let missing: Vec<_> = faults.iter().map(|fault| fault.at.as_str()).collect();
    assert_eq!(missing, ["/parts/objectives", "/parts/governance", "/parts/citizens"]);
    lacking.as_object_mut().unwrap().remove("parts");
    let faults = read_draft(&lacking).unwrap_err();
    assert_eq!(faults.len(), 5);
    for (lang, word) in [(Lang::Fr, "cinq parties"), (Lang::En, "five parts")] {
        assert!(faults.iter().all(|fault| fault.sentence(lang).contains(word)));
    }
}

/// One thing wrong at a time, and the nearest thing that is right beside it: the shipped one.
#[test]
fn each_fault_is_told_with_its_place() {
    for (at, value, expected) in [
        ("/name/fr", json!(" "), "/name/fr"),
        ("/name/en", json!("a\nb"), "/name/en"),
        ("/charter/fr", json!(""), "/charter/fr"),
        ("/sunset", json!("2020-01-01T00:00:00Z"), "/sunset"),
        ("/version", json!("1.0"), ""),
        ("/parts/rules/members/0/kind", json!("licorne"), "/parts/rules/members/0/kind"),
        ("/parts/rules/admission/rules/0/kinds", json!(["region"]), "/parts/rules/admission/rules"),
        (
            "/parts/rules/admission/rules/0/kinds/0",
            json!("entreprise"),
            "/parts/rules/admission/rules/2/kinds",
        ),
        (
            "/parts/rules/admission/rules/0/place/within",
            json!([]),
            "/parts/rules/admission/rules/0/place/within",
        ),
        (
            "/parts/rules/admission/rules/0/place/within/0",
            json!("Europe"),
            "/parts/rules/admission/rules/0/place",
        ),
        ("/parts/rules/admission/rules/2/themes/0", json!("LUNE"), "/parts/rules/admission/rules/2/themes"),
        ("/parts/rules/admission/vote", json!("personne"), "/parts/rules/admission/vote"),
        ("/parts/rules/admission/appeal", json!("structuration-juridique"), "/parts/rules/admission/appeal"),
        ("/parts/rules/purposes/allowed/0", json!("bonheur"), "/parts/rules/purposes/allowed"),
        ("/parts/rules/purposes/allowed/0", json!("usage_commercial"), "/parts/rules/purposes/allowed"),
        ("/parts/rules/purposes/prohibited/0", json!("recherche"), "/parts/rules/purposes/allowed"),
        ("/parts/rules/clauses/0/clause", json!("clause_libre"), "/parts/rules/clauses/0/clause"),
        ("/parts/rules/clauses/1/parameters/option", json!("4"), "/parts/rules/clauses/1/parameters/option"),
        ("/parts/rules/clauses/1/parameters/heures", json!("4"), "/parts/rules/clauses/1/parameters/heures"),
        ("/parts/rules/charter/version", json!("un"), "/parts/rules/charter/version"),
        ("/parts/rules/charter/id", json!("charte"), "/parts/rules/charter/id"),
        ("/parts/rules/witnesses/quorum", json!(101), "/parts/rules/witnesses/quorum"),
        (
            "/parts/rules/templates/0/policy/permission/0/constraint/0/leftOperand",
            json!("couleur"),
            "/parts/rules/templates/0/policy",
        ),
        ("/parts/governance/bodies/0/quorum", json!(9), "/parts/governance/bodies/0/quorum"),
        ("/parts/governance/bodies/0/quorum", json!(0), "/parts/governance/bodies/0/quorum"),
        ("/parts/governance/bodies/0/days", json!(0), "/parts/governance/bodies/0/days"),
        ("/parts/governance/bodies/1/id", json!("cas-d-usage"), "/parts/governance/bodies"),
        (
            "/parts/governance/bodies/0/colleges/0/seats",
            json!(0),
            "/parts/governance/bodies/0/colleges/0/seats",
        ),
        ("/parts/governance/bodies/0/majority", json!("tirage"), ""),
        ("/parts/useCases/steps/0/bodies", json!([]), "/parts/useCases/steps/0/bodies"),
        ("/parts/useCases/steps/0/bodies/0", json!("personne"), "/parts/useCases/steps/0/bodies"),
        ("/parts/useCases/steps/1/to", json!("abandonne"), "/parts/useCases/steps/1"),
        ("/parts/useCases/testDays", json!(0), "/parts/useCases/testDays"),
        ("/parts/inconnu", json!(1), ""),
    ] {
        let mut wrong = draft("climate-data-hub");
        wrong["inForce"] = json!("2026-01-01T00:00:00Z");
        let (parent, last) = at.rsplit_once('/').unwrap();
        match wrong.pointer_mut(parent).unwrap() {
            Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
            object => object[last] = value,
        }
        let faults = read_draft(&wrong).unwrap_err();
        assert!(faults.iter().any(|fault| fault.at == expected), "{at}: {faults:?}");
        for fault in faults {
            assert_ne!(fault.sentence(Lang::Fr), fault.sentence(Lang::En), "{at}");
        }
    }
}

#[test]
fn citizens_who_take_part_have_a_vote() {
    let mut wrong = draft("concession");
    wrong["parts"]["citizens"]["level"] = json!("stakeholder");
    let faults = read_draft(&wrong).unwrap_err();
    assert_eq!(faults.iter().map(|fault| &fault.wrong).collect::<Vec<_>>(), [&Wrong::NoCitizen]);
    wrong["parts"]["governance"]["bodies"][1]["colleges"][2]["citizens"] = json!(true);
    assert_eq!(read_draft(&wrong).map(|_| ()), Ok(()));
}

/// The same applicant, as two frameworks of one node judge it.
#[test]
fn the_same_applicant_is_admitted_here_and_refused_there() {
    let admission = |name| read_draft(&draft(name)).unwrap().parts.rules.admission;
    let (climate, ethics) = (admission("climate-data-hub"), admission("charte-ethique"));
    let state = Applicant {
        kind: "etat".into(),
        place: Some("FR".into()),
        law: Some("FR".into()),
        ..Applicant::default()
    };
    assert_eq!(refusals(&climate, &state), [Ground::Kind("etat".into())]);
    assert_eq!(refusals(&ethics, &state), []);
    let company = Applicant {
        kind: "entreprise".into(),
        control: Some("NO".into()),
        themes: vec!["ENVI".into()],
        ..state.clone()
    };
    assert_eq!(refusals(&ethics, &company), []);
    assert!(matches!(&refusals(&climate, &company)[..], [Ground::Control(_)]));
}

#[test]
fn what_is_asked_and_not_known_refuses() {
    let draft = read_draft(&draft("climate-data-hub")).unwrap();
    let mut admission = draft.parts.rules.admission;
    admission.rules[2].labels = Some(contracts::framework::Labels {
        all: vec!["urn:label:a".into()],
        none: vec!["urn:label:b".into()],
    });
    let bare = Applicant { kind: "entreprise".into(), ..Applicant::default() };
    assert_eq!(refusals(&admission, &bare).len(), 5);
    let whole = Applicant {
        control: Some("FR".into()),
        place: Some("DE".into()),
        law: Some("FR".into()),
        labels: vec!["urn:label:a".into()],
        themes: vec!["ENER".into()],
        ..bare
    };
    assert_eq!(refusals(&admission, &whole), []);
    let with = |change: fn(&mut Applicant)| {
        let mut one = whole.clone();
        change(&mut one);
        refusals(&admission, &one)
    };
    assert!(matches!(&with(|a| a.control = Some("US".into()))[..], [Ground::Control(_)]));
    assert!(matches!(&with(|a| a.place = Some("EEA".into()))[..], [Ground::Place(_)]));
    assert!(matches!(&with(|a| a.law = Some("CH".into()))[..], [Ground::Law(_)]));
    assert!(matches!(&with(|a| a.labels.push("urn:label:b".into()))[..], [Ground::LabelExcluded(_)]));
    assert!(matches!(&with(|a| a.labels.clear())[..], [Ground::LabelMissing(_)]));
    assert!(matches!(&with(|a| a.themes = vec!["JUST".into()])[..], [Ground::Themes(_)]));
    let said: BTreeSet<_> = with(|a| *a = Applicant { kind: "entreprise".into(), ..Applicant::default() })
        .iter()
        .flat_map(|ground| [ground.sentence(Lang::Fr), ground.sentence(Lang::En)])
        .collect();
    assert_eq!(said.len(), 10);
}
