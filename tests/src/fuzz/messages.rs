//! Messages of the protocols, as they come in requests and answers; descriptions of datasets.

use contracts::dps::{DataFlowMessage, DataFlowStatus, Notice, StartedNotification};
use contracts::dsp::catalog::*;
use contracts::dsp::filter::Page;
use contracts::dsp::negotiation::*;
use contracts::dsp::transfer::*;
use contracts::dsp::{Message, read_value, version::VersionResponse};
use node::domain::publication;
use node::http::body::parse;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::files_in;

/// As a node reads them: depth first, then the JSON, then the message.
pub fn read(bytes: &[u8]) {
    let Ok(value) = parse::<Value>(bytes, 64) else { return };
    if let Some(filter) = value.get("filter").and_then(Value::as_array) {
        let _page = Page::read(filter);
    }
    macro_rules! each {
        ($($message:ty),+ $(,)?) => { $(message::<$message>(&value);)+ };
    }
    each!(
        CatalogRequestMessage,
        Catalog,
        Dataset,
        CatalogError,
        ContractRequestMessage,
        ContractOfferMessage,
        ContractAgreementMessage,
        ContractAgreementVerificationMessage,
        ContractNegotiationEventMessage,
        ContractNegotiationTerminationMessage,
        ContractNegotiation,
        ContractNegotiationError,
        TransferRequestMessage,
        TransferStartMessage,
        TransferCompletionMessage,
        TransferSuspensionMessage,
        TransferTerminationMessage,
        TransferProcess,
        TransferError,
    );
    plain::<VersionResponse>(&value);
    plain::<DataFlowMessage>(&value);
    plain::<StartedNotification>(&value);
    plain::<Notice>(&value);
    plain::<DataFlowStatus>(&value);
}

fn message<M: Message + Clone>(value: &Value) {
    let Ok(read) = read_value::<M>(value.clone()) else { return };
    let written = serde_json::to_value(&read).unwrap();
    let again = read_value::<M>(written.clone()).unwrap_or_else(|e| panic!("{e}: {written:#}"));
    assert_eq!(serde_json::to_value(&again).unwrap(), written);
}

fn plain<T: Serialize + DeserializeOwned>(value: &Value) {
    let Ok(read) = serde_json::from_value::<T>(value.clone()) else { return };
    let written = serde_json::to_value(&read).unwrap();
    let again: T = serde_json::from_value(written.clone()).unwrap_or_else(|e| panic!("{e}: {written:#}"));
    assert_eq!(serde_json::to_value(&again).unwrap(), written);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = files_in(&["contracts/examples/dsp"]);
    let address = json!({"@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP",
        "endpoint": "https://eau.example/data", "endpointProperties": []});
    for message in [
        json!({"messageId": "m", "participantId": "did:web:a.example", "counterPartyId": "did:web:b.example",
            "dataspaceContext": "c", "processId": "p", "agreementId": "a", "datasetId": "d", "profile": "http-pull",
            "claims": {}, "dataAddress": address}),
        json!({"messageId": "m", "dataFlowId": "f", "state": "STARTED", "dataAddress": address}),
        json!({"messageId": "m", "reason": "over"}),
    ] {
        seeds.push(message.to_string().into_bytes());
    }
    seeds
}

/// A description as a member, or a program of its, sends it.
pub fn read_description(bytes: &[u8]) {
    let Ok(value) = parse::<Value>(bytes, 64) else { return };
    let Ok(described) = publication::read(&value) else { return };
    let shown = serde_json::to_value(&described).unwrap();
    assert_eq!(publication::read(&shown).as_ref(), Ok(&described), "{shown:#}");
}

pub fn descriptions() -> Vec<Vec<u8>> {
    let mut described = crate::pair::description("small.csv", "did:web:b.example");
    let plain = described.clone();
    described["rung"] = "existence_seule".into();
    described["territory"] = json!(["region/75", "epci/200066587"]);
    described["period"] = json!({"from": "2024-01-01", "to": "2024-12-31"});
    described["keywords"] = json!(["eau", "prélèvements"]);
    [plain, described].iter().map(|value| value.to_string().into_bytes()).collect()
}
