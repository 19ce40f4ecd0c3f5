//! Messages of the Decentralized Claims Protocol against its official schemas and examples.

use std::collections::HashMap;
use std::path::Path;

use contracts::dcp::issuance::{
    CredentialContainer, CredentialMessage, CredentialObject, CredentialOfferMessage,
    CredentialRequestMessage, CredentialStatus, IssuerMetadata, Outcome, Progress, Wanted,
};
use contracts::dcp::query::{self, PresentationQueryMessage, PresentationResponseMessage};
use contracts::dcp::{Message, read};
use jsonschema::{Retrieve, Uri, Validator};
use serde_json::{Value, json};
use tests::reference::{self, files, folder};

use crate::schemas::faults;

const BASE: &str = "https://w3id.org/dspace-dcp/v1.0/";

#[derive(Clone)]
struct Schemas(HashMap<String, Value>);

impl Schemas {
    /// By path: two files have the `$id` of another.
    fn load(folder: &Path) -> Self {
        let mut by_id = HashMap::new();
        for file in
            files(folder, "json").into_iter().filter(|f| !f.parent().is_some_and(|p| p.ends_with("example")))
        {
            let name = file.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let mut schema = reference::json(&file);
            schema["$id"] = format!("{BASE}{name}").into();
            if name == "issuance/credential-message-schema.json" {
                let other = "presentation/credential-message-schema.json";
                by_id.insert(format!("{BASE}{other}"), schema.clone());
            }
            by_id.insert(format!("{BASE}{name}"), schema);
        }
        Self(by_id)
    }

    fn validator(&self, file: &str) -> Validator {
        let whole = json!({"$schema": "https://json-schema.org/draft/2019-09/schema", "$ref": format!("{BASE}{file}")});
        jsonschema::options()
            .with_retriever(self.clone())
            .build(&whole)
            .unwrap_or_else(|e| panic!("{file}: {e}"))
    }
}

impl Retrieve for Schemas {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.as_str().split('#').next().unwrap_or_default();
        // Presentation Exchange is somebody else's, and not among the files: anything is one.
        if name.starts_with("https://identity.foundation/") {
            return Ok(json!({"properties": {"presentation_submission": {}}}));
        }
        self.0.get(name).cloned().ok_or_else(|| format!("{uri} is not an official schema").into())
    }
}

fn schema(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "PresentationQueryMessage" => "presentation/presentation-query-message-schema.json",
        "PresentationResponseMessage" => "presentation/presentation-response-message-schema.json",
        "CredentialMessage" => "issuance/credential-message-schema.json",
        "CredentialRequestMessage" => "issuance/credential-request-message-schema.json",
        "CredentialOfferMessage" => "issuance/credential-offer-message-schema.json",
        "CredentialStatus" => "issuance/credential-status-schema.json",
        "IssuerMetadata" => "issuance/issuer-metadata-schema.json",
        "CredentialObject" => "issuance/credential-object-schema.json",
        _ => return None,
    })
}

fn again<M: Message>(value: Value) -> Value {
    serde_json::to_value(read::<M>(value).unwrap()).unwrap()
}

fn through_our_types(value: Value) -> Value {
    match value["type"].as_str().unwrap() {
        "PresentationQueryMessage" => {
            query::read(&value).unwrap();
            again::<PresentationQueryMessage>(value)
        }
        "PresentationResponseMessage" => again::<PresentationResponseMessage>(value),
        "CredentialMessage" => again::<CredentialMessage>(value),
        "CredentialRequestMessage" => again::<CredentialRequestMessage>(value),
        "CredentialOfferMessage" => again::<CredentialOfferMessage>(value),
        "CredentialStatus" => again::<CredentialStatus>(value),
        "IssuerMetadata" => again::<IssuerMetadata>(value),
        "CredentialObject" => {
            let mut object =
                serde_json::to_value(serde_json::from_value::<CredentialObject>(value).unwrap()).unwrap();
            // Within a message the context is the message's.
            object["@context"] = json!([contracts::dcp::CONTEXT]);
            object
        }
        other => panic!("{other}"),
    }
}

#[test]
fn official_examples_are_read_and_written_again_valid() {
    let Some(folder) = folder("dcp", "official_examples_are_read_and_written_again_valid") else { return };
    let schemas = Schemas::load(&folder);
    let examples: Vec<_> =
        files(&folder, "json").into_iter().filter(|f| f.parent().unwrap().ends_with("example")).collect();
    assert_eq!(examples.len(), 11);
    for file in examples {
        let before = reference::json(&file);
        let after = through_our_types(before.clone());
        assert_eq!(before, after, "{}", file.display());
        let validator = schemas.validator(schema(before["type"].as_str().unwrap()).unwrap());
        assert_eq!(faults(&validator, &after), [""; 0], "{}", file.display());
    }
}

