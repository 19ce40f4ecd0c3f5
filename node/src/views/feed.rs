//! RSS 2.0 and Atom (RFC 4287): what changed last, for persons who follow a catalogue.

use std::fmt::Write;

use ontology::Lang;
use time::format_description::well_known::Rfc2822;

use super::{Shown, escape};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;

/// What stands at the head of a feed.
pub struct Head<'a> {
    pub member: &'a Member,
    pub title: String,
    /// Its own address.
    pub this: String,
    /// Its last change.
    pub at: Timestamp,
}

pub fn atom(head: &Head<'_>, shown: &[Shown], lang: Lang) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let this = escape(&head.this);
    let _ = write!(
        out,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<id>{this}</id>\n<title>{}</title>\n\
         <updated>{}</updated>\n<author><name>{}</name></author>\n<link rel=\"self\" href=\"{this}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
        lang.tag(),
        escape(&head.title),
        head.at.rfc3339(),
        escape(&head.member.name),
        escape(&head.member.at("/catalog.html")),
    );
    for shown in shown {
        let page = escape(&shown.page(head.member));
        // An identifier from elsewhere need not be an IRI.
        let id = url::Url::parse(shown.id().as_str()).map_or(page.clone(), |_| escape(shown.id().as_str()));
        let _ = write!(
            out,
            "<entry>\n<id>{id}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
             <author><name>{}</name></author>\n<link rel=\"alternate\" type=\"text/html\" href=\"{page}\"/>\n",
            escape(title(shown, lang)),
            shown.since().rfc3339(),
            escape(shown.producer()),
        );
        for theme in shown.themes() {
            let _ = writeln!(
                out,
                "<category term=\"{}\" label=\"{}\"/>",
                theme.code,
                escape(lang.pick(theme.fr, theme.en))
            );
        }
        let _ = write!(out, "<summary>{}</summary>\n</entry>\n", escape(&summary(shown, lang)));
    }
    out.push_str("</feed>\n");
    out
}

pub fn rss(head: &Head<'_>, shown: &[Shown], lang: Lang) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let title_of_feed = escape(&head.title);
    let _ = write!(
        out,
        "<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n<title>{title_of_feed}</title>\n\
         <link>{}</link>\n<description>{title_of_feed}</description>\n<language>{}</language>\n\
         <lastBuildDate>{}</lastBuildDate>\n<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}\"/>\n",
        escape(&head.member.at("/catalog.html")),
        lang.tag(),
        rfc2822(head.at),
        escape(&head.this),
    );
    for shown in shown {
        let _ = write!(
            out,
            "<item>\n<guid isPermaLink=\"false\">{}#{}</guid>\n<title>{}</title>\n<link>{}</link>\n\
             <pubDate>{}</pubDate>\n",
            escape(shown.id().as_str()),
            shown.since().millis(),
            escape(title(shown, lang)),
            escape(&shown.page(head.member)),
            rfc2822(shown.since()),
        );
        for theme in shown.themes() {
            let _ = writeln!(out, "<category>{}</category>", escape(lang.pick(theme.fr, theme.en)));
        }
        let _ = write!(out, "<description>{}</description>\n</item>\n", escape(&summary(shown, lang)));
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn title(shown: &Shown, lang: Lang) -> &str {
    shown.title().map_or("", |title| title.best(lang))
}

fn summary(shown: &Shown, lang: Lang) -> String {
    let access = shown.rung().map_or("", |rung| rung.label(lang));
    match shown.full() {
        Some(d) => {
            let text: String = d.description.best(lang).chars().take(500).collect();
            format!("{text} ({access})")
        }
        None => access.to_owned(),
    }
}

fn rfc2822(at: Timestamp) -> String {
    at.to_date().format(&Rfc2822).unwrap_or_default()
}
