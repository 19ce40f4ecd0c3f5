//! Which form of the catalogue a request means: the end of its address, else the header `Accept`.

use actix_web::http::header::{ACCEPT, HeaderMap};

use crate::graph::Format;

/// A form the catalogue can be had in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Rdf(Format),
    Html,
    /// schema.org: by the end of the address only, as its media type is that of JSON-LD.
    SchemaOrg,
    Rss,
    Atom,
    /// The table of the SCDL.
    Csv,
}

impl Form {
    /// In the order in which they are given to those who have no preference.
    pub const ALL: [Self; 9] = {
        let [a, b, c, d] = Format::ALL;
        let [a, b, c, d] = [Self::Rdf(a), Self::Rdf(b), Self::Rdf(c), Self::Rdf(d)];
        [a, b, c, d, Self::Html, Self::SchemaOrg, Self::Rss, Self::Atom, Self::Csv]
    };

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Rdf(format) => format.content_type(),
            Self::Html => "text/html; charset=utf-8",
            Self::SchemaOrg => "application/ld+json; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }
    /// What a caller may call it; the first is its own name.
    pub fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Rdf(format) => format.media_types(),
            Self::Html => &["text/html", "application/xhtml+xml"],
            Self::SchemaOrg => &[],
            Self::Rss => &["application/rss+xml"],
            Self::Atom => &["application/atom+xml"],
            Self::Csv => &["text/csv"],
        }
    }
    /// The ends of addresses that ask for it.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Rdf(format) => format.extensions(),
            Self::Html => &["html"],
            Self::SchemaOrg => &["schema.jsonld"],
            Self::Rss => &["rss"],
            Self::Atom => &["atom"],
            Self::Csv => &["csv"],
        }
    }

    /// Feeds show what changed last; the others go through all, page by page.
    pub fn is_feed(self) -> bool {
        matches!(self, Self::Rss | Self::Atom)
    }
    /// A form of one dataset, not only of catalogues.
    pub fn is_of_one(self) -> bool {
        matches!(self, Self::Rdf(_) | Self::Html | Self::SchemaOrg)
    }

    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.extensions().contains(&extension))
    }

    /// The form with the highest quality (RFC 9110, 12.5.1) among those that will do; the first when it is all the same.
    pub fn negotiated(headers: &HeaderMap, will_do: impl Fn(Self) -> bool) -> Option<Self> {
        let accept: Vec<&str> = headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
        if accept.is_empty() {
            return Some(Self::ALL[0]);
        }
        let accept = accept.join(",");
        let mut best = (0.0_f32, None);
        for form in Self::ALL.into_iter().filter(|form| will_do(*form)) {
            let of_form = form.media_types().iter().map(|name| quality(&accept, name));
            let quality = of_form.fold(0.0, f32::max);
            if quality > best.0 {
                best = (quality, Some(form));
            }
        }
        best.1
    }
}

/// The quality given to a media type by its most specific range.
pub(in crate::http) fn quality(accept: &str, media_type: &str) -> f32 {
    let group = media_type.split('/').next().unwrap_or_default();
    let mut found = (0, 0.0);
    for range in accept.split(',') {
        let mut parts = range.split(';');
        let name = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let specific = match name.as_str() {
            exact if exact == media_type => 3,
            wide if wide.strip_suffix("/*") == Some(group) => 2,
            "*/*" => 1,
            _ => continue,
        };
        let quality = parts.find_map(|p| p.trim().strip_prefix("q=")?.trim().parse().ok()).unwrap_or(1.0_f32);
        if specific > found.0 {
            found = (specific, quality.clamp(0.0, 1.0));
        }
    }
    found.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    #[test]
    fn the_caller_chooses_the_form() {
        let rdf = |format| Some(Form::Rdf(format));
        for (accept, expected) in [
            ("text/turtle", rdf(Format::Turtle)),
            ("application/json", rdf(Format::JsonLd)),
            ("application/rdf+xml", rdf(Format::RdfXml)),
            ("application/n-triples, text/turtle;q=0.9", rdf(Format::NTriples)),
            ("*/*", rdf(Format::JsonLd)),
            ("text/turtle, application/ld+json;q=0.5", rdf(Format::Turtle)),
            ("text/turtle;q=0, */*;q=0.1", rdf(Format::JsonLd)),
            ("application/ld+json;q=0, application/json;q=0, text/turtle;q=0.2", rdf(Format::Turtle)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Form::Html)),
            ("application/atom+xml", Some(Form::Atom)),
            ("text/csv;header=present", Some(Form::Csv)),
            ("image/png", None),
            ("text/turtle;q=0", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(Form::negotiated(&headers, |_| true), expected, "{accept}");
        }
        assert_eq!(Form::negotiated(&HeaderMap::new(), |_| true), rdf(Format::JsonLd));
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/csv"));
        assert_eq!(Form::negotiated(&headers, Form::is_of_one), None);
    }

    #[test]
    fn each_end_of_an_address_means_one_form() {
        let all: Vec<&str> = Form::ALL.iter().flat_map(|form| form.extensions()).copied().collect();
        for (i, extension) in all.iter().enumerate() {
            assert!(!all[..i].contains(extension), "{extension}");
            assert!(Form::of_extension(extension).is_some());
        }
        assert_eq!(Form::of_extension("exe"), None);
    }
}
