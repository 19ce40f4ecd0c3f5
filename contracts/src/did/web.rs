//! The `did:web` method: which URL serves which DID, both ways.

use url::Url;

use crate::id::ParticipantId;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    #[error("`{0}` is not a did:web identifier: {1}")]
    NotDidWeb(String, &'static str),
    #[error("`{0}` cannot be the address of a did:web identity: {1}")]
    Address(String, &'static str),
}

/// The address that serves the document of a `did:web` (method specification, section 2.5.2). Always HTTPS.
pub fn document_url(did: &str) -> Result<Url, DidError> {
    let wrong = |why| DidError::NotDidWeb(did.to_owned(), why);
    let rest = did.strip_prefix("did:web:").ok_or_else(|| wrong("it must start with did:web:"))?;
    let mut parts = rest.split(':');
    let host = parts.next().unwrap_or_default();
    let (name, port) = match host.split_once("%3A").or_else(|| host.split_once("%3a")) {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if name.is_empty() || !name.chars().all(plain) {
        return Err(wrong("the host must be a host name, with %3A before a port"));
    }
    if let Some(port) = port
        && !port.parse::<u16>().is_ok_and(|p| p > 0 && p.to_string() == port)
    {
        return Err(wrong("the port must be a number from 1 to 65535"));
    }
    let mut text = format!("https://{name}");
    if let Some(port) = port {
        text.push(':');
        text.push_str(port);
    }
    let mut below = false;
    for part in parts {
        let dots = part == "." || part == "..";
        if part.is_empty() || dots || !part.chars().all(|c| plain(c) || matches!(c, '~' | '%')) {
            return Err(wrong("each path segment must be a plain name"));
        }
        if has_escaped_separator(part) {
            return Err(wrong("a path segment cannot hide a slash or a dot segment"));
        }
        text.push('/');
        text.push_str(part);
        below = true;
    }
    text.push_str(if below { "/did.json" } else { "/.well-known/did.json" });
    Url::parse(&text).map_err(|_| wrong("it gives no valid URL"))
}

fn has_escaped_separator(part: &str) -> bool {
    let mut rest = part;
    while let Some((_, tail)) = rest.split_once('%') {
        let Some(hex) = tail.get(..2).and_then(|h| u8::from_str_radix(h, 16).ok()) else { return true };
        if matches!(hex, b'/' | b'\\' | b'.' | b'%') || hex < 0x20 || hex == 0x7f {
            return true;
        }
        rest = &tail[2..];
    }
    false
}

/// The `did:web` of a member whose public address is `base`.
pub fn from_base_url(base: &Url) -> Result<ParticipantId, DidError> {
    let wrong = |why| DidError::Address(base.to_string(), why);
    if base.scheme() != "https" {
        return Err(wrong("it must be https"));
    }
    if base.query().is_some() || base.fragment().is_some() || !base.username().is_empty() {
        return Err(wrong("it cannot have a query, a fragment or a user name"));
    }
    let host = base.host_str().ok_or_else(|| wrong("it has no host"))?;
    let mut did = format!("did:web:{host}");
    if let Some(port) = base.port() {
        did.push_str(&format!("%3A{port}"));
    }
    let path = base.path().trim_matches('/');
    for segment in path.split('/').filter(|_| !path.is_empty()) {
        did.push(':');
        did.push_str(segment);
    }
    // The way back must lead here again, else peers would look elsewhere.
    document_url(&did).map_err(|_| wrong("host or path has characters did:web cannot carry"))?;
    ParticipantId::did(did).map_err(|_| wrong("it gives no valid DID"))
}

/// The base address (without trailing slash) whose document a `did:web` names.
pub fn base_url(did: &str) -> Result<Url, DidError> {
    let mut url = document_url(did)?;
    let path = url.path();
    let base = path.strip_suffix("/.well-known/did.json").or_else(|| path.strip_suffix("/did.json"));
    let base = base.unwrap_or_default().to_owned();
    url.set_path(&base);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn did_web_both_ways() {
        for (base, did, document) in [
            (
                "https://eau.example.org",
                "did:web:eau.example.org",
                "https://eau.example.org/.well-known/did.json",
            ),
            (
                "https://epci.example.org/commune-a/",
                "did:web:epci.example.org:commune-a",
                "https://epci.example.org/commune-a/did.json",
            ),
            (
                "https://localhost:8443",
                "did:web:localhost%3A8443",
                "https://localhost:8443/.well-known/did.json",
            ),
            (
                "https://127.0.0.1:8443/a/b",
                "did:web:127.0.0.1%3A8443:a:b",
                "https://127.0.0.1:8443/a/b/did.json",
            ),
        ] {
            let base = Url::parse(base).unwrap();
            assert_eq!(from_base_url(&base).unwrap().as_str(), did);
            assert_eq!(document_url(did).unwrap().as_str(), document);
            assert_eq!(
                base_url(did).unwrap().as_str().trim_end_matches('/'),
                base.as_str().trim_end_matches('/')
            );
        }
    }

    #[test]
    fn odd_dids_lead_nowhere() {
        for did in [
            "did:key:z6Mk",
            "did:web:",
            "did:web::a",
            "did:web:a:",
            "did:web:a::b",
            "did:web:a:..:b",
            "did:web:a%3A0",
            "did:web:a%3A99999",
            "did:web:a%3A+1",
            "did:web:a/b",
            "did:web:u@a",
            "did:web:a:b%2Fc",
            "did:web:a:%2e%2e",
            "did:web:a:b%zz",
            "did:web:a?x",
            "did:web:a#k",
            "did:web:é.fr",
            "did:web:[::1]",
            "did:web:a:b%00",
        ] {
            assert!(document_url(did).is_err(), "{did}");
        }
        for base in ["http://a.example", "https://a.example/?q=1", "https://[::1]/", "https://u@a.example"] {
            assert!(from_base_url(&Url::parse(base).unwrap()).is_err(), "{base}");
        }
    }
}
