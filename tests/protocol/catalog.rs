//! The catalogue as it is served: valid against the official schemas, and the same datasets and offers in DCAT.

use std::collections::{BTreeSet, HashMap};

use contracts::id::{DatasetId, MemberId, OfferId, ParticipantId};
use node::app::catalogue::Visible;
use node::domain::dataset::{Asker, Content, Revision};
use node::domain::member::Member;
use node::domain::publication;
use node::domain::time::Timestamp;
use node::graph::{Format, Projection, Subset, describe};
use node::http::dsp::catalog::catalog;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{Quad, Term};
use serde_json::Value;
use tests::reference;

use crate::schemas::{Schemas, faults};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

fn member() -> Member {
    Member {
        id: MemberId::parse("m").unwrap(),
        did: ParticipantId::did("did:web:eau.example.org").unwrap(),
        name: "Eau du Bassin".into(),
        base_url: "https://eau.example.org".parse().unwrap(),
    }
}

/// The published examples, each as a first revision.
fn revisions() -> Vec<Revision> {
    let files = reference::files(&reference::repository().join("deploy/examples"), "json");
    assert!(files.len() >= 4, "{files:?}");
    let revision = |(i, file): (usize, &std::path::PathBuf)| {
        let value = reference::json(file);
        let description = publication::read(&value).unwrap_or_else(|e| panic!("{}: {e:?}", file.display()));
        let id = DatasetId::parse(format!("urn:uuid:dataset-{i}")).unwrap();
        let digest = description.digest(&id, 1).unwrap();
        let mut next = 0;
        let draw = || {
            next += 1;
            OfferId::parse(format!("urn:uuid:offer-{i}-{next}")).unwrap()
        };
        let described = publication::describe(description, None, draw).unwrap();
        let content = Content::Described(Box::new(described));
        Revision { dataset: id, number: 1, digest, at: NOW, issued: NOW, content }
    };
    files.iter().enumerate().map(revision).collect()
}

fn served(participant: &ParticipantId) -> Value {
    let asker = Asker::Participant(participant);
    let page: Vec<Visible> = revisions().into_iter().filter_map(|r| Visible::of(r, asker, NOW)).collect();
    serde_json::from_str(&catalog(&member(), &page).unwrap()).unwrap()
}

fn partner() -> ParticipantId {
    ParticipantId::did("did:web:epci.example.org").unwrap()
}

fn no_empty_array(value: &Value, at: &str) {
    match value {
        Value::Array(items) => {
            assert!(!items.is_empty(), "{at} is empty");
            items.iter().for_each(|item| no_empty_array(item, at));
        }
        Value::Object(members) => members.iter().for_each(|(k, v)| no_empty_array(v, &format!("{at}/{k}"))),
        _ => {}
    }
}

#[test]
fn what_is_served_is_valid() {
    let whole = served(&partner());
    no_empty_array(&whole, "");
    let stranger = served(&ParticipantId::did("did:web:nobody.example").unwrap());
    let count = |catalog: &Value| catalog["dataset"].as_array().map_or(0, Vec::len);
    assert_eq!(
        (count(&whole), count(&stranger)),
        (3, 1),
        "named partners see more, nobody sees the hidden one"
    );
    let Some(folder) = reference::folder("dsp", "the served catalogue against the official schemas") else {
        return;
    };
    let schemas = Schemas::load(&folder);
    let catalogs = schemas.validator("catalog/catalog-schema.json");
    for catalog in [&whole, &stranger] {
        assert_eq!(faults(&catalogs, catalog), Vec::<String>::new());
    }
    let datasets = schemas.validator("catalog/dataset-schema.json");
    for dataset in whole["dataset"].as_array().unwrap() {
        let mut root = dataset.clone();
        root["@context"] = whole["@context"].clone();
        assert_eq!(faults(&datasets, &root), Vec::<String>::new());
    }
}

#[test]
fn a_peer_computes_the_digest_that_the_contract_names() {
    let whole = served(&partner());
    for revision in revisions() {
        let shown =
            whole["dataset"].as_array().unwrap().iter().find(|d| d["@id"] == revision.dataset.as_str());
        let Some(shown) = shown else { continue };
        assert_eq!(contracts::jcs::digest(&shown["described"]).unwrap(), revision.digest);
    }
}

/// Each dataset with an offer has the same identifier and the same offers in both views.
#[test]
fn both_views_show_the_same_offers() {
    let projection = Projection::new();
    revisions().iter().for_each(|revision| projection.put(&member(), revision));
    projection.set_ready();
    let partner = partner();
    let (member, asker) = (member(), Asker::Participant(&partner));
    let slice = projection.slice(&member.id, asker, Subset::default(), None, 100, NOW).unwrap();
    let around = describe::catalogue(&member, Subset::default(), slice.at, [].into_iter());
    let body = projection.write(&member.id, &slice, &HashMap::new(), &around, Format::Turtle).unwrap();
    let graph: Vec<Quad> =
        RdfParser::from_format(RdfFormat::Turtle).for_slice(&body).map(Result::unwrap).collect();
    let objects = |subject: &str, predicate: &str| -> Vec<String> {
        let matching = graph.iter().filter(|quad| {
            quad.subject.to_string() == format!("<{subject}>") && quad.predicate.as_str().ends_with(predicate)
        });
        matching
            .map(|quad| match &quad.object {
                Term::NamedNode(node) => node.as_str().to_owned(),
                Term::Literal(literal) => literal.value().to_owned(),
                Term::BlankNode(node) => node.to_string(),
            })
            .collect()
    };
    for dataset in served(&partner)["dataset"].as_array().unwrap() {
        let id = dataset["@id"].as_str().unwrap();
        assert_eq!(objects(id, "terms/identifier"), [id]);
        let shown: BTreeSet<String> = dataset["hasPolicy"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o["@id"].as_str().unwrap().to_owned())
            .collect();
        let rdf: BTreeSet<String> =
            objects(id, "dcat#distribution").iter().flat_map(|d| objects(d, "odrl/2/hasPolicy")).collect();
        assert_eq!(rdf, shown, "{id}");
    }
    // Announced in DCAT, absent from the protocol's catalogue, and no more said than allowed.
    let hidden = String::from_utf8(body).unwrap();
    assert!(hidden.contains("Plans des réseaux enterrés") && !hidden.contains("Plans géoréférencés"));
}
