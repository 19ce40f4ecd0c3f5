//! Contract negotiation messages, in the order of the Dataspace Protocol 2025-1, section 7.
//!
//! Offers and agreements stay verbatim JSON here: what was sent is what is compared, stored and signed;
//! [`crate::odrl`] reads them. Members of ours that the schemas ignore (`statements`, `contract`, `signatures`, `purpose`)
//! travel without an `@context` of their own.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Context, Message, message};
use crate::id::Pid;

message! {
    /// Consumer → provider, initial (`callback_address`) or counter-offer (`provider_pid`): exactly one of both.
    /// DSP 2025-1, 7.2.1.
    ContractRequestMessage {
        required {
            consumer_pid: Pid,
            offer: Value,
        }
        optional {
            provider_pid: Pid,
            callback_address: String,
            /// The purpose of the use that is asked for, an IRI of the purpose scheme.
            purpose: String,
        }
        list {
            /// Signed statements of the sender about itself (compact JWS).
            statements: String,
        }
    }
}

message! {
    /// Provider → consumer, initial (`callback_address`) or in answer (`consumer_pid`). DSP 2025-1, 7.2.2.
    ContractOfferMessage {
        required {
            provider_pid: Pid,
            offer: Value,
        }
        optional {
            consumer_pid: Pid,
            callback_address: String,
        }
        list {
            statements: String,
        }
    }
}

message! {
    /// Provider → consumer: the agreement, and with our nodes the contract to sign. DSP 2025-1, 7.2.3.
    ContractAgreementMessage {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
            agreement: Value,
        }
        optional {
            /// base64url of the contract document's canonical bytes.
            contract: String,
            /// The readable text that the document names by digest.
            text: String,
        }
        list {
            /// Detached signatures (JWS) over the document.
            signatures: String,
            statements: String,
        }
    }
}

message! {
    /// Consumer → provider: the agreement was verified, and with our nodes countersigned. DSP 2025-1, 7.2.4.
    ContractAgreementVerificationMessage {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
        }
        list {
            signatures: String,
        }
    }
}

message! {
    /// `ACCEPTED` by the consumer, `FINALIZED` by the provider. DSP 2025-1, 7.2.5.
    ContractNegotiationEventMessage {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
            event_type: EventType,
        }
    }
}

/// What a [`ContractNegotiationEventMessage`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventType {
    Accepted,
    Finalized,
}

message! {
    /// Either side ends the negotiation. DSP 2025-1, 7.2.6.
    ContractNegotiationTerminationMessage {
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
    /// Answer to a request for the state of a negotiation. DSP 2025-1, 7.3.1.
    ContractNegotiation {
        required {
            provider_pid: Pid,
            consumer_pid: Pid,
            state: String,
        }
    }
}

message! {
    /// Answer to a message that was not accepted. DSP 2025-1, 7.3.2.
    ContractNegotiationError {
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
