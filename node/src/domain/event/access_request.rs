//! What became of a request for access.

use contracts::access_request::Role;
use contracts::id::{DatasetId, ParticipantId, RequestId};

use crate::domain::access_request::Given;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestEvent {
    /// As who asks.
    Sent,
    /// As the owner.
    Received,
    /// As who is asked for an opinion.
    Put,
    Opinion {
        role: Role,
        given: Given,
    },
    Granted,
    Refused,
    /// As who asks: the owner said where it stands.
    Heard,
}

/// An event of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfRequest {
    pub what: RequestEvent,
    pub request: RequestId,
    pub peer: ParticipantId,
    pub dataset: DatasetId,
    /// Why it is decided so.
    pub reasons: Vec<String>,
}

impl OfRequest {
    pub(super) fn kind(&self) -> &'static str {
        match self.what {
            RequestEvent::Sent => "access-request.sent",
            RequestEvent::Received => "access-request.received",
            RequestEvent::Put => "access-request.put",
            RequestEvent::Opinion { .. } => "access-request.opinion",
            RequestEvent::Granted => "access-request.granted",
            RequestEvent::Refused => "access-request.refused",
            RequestEvent::Heard => "access-request.heard",
        }
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("request", self.request.to_string()),
            ("peer", self.peer.to_string()),
            ("dataset", self.dataset.to_string()),
        ];
        if let RequestEvent::Opinion { role, given } = &self.what {
            fields.extend([
                ("role", role.as_str().to_owned()),
                ("answer", if given.yes { "yes" } else { "no" }.to_owned()),
                ("words", given.words.clone()),
                ("digest", contracts::jcs::sha256_b64url(given.word.as_bytes())),
            ]);
        }
        if !self.reasons.is_empty() {
            fields.push(("reasons", self.reasons.join(" ")));
        }
        fields
    }
}
