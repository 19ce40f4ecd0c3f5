//! schema.org, as search engines read it in pages.

use contracts::dataset::{Description, Licence};
use ontology::Lang;
use ontology::rung::Rung;
use serde_json::{Map, Value, json};

use super::Shown;
use crate::domain::member::Member;
use crate::graph::describe;

/// Longest description that search engines take, in characters.
const LONGEST: usize = 5_000;

/// A dataset.
pub fn dataset(member: &Member, shown: &Shown, lang: Lang) -> Value {
    let mut out = one(member, shown, lang);
    out.insert("@context".into(), "https://schema.org/".into());
    out.insert("includedInDataCatalog".into(), reference(member));
    Value::Object(out)
}

/// A page of the catalogue.
pub fn catalogue(member: &Member, name: &str, shown: &[Shown], lang: Lang) -> Value {
    let datasets: Vec<Value> = shown.iter().map(|shown| Value::Object(one(member, shown, lang))).collect();
    json!({
        "@context": "https://schema.org/", "@type": "DataCatalog", "name": name,
        "url": member.at("/catalog.html"), "publisher": organisation(&member.name), "dataset": datasets,
    })
}

fn reference(member: &Member) -> Value {
    json!({"@type": "DataCatalog", "name": member.name, "url": member.at("/catalog.html")})
}

fn organisation(name: &str) -> Value {
    json!({"@type": "Organization", "name": name})
}

fn one(member: &Member, shown: &Shown, lang: Lang) -> Map<String, Value> {
    let mut out = Map::new();
    let mut set = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    set("@type", "Dataset".into());
    set("@id", shown.id().as_str().into());
    set("identifier", shown.id().as_str().into());
    set("name", shown.title().map_or("", |title| title.best(lang)).into());
    set("url", shown.page(member).into());
    set("creator", organisation(shown.producer()));
    set("publisher", organisation(&member.name));
    set("about", shown.themes().iter().map(|theme| lang.pick(theme.fr, theme.en)).collect());
    set("isAccessibleForFree", (shown.rung() == Some(Rung::Ouvert)).into());
    if let Some(rung) = shown.rung() {
        set("conditionsOfAccess", rung.label(lang).into());
    }
    match shown.full() {
        Some(d) => full(member, shown, d, lang, &mut set),
        None => set(
            "description",
            lang.pick(
                "Seule l'existence de ce jeu de données est annoncée.",
                "Only the existence of this dataset is announced.",
            )
            .into(),
        ),
    }
    out
}

fn full(member: &Member, shown: &Shown, d: &Description, lang: Lang, set: &mut impl FnMut(&str, Value)) {
    let description: String = d.description.best(lang).chars().take(LONGEST).collect();
    set("description", description.into());
    set("dateModified", shown.since().rfc3339().into());
    set("datePublished", shown.issued().rfc3339().into());
    set("version", shown.number().to_string().into());
    if !d.keywords.is_empty() {
        set("keywords", json!(d.keywords));
    }
    let licence = match &d.licence {
        Some(Licence::Listed(term)) => Some(term.iri.to_owned()),
        Some(Licence::Other(iri)) => Some(iri.clone()),
        Some(Licence::Approved(_)) | None => None,
    };
    if let Some(licence) = licence {
        set("license", licence.into());
    }
    if let Some(period) = &d.period {
        let day = |day: Option<contracts::dataset::Day>| day.map_or("..".to_owned(), |day| day.to_string());
        set("temporalCoverage", format!("{}/{}", day(period.start), day(period.end)).into());
    }
    let places = d.location.iter().map(|place| {
        json!({"@type": "Place", "name": place.label.as_deref().unwrap_or(&place.code), "identifier": place.code})
    });
    set("spatialCoverage", places.collect());
    if let Some(contact) = &d.contact {
        let mut point = Map::from_iter([
            ("@type".to_owned(), json!("ContactPoint")),
            ("name".to_owned(), json!(contact.name)),
        ]);
        contact.email.iter().for_each(|email| drop(point.insert("email".into(), json!(email))));
        contact.url.iter().for_each(|url| drop(point.insert("url".into(), json!(url))));
        set("contactPoint", Value::Object(point));
    }
    let page = describe::page(member, shown.id());
    // No `contentUrl`: the bytes have no address that anybody could open.
    let distributions = shown.offers().flat_map(|offer| {
        let page = &page;
        d.format.iter().enumerate().map(move |(i, media)| {
            json!({"@type": "DataDownload", "encodingFormat": media.media_type,
                "url": format!("{page}#{}", describe::anchor(offer, i))})
        })
    });
    set("distribution", distributions.collect());
}
