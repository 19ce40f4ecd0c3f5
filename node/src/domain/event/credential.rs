//! What became of a credential: issued here, held here, or shown by a peer.

use contracts::id::ParticipantId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialEvent {
    /// As issuer: signed for its holder.
    Issued,
    /// As issuer: a request for it was refused.
    Refused,
    /// As issuer: it does not count for now.
    Suspended,
    /// As issuer: it counts again.
    Resumed,
    /// As issuer: it counts no more.
    Revoked,
    /// As holder: asked of its issuer.
    Requested,
    /// As holder: its issuer offers it.
    Offered,
    /// As holder: received from its issuer and kept.
    Received,
    /// As holder: its issuer will not issue it.
    NotIssued,
    /// As holder: its issuer's log tells of one in the member's name that never came here.
    Unknown,
    /// As verifier: a peer showed it, and it counts.
    Verified,
    /// As verifier: what a peer showed counts no more, as its issuer says.
    Lost,
    /// As verifier: it counts again.
    Regained,
}

/// An event of one credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfCredential {
    pub what: CredentialEvent,
    /// Its identifier, or that of the request for it.
    pub credential: String,
    /// Its holder for its issuer, its issuer for its holder, who showed it for a verifier.
    pub peer: ParticipantId,
    /// Its type.
    pub kind: String,
}

impl OfCredential {
    pub(super) fn kind(&self) -> &'static str {
        match self.what {
            CredentialEvent::Issued => "credential.issued",
            CredentialEvent::Refused => "credential.refused",
            CredentialEvent::Suspended => "credential.suspended",
            CredentialEvent::Resumed => "credential.resumed",
            CredentialEvent::Revoked => "credential.revoked",
            CredentialEvent::Requested => "credential.requested",
            CredentialEvent::Offered => "credential.offered",
            CredentialEvent::Received => "credential.received",
            CredentialEvent::NotIssued => "credential.not-issued",
            CredentialEvent::Unknown => "credential.unknown",
            CredentialEvent::Verified => "credential.verified",
            CredentialEvent::Lost => "credential.lost",
            CredentialEvent::Regained => "credential.regained",
        }
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("credential", self.credential.clone()),
            ("peer", self.peer.to_string()),
            ("type", self.kind.clone()),
        ]
    }
}
