//! Datasets of others, shown again: under an IRI of ours, with the one of their origin; what they are stays upstream.

use std::collections::BTreeMap;

use contracts::harvest::{Distribution, Record};
use ontology::dcat::{self, format, frequency, theme};
use oxigraph::model::vocab::xsd;
use oxigraph::model::{Literal, NamedNode};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ACCESS;
use crate::domain::member::Member;
use crate::graph::triples::*;

/// The catalogue of what others publish, with the datasets of one page.
pub fn harvested<'a>(member: &Member, records: impl Iterator<Item = &'a Record>) -> Triples {
    let mut out = Triples::default();
    let node = named(&member.at("/catalog/harvested"));
    out.a(node.clone(), dcat("Catalog"));
    for (lang, start) in [("fr", "Catalogues repris par "), ("en", "Catalogues harvested by ")] {
        out.add(node.clone(), dct("title"), text(&format!("{start}{}", member.name), lang));
    }
    for (lang, about) in [
        ("fr", "Des jeux de données que d'autres publient ; leur source reste chez eux."),
        ("en", "Datasets that others publish; their source stays with them."),
    ] {
        out.add(node.clone(), dct("description"), text(about, lang));
    }
    let by = named(member.did.as_str());
    out.a(by.clone(), foaf("Agent"));
    out.add(by.clone(), foaf("name"), text(&member.name, "fr"));
    out.add(node.clone(), dct("publisher"), by);
    for record in records {
        let dataset = of(member, record);
        out.add(node.clone(), dcat("dataset"), dataset.clone());
        one(&mut out, &dataset, record);
    }
    out.sorted()
}

/// Our IRI of somebody else's dataset.
fn of(member: &Member, record: &Record) -> NamedNode {
    let digest = hex::encode(&Sha256::digest(record.origin.as_bytes())[..16]);
    named(&format!("{}#{digest}", member.at("/catalog/harvested")))
}

fn one(out: &mut Triples, node: &NamedNode, record: &Record) {
    out.a(node.clone(), dcat("Dataset"));
    out.add(node.clone(), dct("identifier"), plain(&record.origin));
    let identifier = part(node, "origin");
    out.a(identifier.clone(), adms("Identifier"));
    out.add(identifier.clone(), skos("notation"), plain(&record.origin));
    out.add(node.clone(), adms("identifier"), identifier);
    texts(out, node, &dct("title"), &record.title);
    // DCAT-AP asks for a description; where there is none the title is all that is known.
    let description = if record.description.is_empty() { &record.title } else { &record.description };
    texts(out, node, &dct("description"), description);
    if let Some(by) = &record.publisher {
        let agent = by.iri.as_deref().map_or_else(|| part(node, "publisher"), named);
        out.a(agent.clone(), foaf("Agent"));
        out.add(agent.clone(), foaf("name"), plain(&by.name));
        out.add(node.clone(), dct("publisher"), agent);
    }
    record.keywords.iter().for_each(|word| out.add(node.clone(), dcat("keyword"), plain(word)));
    for term in record.themes.iter().filter_map(|code| dcat::find(theme::THEMES, code)) {
        let concept = out.concept(term, Some((theme::SCHEME, "Data theme")));
        out.add(node.clone(), dcat("theme"), concept);
    }
    if let Some(term) = record.frequency.as_deref().and_then(|code| dcat::find(frequency::FREQUENCIES, code))
    {
        let frequency = out.typed(term.iri, dct("Frequency"));
        out.add(node.clone(), dct("accrualPeriodicity"), frequency);
    }
    if let Some(code) = &record.access {
        let access = out.typed(&format!("{ACCESS}{code}"), dct("RightsStatement"));
        out.add(node.clone(), dct("accessRights"), access);
    }
    for (name, date) in [("issued", &record.issued), ("modified", &record.modified)] {
        if let Some(date) = date.as_deref().and_then(dated) {
            out.add(node.clone(), dct(name), date);
        }
    }
    if let Some(page) = &record.page {
        let page = out.typed(page, foaf("Document"));
        out.add(node.clone(), dcat("landingPage"), page);
    }
    for (i, distribution) in record.distributions.iter().enumerate() {
        self::distribution(out, node, &part(node, &format!("distribution-{i}")), distribution);
    }
}

fn distribution(out: &mut Triples, of: &NamedNode, node: &NamedNode, distribution: &Distribution) {
    out.add(of.clone(), dcat("distribution"), node.clone());
    out.a(node.clone(), dcat("Distribution"));
    out.add(node.clone(), dcat("accessURL"), named(&distribution.access));
    if let Some(download) = &distribution.download {
        out.add(node.clone(), dcat("downloadURL"), named(download));
    }
    if let Some(known) = distribution.format.as_deref().and_then(format::Format::find) {
        let file_type = out.typed(&known.file_type_iri(), dct("MediaTypeOrExtent"));
        out.add(node.clone(), dct("format"), file_type);
    }
    if let Some(media) = &distribution.media_type {
        let media = out.typed(&format::media_type_iri(media), dct("MediaType"));
        out.add(node.clone(), dcat("mediaType"), media);
    }
    if let Some(licence) = &distribution.licence {
        let licence = out.typed(licence, dct("LicenseDocument"));
        out.add(node.clone(), dct("license"), licence);
    }
    if let Some(bytes) = distribution.byte_size {
        out.add(node.clone(), dcat("byteSize"), size(bytes));
    }
}

fn texts(out: &mut Triples, node: &NamedNode, predicate: &NamedNode, said: &BTreeMap<String, String>) {
    for (lang, value) in said {
        let literal = if lang == "und" { plain(value) } else { text(value, lang) };
        out.add(node.clone(), predicate.clone(), literal);
    }
}

/// A date in the type that its form asks for.
fn dated(value: &str) -> Option<Literal> {
    let is_instant = |text: &str| OffsetDateTime::parse(text, &Rfc3339).is_ok();
    let typed = |value: &str, kind| Some(Literal::new_typed_literal(value, kind));
    match value.len() {
        4 => typed(value, xsd::G_YEAR),
        7 => typed(value, xsd::G_YEAR_MONTH),
        _ if is_instant(value) || is_instant(&format!("{value}Z")) => typed(value, xsd::DATE_TIME),
        _ => typed(value.get(..10)?, xsd::DATE),
    }
}
