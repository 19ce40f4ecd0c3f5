//! Single values of a record, cleaned.

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};
use url::Url;

use super::LONGEST;
use super::document::Subject;

/// An IRI as it can be kept, and whether it had to be mended.
pub(super) fn iri(text: &str) -> Option<(String, bool)> {
    let text = text.trim();
    if text.len() > contracts::id::MAX_LEN * 4 || !text.contains(':') {
        return None;
    }
    if NamedNode::new(text).is_ok() {
        return Some((text.to_owned(), false));
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c.is_control() || c.is_whitespace() || "<>\"{}|\\^`".contains(c) {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
        } else {
            out.push(c);
        }
    }
    NamedNode::new(&out).is_ok().then_some((out, true))
}

/// An address that a person may follow, its host as the network knows it: letters that only look alike show.
pub(super) fn address(text: &str) -> Option<String> {
    let (iri, _) = iri(text)?;
    let url = Url::parse(&iri).ok()?;
    let plain = matches!(url.scheme(), "http" | "https" | "ftp")
        && url.username().is_empty()
        && url.password().is_none();
    plain.then(|| url.into())
}

/// A host written with other letters than those of its name on the network.
pub(super) fn looks_alike(iri: &str) -> bool {
    let host = iri.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    host.is_some_and(|host| !host.is_ascii())
}

/// IRIs that differ in writing only are the same to us.
pub fn key(iri: &str) -> String {
    match Url::parse(iri) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url.into(),
        _ => iri.to_owned(),
    }
}

/// A text without what no form can carry; nothing when it is empty or too long.
pub(super) fn text(value: &str) -> Option<String> {
    let clean: String = value
        .chars()
        .map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c })
        .filter(|c| !matches!(c, '\u{FFFE}' | '\u{FFFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        .collect();
    let clean = clean.trim();
    (!clean.is_empty() && clean.len() <= LONGEST).then(|| clean.to_owned())
}

pub(super) fn subject(term: &Term) -> Option<Subject> {
    match term {
        Term::NamedNode(node) => Some(NamedOrBlankNode::NamedNode(node.clone())),
        Term::BlankNode(node) => Some(NamedOrBlankNode::BlankNode(node.clone())),
        Term::Literal(_) => None,
    }
}

/// What a term says: the IRI, or the text.
pub(super) fn said(term: &Term) -> Option<&str> {
    match term {
        Term::NamedNode(node) => Some(node.as_str()),
        Term::Literal(literal) => Some(literal.value()),
        Term::BlankNode(_) => None,
    }
}

/// The last part of an IRI of a vocabulary.
pub(super) fn local(iri: &str) -> &str {
    iri.rsplit(['/', '#']).next().unwrap_or_default()
}
