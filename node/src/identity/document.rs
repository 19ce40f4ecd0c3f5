//! A member's own DID document, made from its keys. It also shows retired keys: old proofs need them.

use contracts::dcp::{CREDENTIAL_SERVICE, ISSUER_SERVICE};
use contracts::did::{DidDocument, Relation, Service, Validity, VerificationMethod};
use contracts::format::Instant;
use serde_json::Value;

use super::keys::{Key, Keyring, Purpose};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;

/// The document to publish at `at`. Current signing keys authenticate; past ones only prove what they signed.
/// Data keys are the member's own business and are not shown.
pub fn did_document(member: &Member, keyring: &Keyring, at: Timestamp) -> DidDocument {
    document(member, keyring, at, false)
}

/// As [`did_document`], for a member that issues credentials on request.
pub fn issuer_document(member: &Member, keyring: &Keyring, at: Timestamp) -> DidDocument {
    document(member, keyring, at, true)
}

fn document(member: &Member, keyring: &Keyring, at: Timestamp, issuer: bool) -> DidDocument {
    let shown: Vec<_> = keyring.keys().iter().filter(|key| key.purpose != Purpose::Data).collect();
    let relation = |key: &Key| Relation::Id(key.kid().to_owned());
    let signing: Vec<_> = shown.iter().filter(|key| key.purpose == Purpose::Sign).collect();
    let current: Vec<_> = signing.iter().filter(|key| key.valid_at(at)).map(|key| relation(key)).collect();
    DidDocument {
        context: DidDocument::own_context(),
        id: member.did.clone(),
        verification_method: shown.iter().map(|key| method(member, key)).collect(),
        authentication: current.clone(),
        assertion_method: signing.iter().map(|key| relation(key)).collect(),
        capability_invocation: current,
        service: services(member, issuer),
    }
}

fn method(member: &Member, key: &Key) -> VerificationMethod {
    VerificationMethod {
        id: key.kid().to_owned(),
        kind: "JsonWebKey2020".to_owned(),
        controller: member.did.to_string(),
        public_key_jwk: serde_json::to_value(key.public.jwk()).ok(),
        validity: Some(Validity {
            from: Instant::from_seconds(key.valid_from.seconds()),
            until: key.valid_until.map(|until| Instant::from_seconds(until.seconds())),
        }),
    }
}

/// Where its services are; that of an issuer only when it is one (DCP 1.0, 5.2 and 6.2).
fn services(member: &Member, issuer: bool) -> Vec<Service> {
    let mut services = vec![
        service(member, "CatalogService", "#catalogue", "/dsp/2025-1/catalog"),
        service(member, "DataService", "#connector", "/.well-known/dspace-version"),
        service(member, CREDENTIAL_SERVICE, "#credentials", "/dcp/holder"),
    ];
    services.extend(issuer.then(|| service(member, ISSUER_SERVICE, "#issuer", "/dcp/issuer")));
    services
}

// DSP 2025-1, "Discovery of service endpoints": which address each type of service names.
fn service(member: &Member, kind: &str, fragment: &str, path: &str) -> Service {
    Service {
        id: format!("{}{fragment}", member.did),
        kind: Value::from(kind),
        service_endpoint: Value::from(member.at(path)),
    }
}
