//! Pages for persons: a dataset with the way to ask for it, and the list of a catalogue. schema.org inside.

use std::fmt::Write;

use contracts::odrl::Policy;
use ontology::Lang;
use serde_json::Value;

use super::{Shown, escape, schema_org};
use crate::domain::dataset::Offer;
use crate::domain::member::Member;
use crate::graph::describe;
use crate::text::{fill, get};

/// The page of a dataset.
pub fn dataset(member: &Member, shown: &Shown, lang: Lang) -> String {
    let title = shown.title().map_or("", |title| title.best(lang));
    let mut out = head(title, &schema_org::dataset(member, shown, lang), lang);
    let _ = write!(
        out,
        "<p><a href=\"{}\">{}</a></p>\n<h1>{}</h1>\n",
        escape(&member.at("/catalog.html")),
        escape(&member.name),
        escape(title)
    );
    facts(&mut out, shown, lang);
    let _ = writeln!(out, "<h2>{}</h2>", escape(get(lang, "page.ask")));
    let offers: Vec<&Offer> = shown.offers().collect();
    if offers.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", escape(get(lang, "page.no-offer")));
    } else {
        let how =
            fill(lang, "page.how", &[("member", member.did.as_str()), ("dataset", shown.id().as_str())]);
        for line in how.lines() {
            let _ = writeln!(out, "<p>{}</p>", escape(line));
        }
    }
    for offer in offers {
        self::offer(&mut out, shown, offer, lang);
    }
    let forms = [("ttl", "Turtle"), ("jsonld", "JSON-LD"), ("rdf", "RDF/XML"), ("nt", "N-Triples")];
    let base = describe::page(member, shown.id());
    let base = base.strip_suffix(".html").unwrap_or(&base).to_owned();
    links(&mut out, &base, &forms, lang);
    out.push_str(FOOT);
    out
}

fn facts(out: &mut String, shown: &Shown, lang: Lang) {
    let mut row = |key: &'static str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(get(lang, key)), escape(value));
        }
    };
    let themes: Vec<&str> = shown.themes().iter().map(|theme| lang.pick(theme.fr, theme.en)).collect();
    row("page.identifier", shown.id().as_str());
    row("page.producer", shown.producer());
    row("page.theme", &themes.join(", "));
    row("page.access", shown.rung().map_or("", |rung| rung.label(lang)));
    if let Some(d) = shown.full() {
        row("page.description", d.description.best(lang));
        row("page.status", d.status.label(lang));
        let places: Vec<&str> =
            d.location.iter().map(|place| place.label.as_deref().unwrap_or(&place.code)).collect();
        row("page.place", &places.join(", "));
        row("page.frequency", lang.pick(d.frequency.fr, d.frequency.en));
        row("page.keywords", &d.keywords.join(", "));
        row("page.updated", &shown.since().rfc3339());
        if let Some(ground) = d.exclusion {
            row("page.exclusion", lang.pick(ground.fr, ground.en));
        }
        if let Some(contact) = &d.contact {
            let ways = [Some(&contact.name), contact.email.as_ref(), contact.url.as_ref()];
            row("page.contact", &ways.into_iter().flatten().cloned().collect::<Vec<_>>().join(", "));
        }
    }
}

fn offer(out: &mut String, shown: &Shown, offer: &Offer, lang: Lang) {
    let formats = shown.full().map(|d| d.format.as_slice()).unwrap_or_default();
    let _ = writeln!(
        out,
        "<section>\n<h3>{} {}</h3>",
        escape(get(lang, "page.offer")),
        escape(offer.id.as_str())
    );
    for (i, media) in formats.iter().enumerate() {
        let anchor = escape(&describe::anchor(offer, i));
        let _ = writeln!(out, "<p id=\"{anchor}\">{}</p>", escape(&media.media_type));
    }
    let compiled = Policy::try_from(offer.policy.clone()).ok().and_then(|p| policies::compile(&p).ok());
    if let Some(compiled) = compiled {
        let _ = writeln!(out, "<pre>{}</pre>", escape(&policies::render(&compiled, lang)));
    }
    out.push_str("</section>\n");
}

/// A page of the catalogue.
pub fn catalogue(
    member: &Member,
    name: &str,
    base: &str,
    shown: &[Shown],
    next: Option<&str>,
    lang: Lang,
) -> String {
    let mut out = head(name, &schema_org::catalogue(member, name, shown, lang), lang);
    let _ = write!(out, "<h1>{}</h1>\n<ul>\n", escape(name));
    for shown in shown {
        let _ = writeln!(
            out,
            "<li><a href=\"{}\">{}</a> · {} · {}</li>",
            escape(&shown.page(member)),
            escape(shown.title().map_or("", |title| title.best(lang))),
            escape(shown.producer()),
            escape(shown.rung().map_or("", |rung| rung.label(lang))),
        );
    }
    out.push_str("</ul>\n");
    if let Some(next) = next {
        let _ = writeln!(
            out,
            "<p><a rel=\"next\" href=\"{}\">{}</a></p>",
            escape(next),
            escape(get(lang, "page.next"))
        );
    }
    let forms = [
        ("ttl", "Turtle"),
        ("jsonld", "JSON-LD"),
        ("rdf", "RDF/XML"),
        ("nt", "N-Triples"),
        ("rss", "RSS"),
        ("atom", "Atom"),
        ("csv", "CSV (SCDL)"),
    ];
    links(&mut out, base, &forms, lang);
    out.push_str(FOOT);
    out
}

fn links(out: &mut String, base: &str, forms: &[(&str, &str)], lang: Lang) {
    let _ = write!(out, "<p>{}", escape(get(lang, "page.forms")));
    for (end, name) in forms {
        let _ = write!(out, " <a rel=\"alternate\" href=\"{}.{end}\">{name}</a>", escape(base));
    }
    out.push_str("</p>\n");
}

fn head(title: &str, data: &Value, lang: Lang) -> String {
    // Inside a script element only `<` could end it early.
    let data = data.to_string().replace('<', "\\u003c");
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n\
         <style>body{{font:1rem/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}}\
         dt{{font-weight:bold}}pre{{white-space:pre-wrap}}</style>\n\
         <script type=\"application/ld+json\">{data}</script>\n</head>\n<body>\n",
        lang.tag(),
        escape(title),
    )
}

const FOOT: &str = "</body>\n</html>\n";
