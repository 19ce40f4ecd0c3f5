//! Any message of the protocol, by its `@type`.

use contracts::did::Service;
use contracts::dsp::catalog::*;
use contracts::dsp::negotiation::*;
use contracts::dsp::transfer::*;
use contracts::dsp::version::VersionResponse;
use contracts::dsp::{Message, read_value};
use serde_json::Value;

fn through<M: Message>(value: Value) -> Result<Value, String> {
    let message: M = read_value(value).map_err(|e| e.to_string())?;
    Ok(serde_json::to_value(&message).unwrap())
}

/// `(type, schema file)` of everything our types read.
pub const TYPES: [(&str, &str); 17] = [
    ("Catalog", "catalog/catalog-schema.json"),
    ("CatalogError", "catalog/catalog-error-schema.json"),
    ("CatalogRequestMessage", "catalog/catalog-request-message-schema.json"),
    ("Dataset", "catalog/dataset-schema.json"),
    ("ContractAgreementMessage", "negotiation/contract-agreement-message-schema.json"),
    (
        "ContractAgreementVerificationMessage",
        "negotiation/contract-agreement-verification-message-schema.json",
    ),
    ("ContractNegotiation", "negotiation/contract-negotiation-schema.json"),
    ("ContractNegotiationError", "negotiation/contract-negotiation-error-schema.json"),
    ("ContractNegotiationEventMessage", "negotiation/contract-negotiation-event-message-schema.json"),
    (
        "ContractNegotiationTerminationMessage",
        "negotiation/contract-negotiation-termination-message-schema.json",
    ),
    ("ContractOfferMessage", "negotiation/contract-offer-message-schema.json"),
    ("ContractRequestMessage", "negotiation/contract-request-message-schema.json"),
    ("TransferCompletionMessage", "transfer/transfer-completion-message-schema.json"),
    ("TransferError", "transfer/transfer-error-schema.json"),
    ("TransferProcess", "transfer/transfer-process-schema.json"),
    ("TransferRequestMessage", "transfer/transfer-request-message-schema.json"),
    ("TransferStartMessage", "transfer/transfer-start-message-schema.json"),
];

/// Types whose schema refers to a broken address; checked as the others once it is repaired.
pub const REPAIRED: [(&str, &str); 2] = [
    ("TransferSuspensionMessage", "transfer/transfer-suspension-message-schema.json"),
    ("TransferTerminationMessage", "transfer/transfer-termination-message-schema.json"),
];

/// The schema of a type.
pub fn schema(kind: &str) -> Option<&'static str> {
    TYPES.iter().chain(&REPAIRED).find(|(name, _)| *name == kind).map(|(_, file)| *file)
}

/// Reads a document with our types and writes it again.
pub fn through_our_types(value: Value) -> Result<Value, String> {
    let kind = value["@type"].as_str().unwrap_or_default().to_owned();
    match kind.as_str() {
        "Catalog" => through::<Catalog>(value),
        "CatalogError" => through::<CatalogError>(value),
        "CatalogRequestMessage" => through::<CatalogRequestMessage>(value),
        "Dataset" => through::<Dataset>(value),
        "ContractAgreementMessage" => through::<ContractAgreementMessage>(value),
        "ContractAgreementVerificationMessage" => through::<ContractAgreementVerificationMessage>(value),
        "ContractNegotiation" => through::<ContractNegotiation>(value),
        "ContractNegotiationError" => through::<ContractNegotiationError>(value),
        "ContractNegotiationEventMessage" => through::<ContractNegotiationEventMessage>(value),
        "ContractNegotiationTerminationMessage" => through::<ContractNegotiationTerminationMessage>(value),
        "ContractOfferMessage" => through::<ContractOfferMessage>(value),
        "ContractRequestMessage" => through::<ContractRequestMessage>(value),
        "TransferCompletionMessage" => through::<TransferCompletionMessage>(value),
        "TransferError" => through::<TransferError>(value),
        "TransferProcess" => through::<TransferProcess>(value),
        "TransferRequestMessage" => through::<TransferRequestMessage>(value),
        "TransferStartMessage" => through::<TransferStartMessage>(value),
        "TransferSuspensionMessage" => through::<TransferSuspensionMessage>(value),
        "TransferTerminationMessage" => through::<TransferTerminationMessage>(value),
        "" if value.get("protocolVersions").is_some() => {
            let versions: VersionResponse = serde_json::from_value(value).map_err(|e| e.to_string())?;
            Ok(serde_json::to_value(versions).unwrap())
        }
        "" if value.get("serviceEndpoint").is_some() => {
            let service: Service = serde_json::from_value(value).map_err(|e| e.to_string())?;
            Ok(serde_json::to_value(service).unwrap())
        }
        other => Err(format!("no type of ours reads `{other}`")),
    }
}
