//! JSON-LD by the standard algorithm, after a look at the text itself: how deep it is, which contexts it names, and
//! which of its members the algorithm would drop without a word.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::Quad;
use serde_json::Value;

use super::{BASE, Contexts, MAX_DEPTH, MAX_STATEMENTS, Unreadable};

pub(super) fn read(text: &str, contexts: &Contexts) -> Result<(Vec<Quad>, Vec<String>), Unreadable> {
    if depth(text) > MAX_DEPTH {
        return Err(Unreadable::TooDeep);
    }
    let json: Value = serde_json::from_str(text).map_err(|e| Unreadable::Syntax(e.to_string()))?;
    let dropped = dropped(&json, contexts);
    let asked = Arc::new(Mutex::new(None));
    let (bundle, unknown) = (contexts.clone(), Arc::clone(&asked));
    let parser = JsonLdParser::new().with_base_iri(BASE).map_err(|e| Unreadable::Syntax(e.to_string()))?;
    let parser =
        parser.for_slice(text.as_bytes()).with_load_document_callback(move |url, _| match bundle.get(url) {
            Some(document) => {
                Ok(JsonLdRemoteDocument { document: document.to_vec(), document_url: url.to_owned() })
            }
            None => {
                if let Ok(mut unknown) = unknown.lock() {
                    *unknown = Some(url.to_owned());
                }
                Err(url.into())
            }
        });
    let mut quads = Vec::new();
    for quad in parser {
        let named = asked.lock().ok().and_then(|mut asked| asked.take());
        if let Some(url) = named {
            return Err(Unreadable::Context(url));
        }
        quads.push(quad.map_err(|e| Unreadable::Syntax(e.to_string()))?);
        if quads.len() > MAX_STATEMENTS {
            return Err(Unreadable::TooMany);
        }
    }
    Ok((quads, dropped))
}

/// Deepest nesting of brackets outside strings.
fn depth(text: &str) -> usize {
    let (mut now, mut most, mut quoted, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (false, b'{' | b'[') => {
                now += 1;
                most = most.max(now);
            }
            (false, b'}' | b']') => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

/// Members that no context of the document defines and that are no IRI: JSON-LD leaves them out. Empty values say
/// nothing, and are not reported.
fn dropped(json: &Value, contexts: &Contexts) -> Vec<String> {
    let mut terms = BTreeSet::new();
    let mut vocabulary = false;
    defined(json, contexts, &mut terms, &mut vocabulary);
    let mut found = BTreeSet::new();
    if !vocabulary {
        undefined(json, &terms, &mut found);
    }
    found.into_iter().collect()
}

/// Collects the terms of every context in the document, wherever it stands.
fn defined(json: &Value, contexts: &Contexts, terms: &mut BTreeSet<String>, vocabulary: &mut bool) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| defined(item, contexts, terms, vocabulary)),
        Value::Object(object) => {
            for (name, value) in object {
                if name == "@context" {
                    terms_of(value, contexts, terms, vocabulary);
                } else {
                    defined(value, contexts, terms, vocabulary);
                }
            }
        }
        _ => {}
    }
}

fn terms_of(context: &Value, contexts: &Contexts, terms: &mut BTreeSet<String>, vocabulary: &mut bool) {
    match context {
        Value::String(url) => {
            let bundled = contexts.get(url).and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
            // A bundled context names no other one.
            if let Some(Value::Object(own)) = bundled.as_ref().and_then(|document| document.get("@context")) {
                object_terms(own, contexts, terms, vocabulary);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| terms_of(item, contexts, terms, vocabulary)),
        Value::Object(own) => object_terms(own, contexts, terms, vocabulary),
        _ => {}
    }
}

fn object_terms(
    own: &serde_json::Map<String, Value>,
    contexts: &Contexts,
    terms: &mut BTreeSet<String>,
    vocabulary: &mut bool,
) {
    for (term, definition) in own {
        *vocabulary |= term == "@vocab" && !definition.is_null();
        terms.insert(term.clone());
        // A context of its own, for what stands below this term.
        if let Some(scoped @ Value::Object(_)) = definition.get("@context") {
            terms_of(scoped, contexts, terms, vocabulary);
        }
    }
}

fn undefined(json: &Value, terms: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| undefined(item, terms, found)),
        Value::Object(object) => {
            for (name, value) in object.iter().filter(|(name, _)| *name != "@context") {
                let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
                if !name.starts_with('@') && !name.contains(':') && !terms.contains(name) && !empty {
                    found.insert(name.clone());
                }
                undefined(value, terms, found);
            }
        }
        _ => {}
    }
}