#[test]
fn what_we_write_is_valid_by_the_official_schemas_which_see_what_is_missing() {
    let Some(folder) =
        folder("dcp", "what_we_write_is_valid_by_the_official_schemas_which_see_what_is_missing")
    else {
        return;
    };
    let schemas = Schemas::load(&folder);
    let object = CredentialObject {
        id: "https://a.example/dcp/issuer/metadata#MembershipCredential".into(),
        kind: Some("CredentialObject".into()),
        credential_type: Some("MembershipCredential".into()),
        credential_schema: Some("https://a.example/dcp/issuer/schemas/MembershipCredential".into()),
        offer_reason: Some("issuance".into()),
        binding_methods: vec!["did:web".into()],
        profile: Some("vc20-bssl/jwt".into()),
        issuance_policy: None,
    };
    let mut query = PresentationQueryMessage::new();
    query.scope = Some(vec!["org.eclipse.dspace.dcp.vc.type:MembershipCredential:read".into()]);
    let mut delivered = CredentialMessage::new("i".into(), "h".into(), Outcome::Issued);
    let container = CredentialContainer {
        credential_type: "T".into(),
        payload: "a.b.c".into(),
        format: "vc20-bssl/jwt".into(),
    };
    delivered.credentials = Some(vec![container]);
    let wanted = vec![Wanted { id: object.id.clone() }];
    for (message, needed) in [
        (serde_json::to_value(query).unwrap(), "scope"),
        (
            serde_json::to_value(PresentationResponseMessage::new(vec![json!("a.b.c")])).unwrap(),
            "presentation",
        ),
        (serde_json::to_value(delivered).unwrap(), "status"),
        (serde_json::to_value(CredentialRequestMessage::new("h".into(), wanted)).unwrap(), "holderPid"),
        (
            serde_json::to_value(CredentialOfferMessage::new("did:web:a".into(), vec![object.clone()]))
                .unwrap(),
            "issuer",
        ),
        (
            serde_json::to_value(CredentialStatus::new("i".into(), "h".into(), Progress::Received)).unwrap(),
            "status",
        ),
        (
            serde_json::to_value(IssuerMetadata::new("did:web:a".into(), vec![object])).unwrap(),
            "credentialsSupported",
        ),
    ] {
        let validator = schemas.validator(schema(message["type"].as_str().unwrap()).unwrap());
        assert_eq!(faults(&validator, &message), [""; 0], "{message}");
        let mut without = message.clone();
        without.as_object_mut().unwrap().remove(needed);
        assert!(!faults(&validator, &without).is_empty(), "{message} without {needed}");
    }
}

#[test]
fn messages_that_say_too_little_are_refused() {
    let message = |kind: &str, members: Value| {
        let mut message = json!({"@context": [contracts::dcp::CONTEXT], "type": kind});
        message.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        message
    };
    let container = json!({"credentialType": "T", "payload": "p", "format": "vc11-sl2021/jwt"});
    for members in [
        json!({"issuerPid": "i", "status": "ISSUED", "credentials": [container]}),
        json!({"issuerPid": "i", "holderPid": "h", "status": "ISSUED"}),
        json!({"issuerPid": "i", "holderPid": "h", "status": "ISSUED", "credentials": []}),
        json!({"issuerPid": "i", "holderPid": "h", "status": "DONE", "credentials": [container]}),
        json!({"issuerPid": "i", "holderPid": "", "status": "REJECTED"}),
    ] {
        let read = read::<CredentialMessage>(message("CredentialMessage", members.clone()));
        assert!(read.and_then(|m| m.check()).is_err(), "{members}");
    }
    for members in [
        json!({"holderPid": "h"}),
        json!({"credentials": [{"id": "x"}]}),
        json!({"holderPid": "h", "credentials": []}),
    ] {
        let read = read::<CredentialRequestMessage>(message("CredentialRequestMessage", members.clone()));
        assert!(read.and_then(|m| m.check()).is_err(), "{members}");
    }
    for (members, good) in [
        (json!({"issuer": "did:web:a", "credentials": [{"id": "x"}]}), true),
        (json!({"issuer": null, "credentials": [{"id": "x"}]}), false),
        (json!({"issuer": "did:web:a", "credentials": []}), false),
        (json!({"issuer": "did:web:a", "credentials": [{"id": "x", "type": "CredentialObject"}]}), false),
    ] {
        let read = read::<CredentialOfferMessage>(message("CredentialOfferMessage", members.clone()));
        assert_eq!(read.and_then(|m| m.check()).is_ok(), good, "{members}");
    }
}
