//! Trust frameworks as RDF: what a program of somebody else wants to know before it asks to join.

use contracts::framework::{Body, FrameworkDocument, FrameworkFile, Words};
use ontology::purpose::Purpose;
use oxigraph::model::NamedNode;

use crate::domain::member::Member;
use crate::graph::triples::*;

/// The frameworks that a member shows, one after the other.
pub fn frameworks<'a>(member: &Member, shown: impl Iterator<Item = &'a FrameworkFile>) -> Triples {
    let mut out = Triples::default();
    let register = named(&member.at("/frameworks"));
    out.a(register.clone(), dcat("Catalog"));
    let title = words("Cadres de confiance", "Trust frameworks");
    texts(&mut out, &register, &dct("title"), &title);
    for file in shown {
        out.add(register.clone(), dct("hasPart"), named(file.framework.id.as_str()));
        one(&mut out, &file.framework);
    }
    out.sorted()
}

fn one(out: &mut Triples, framework: &FrameworkDocument) {
    let node = named(framework.id.as_str());
    out.a(node.clone(), dct("Policy"));
    out.add(node.clone(), dct("identifier"), plain(framework.id.as_str()));
    texts(out, &node, &dct("title"), &framework.name);
    texts(out, &node, &dct("description"), &framework.about);
    out.add(node.clone(), dcat("version"), plain(&framework.version.to_string()));
    out.add(node.clone(), dct("issued"), date_time(framework.published_at.to_string()));
    out.add(node.clone(), fiducie("inForce"), date_time(framework.in_force.to_string()));
    if let Some(sunset) = framework.sunset {
        out.add(node.clone(), fiducie("sunset"), date_time(sunset.to_string()));
    }
    if let Some(origin) = &framework.derived_from {
        out.add(node.clone(), prov("wasDerivedFrom"), named(origin.id.as_str()));
    }
    let publisher = named(framework.publisher.did.as_str());
    out.a(publisher.clone(), foaf("Agent"));
    out.add(publisher.clone(), foaf("name"), text(&framework.publisher.name, "fr"));
    out.add(node.clone(), dct("publisher"), publisher);
    let parts = &framework.parts;
    for objective in &parts.objectives {
        texts(out, &node, &fiducie("objective"), objective);
    }
    let charter = &parts.rules.charter;
    let standard = out.typed(&charter.id, dct("Standard"));
    texts(out, &standard, &dct("title"), &charter.name);
    out.add(standard.clone(), dcat("version"), plain(&charter.version));
    out.add(node.clone(), dct("conformsTo"), standard);
    for member in &parts.rules.members {
        out.add(node.clone(), fiducie("memberKind"), plain(&member.kind));
    }
    let purposes = &parts.rules.purposes;
    for (name, codes) in [("allowedPurpose", &purposes.allowed), ("prohibitedPurpose", &purposes.prohibited)]
    {
        for purpose in codes.iter().filter_map(|code| Purpose::parse(code)) {
            out.add(node.clone(), fiducie(name), named(&purpose.iri()));
        }
    }
    for body in &parts.governance.bodies {
        self::body(out, &node, body);
    }
    let level = serde_json::to_value(parts.citizens.level).unwrap_or_default();
    out.add(node, fiducie("citizenInvolvement"), plain(level.as_str().unwrap_or_default()));
}

fn body(out: &mut Triples, of: &NamedNode, body: &Body) {
    let node = part(of, &format!("body-{}", body.id));
    out.a(node.clone(), fiducie("Body"));
    texts(out, &node, &skos("prefLabel"), &body.name);
    texts(out, &node, &dct("description"), &body.about);
    out.add(node.clone(), fiducie("quorum"), size(u64::from(body.quorum)));
    out.add(node.clone(), fiducie("votingSeats"), size(u64::from(body.votes())));
    out.add(of.clone(), dct("hasPart"), node);
}

fn texts(out: &mut Triples, node: &NamedNode, predicate: &NamedNode, said: &Words) {
    for (lang, value) in [("fr", &said.fr), ("en", &said.en)] {
        out.add(node.clone(), predicate.clone(), text(value, lang));
    }
}

fn words(fr: &str, en: &str) -> Words {
    Words { fr: fr.to_owned(), en: en.to_owned() }
}
