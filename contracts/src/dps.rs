//! Data Plane Signaling 1.0-RC3: what control plane and data plane of one participant say to each other. Plain JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::dsp::transfer::{DataAddress, HTTP_PULL, HTTP_PUSH};

/// The HTTP profile, whose pull addresses can be renewed.
pub const PROFILE_PULL: &str = "https://w3id.org/dspace-sig/profile/http-pull";
pub const PROFILE_PUSH: &str = "https://w3id.org/dspace-sig/profile/http-push";

/// Asks a data plane to prepare (consumer) or start (provider) a data flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataFlowMessage {
    pub message_id: String,
    pub participant_id: String,
    pub counter_party_id: String,
    pub dataspace_context: String,
    /// The control plane's name of the transfer.
    pub process_id: String,
    pub agreement_id: String,
    pub dataset_id: String,
    pub profile: String,
    pub claims: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// Of a push: where to send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_address: Option<DataAddress>,
}

/// Tells a consumer's data plane that the provider has started, with the address of a pull; or either's to resume.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartedNotification {
    #[serde(default)]
    pub message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_address: Option<DataAddress>,
}

/// Suspends, resumes, terminates or completes a data flow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    #[serde(default)]
    pub message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Where a data flow stands: an answer, or a message to the control plane. On reading, nothing has to be there: data
/// planes leave out what says nothing new.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataFlowStatus {
    #[serde(default)]
    pub message_id: String,
    #[serde(default)]
    pub data_flow_id: String,
    #[serde(default)]
    pub state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_address: Option<DataAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The transfer format of the Dataspace Protocol that a profile stands for.
pub fn format(profile: &str) -> Option<&'static str> {
    match profile {
        HTTP_PULL | "http-pull" | PROFILE_PULL => Some(HTTP_PULL),
        HTTP_PUSH | "http-push" | PROFILE_PUSH => Some(HTTP_PUSH),
        _ => None,
    }
}
