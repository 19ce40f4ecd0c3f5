use contracts::id::{DatasetId, MemberId, ParticipantId};
use ontology::Lang;
use serde_json::{Value, json};

use super::*;
use crate::domain::dataset::{Content, Described};
use crate::domain::publication;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn member() -> Member {
    Member {
        id: MemberId::parse("m").unwrap(),
        did: ParticipantId::did("did:web:eau.example").unwrap(),
        name: "Eau <du> Bassin".into(),
        base_url: "https://eau.example".parse().unwrap(),
    }
}

fn described(change: impl FnOnce(&mut Value)) -> Described {
    let mut value = json!({
        "title": {"fr": "Débits </script><b>", "en": "Flows"}, "description": "Débits relevés, chaque jour & nuit.",
        "theme": "ENVI", "location": {"kind": "commune", "code": "35238", "label": "Rennes"}, "format": "CSV",
        "granularity": {"level": "bassin"}, "frequency": "DAILY", "keywords": ["Eau potable", "Énergie"],
        "producer": {"name": "Régie", "did": "did:web:eau.example", "siret": "24350013900189"},
        "status": "publique", "rung": "ouvert", "licence": "LO-2.0", "period": {"start": "2024-01-01"},
        "rights": "Libre.", "contact": {"name": "Données", "email": "donnees@eau.example"}, "byte_size": 10,
        "source": {"file": "a.csv"}, "offers": [{"id": "urn:o:1", "policy": {"permission": [{"action": "use"}]}}],
    });
    change(&mut value);
    let description = publication::read(&value).unwrap_or_else(|faults| panic!("{faults:?}"));
    publication::describe(description, None, || contracts::id::OfferId::parse("x").unwrap()).unwrap()
}

fn shown(described: Described) -> Option<Shown> {
    let revision = Revision {
        dataset: DatasetId::parse("urn:uuid:1").unwrap(),
        number: 3,
        digest: String::new(),
        at: NOW,
        issued: Timestamp(1_600_000_000_000),
        content: Content::Described(Box::new(described)),
    };
    Shown::of(revision, Asker::Anonymous, Visibility::Full, NOW, NOW)
}

fn existence(value: &mut Value) {
    value["rung"] = json!("existence_seule");
    value["exclusion"] = json!("securite");
    value.as_object_mut().unwrap().remove("offers");
}

#[test]
fn every_view_keeps_to_what_may_be_known() {
    let known = shown(described(existence)).unwrap();
    let member = member();
    let head = feed::Head { member: &member, title: "t".into(), this: "https://x".into(), at: NOW };
    let all = std::slice::from_ref(&known);
    for view in [
        schema_org::dataset(&member, &known, Lang::Fr).to_string(),
        page::dataset(&member, &known, Lang::Fr),
        page::catalogue(&member, "t", "https://x", all, None, Lang::En),
        feed::atom(&head, all, Lang::Fr),
        feed::rss(&head, all, Lang::Fr),
    ] {
        assert!(
            !view.contains("relevés") && !view.contains("potable") && !view.contains("donnees@"),
            "{view}"
        );
    }
    assert_eq!(scdl::table(&member, all).lines().count(), 1);
    assert!(
        shown(described(|value| {
            existence(value);
            value["rung"] = json!("invisible");
        }))
        .is_none()
    );
}

#[test]
fn texts_do_not_leave_their_place() {
    let known = shown(described(|_| {})).unwrap();
    let member = member();
    let page = page::dataset(&member, &known, Lang::Fr);
    assert_eq!(page.matches("</script>").count(), 1, "{page}");
    assert!(
        page.contains("Débits &lt;/script&gt;&lt;b&gt;") && page.contains("id=\"urn%3Ao%3A1-0\""),
        "{page}"
    );
    let data = page.split_once("ld+json\">").unwrap().1.split_once("</script>").unwrap().0;
    let data: Value = serde_json::from_str(data).unwrap();
    assert_eq!(data["name"], "Débits </script><b>");
    assert_eq!(data["temporalCoverage"], "2024-01-01/..");
    assert_eq!(escape("<a b=\"'\">&\u{1}"), "&lt;a b=&quot;&#39;&quot;&gt;&amp;\u{fffd}");
}

#[test]
fn the_table_has_the_words_of_its_schema() {
    let known = shown(described(|value| value["title"] = json!("=CMD(), \"x\""))).unwrap();
    let table = scdl::table(&member(), &[known]);
    let row = table.lines().nth(1).unwrap();
    for cell in [
        "24350013900189",
        "\"'=CMD(), \"\"x\"\"\"",
        "Communale",
        "Rennes",
        "2024-01-01",
        "2023-11-14",
        "2020-09-13",
        "Quotidienne ou plusieurs fois par jour",
        "eau-potable;energie",
        "Licence Ouverte-LO",
        ",1,csv,https://eau.example/",
    ] {
        assert!(row.contains(cell), "{cell} is not in {row}");
    }
}

#[test]
fn a_dataset_described_well_is_excellent() {
    let score = |change: fn(&mut Value)| {
        let items = quality::items(&described(change));
        assert_eq!(items.iter().map(|item| item.of).sum::<u16>(), quality::MOST);
        let missing: Vec<&str> = items.iter().filter_map(|item| item.remedy).collect();
        for key in &missing {
            assert_ne!(crate::text::find(Lang::Fr, key), None, "{key}");
        }
        (quality::points(&items), missing.len())
    };
    // All but what only a free download could have.
    assert_eq!(score(|_| {}), (355, 0));
    assert_eq!(quality::rating(355), "excellent");
    let (points, missing) = score(|value| {
        for optional in ["keywords", "period", "contact", "rights", "byte_size"] {
            value.as_object_mut().unwrap().remove(optional);
        }
    });
    assert_eq!((points, missing), (275, 5));
    assert!(score(existence).0 < 221);
}
