//! Transfer process messages, in the order of the Dataspace Protocol 2025-1, section 9.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Context, Message, message};
use crate::id::{AgreementId, Pid};

/// Pull over HTTP: the consumer fetches from the data address of the start message.
pub const HTTP_PULL: &str = "HttpData-PULL";
/// `endpointType` of our data addresses.
pub const ENDPOINT_HTTP: &str = "https://w3id.org/idsa/v4.1/HTTP";

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
    /// A pull address with an access token; `scheme` is `DPoP` or `Bearer`.
    pub fn pull(endpoint: String, token: String, scheme: &str) -> Self {
        let property = |name: &str, value: String| EndpointProperty {
            kind: endpoint_property(),
            name: name.into(),
            value,
        };
        Self {
            kind: data_address(),
            endpoint_type: ENDPOINT_HTTP.into(),
            endpoint: Some(endpoint.clone()),
            // EDC reads `endpoint` from the properties only.
            endpoint_properties: vec![
                property("endpoint", endpoint),
                property("authorization", token),
                property("authType", scheme.to_lowercase()),
            ],
        }
    }

    /// The value of a property, by name.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.endpoint_properties.iter().find(|p| p.name == name).map(|p| p.value.as_str())
    }

    /// The address itself: the member, or the property of that name.
    pub fn url(&self) -> Option<&str> {
        self.endpoint.as_deref().or_else(|| self.property("endpoint"))
    }
}
