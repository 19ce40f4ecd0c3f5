//! Descriptions of every kind: each status at each rung, high value, hostile and random texts. What the node refuses with
//! its reasons is not part of any catalogue.

use ontology::rung::Rung;
use ontology::status::Status;
use serde_json::{Value, json};

use crate::member::Member;
use crate::random::Random;

/// Random descriptions beside the regular ones.
const RANDOM: u64 = 120;

/// Publishes; gives how many were accepted.
pub async fn publish(eau: &Member, partner: &Member, seed: u64) -> Result<usize, String> {
    let mut all = Vec::new();
    for status in Status::ALL {
        for rung in Rung::ALL {
            all.push(of(status, rung, &partner.did));
        }
    }
    for category in ontology::dcat::hvd::CATEGORIES {
        let mut description = of(Status::Publique, Rung::Ouvert, &partner.did);
        description["hvd"] = json!([category.code]);
        description["contact"] = json!({"name": "Service données", "email": "donnees@eau.example.org",
            "url": "https://eau.example.org/contact?x=é"});
        description["byte_size"] = json!(1_234_567);
        all.push(description);
    }
    let mut random = Random::new(seed);
    all.extend((0..RANDOM).map(|_| any(&mut random, &partner.did)));
    let (mut accepted, mut refused) = (0_usize, 0_usize);
    for description in &all {
        let answer = eau.post("/datasets", description).await;
        match answer.status {
            200..300 => accepted += 1,
            422 => refused += 1,
            status => return Err(format!("{status}: {}\n{description:#}", answer.text())),
        }
    }
    println!("{refused} descriptions refused with their reasons");
    match accepted {
        0..100 => Err(format!("only {accepted} of {} descriptions were accepted", all.len())),
        _ => Ok(accepted),
    }
}

/// A description of this status at this rung, with all that either asks for.
fn of(status: Status, rung: Rung, partner: &str) -> Value {
    let personal =
        matches!(status, Status::Personnelle | Status::Sensible | Status::Mixte | Status::SelfData);
    let mut description = json!({
        "v": 1, "title": {"fr": format!("{} · {}", status.code(), rung.code()), "en": "A dataset"},
        "description": {"fr": "Une description assez longue pour être utile à qui la lit.", "en": "Long enough."},
        "theme": ["ENVI", "GOVE"], "status": status.code(), "rung": rung.code(), "keywords": ["eau", "énergie"],
        "location": [{"kind": "commune", "code": "35238", "label": "Rennes"}, {"kind": "pays", "code": "FR"},
            {"kind": "pays", "code": "BE"}, {"kind": "epci", "code": "243500139"}],
        "format": ["CSV", "application/x-odd"], "granularity": {"level": "commune", "temporal": "P1D", "metres": 100},
        "frequency": "DAILY", "producer": {"name": "Régie", "siren": "243500139"}, "licence": "LO-2.0",
        "period": {"start": "2024-01-01", "end": "2031-12-31"}, "rights": "Tous droits.",
        "provenance": {"origin": "partenaire", "collection": {"fr": "Comptages.", "en": "Counts."}}, "embargo": "2031-01-01",
        "conforms_to": ["https://schema.data.gouv.fr/schemas/scdl/catalogue/0.1.0/schema.json"],
        "anonymisation": {"method": "k-anonymat", "date": "2025-01-01"}, "version_notes": "Première version.",
        "series": {"id": format!("https://eau.example.org/series/{}", status.code()), "title": "Série annuelle",
            "description": {"fr": "Un jeu par an.", "en": "One dataset a year."}},
        "columns": [{"name": "nom", "type": "text", "title": {"fr": "Nom", "en": "Name"}, "personal": personal},
            {"name": "code insee", "type": "code_commune", "description": "Commune."}],
        "bbox": [-1.75, 48.0, -1.5, 48.25],
        "derived_from": [{"dataset": "https://ailleurs.example.org/jeu"}],
    });
    let public = matches!(status, Status::Publique | Status::EssentielleCp | Status::InteretGeneral);
    if public {
        description["format"] = json!(["CSV", "GEOJSON"]);
        if rung != Rung::Ouvert {
            description["exclusion"] = json!("secret_affaires");
        }
    }
    if personal {
        description["personal"] = json!({"columns": ["nom"], "responsable_traitement": {"name": "Régie"},
            "finalites": ["controle_delegation"], "base_legale": "obligation_legale", "duree_conservation": "P2Y"});
    }
    if !matches!(rung, Rung::ExistenceSeule | Rung::Invisible) {
        description["source"] = json!({"file": "a.csv"});
        let mut constraint = vec![
            json!({"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2040-01-01T00:00:00Z"}),
        ];
        if rung == Rung::PartenairesNommes {
            constraint
                .push(json!({"leftOperand": "recipient", "operator": "isAnyOf", "rightOperand": [partner]}));
        }
        description["offers"] = json!([
            {"policy": {"permission": [{"action": "use", "constraint": constraint}],
                "prohibition": [{"action": "distribute"}]}},
            {"policy": {"permission": [{"action": "read", "constraint": constraint}]}, "term": {"for": "P1Y"}},
        ]);
    }
    description
}

