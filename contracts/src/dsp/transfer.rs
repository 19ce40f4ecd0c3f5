//! Transfer process messages, in the order of the Dataspace Protocol 2025-1, section 9.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Context, Message, message};
use crate::id::{AgreementId, Pid};

/// Pull over HTTP: the consumer fetches from the data address of the start message.
pub const HTTP_PULL: &str = "HttpData-PULL";
/// Push over HTTP: the provider sends to the data address of the request message.
pub const HTTP_PUSH: &str = "HttpData-PUSH";
/// `endpointType` of our data addresses.
pub const ENDPOINT_HTTP: &str = "https://w3id.org/idsa/v4.1/HTTP";
/// `endpointType` of sinks: the type under which EDC's HTTP sink is found.
pub const ENDPOINT_SINK: &str = "HttpData";
/// Property of a sink that says how much it holds and goes on from there (`HEAD`, `Content-Range`).
pub const RESUMABLE: &str = "fiducie:resumable";
/// Namespace that EDC puts before its property names.
const EDC: &str = "https://w3id.org/edc/v0.0.1/ns/";

message! {
    /// Consumer → provider. DSP 2025-1, 9.2.1.
    TransferRequestMessage {
        required {
            consumer_pid: Pid,
            agreement_id: AgreementId,
            format: String,
            callback_address: String,
        }
        optional {
            data_address: DataAddress,
            /// The purpose of this use, an IRI of the purpose scheme.
            purpose: String,
            /// The sender can prove possession of its key at each data request (RFC 9449).
            dpop: bool,
        }
        list {
            statements: String,
        }
    }
}

message! {
    /// Provider → consumer with the data address; either side to resume. DSP 2025-1, 9.2.2.
    TransferStartMessage {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
        }
        optional {
            data_address: DataAddress,
        }
    }
}

message! {
    /// Either side, from STARTED. DSP 2025-1, 9.2.3.
    TransferSuspensionMessage {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
        }
        optional {
            code: String,
        }
        list {
            reason: Value,
        }
    }
}

message! {
    /// Either side, from STARTED. DSP 2025-1, 9.2.4.
    TransferCompletionMessage {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
        }
    }
}

message! {
    /// Either side, from any state that is not final. DSP 2025-1, 9.2.5.
    TransferTerminationMessage {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
        }
        optional {
            code: String,
        }
        list {
            reason: Value,
        }
    }
}

message! {
    /// Answer to a request for the state of a transfer. DSP 2025-1, 9.3.1.
    TransferProcess {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
            state: String,
        }
    }
}

message! {
    /// Answer to a message that was not accepted. DSP 2025-1, 9.3.2.
    TransferError {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
        }
        optional {
            code: String,
        }
        list {
            reason: Value,
        }
    }
}

/// Where and with what right bytes are fetched or pushed. DSP 2025-1, data-address schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataAddress {
    #[serde(rename = "@type", default = "data_address")]
    pub kind: String,
    pub endpoint_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "super::one_or_many")]
    pub endpoint_properties: Vec<EndpointProperty>,
}

fn data_address() -> String {
    "DataAddress".into()
}

/// A named value of a [`DataAddress`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointProperty {
    #[serde(rename = "@type", default = "endpoint_property")]
    pub kind: String,
    pub name: String,
    pub value: String,
}

fn endpoint_property() -> String {
    "EndpointProperty".into()
}

impl DataAddress {
    fn new(kind: &str, endpoint: String, properties: Vec<(&str, String)>) -> Self {
        let mut new = Self {
            kind: data_address(),
            endpoint_type: kind.into(),
            endpoint: Some(endpoint),
            endpoint_properties: Vec::new(),
        };
        new.extend("", properties);
        new
    }

    fn extend(&mut self, namespace: &str, properties: Vec<(&str, String)>) {
        self.endpoint_properties.extend(properties.into_iter().map(|(name, value)| EndpointProperty {
            kind: endpoint_property(),
            name: format!("{namespace}{name}"),
            value,
        }));
    }

    /// A pull address with an access token; `scheme` is `DPoP` or `Bearer`.
    pub fn pull(endpoint: String, token: String, scheme: &str) -> Self {
        let properties = vec![
            // EDC reads `endpoint` from the properties only.
            ("endpoint", endpoint.clone()),
            ("authorization", token),
            ("authType", scheme.to_lowercase()),
        ];
        Self::new(ENDPOINT_HTTP, endpoint, properties)
    }

    /// The address of a sink that takes `PUT` with a bearer token and can go on after a cut.
    pub fn sink(endpoint: String, token: String) -> Self {
        let properties = vec![
            ("endpoint", endpoint.clone()),
            ("authorization", token.clone()),
            ("authType", "bearer".into()),
            (RESUMABLE, "true".into()),
        ];
        let mut sink = Self::new(ENDPOINT_SINK, endpoint.clone(), properties);
        // The same as EDC's HTTP sink is told it.
        let properties = vec![
            ("baseUrl", endpoint),
            ("method", "PUT".into()),
            ("authKey", "Authorization".into()),
            ("authCode", format!("Bearer {token}")),
        ];
        sink.extend(EDC, properties);
        sink
    }

    /// Whether it is written as EDC does: its proxies take the token as it stands, without a scheme before it.
    pub fn is_edc(&self) -> bool {
        self.endpoint_properties.iter().any(|p| p.name.starts_with(EDC))
    }

    /// The same with more properties.
    pub fn with(mut self, properties: Vec<(&str, String)>) -> Self {
        let more = properties.into_iter().map(|(name, value)| EndpointProperty {
            kind: endpoint_property(),
            name: name.into(),
            value,
        });
        self.endpoint_properties.extend(more);
        self
    }

    /// The value of a property, by name, with or without EDC's namespace.
    pub fn property(&self, name: &str) -> Option<&str> {
        let named = |p: &&EndpointProperty| p.name.strip_prefix(EDC).unwrap_or(&p.name) == name;
        self.endpoint_properties.iter().find(named).map(|p| p.value.as_str())
    }

    /// The address itself: the member, or the property that holds it.
    pub fn url(&self) -> Option<&str> {
        let property = || self.property("endpoint").or_else(|| self.property("baseUrl"));
        self.endpoint.as_deref().or_else(property)
    }
}