/// Texts that a writer of RDF could stumble over.
const HOSTILE: [&str; 12] = [
    "\"\"\" . <urn:x> a <urn:y> .",
    "</dct:title><evil/>]]>",
    "<script>alert(1)</script>",
    "a\r\nb\tc\u{b}\u{1}\u{fffe}",
    "\u{202e}envers\u{202c} \u{200b}",
    "Ꭱеnnеs (lettres d'ailleurs)",
    "e\u{301}\u{301}\u{301}\u{301} 👩‍🌾 \u{10ffff}",
    "\\u0041 \\\\ \\\" ^^xsd:int @fr",
    "&amp;&#0;&lt;",
    "  espaces  ",
    "{\"@id\": \"urn:x\"}",
    "'; DROP TABLE dataset; --",
];
const IRIS: [&str; 7] = [
    "https://exemple.fr/schéma#v1",
    "https://xn--exmple-cua.fr/a%20b?q=[1]",
    "urn:odd:thing",
    "mailto:a@b.fr",
    "https://еxample.org/look-alike",
    "https://exemple.fr/a#b#c",
    "http://[::1]:80/x",
];

fn any(random: &mut Random, partner: &str) -> Value {
    let status = Status::ALL[random.below(15) as usize];
    let rung = Rung::ALL[random.below(8) as usize];
    let mut description = of(status, rung, partner);
    let text = |random: &mut Random| HOSTILE[random.below(HOSTILE.len() as u64) as usize].to_owned();
    description["title"] = json!({"fr": text(random), "zz-odd1": text(random), "en": text(random)});
    description["description"] = json!(text(random));
    description["keywords"] = (0..=random.below(4)).map(|_| text(random)).collect();
    description["producer"] = json!({"name": text(random), "did": partner});
    description["location"][0]["label"] = json!(text(random));
    description["rights"] = json!(text(random));
    description["version"] = json!(text(random));
    description["columns"][1] = json!({"name": text(random), "type": "date", "description": text(random)});
    description["series"]["title"] = json!(text(random));
    if random.one_in(2) {
        let iri = IRIS[random.below(IRIS.len() as u64) as usize];
        description["conforms_to"] = json!([iri, iri, "https://exemple.fr/a"]);
        description["licence"] = match random.below(3) {
            0 => json!({"homologation": text(random)}),
            1 => json!(iri),
            _ => json!("ODbL-1.0"),
        };
    }
    // An identifier from elsewhere, which may be no IRI at all.
    if random.one_in(2) {
        let number = random.number();
        description["id"] = match random.below(6) {
            5 => json!(format!("dct:jeu-{number}")),
            0 => json!(format!("jeu-{number}")),
            1 => json!(format!("https://ailleurs.example/jdd#{number}")),
            2 => json!(format!("é<{number}>\"`{{}}")),
            3 => json!(format!("{number}.ttl")),
            _ => json!(format!("https://ailleurs.example/a%20b/{number}?x=1&y=é")),
        };
    }
    for optional in ["period", "rights", "version_notes", "keywords", "licence", "conforms_to"] {
        if random.one_in(5)
            && let Some(members) = description.as_object_mut()
        {
            members.remove(optional);
        }
    }
    description
}
